"""Sign-ins are rows: hashed, listed, revocable, and they grow old."""

import re
from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import select, text

from app.accounts.service import add_member
from app.kernel import clock
from app.kernel.actor import Role
from app.kernel.uow import reading, unit_of_work
from app.models.accounts import SignInSession
from tests.cast import House, Person
from tests.surfaces.accounts.browser import signed_in

REVOKE = re.compile(r"/account/sessions/([0-9a-f-]{36})/revoke")


def _rows(app: Flask, person: Person) -> list[SignInSession]:
    with app.app_context(), reading() as session:
        rows = list(session.scalars(select(SignInSession).where(SignInSession.user_id == person.user_id)))
        session.expunge_all()
        return rows


def test_a_sign_in_is_a_row_that_keeps_only_a_hash(app: Flask, house: House) -> None:
    browser = signed_in(app, house.owner)
    (row,) = _rows(app, house.owner)
    with browser.client.session_transaction() as cookie:
        token = cookie["sign_in"]
    assert len(row.token_hash) == 32
    assert token.encode() not in row.token_hash
    assert row.supplier_id == house.supplier_id
    assert row.expires_at - row.last_seen_at == timedelta(days=30)


def test_signing_out_deletes_the_row(app: Flask, house: House) -> None:
    browser = signed_in(app, house.owner)
    browser.post("/logout", page="/account")
    assert _rows(app, house.owner) == []


def test_an_old_cookie_is_worth_nothing_after_signing_out(app: Flask, house: House) -> None:
    browser = signed_in(app, house.owner)
    cookie = browser.client.get_cookie("session")
    assert cookie is not None
    browser.post("/logout", page="/account")
    browser.client.set_cookie("session", cookie.value)
    assert not browser.is_in


def test_a_revoked_browser_is_signed_out_and_only_that(app: Flask, house: House) -> None:
    here, there = signed_in(app, house.owner), signed_in(app, house.owner)
    (other,) = REVOKE.findall(here.get("/account/sessions").text)
    assert here.post(f"/account/sessions/{other}/revoke", page="/account/sessions").status_code == 303
    assert here.is_in
    assert not there.is_in


def test_everywhere_means_here_too(app: Flask, house: House) -> None:
    here, there = signed_in(app, house.owner), signed_in(app, house.owner)
    assert here.post("/account/sessions/revoke-all", page="/account/sessions").location == "/login"
    assert not here.is_in
    assert not there.is_in
    assert _rows(app, house.owner) == []


def test_nobody_revokes_anothers_sign_in(app: Flask, house: House) -> None:
    signed_in(app, house.stranger)
    browser = signed_in(app, house.owner)
    (foreign,) = _rows(app, house.stranger)
    known = browser.post(f"/account/sessions/{foreign.id}/revoke", page="/account/sessions")
    unknown = browser.post(f"/account/sessions/{UUID(int=1)}/revoke", page="/account/sessions")
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert known.status_code == 404
    assert len(_rows(app, house.stranger)) == 1


def test_two_idle_weeks_sign_out(app: Flask, house: House) -> None:
    browser = signed_in(app, house.owner)
    with clock.at(clock.now() + timedelta(days=13, hours=23)):
        assert browser.is_in
    with clock.at(clock.now() + timedelta(days=29)):
        assert not browser.is_in


def test_thirty_days_sign_out_however_busy(app: Flask, house: House) -> None:
    browser = signed_in(app, house.owner)
    for day in (10, 20, 29):
        with clock.at(clock.now() + timedelta(days=day)):
            assert browser.is_in
    with clock.at(clock.now() + timedelta(days=30)):
        assert not browser.is_in


def test_last_seen_moves_every_five_minutes_at_most(app: Flask, house: House) -> None:
    browser = signed_in(app, house.owner)
    (before,) = _rows(app, house.owner)
    with clock.at(before.last_seen_at + timedelta(minutes=4)):
        browser.get("/account")
    assert _rows(app, house.owner)[0].last_seen_at == before.last_seen_at
    with clock.at(before.last_seen_at + timedelta(minutes=6)) as later:
        browser.get("/account")
    assert _rows(app, house.owner)[0].last_seen_at == later


def test_signing_in_sweeps_the_persons_expired_rows(app: Flask, house: House) -> None:
    signed_in(app, house.owner)
    (old,) = _rows(app, house.owner)
    with app.app_context(), unit_of_work() as session:
        session.execute(
            text("update sessions set expires_at = now() - interval '1 day' where id = :id"), {"id": old.id}
        )
    signed_in(app, house.owner)
    assert [row.id for row in _rows(app, house.owner)] != [old.id]
    assert len(_rows(app, house.owner)) == 1


def test_a_person_of_two_businesses_switches(app: Flask, house: House) -> None:
    with app.app_context(), unit_of_work(house.stranger.actor.supplier_id) as session:
        add_member(session, house.stranger.actor.supplier_id, house.owner.user_id, Role.VIEWER)
    browser = signed_in(app, house.owner)
    assert "Rosewood Photography" in browser.get("/account").text
    page = browser.get("/account/businesses").text
    assert "Work for Another Venue" in page
    other = house.stranger.actor.supplier_id
    assert browser.post(f"/account/businesses/{other}", page="/account/businesses").status_code == 303
    account = browser.get("/account").text
    assert "Another Venue" in account
    assert "Viewer" in account


def test_nobody_switches_to_a_business_they_have_no_place_at(app: Flask, house: House) -> None:
    browser = signed_in(app, house.owner)
    refused = browser.post(f"/account/businesses/{house.stranger.actor.supplier_id}", page="/account")
    unknown = browser.post(f"/account/businesses/{UUID(int=1)}", page="/account")
    assert refused.status_code == unknown.status_code == 404
    assert refused.text == unknown.text
