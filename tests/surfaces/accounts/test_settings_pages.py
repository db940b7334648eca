"""The settings: profile, team, keys and one's own account; a refusal changes nothing."""

import re
from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from uuid_utils.compat import uuid7

from app.accounts import keys, mail, queries, team
from app.accounts.schemas import NewApiKey, TeamName
from app.kernel.actor import Permission
from app.kernel.uow import reading, unit_of_work
from app.models.accounts import AuditEntry, Supplier, Team, User
from tests.cast import House, Person
from tests.surfaces.accounts.browser import Browser, signed_in
from tests.surfaces.accounts.test_passwords import link_to

PROFILE = {
    "name": "Rosewood & Sons",
    "trade": "venue",
    "timezone": "Europe/Paris",
    "currency": "EUR",
    "locale": "fr-FR",
    "holidays": "2026-12-26\n2026-12-25",
    "opens_1": "09:00",
    "closes_1": "17:30",
} | {f"{edge}_{day}": "" for edge in ("opens", "closes") for day in range(2, 8)}


def _supplier(app: Flask, house: House) -> Supplier:
    with app.app_context(), reading(house.supplier_id) as session:
        row = queries.supplier(session)
        session.expunge(row)
        return row


def _actions(app: Flask, house: House) -> list[str]:
    with app.app_context(), reading(house.supplier_id) as session:
        since = select(AuditEntry.action).where(AuditEntry.action != "opened")
        return list(session.scalars(since.order_by(AuditEntry.occurred_at)))


def test_the_profile_is_saved_and_shown(app: Flask, house: House) -> None:
    browser = signed_in(app, house.owner)
    assert browser.post("/settings", **PROFILE).status_code == 303
    row = _supplier(app, house)
    assert (row.name, row.timezone, row.currency, row.locale) == (
        "Rosewood & Sons", "Europe/Paris", "EUR", "fr-FR",
    )  # fmt: skip
    assert row.working_hours == {"1": ["09:00", "17:30"]}
    assert row.holidays == [date(2026, 12, 25), date(2026, 12, 26)]
    page = browser.get("/settings").text
    assert 'value="17:30"' in page
    assert "2026-12-25\n2026-12-26" in page


@pytest.mark.parametrize(
    ("field", "value", "at"),
    [
        ("name", "", "name-error"),
        ("name", "x" * 256, "name-error"),
        ("name", "nul\x00", "NUL"),
        ("timezone", "Mars/Olympus", "timezone-error"),
        ("holidays", "Christmas", "holidays-error"),
        ("holidays", "0001-01-01", "holidays-error"),
        ("holidays", "9999-12-31", "holidays-error"),
        ("closes_1", "08:00", "opens_1-error"),
        ("closes_1", "", "closes_1-error"),
        ("opens_7", "25:99", "opens_7-error"),
    ],
)
def test_a_wrong_profile_is_told_at_its_field_and_writes_nothing(
    app: Flask, house: House, field: str, value: str, at: str
) -> None:
    before = _supplier(app, house)
    response = signed_in(app, house.owner).post("/settings", **PROFILE | {field: value})
    assert response.status_code == 422
    assert at in response.text
    assert _supplier(app, house).updated_at == before.updated_at
    assert _actions(app, house) == []


def test_a_new_key_is_shown_once(app: Flask, house: House) -> None:
    browser = signed_in(app, house.owner)
    made = browser.post(
        "/settings/api-keys", name="Zapier", scopes=["read", "write_leads"], expires_in_days="90"
    )
    assert made.status_code == 201
    shown = re.search(r'id="new-key">(wsl_[\w-]+)<', made.text)
    assert shown
    assert 'value="Zapier"' not in made.text, "the form is empty for the next one"
    listed = browser.get("/settings/api-keys").text
    assert "Zapier" in listed
    assert shown[1] not in listed


def test_revoking_a_key_ends_it(app: Flask, house: House) -> None:
    browser = signed_in(app, house.owner)
    browser.post("/settings/api-keys", name="Zapier", scopes=["read"], expires_in_days="")
    found = re.search(r"/settings/api-keys/[0-9a-f-]{36}/revoke", browser.get("/settings/api-keys").text)
    assert found
    assert browser.post(found[0], page="/settings/api-keys").status_code == 303
    assert "Zapier" not in browser.get("/settings/api-keys").text
    assert _actions(app, house) == ["created", "revoked"]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "k"},
        {"name": "", "scopes": ["read"]},
        {"name": "k", "scopes": ["erase_all"]},
        {"name": "x" * 101, "scopes": ["read"]},
    ],
)
def test_a_wrong_key_is_not_made(app: Flask, house: House, fields: dict[str, str | list[str]]) -> None:
    response = signed_in(app, house.owner).post("/settings/api-keys", expires_in_days="30", **fields)
    assert response.status_code == 422
    assert _actions(app, house) == []


