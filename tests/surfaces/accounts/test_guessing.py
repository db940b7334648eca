"""Guesses at secrets are slowed, by browser and by account."""

from collections.abc import Iterator
from secrets import randbelow

import pytest
from flask import Flask

from app import create_app
from app.kernel.limits import limiter
from app.settings import Settings
from tests.cast import PASSWORD, House
from tests.surfaces.accounts.browser import Browser, signed_in
from tests.surfaces.accounts.test_second_factor import _set_up as set_up_code


@pytest.fixture
def limited(settings: Settings, app: Flask) -> Iterator[Flask]:
    """An app like the others', with limits. The limiter is shared by all apps of a process."""
    yield create_app(settings.model_copy(update={"rate_limits": True}))
    limiter.enabled = False


def _somewhere(app: Flask) -> Browser:
    """A browser at an address of its own, as Redis remembers those of earlier runs."""
    browser = Browser(app)
    browser.client.environ_base["REMOTE_ADDR"] = ".".join(str(randbelow(256)) for _ in range(4))
    return browser


def test_an_address_takes_ten_guesses_at_an_account_and_locks_nobody_out(
    limited: Flask, house: House
) -> None:
    browser = _somewhere(limited)
    answers = [browser.sign_in(house.owner, f"guess number {n}") for n in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert _somewhere(limited).sign_in(house.owner).status_code == 302
    assert _somewhere(limited).sign_in(house.admin).status_code == 302


def test_an_account_takes_fifty_guesses_an_hour_from_anywhere(limited: Flask, house: House) -> None:
    statuses = []
    for _ in range(10):
        browser = _somewhere(limited)
        statuses += [browser.sign_in(house.owner, "a guess").status_code for _ in range(5)]
    assert statuses == [422] * 50
    assert _somewhere(limited).sign_in(house.owner).status_code == 429
    assert _somewhere(limited).sign_in(house.admin).status_code == 302


@pytest.mark.parametrize("fields", [{"password": ""}, {"password": "x" * 500}])
def test_a_form_without_a_secret_to_check_is_no_guess(
    limited: Flask, house: House, fields: dict[str, str]
) -> None:
    browser = _somewhere(limited)
    statuses = [browser.post("/login", email=house.owner.email, **fields).status_code for _ in range(12)]
    assert statuses == [422] * 12
    assert browser.sign_in(house.owner).status_code == 302


def test_a_new_password_that_is_too_short_is_no_guess_but_a_wrong_old_one_is(
    limited: Flask, house: House
) -> None:
    browser = _somewhere(limited)
    browser.sign_in(house.owner)

    def change(old: str, new: str) -> int:
        fields = {"password": old, "new_password": new, "new_password_confirm": new}
        return browser.post("/account/password", **fields).status_code

    assert [change(PASSWORD, "short") for _ in range(11)] == [422] * 11
    assert [change("a guess at it", "a fine new passphrase") for _ in range(11)] == [422] * 10 + [429]


def test_a_browser_takes_twenty_guesses_a_minute_at_anybody(limited: Flask) -> None:
    browser = _somewhere(limited)
    token = browser.token("/login")
    statuses = [
        browser.client.post(
            "/login", data={"csrf_token": token, "email": f"{n}@example.com", "password": "a guess"}
        ).status_code
        for n in range(21)
    ]
    assert statuses == [422] * 20 + [429]


def test_right_answers_are_not_counted(limited: Flask, house: House) -> None:
    statuses = [_somewhere(limited).sign_in(house.owner).status_code for _ in range(12)]
    assert statuses == [302] * 12


def test_an_address_gets_five_reset_links_in_ten_minutes(limited: Flask, house: House) -> None:
    statuses = [_somewhere(limited).post("/reset", email=house.owner.email).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def test_an_address_beside_a_code_does_not_make_it_another_account(limited: Flask, house: House) -> None:
    set_up_code(signed_in(limited, house.admin))
    browser = _somewhere(limited)
    browser.sign_in(house.admin)
    answers = [
        browser.post("/login/code", code=f"00000{n % 10}", email=f"nobody-{n}@example.com") for n in range(11)
    ]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]


def test_an_address_spelled_in_another_way_is_the_same_account(limited: Flask, house: House) -> None:
    browser = _somewhere(limited)
    local, _, domain = house.owner.email.rpartition("@")
    spelled = [f"{local}@{domain[:n]}{chr(ord(domain[n]) + 0xFEE0)}{domain[n + 1 :]}" for n in range(6)] * 2
    answers = [browser.post("/login", email=email, password="a guess at it") for email in spelled[:11]]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
