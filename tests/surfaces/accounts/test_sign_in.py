"""Signing up, in and out; what a wrong password or a strange request gets."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from app.kernel.uow import reading
from app.models.accounts import User
from tests.cast import PASSWORD, House
from tests.surfaces.accounts.browser import Browser, signed_in


def _business(**changes: str) -> dict[str, str]:
    return {
        "name": "Meadow Barn",
        "trade": "venue",
        "full_name": "Mia Meadow",
        "email": f"mia-{uuid7().hex}@example.com",
        "password": PASSWORD,
        "timezone": "Europe/Berlin",
        "currency": "EUR",
        "locale": "de-DE",
    } | changes


def _people(app: Flask, email: str) -> int:
    with app.app_context(), reading() as session:
        return session.scalar(select(func.count()).select_from(User).where(User.email == email)) or 0


def test_a_supplier_signs_up_and_is_in(app: Flask) -> None:
    browser = Browser(app)
    response = browser.post("/sign-up", **_business())
    assert (response.status_code, response.location) == (303, "/")
    profile = browser.get("/settings").text
    assert 'value="Meadow Barn"' in profile
    assert '<option selected value="Europe/Berlin">' in profile
    assert '<option selected value="EUR">' in profile
    assert '<option selected value="de-DE">' in profile


def test_who_signed_up_can_sign_out_and_in_again(app: Flask) -> None:
    browser, business = Browser(app), _business()
    browser.post("/sign-up", **business)
    assert browser.post("/logout", page="/account").status_code == 302
    assert not browser.is_in
    assert browser.post("/login", email=business["email"].upper(), password=PASSWORD).location == "/"
    assert browser.is_in


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("password", "short", "This should have at least 12 characters."),
        ("email", "nobody", "An e-mail address must have an @-sign."),
        ("name", "x" * 101, "at most 100"),
        ("full_name", "", "Please fill this in."),
        ("full_name", "N\x00L", "NUL"),
        ("timezone", "Europe/Atlantis", "Not a valid choice"),
        ("currency", "ZZZ", "Not a valid choice"),
        ("locale", "xx-XX", "Not a valid choice"),
    ],
)
def test_a_wrong_sign_up_is_told_at_its_field_and_writes_nothing(
    app: Flask, field: str, value: str, says: str
) -> None:
    business = _business(**{field: value})
    response = Browser(app).post("/sign-up", **business)
    assert response.status_code == 422
    assert says in response.text
    assert _people(app, business["email"]) == 0


def test_an_address_signs_up_once(app: Flask, house: House) -> None:
    response = Browser(app).post("/sign-up", **_business(email=house.owner.email))
    assert response.status_code == 422
    assert "already" in response.text
    assert _people(app, house.owner.email) == 1


def test_a_wrong_password_and_an_unknown_address_read_the_same(app: Flask, house: House) -> None:
    wrong = Browser(app).sign_in(house.owner, "not the password at all")
    unknown = Browser(app).post("/login", email="nobody@example.com", password="not the password at all")
    assert wrong.status_code == unknown.status_code == 422
    message = "The e-mail address or the password is wrong."
    assert wrong.text.count(message) == unknown.text.count(message) == 1


@pytest.mark.parametrize("password", ["x" * 5000, "nul\x00nul"])
def test_a_password_out_of_bounds_is_refused_before_it_is_hashed(
    app: Flask, house: House, password: str
) -> None:
    response = Browser(app).sign_in(house.owner, password)
    assert response.status_code == 422
    assert "Password: " in response.text


def test_a_post_without_its_token_is_refused(app: Flask, house: House) -> None:
    fresh = Browser(app).client.post("/login", data={"email": house.owner.email, "password": PASSWORD})
    assert fresh.status_code == 400
    browser = signed_in(app, house.owner)
    refused = browser.client.post("/account", data={"full_name": "Mallory"})
    assert refused.status_code == 400
    assert "Mallory" not in browser.get("/account").text


def test_a_page_asks_strangers_to_sign_in_and_comes_back(app: Flask, house: House) -> None:
    browser = Browser(app)
    asked = browser.get("/settings/team")
    assert asked.location == "/login?next=/settings/team"
    back = browser.post(asked.location, email=house.owner.email, password=PASSWORD)
    assert back.location == "/settings/team"


def test_next_never_leads_to_another_site(app: Flask, house: House) -> None:
    response = Browser(app).post(
        "/login?next=https://evil.example/", email=house.owner.email, password=PASSWORD
    )
    assert (response.status_code, response.location) == (302, "/")


@pytest.mark.parametrize(
    ("onward", "leads_to"),
    [
        ("//evil.example/settings", "/"),
        ("/leads?search=" + "x" * 300, "/leads?search=" + "x" * 300),
    ],
)
def test_a_forged_next_of_the_form_is_dropped_and_a_long_one_kept(
    app: Flask, house: House, onward: str, leads_to: str
) -> None:
    response = Browser(app).post("/login", email=house.owner.email, password=PASSWORD, next=onward)
    assert (response.status_code, response.location) == (302, leads_to)


def test_the_cookie_is_closed_to_scripts_and_new_at_every_sign_in(app: Flask, house: House) -> None:
    browser = Browser(app)
    first = browser.sign_in(house.owner).headers["Set-Cookie"]
    browser.post("/logout", page="/account")
    second = browser.sign_in(house.owner).headers["Set-Cookie"]
    assert "HttpOnly" in first
    assert "SameSite=Lax" in first
    assert first != second


@pytest.mark.parametrize("body", ["[1]", "{", '{"email": {"a": 1}, "password": []}'])
def test_json_is_not_a_form(app: Flask, body: str) -> None:
    browser = Browser(app)
    headers = {"X-CSRFToken": browser.token("/login"), "Content-Type": "application/json"}
    assert browser.client.post("/login", data=body, headers=headers).status_code == 415


@pytest.mark.parametrize("path", ["/login", "/reset", "/sign-up"])
def test_a_body_of_ten_megabytes_is_too_large(app: Flask, path: str) -> None:
    response = Browser(app).client.post(path, data={"email": "x" * 10_000_000})
    assert response.status_code == 413
