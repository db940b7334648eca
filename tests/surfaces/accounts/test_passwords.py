"""Resetting and changing a password."""

import re
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.kernel.uow import reading
from app.models.accounts import User
from tests.cast import House, Person
from tests.surfaces.accounts.browser import TOKEN, Browser, signed_in

NEW = "a quite different passphrase"
LINK = re.compile(r"http://localhost(/\S+)")


def mail_to(app: Flask, address: str) -> list[EmailMessage]:
    """The account mail kept for that address, oldest first."""
    folder: Path = app.extensions["settings"].var_dir / "account-mail"
    parser = BytesParser(EmailMessage, policy=policy.default)
    kept = [parser.parsebytes(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]
    return [message for message in kept if message["To"] == address]


def link_to(app: Flask, address: str) -> str:
    found = LINK.search(mail_to(app, address)[-1].get_content())
    assert found
    return found[1]


def _hash(app: Flask, user_id: UUID) -> str | None:
    with app.app_context(), reading() as session:
        return session.scalar(select(User.password).where(User.id == user_id))


def _ask(app: Flask, person: Person) -> str:
    Browser(app).post("/reset", email=person.email)
    return link_to(app, person.email)


def test_a_reset_link_sets_a_password_and_signs_out_everywhere(app: Flask, house: House) -> None:
    elsewhere = signed_in(app, house.member)
    browser, link = Browser(app), _ask(app, house.member)
    done = browser.post(link, password=NEW, password_confirm=NEW)
    assert done.location == "/login"
    assert not elsewhere.is_in
    assert Browser(app).sign_in(house.member).status_code == 422
    assert Browser(app).sign_in(house.member, NEW).location == "/"


def test_a_reset_link_works_once(app: Flask, house: House) -> None:
    link = _ask(app, house.member)
    Browser(app).post(link, password=NEW, password_confirm=NEW)
    again = Browser(app).get(link)
    assert again.location == "/reset"


def test_a_forged_reset_link_opens_nothing(app: Flask, house: House) -> None:
    link = _ask(app, house.member)
    forged = Browser(app).get(link[:-3] + "abc")
    assert forged.location == "/reset"


def test_asking_for_a_link_tells_nobody_who_has_an_account(app: Flask, house: House) -> None:
    known = Browser(app).post("/reset", email=house.member.email)
    unknown = Browser(app).post("/reset", email="nobody@example.com")
    strip = re.compile(r'value="[^"]*"|If \S+@\S+')
    assert strip.sub("", known.text) == strip.sub("", unknown.text)
    assert known.status_code == unknown.status_code == 200
    assert mail_to(app, "nobody@example.com") == []


def test_the_link_is_of_our_address_whatever_host_the_request_names(app: Flask, house: House) -> None:
    client, elsewhere = app.test_client(), "http://evil.example"
    token = TOKEN.search(client.get("/reset", base_url=elsewhere).text)
    assert token
    client.post("/reset", base_url=elsewhere, data={"csrf_token": token[1], "email": house.admin.email})
    assert "http://localhost/reset/" in mail_to(app, house.admin.email)[-1].get_content()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"password": "short", "password_confirm": "short"}, "12 to 200 characters"),
        ({"password": NEW, "password_confirm": NEW + "x"}, "do not match"),
        ({"password": "x" * 300, "password_confirm": "x" * 300}, "At most 200"),
        ({"password": NEW + "\x00", "password_confirm": NEW + "\x00"}, "NUL"),
    ],
)
def test_a_wrong_new_password_is_told_and_the_old_one_stays(
    app: Flask, house: House, fields: dict[str, str], says: str
) -> None:
    link, before = _ask(app, house.member), _hash(app, house.member.user_id)
    response = Browser(app).post(link, **fields)
    assert response.status_code == 422
    assert says in response.text
    assert _hash(app, house.member.user_id) == before


def test_changing_the_password_keeps_this_browser_alone(app: Flask, house: House) -> None:
    here, there = signed_in(app, house.member), signed_in(app, house.member)
    changed = here.post(
        "/account/password", password=house.member.password, new_password=NEW, new_password_confirm=NEW
    )
    assert changed.location == "/account"
    assert here.is_in
    assert not there.is_in
    assert "was just changed" in mail_to(app, house.member.email)[-1].get_content()


def test_changing_the_password_takes_the_old_one(app: Flask, house: House) -> None:
    browser, before = signed_in(app, house.member), _hash(app, house.member.user_id)
    refused = browser.post(
        "/account/password", password="not the old one", new_password=NEW, new_password_confirm=NEW
    )
    assert refused.status_code == 422
    assert "Invalid password" in refused.text
    assert _hash(app, house.member.user_id) == before


def test_passwords_are_argon2id(app: Flask, house: House) -> None:
    assert (_hash(app, house.owner.user_id) or "").startswith("$argon2id$")


def test_white_space_in_a_password_counts(app: Flask, house: House) -> None:
    padded = "  spaced out passphrase  "
    Browser(app).post(_ask(app, house.member), password=padded, password_confirm=padded)
    assert Browser(app).sign_in(house.member, padded.strip()).status_code == 422
    assert Browser(app).sign_in(house.member, padded).location == "/"