def test_a_business_named_like_a_header_still_invites(app: Flask, house: House) -> None:
    owner, address = signed_in(app, house.owner), f"nora-{uuid7().hex}@example.com"
    with app.app_context(), unit_of_work(house.supplier_id) as session:
        session.get_one(Supplier, house.supplier_id).name = "Evil\r\nBcc: mallory@example.com"
    fields = {"email": address, "role": "member"}
    answer = owner.post("/settings/team/invitations", page="/settings/team", **fields)
    assert answer.status_code == 303
    with app.app_context():
        message = next(message for message in mail.kept() if message["To"] == address)
    assert "Evil Bcc: mallory@example.com" in message["Subject"]
    assert message["Bcc"] is None


def test_an_invited_person_joins_and_is_in(app: Flask, house: House) -> None:
    address = f"nora-{uuid7().hex}@example.com"
    owner = signed_in(app, house.owner)
    assert (
        owner.post(
            "/settings/team/invitations", page="/settings/team", email=address, role="member"
        ).status_code
        == 303
    )
    nora, link = Browser(app), link_to(app, address)
    refused = nora.post(link, full_name="Nora New", password="short")
    assert refused.status_code == 422
    assert nora.post(link, full_name="Nora New", password="a fine new passphrase").location == "/"
    assert "Rosewood Photography" in nora.get("/account").text
    assert "Nora New" in owner.get("/settings/team").text


def test_a_person_with_an_account_joins_with_a_button(app: Flask, house: House) -> None:
    owner, guest = signed_in(app, house.owner), signed_in(app, house.stranger)
    owner.post("/settings/team/invitations", page="/settings/team", email=house.stranger.email, role="viewer")
    assert guest.post(link_to(app, house.stranger.email)).location == "/account/businesses"
    assert "Work for Rosewood Photography" in guest.get("/account/businesses").text


def test_a_member_is_changed_on_their_page(app: Flask, house: House) -> None:
    browser, page = signed_in(app, house.owner), f"/settings/team/{house.member.user_id}"
    browser.post("/settings/team/teams", page="/settings/team", **{"new-name": "Visits"})
    with app.app_context(), reading(house.supplier_id) as session:
        team_id = session.scalars(select(Team.id)).one()
    assert browser.post(f"{page}/role", page=page, role="admin").status_code == 303
    saved = browser.post(
        f"{page}/availability", page=page, team_id=str(team_id), takes_leads="y", capacity="12",
        absent_from="2027-07-01", absent_until="2027-07-14",
    )  # fmt: skip
    assert saved.status_code == 303
    shown = browser.get(page).text
    assert f'<option selected value="{team_id}">' in shown
    assert 'value="2027-07-14"' in shown
    wrong = browser.post(
        f"{page}/availability", page=page, absent_from="2027-07-14", absent_until="2027-07-01", team_id=""
    )
    assert wrong.status_code == 422
    assert "ends on or after its first day" in wrong.text


def test_the_last_owner_is_told_so(app: Flask, house: House) -> None:
    browser, page = signed_in(app, house.owner), f"/settings/team/{house.owner.user_id}"
    assert browser.post(f"{page}/role", page=page, role="member").status_code == 422
    assert browser.post(f"{page}/deactivate", page=page).status_code == 409
    assert browser.is_in


def test_who_is_deactivated_is_out_at_once_and_told_why(app: Flask, house: House) -> None:
    owner, member = signed_in(app, house.owner), signed_in(app, house.member)
    page = f"/settings/team/{house.member.user_id}"
    owner.post(f"{page}/deactivate", page=page)
    assert not member.is_in
    refused = Browser(app).sign_in(house.member)
    assert refused.status_code == 422
    assert "no active place" in refused.text


def test_ones_name_is_ones_own(app: Flask, house: House) -> None:
    browser = signed_in(app, house.viewer)
    assert browser.post("/account", full_name="Vera Viewer").status_code == 303
    assert "Vera Viewer" in browser.get("/account").text
    assert browser.post("/account", full_name="x" * 256).status_code == 422
    assert browser.post("/account", full_name="Vera\x00").status_code == 422
    assert _actions(app, house) == ["updated"]


def test_a_new_password_is_in_the_audit_log(app: Flask, house: House) -> None:
    new = "a quite different passphrase"
    signed_in(app, house.member).post(
        "/account/password", password=house.member.password, new_password=new, new_password_confirm=new
    )
    assert _actions(app, house) == ["password_changed"]


def test_account_mail_is_shown_outside_production(app: Flask, house: House) -> None:
    Browser(app).post("/reset", email=house.admin.email)
    assert house.admin.email in Browser(app).get("/account-mail").text


def test_account_mail_is_linked_where_somebody_waits_for_it(app: Flask, house: House) -> None:
    browser = signed_in(app, house.owner)
    for page in ("/account", "/settings/team", "/outbox"):
        assert 'href="/account-mail"' in browser.get(page).text, page
        away = browser.client.get(page, headers={"X-Forwarded-For": "203.0.113.9"})
        assert away.status_code == 200
        assert "/account-mail" not in away.text, page
    assert 'href="/account-mail"' in Browser(app).get("/reset").text


