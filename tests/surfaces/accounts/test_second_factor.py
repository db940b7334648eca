"""Signing in with a code from an authenticator app, or a recovery code."""

import html
import re
from collections.abc import Callable

import pytest
from flask import Flask
from passlib.totp import TOTP
from werkzeug.test import TestResponse

from tests.cast import House, Person
from tests.surfaces.accounts.browser import Browser, signed_in

KEY = re.compile(r'<code class="text-break">([A-Z0-9-]+)</code>')
CONFIRM = re.compile(r'action="(/account/second-factor/[^"]+)"')
CODES = re.compile(r"<li>([a-z0-9-]{8,})</li>")
SETUP = "/account/second-factor"


class Phone:
    """An authenticator app. Each code is of a later time step than the last, as a used one is refused."""

    def __init__(self, key: str) -> None:
        self.totp, self.step = TOTP(key), 0

    def code(self) -> str:
        token = self.totp.generate()
        self.step = max(self.step + 1, token.counter - 1)
        return str(self.totp.generate(self.step * 30).token)


def _set_up(browser: Browser) -> Phone:
    page = browser.post(SETUP, setup="authenticator").text
    key, confirm = KEY.search(page), CONFIRM.search(page)
    assert key
    assert confirm
    assert 'src="data:image/svg+xml;base64,' in page
    phone = Phone(key[1])
    done = browser.post(html.unescape(confirm[1]), page=SETUP, code=phone.code())
    assert done.location == "/account"
    return phone


@pytest.fixture
def person(house: House) -> Person:
    return house.admin


def test_the_second_step_takes_the_code_of_the_app(app: Flask, person: Person) -> None:
    phone = _set_up(signed_in(app, person))
    browser = Browser(app)
    assert browser.sign_in(person).location.startswith("/login/code")
    assert not browser.is_in
    assert browser.post("/login/code", code=phone.code()).location == "/"
    assert browser.is_in


@pytest.mark.parametrize("code", ["000000", "", "12\x0034", "9" * 300, "drop table"])
def test_a_wrong_code_opens_nothing(app: Flask, person: Person, code: str) -> None:
    _set_up(signed_in(app, person))
    browser = Browser(app)
    browser.sign_in(person)
    assert browser.post("/login/code", code=code).status_code == 422
    assert not browser.is_in


def test_a_code_is_good_once(app: Flask, person: Person) -> None:
    phone = _set_up(signed_in(app, person))
    first, second, code = Browser(app), Browser(app), phone.code()
    first.sign_in(person)
    second.sign_in(person)
    assert first.post("/login/code", code=code).status_code == 302
    assert second.post("/login/code", code=code).status_code == 422


def test_a_recovery_code_signs_in_once(app: Flask, person: Person) -> None:
    owner = signed_in(app, person)
    _set_up(owner)
    code = CODES.findall(owner.post("/account/recovery-codes").text)[0]
    first, second = Browser(app), Browser(app)
    first.sign_in(person)
    assert first.post("/login/recovery", code=code).location == "/"
    assert first.is_in
    second.sign_in(person)
    assert second.post("/login/recovery", code=code).status_code == 422
    assert not second.is_in


def test_turning_it_off_forgets_the_recovery_codes(app: Flask, person: Person) -> None:
    browser = signed_in(app, person)
    _set_up(browser)
    browser.post("/account/recovery-codes")
    assert browser.post(SETUP, setup="disable").location == "/account"
    assert "Second factor: off" in browser.get("/account").text
    assert Browser(app).sign_in(person).location == "/"
    assert CODES.findall(browser.get("/account/recovery-codes?show_codes=1").text) == []


def test_the_code_page_is_closed_without_the_password(app: Flask) -> None:
    assert Browser(app).get("/login/code").location == "/login"
    assert Browser(app).get("/login/recovery").location == "/login"


def test_setting_it_up_needs_a_wrong_code_to_fail(app: Flask, person: Person) -> None:
    browser = signed_in(app, person)
    page = browser.post(SETUP, setup="authenticator").text
    confirm = CONFIRM.search(page)
    assert confirm
    refused = browser.post(html.unescape(confirm[1]), page=SETUP, code="000000")
    assert refused.location == SETUP
    assert Browser(app).sign_in(person).location == "/"


def test_setup_asks_for_the_password_again_after_half_an_hour(app: Flask, person: Person) -> None:
    browser = signed_in(app, person)
    with browser.client.session_transaction() as cookie:
        cookie["fs_paa"] -= 31 * 60
    asked = browser.get(SETUP)
    assert asked.location.startswith("/login/again?next=")
    assert browser.post(asked.location, password="not this one at all").status_code == 422
    assert browser.post(asked.location, password=person.password).location.endswith(SETUP)


@pytest.mark.parametrize("send", [Browser.get, lambda browser, path: browser.post(path, page="/account")])
def test_the_page_for_a_code_signs_nobody_out(
    app: Flask, person: Person, send: Callable[[Browser, str], TestResponse]
) -> None:
    """Any website may link there, and has a browser send its cookie along."""
    browser = signed_in(app, person)
    assert send(browser, "/login/code").location == "/"
    assert browser.is_in
