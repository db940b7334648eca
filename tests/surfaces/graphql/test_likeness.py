"""`Lead.availability` and `Lead.likelyDuplicates`: what other leads say about one."""

from datetime import date

import pytest

from app.models.capture import DateEntry
from app.models.choices import DateState
from tests.surfaces.graphql.conftest import Caller, Desk

DAY = "2031-06-14"
OF_DAY = "{ leads { nodes { id availability { state rivals byLeadId } } } }"
LIKE = """query ($id: UUID!, $first: Int = 5) { lead(id: $id) {
    likelyDuplicates(first: $first) { reasons lead { id couple source { sourceName } } } } }"""


def test_each_lead_of_a_list_tells_whether_its_day_is_free(desk: Desk, ask: Caller) -> None:
    rival, held, dateless = desk.lead(wedding_date=DAY), desk.lead(wedding_date=DAY), desk.lead()
    desk.add(DateEntry(on_date=date.fromisoformat(DAY), state=DateState.HELD, lead_id=held))
    told = {node["id"]: node["availability"] for node in ask(OF_DAY)["leads"]["nodes"]}
    assert told == {
        str(rival): {"state": "held", "rivals": 1, "byLeadId": str(held)},
        str(held): {"state": "held", "rivals": 1, "byLeadId": str(held)},
        str(dateless): {"state": "unknown", "rivals": 0, "byLeadId": None},
    }


def test_a_day_that_nobody_has_is_open(desk: Desk, ask: Caller) -> None:
    desk.lead(wedding_date=DAY)
    [node] = ask(OF_DAY)["leads"]["nodes"]
    assert node["availability"] == {"state": "open", "rivals": 0, "byLeadId": None}


def test_leads_that_may_be_the_same_couple_are_told_with_the_reasons(desk: Desk, ask: Caller) -> None:
    phone = "+44 20 7946 0958"
    lead_id = desk.lead(primary_phone=phone, wedding_date=DAY, wedding_venue="Rose Barn")
    shared = {"primary_phone": phone, "wedding_date": DAY, "wedding_venue": "rose barn"}
    both = desk.lead(couple_name_bride="Ada", **shared)
    one = desk.lead(couple_name_bride="Ben", primary_phone=phone)
    desk.lead(wedding_date=DAY)
    found = ask(LIKE, id=str(lead_id))["lead"]["likelyDuplicates"]
    assert [like["lead"]["id"] for like in found] == [str(both), str(one)]
    assert found[0]["lead"] == found[0]["lead"] | {"couple": "Ada", "source": {"sourceName": "Website"}}
    assert found[0]["reasons"] == ["Same phone number", "Same wedding date and venue"]
    assert len(ask(LIKE, id=str(lead_id), first=1)["lead"]["likelyDuplicates"]) == 1


@pytest.mark.parametrize("first", [0, -1, 101])
def test_a_page_of_another_size_is_named(desk: Desk, ask: Caller, first: int) -> None:
    error = ask.refused(LIKE, id=str(desk.lead()), first=first)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


def test_it_is_too_much_for_a_long_list(ask: Caller) -> None:
    error = ask.refused("{ leads(first: 100) { nodes { likelyDuplicates { reasons } } } }")
    assert error["extensions"]["limit"] == "cost"
