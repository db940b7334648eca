"""Answers are packed for those who take it, and for nobody else."""

import gzip
from typing import Any

import pytest

from app.kernel.compression import MOST_NOISE
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office

TAKES = {"Accept-Encoding": "gzip, br"}


def test_a_page_is_packed_for_a_browser_that_takes_it(office: Office, browser: Browser) -> None:
    office.lead(couple_name_bride="Zoë")
    plain = browser.client.get("/leads?search=zoe")
    packed = browser.client.get("/leads?search=zoe", headers=TAKES)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Zoë" in gzip.decompress(packed.data).decode()
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert "Content-Encoding" not in plain.headers
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_the_size_of_a_page_does_not_tell_what_stands_in_it(browser: Browser) -> None:
    noise = {browser.client.get("/leads", headers=TAKES).data.find(b"\0", 10) for _ in range(12)}
    assert len(noise) > 1
    assert max(noise) - min(noise) <= MOST_NOISE


def test_our_files_are_packed_and_still_known_when_unchanged(browser: Browser) -> None:
    packed = browser.client.get("/static/app.css", headers=TAKES)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert b"{" in gzip.decompress(packed.data)
    again = browser.client.get("/static/app.css", headers=TAKES | {"If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("address", "headers"),
    [("/leads", {"Accept-Encoding": "gzip;q=0"}), ("/leads", {"Accept-Encoding": "br"}), ("/healthz", TAKES)],
)
def test_what_is_short_or_not_wanted_is_left_as_it_is(
    browser: Browser, address: str, headers: dict[str, Any]
) -> None:
    assert "Content-Encoding" not in browser.client.get(address, headers=headers).headers
