"""Points by hand on a lead's page: given, taken and withdrawn, beside the rules."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.models.scoring import ScoreAdjustment
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office
from tests.surfaces.web.test_lead_composer import rows
from tests.surfaces.web.test_lead_page import row, words

FAIR = {"points": "15", "reason": "Met at a fair", "expires_at": ""}


@pytest.fixture
def lead_id(office: Office) -> UUID:
    """A lead of no points."""
    return office.lead(lead_source="fair")


def give(browser: Browser, lead_id: UUID, **said: str) -> Any:
    return browser.post(f"/leads/{lead_id}/adjustments", page="/leads", **FAIR | said)


def withdraw(browser: Browser, adjustment_id: UUID) -> Any:
    return browser.post(f"/leads/adjustments/{adjustment_id}/withdraw", page="/leads", withdraw="yes")


def given(office: Office, lead_id: UUID) -> list[ScoreAdjustment]:
    return list(rows(office, ScoreAdjustment, lead_id))


def test_points_are_given_and_withdrawn_with_a_click(office: Office, browser: Browser, lead_id: UUID) -> None:
    assert "Give or take points" in words(browser, f"/leads/{lead_id}")
    answer = give(browser, lead_id)
    assert (answer.status_code, answer.location) == (303, f"/leads/{lead_id}#score")
    page = browser.get(f"/leads/{lead_id}").text
    assert "Saved. The score moved from 0 to 15." in page
    assert 'aria-label="Withdraw: Met at a fair"' in page
    assert "Met at a fair +15 Withdraw" in words(browser, f"/leads/{lead_id}")
    [one] = given(office, lead_id)
    assert (one.user_id, one.expires_at) == (office.house.owner.user_id, None)
    answer = withdraw(browser, one.id)
    assert (answer.status_code, answer.location) == (303, f"/leads/{lead_id}#score")
    shown = words(browser, f"/leads/{lead_id}")
    assert "Saved. The score moved from 15 to 0." in shown
    assert "Met at a fair +15 Withdraw" not in shown
    assert (given(office, lead_id), row(office, lead_id).lead_score) == ([], 0)
    assert withdraw(browser, one.id).status_code == 404


def test_they_count_to_the_end_of_the_day(office: Office, browser: Browser, lead_id: UUID) -> None:
    give(browser, lead_id, expires_at="2040-06-12")
    [one] = given(office, lead_id)
    assert one.expires_at == datetime(2040, 6, 12, 22, 59, 59, tzinfo=UTC)
    assert "Met at a fair until 12 Jun 2040 +15" in words(browser, f"/leads/{lead_id}")
    today = clock.now().date().isoformat()
    assert give(browser, lead_id, expires_at=today).status_code == 303


def test_a_score_may_stay_where_it_is(browser: Browser, lead_id: UUID) -> None:
    give(browser, lead_id, points="-15")
    assert "Saved. The score stays at 0." in words(browser, f"/leads/{lead_id}")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("points", "", "Give a whole number"),
        ("points", "many", "Give a whole number"),
        ("points", "0", "Give at least one point, or take one away."),
        ("points", "101", "less than or equal to 100"),
        ("reason", "", "Please fill this in."),
        ("reason", "x" * 256, "255"),
        ("expires_at", "2026-01-01", "name a later time"),
        ("expires_at", "9999-12-31", "2200"),
        ("expires_at", "soon", "Give a date, such as 2027-06-12."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    office: Office, browser: Browser, lead_id: UUID, name: str, value: str, told: str
) -> None:
    page = give(browser, lead_id, **{name: value})
    assert page.status_code == 422
    assert told in page.text.partition(f'id="adjust-{name}-error"')[2][:200]
    assert '<details class="card-body adjust" open>' in page.text
    assert given(office, lead_id) == []


def test_one_too_many_is_told_above_the_form(office: Office, browser: Browser, lead_id: UUID) -> None:
    office.add(*(ScoreAdjustment(lead_id=lead_id, points=1, reason="Nice") for _ in range(50)))
    page = give(browser, lead_id)
    assert page.status_code == 422
    assert "A lead has at most 50 adjustments; withdraw one first." in page.text
    assert "Met at a fair" in page.text, "what was entered is still there"


def test_a_viewer_sees_the_points_and_may_not_touch_them(
    office: Office, browser: Browser, lead_id: UUID
) -> None:
    give(browser, lead_id)
    [one] = given(office, lead_id)
    viewer = office.browser(office.house.viewer)
    shown = words(viewer, f"/leads/{lead_id}")
    assert "Met at a fair +15" in shown
    assert "Withdraw" not in shown
    assert "Give or take points" not in shown
    assert give(viewer, lead_id).status_code == 403
    assert withdraw(viewer, one.id).status_code == 403
    assert [kept.id for kept in given(office, lead_id)] == [one.id]


def test_a_stranger_finds_nothing(office: Office, browser: Browser, lead_id: UUID) -> None:
    give(browser, lead_id)
    [one] = given(office, lead_id)
    stranger = office.browser(office.house.stranger)
    for answers in (
        [give(stranger, asked) for asked in (lead_id, uuid7())],
        [withdraw(stranger, asked) for asked in (one.id, uuid7())],
    ):
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].data == answers[1].data
    assert row(office, lead_id).lead_score == 15