@pytest.mark.parametrize(
    "options",
    [{"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}, {"headers": {"X-Forwarded-For": "203.0.113.9"}}],
    ids=["from elsewhere", "through a proxy"],
)
def test_account_mail_is_shown_to_nobody_elsewhere(
    app: Flask, house: House, options: dict[str, dict[str, str]]
) -> None:
    """Whoever reads a reset link has the account."""
    with app.app_context():
        mail.send(house.admin.email, "Reset", "a link")
    assert app.test_client().get("/account-mail", **options).status_code == 404
    assert app.test_client().get("/metrics", **options).status_code == 403


def _posts(house: House, member: UUID, team_id: UUID, key: UUID) -> dict[str, dict[str, str]]:
    """Every write of the settings that names a row or needs a role."""
    return {
        "/settings": PROFILE,
        "/settings/api-keys": {"name": "k", "scopes": "read", "expires_in_days": ""},
        f"/settings/api-keys/{key}/revoke": {},
        "/settings/team/invitations": {"email": "new@example.com", "role": "viewer"},
        "/settings/team/teams": {"new-name": "T"},
        f"/settings/teams/{team_id}": {"name": "T"},
        f"/settings/teams/{team_id}/delete": {},
        f"/settings/team/{member}/role": {"role": "viewer"},
        f"/settings/team/{member}/availability": {"team_id": ""},
        f"/settings/team/{member}/deactivate": {},
        f"/settings/team/{member}/reactivate": {},
    }


def _rows(app: Flask, person: Person) -> tuple[UUID, UUID]:
    with app.app_context():
        team_id = team.create_team(person.actor, TeamName(name="Ours"))
        key, _ = keys.create_api_key(person.actor, NewApiKey(name="k", scopes=[Permission.READ]))
        return team_id, key.id


def test_a_team_is_edited_by_those_who_may(app: Flask, house: House) -> None:
    team_id, _ = _rows(app, house.owner)
    page = f"/settings/teams/{team_id}"
    assert signed_in(app, house.admin).get(page).status_code == 200
    assert signed_in(app, house.member).get(page).status_code == 403


@pytest.mark.parametrize(
    "person", [lambda house: house.member, lambda house: house.viewer], ids=["member", "viewer"]
)
def test_who_may_not_manage_changes_nothing(
    app: Flask, house: House, person: Callable[[House], Person]
) -> None:
    team_id, key = _rows(app, house.owner)
    before, browser = _actions(app, house), signed_in(app, person(house))
    for path, fields in _posts(house, house.admin.user_id, team_id, key).items():
        status = browser.post(path, page="/account", **fields).status_code
        assert status == 403, path
    assert _actions(app, house) == before


def test_a_strangers_rows_answer_like_unknown_ones(app: Flask, house: House) -> None:
    team_id, key = _rows(app, house.owner)
    before, browser = _actions(app, house), signed_in(app, house.stranger)
    known = _posts(house, house.member.user_id, team_id, key)
    unknown = _posts(house, uuid7(), uuid7(), uuid7())
    for (ours, fields), nobodys in zip(known.items(), unknown, strict=True):
        if ours == nobodys:
            continue
        answers = [browser.post(path, page="/account", **fields) for path in (ours, nobodys)]
        assert [answer.status_code for answer in answers] == [404, 404], ours
        assert answers[0].text == answers[1].text
    for page in (f"/settings/team/{house.member.user_id}", f"/settings/teams/{team_id}"):
        assert browser.get(page).status_code == 404
    assert _actions(app, house) == before


def test_every_page_is_closed_to_nobody(app: Flask) -> None:
    closed = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("settings.") and "GET" in (rule.methods or ())
    ]
    assert len(closed) >= 7
    for rule in closed:
        path = re.sub(r"<[^>]+>", str(UUID(int=1)), rule.rule)
        assert Browser(app).get(path).location.startswith("/login"), rule.rule


def test_the_list_of_members_goes_on_after_the_longest_name(app: Flask, house: House) -> None:
    with app.app_context(), unit_of_work(house.supplier_id, user_id=house.owner.user_id) as session:
        for person in (house.owner, house.admin, house.member, house.viewer):
            session.get_one(User, person.user_id).full_name = "Ж" * 100
    browser = signed_in(app, house.owner)
    [onwards] = set(re.findall(r'href="([^"]*after=[^"]*)"', browser.get("/settings/team?limit=1").text))
    assert browser.get(onwards.replace("&amp;", "&")).status_code == 200


def test_a_member_chooses_which_e_mails_they_are_sent(app: Flask, house: House) -> None:
    browser = signed_in(app, house.member)
    chosen = re.compile(r'<input[^>]* checked [^>]*id="(wants_\w+)"')
    assert chosen.findall(browser.get("/account").text) == ["wants_notices", "wants_digest"]
    assert browser.post("/account/notices", page="/account", wants_digest="y").status_code == 303
    assert chosen.findall(browser.get("/account").text) == ["wants_digest"]
    assert browser.post("/account/notices", page="/account").status_code == 303
    assert chosen.findall(browser.get("/account").text) == []
    assert _actions(app, house) == ["updated", "updated"]


def test_a_viewer_is_offered_no_e_mails(app: Flask, house: House) -> None:
    assert "wants_digest" not in signed_in(app, house.viewer).get("/account").text
