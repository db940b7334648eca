"""A couple books and pays, on the lead's page; and two leads that are one couple."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from app.kernel.uow import reading
from app.models.conversions import Conversion
from app.models.leads import LeadMerge
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office
from tests.surfaces.web.test_lead_composer import rows
from tests.surfaces.web.test_lead_handling import how_many
from tests.surfaces.web.test_lead_page import row, words

BOOKED = {"conversion_type": "booking_confirmed", "conversion_value": "2400"}


def convert(browser: Browser, lead_id: UUID, **said: Any) -> Any:
    return browser.post(f"/leads/{lead_id}/convert", page=f"/leads/{lead_id}", **BOOKED | said)


def test_a_booking_makes_the_lead_won_with_its_value(office: Office, browser: Browser) -> None:
    lead_id = office.lead(estimated_budget=Decimal(2000), wedding_date=date(2031, 6, 14))
    assert 'value="2000.00"' in browser.get(f"/leads/{lead_id}/convert").text, "the budget is a good guess"
    answer = convert(browser, lead_id, notes="Signed at the fair")
    assert answer.status_code == 303
    shown = words(browser, answer.location.partition("#")[0])
    assert "Congratulations! £2,400 booked. Earned by Website £2,400." in shown
    assert "Booked for £2,400" in shown
    assert "Booking confirmed, £2,400" in shown
    assert "earned by Website £2,400" in shown
    assert "Booked for them" in shown
    assert row(office, lead_id).lead_status == "won"


def test_named_sources_share_it_and_the_day_is_the_suppliers(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    office.change(lead_id, created_at=datetime(2025, 1, 1, tzinfo=UTC))
    answer = convert(
        browser, lead_id, attributed_sources=["referral", "website"], conversion_date="2025-07-01"
    )
    assert answer.status_code == 303
    [booking] = rows(office, Conversion, lead_id)
    assert booking.conversion_date == datetime(2025, 7, 1, 11, tzinfo=UTC)
    assert "earned by Referral £1,200, Website £1,200" in words(browser, f"/leads/{lead_id}")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("conversion_value", "", "Give an amount in figures"),
        ("conversion_value", "lots", "Give an amount in figures, such as 3500."),
        ("conversion_value", "-1", "greater than or equal to 0"),
        ("conversion_type", "kiss", "Not a valid choice"),
        ("conversion_date", "2150-01-01", "once it is made"),
        ("conversion_date", "soon", "Give a date, such as 2027-06-12."),
        ("notes", "x" * 10_001, "10000"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_booked(
    office: Office, browser: Browser, name: str, value: str, told: str
) -> None:
    lead_id = office.lead()
    page = convert(browser, lead_id, **{name: value})
    assert page.status_code == 422
    assert told in page.text.partition(f'id="convert-{name}-error"')[2][:200]
    assert rows(office, Conversion, lead_id) == []
    assert row(office, lead_id).lead_status == "new"


def test_a_second_booking_is_refused_and_a_payment_is_not(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    convert(browser, lead_id)
    again = convert(browser, lead_id)
    assert again.status_code == 422
    assert "has a booking confirmed already" in again.text
    paid = convert(browser, lead_id, conversion_type="deposit_paid", conversion_value="600")
    assert paid.status_code == 303
    assert "Deposit paid, £600" in words(browser, f"/leads/{lead_id}")


def test_a_cancelled_booking_reopens_the_lead(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    convert(browser, lead_id)
    [booking] = rows(office, Conversion, lead_id)
    cancel = f"/leads/conversions/{booking.id}/cancel"
    assert office.browser(office.house.viewer).post(cancel, page="/leads").status_code == 403
    assert office.browser(office.house.stranger).post(cancel, page="/leads").status_code == 404
    assert row(office, lead_id).lead_status == "won"
    assert browser.post(cancel, page="/leads").status_code == 303
    assert row(office, lead_id).lead_status == "negotiation"
    assert "Booking confirmed, £2,400 Cancelled" in words(browser, f"/leads/{lead_id}")
    assert browser.post(cancel, page="/leads").status_code == 409


def test_who_may_book(office: Office) -> None:
    lead_id = office.lead()
    viewer, stranger = office.browser(office.house.viewer), office.browser(office.house.stranger)
    ours, unknown = f"/leads/{lead_id}/convert", f"/leads/{uuid7()}/convert"
    assert viewer.get(ours).status_code == 403
    assert viewer.post(ours, page="/leads", **BOOKED).status_code == 403
    assert stranger.get(ours).data == stranger.get(unknown).data
    told = [stranger.post(path, page="/leads", **BOOKED) for path in (ours, unknown)]
    assert [one.status_code for one in told] == [404, 404]
    assert told[0].data == told[1].data
    assert rows(office, Conversion, lead_id) == []


def two(office: Office) -> tuple[UUID, UUID]:
    phone = {"primary_phone": "07400 123456"}
    emma = office.lead(couple_name_bride="Emma Clarke", **phone)
    return emma, office.lead(couple_name_bride="Em Clarke", tags=["Barn"], **phone)


def test_a_likely_duplicate_is_proposed_with_its_reason(office: Office, browser: Browser) -> None:
    emma, em = two(office)
    assert "Perhaps the same couple Em Clarke : same phone number" in words(browser, f"/leads/{emma}")
    shown = words(browser, f"/leads/{em}/merge/{emma}")
    assert "Same phone number." in shown
    assert "First partner Emma Clarke Em Clarke" in shown, "who came first stands first"
    assert "Perhaps the same couple" not in words(office.browser(office.house.viewer), f"/leads/{emma}")


def test_the_two_are_compared_as_the_lead_page_names_things(office: Office, browser: Browser) -> None:
    emma, em = office.lead(lead_source="seo_organic"), office.lead()
    page = browser.get(f"/leads/{em}/merge/{emma}").text
    assert "<td>Organic search</td>" in page
    assert re.search(rf'href="/leads/{em}">\s*<svg[^>]*>.*?</svg> Back', page, re.S), "back to where one was"


@pytest.mark.parametrize("keep", ["this", "other"])
def test_the_one_that_is_kept_is_chosen_and_the_other_points_to_it(
    office: Office, browser: Browser, keep: str
) -> None:
    emma, em = two(office)
    winner, loser = (emma, em) if keep == "this" else (em, emma)
    answer = browser.post(f"/leads/{emma}/merge/{em}", page="/leads", keep=keep)
    assert (answer.status_code, answer.location) == (303, f"/leads/{winner}")
    assert row(office, loser).duplicate_of_id == winner
    assert (
        f'was merged into <a class="alert-link" href="/leads/{winner}"' in browser.get(f"/leads/{loser}").text
    )
    assert "Merged with" in words(browser, f"/leads/{winner}")
    [merge] = _merges(office)
    undone = browser.post(f"/leads/merges/{merge.id}/undo", page="/leads")
    assert (undone.status_code, undone.location) == (303, f"/leads/{winner}")
    assert row(office, loser).duplicate_of_id is None
    assert "Perhaps the same couple" not in words(browser, f"/leads/{winner}"), "a person told them apart"


def _merges(office: Office) -> list[LeadMerge]:
    with office.app.app_context(), reading(office.house.supplier_id) as session:
        found = list(session.scalars(select(LeadMerge)))
        session.expunge_all()
        return found


def test_merging_needs_a_choice_two_leads_and_the_right(office: Office, browser: Browser) -> None:
    emma, em = two(office)
    merge = f"/leads/{emma}/merge/{em}"
    assert browser.post(merge, page="/leads").status_code == 422
    assert browser.post(f"/leads/{emma}/merge/{emma}", page="/leads", keep="this").status_code == 422
    assert browser.post(f"/leads/{emma}/merge/{uuid7()}", page="/leads", keep="this").status_code == 404
    assert office.browser(office.house.viewer).post(merge, page="/leads", keep="this").status_code == 403
    assert office.browser(office.house.stranger).post(merge, page="/leads", keep="this").status_code == 404
    assert how_many(office, LeadMerge) == 0
