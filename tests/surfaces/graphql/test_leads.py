"""`leads`: what is listed, in which order, page by page, and the figures of all pages."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from uuid_utils.compat import uuid7

from app.kernel.paging import Position, decode, encode
from app.models.choices import LeadStatus, Priority
from tests.cast import open_house
from tests.surfaces.graphql.conftest import Caller, Desk

LEADS = """query ($filter: LeadFilter, $order: LeadOrder, $first: Int, $after: String) {
    leads(filter: $filter, orderBy: $order, first: $first, after: $after) {
        totalCount nodes { id } edges { cursor node { id } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


def ids(found: dict[str, Any]) -> list[UUID]:
    return [UUID(node["id"]) for node in found["leads"]["nodes"]]


def only(ask: Caller, **chosen: Any) -> list[UUID]:
    return ids(ask(LEADS, filter=chosen))


@pytest.fixture
def three(desk: Desk) -> list[UUID]:
    """Three leads unlike each other, the oldest first."""
    first = desk.lead(
        datetime(2026, 3, 1, 12, tzinfo=UTC),
        lead_source="referral",
        couple_name_bride="Ada Lovelace",
        tags=["barn", "spring"],
        wedding_date="2027-05-01",
        wedding_location="Bath",
    )
    second = desk.lead(
        datetime(2026, 3, 2, 12, tzinfo=UTC),
        couple_name_groom="Ben 100%",
        tags=["spring"],
        wedding_date="2027-06-01",
    )
    third = desk.lead(
        datetime(2026, 3, 3, 12, tzinfo=UTC), lead_source="Our Blog", primary_email="cleo@example.com"
    )
    desk.change(first, lead_status=LeadStatus.QUALIFIED, lead_score=80, priority_level=Priority.HIGH)
    desk.change(second, lead_score=40, assigned_to_user_id=desk.house.member.user_id)
    desk.change(third, lead_score=40, assigned_to_user_id=None)
    return [first, second, third]


def test_the_newest_come_first(ask: Caller, three: list[UUID]) -> None:
    assert ids(ask(LEADS)) == three[::-1]


@pytest.mark.parametrize(
    ("chosen", "listed"),
    [
        ({}, [2, 1, 0]),
        ({"status": ["qualified"]}, [0]),
        ({"status": ["qualified", "new"]}, [2, 1, 0]),
        ({"status": []}, [2, 1, 0]),
        ({"status": None}, [2, 1, 0]),
        ({"source": ["referral"]}, [0]),
        ({"source": ["Referral", "our_blog"]}, [2, 0]),
        ({"source": ["nowhere"]}, []),
        ({"priority": ["high"]}, [0]),
        ({"unassigned": True}, [2]),
        ({"scoreMin": 41}, [0]),
        ({"scoreMin": 40, "scoreMax": 40}, [2, 1]),
        ({"scoreMax": 0}, []),
        ({"weddingDateFrom": "2027-05-02"}, [1]),
        ({"weddingDateFrom": "2027-05-01", "weddingDateTo": "2027-05-01"}, [0]),
        ({"createdFrom": "2026-03-02"}, [2, 1]),
        ({"createdTo": "2026-03-02"}, [1, 0]),
        ({"createdFrom": "2026-03-02", "createdTo": "2026-03-02"}, [1]),
        ({"tags": ["spring"]}, [1, 0]),
        ({"tags": ["barn", "nothing"]}, [0]),
        ({"search": "lovelace"}, [0]),
        ({"search": "BATH ada"}, [0]),
        ({"search": "ada cleo"}, [2]),
        ({"search": "100%"}, [1]),
        ({"search": "%"}, [1]),
        ({"search": "_"}, []),
        ({"search": "   "}, [2, 1, 0]),
        ({"search": "' or 1=1 --"}, []),
        ({"status": ["qualified"], "scoreMin": 90}, []),
    ],
)
def test_a_filter_lists_what_fulfils_all_of_it(
    ask: Caller, three: list[UUID], chosen: dict[str, Any], listed: list[int]
) -> None:
    found = ask(LEADS, filter=chosen)
    assert ids(found) == [three[index] for index in listed]
    assert found["leads"]["totalCount"] == len(listed)


def test_a_filter_by_assignee(desk: Desk, ask: Caller, three: list[UUID]) -> None:
    assert only(ask, assignedTo=str(desk.house.member.user_id)) == [three[1]]
    assert only(ask, assignedTo=str(desk.house.stranger.user_id)) == []


def test_a_day_of_creation_is_the_suppliers(desk: Desk, ask: Caller) -> None:
    """In summer, London's day begins at 23:00 UTC."""
    late = desk.lead(datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    assert only(ask, createdFrom="2026-07-01", createdTo="2026-07-01") == [late]
    assert only(ask, createdFrom="2026-06-30", createdTo="2026-06-30") == []


def test_spam_and_duplicates_are_listed_only_when_asked_for(desk: Desk, ask: Caller) -> None:
    kept, spam, copy = (desk.lead() for _ in range(3))
    desk.change(spam, lead_status=LeadStatus.SPAM)
    desk.change(copy, lead_status=LeadStatus.DUPLICATE, duplicate_of_id=kept)
    assert only(ask) == [kept]
    assert only(ask, status=["spam"]) == [spam]
    assert set(only(ask, status=["duplicate", "new"])) == {kept, copy}


@pytest.mark.parametrize(
    ("by", "direction", "listed"),
    [
        ("created_at", "asc", [0, 1, 2]),
        ("created_at", "desc", [2, 1, 0]),
        ("updated_at", "desc", [2, 1, 0]),
        ("lead_score", "desc", [0, 2, 1]),
        ("lead_score", "asc", [1, 2, 0]),
        ("wedding_date", "asc", [0, 1, 2]),
        ("wedding_date", "desc", [1, 0, 2]),
    ],
)
def test_nulls_come_last_and_the_id_breaks_ties(
    ask: Caller, three: list[UUID], by: str, direction: str, listed: list[int]
) -> None:
    found = ids(ask(LEADS, order={"by": by, "direction": direction}))
    assert found == [three[index] for index in listed]


@pytest.fixture(scope="module")
def seven(app: Flask) -> Caller:
    """The program of a supplier with seven leads, of which some are alike and some have no day."""
    desk = Desk(app, open_house(app))
    for number in range(7):
        day = date(2027, 1, 1 + number // 2).isoformat() if number % 3 else None
        lead = desk.lead(
            datetime(2026, 1, 1 + number // 3, tzinfo=UTC), **({"wedding_date": day} if day else {})
        )
        due = datetime(2026, 2, 1 + number // 2, tzinfo=UTC) if number % 2 else None
        desk.change(lead, lead_score=number // 2, next_follow_up_at=due)
    return desk.caller()


@pytest.mark.parametrize("by", ["created_at", "updated_at", "lead_score", "wedding_date", "next_follow_up"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_pages_follow_each_other_without_gap_or_repeat(seven: Caller, by: str, direction: str) -> None:
    ask, order = seven, {"by": by, "direction": direction}
    whole = ids(ask(LEADS, order=order, first=100))
    read: list[UUID] = []
    after = None
    for _ in range(4):
        page = ask(LEADS, order=order, first=2, after=after)["leads"]
        assert page["totalCount"] == 7
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert page["pageInfo"]["hasNextPage"] is (len(read) + len(page["nodes"]) < 7)
        assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        read += [UUID(node["id"]) for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert read == whole
    end = ask(LEADS, order=order, first=2, after=after)["leads"]
    assert end["nodes"] == []
    assert end["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": True,
        "startCursor": None,
        "endCursor": None,
    }


def test_a_cursor_has_the_form_of_every_other_list(ask: Caller, three: list[UUID]) -> None:
    [edge] = ask(LEADS, first=1, order={"by": "lead_score", "direction": "desc"})["leads"]["edges"]
    assert decode(edge["cursor"], "-lead_score") == Position("-lead_score", 80, three[0])
    assert encode(Position("-lead_score", 80, three[0])) == edge["cursor"]


def forged(*content: object) -> str:
    raw = ",".join(str(part) for part in content)
    return urlsafe_b64encode(f"[{raw}]".encode()).decode().rstrip("=")


SOME = '"01a21685-170f-72c5-96ce-21596e9d4f1a"'


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "é",
        "=",
        " ",
        "A" * 10_000,
        urlsafe_b64encode(b"[" * 1400).decode(),
        urlsafe_b64encode(b"[" * 20_000).decode(),
        forged(),
        forged(1),
        forged('"-created_at"', '"2026-01-01T00:00:00+00:00"', '"no id"'),
        forged('"-created_at"', '"yesterday"', SOME),
        forged('"-created_at"', '"2026-01-01T00:00:00"', SOME),
        forged('"-created_at"', "7", SOME),
        forged('"-created_at"', "true", SOME),
        forged('"-created_at"', '{"a": 1}', SOME),
        forged('"-created_at"', '"2026-01-01T00:00:00+00:00"', SOME, SOME),
        forged('"-lead_score"', "80", SOME),
        forged('"created_at"', '"2026-01-01T00:00:00+00:00"', SOME),
        forged("1", "2", "3"),
    ],
)
def test_a_forged_or_foreign_cursor_is_named(ask: Caller, cursor: str) -> None:
    error = ask.refused(LEADS, after=cursor)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"]["fields"][0]["field"] == "after"


@pytest.mark.parametrize("value", ["1e9", "99999999999", '"80"', "1.5"])
def test_a_forged_score_in_a_cursor_is_named(ask: Caller, value: str) -> None:
    error = ask.refused(LEADS, order={"by": "lead_score"}, after=forged('"-lead_score"', value, SOME))
    assert error["extensions"]["fields"][0]["field"] == "after"


def test_a_cursor_of_another_supplier_opens_nothing(desk: Desk, ask: Caller, stranger: Caller) -> None:
    desk.lead()
    cursor = ask(LEADS)["leads"]["edges"][0]["cursor"]
    found = stranger(LEADS, after=cursor)["leads"]
    assert (found["nodes"], found["totalCount"]) == ([], 0)


@pytest.mark.parametrize("first", [0, -1, 101, 2**31 - 1])
def test_a_page_has_from_1_to_100_rows(ask: Caller, first: int) -> None:
    error = ask.refused(LEADS, first=first)
    assert error["extensions"]["fields"] == [
        {
            "field": "first",
            "code": "out_of_range",
            "message": f"'first' is {first}; it must be between 1 and 100.",
        }
    ]
    assert error["path"] == ["leads"]


def test_null_is_the_default_page(desk: Desk, ask: Caller) -> None:
    leads = [desk.lead() for _ in range(26)]
    for given in ({}, {"first": None, "after": None, "filter": None, "order": None}):
        found = ask(LEADS, **given)["leads"]
        assert len(found["nodes"]) == 25
        assert found["totalCount"] == len(leads)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"scoreMin": -1}, "scoreMin"),
        ({"scoreMax": 101}, "scoreMax"),
        ({"scoreMin": 50, "scoreMax": 40}, "is above the highest"),
        ({"weddingDateFrom": "2027-02-01", "weddingDateTo": "2027-01-01"}, "is above the highest"),
        ({"weddingDateFrom": "9999-12-31"}, "weddingDateFrom"),
        ({"tags": ["x"] * 31}, "tags"),
        ({"tags": [""]}, "tags.0"),
        ({"source": ["x" * 101]}, "source.0"),
        ({"source": [f"s{n}" for n in range(10_000)]}, "source"),
        ({"search": "x" * 101}, "search"),
    ],
)
def test_a_filter_out_of_bounds_is_named(ask: Caller, chosen: dict[str, Any], said: str) -> None:
    error = ask.refused(LEADS, filter=chosen)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert said in [f["field"] for f in error["extensions"]["fields"]] or said in error["message"]


def test_the_summary_covers_all_pages_without_spam_and_duplicates(desk: Desk, ask: Caller) -> None:
    statuses = [LeadStatus.NEW, LeadStatus.NEW, LeadStatus.QUALIFIED, LeadStatus.WON, LeadStatus.SPAM]
    for score, status in enumerate(statuses):
        desk.change(desk.lead(), lead_status=status, lead_score=score * 10)
    summary = "summary { totalLeads newLeads qualifiedLeads convertedLeads averageScore conversionRate }"
    found = ask(f"{{ leads(first: 1) {{ {summary} }} }}")["leads"]["summary"]
    assert found == {
        "totalLeads": 4,
        "newLeads": 2,
        "qualifiedLeads": 1,
        "convertedLeads": 1,
        "averageScore": 15.0,
        "conversionRate": 0.25,
    }
    won = ask(f"{{ leads(filter: {{status: [won]}}) {{ {summary} }} }}")["leads"]["summary"]
    assert (won["totalLeads"], won["conversionRate"]) == (1, 1)
    spam = ask(f"{{ leads(filter: {{status: [spam]}}) {{ totalCount {summary} }} }}")["leads"]
    assert (spam["totalCount"], spam["summary"]["totalLeads"], spam["summary"]["conversionRate"]) == (
        1,
        0,
        None,
    )


@pytest.mark.parametrize(
    ("selected", "count", "aggregates"),
    [("nodes { id }", 0, 0), ("totalCount", 1, 0), ("nodes { id } summary { averageScore }", 0, 1)],
)
def test_totals_are_computed_only_when_selected(
    ask: Caller, statements: Any, selected: str, count: int, aggregates: int
) -> None:
    with statements() as sent:
        ask(f"{{ leads {{ {selected} }} }}")
    [sql] = sent
    assert sql.count("FROM (SELECT 1") == count
    assert sql.count("avg(") == aggregates


@pytest.mark.parametrize("selected", ["hasPreviousPage", "hasNextPage", "startCursor", "__typename"])
def test_each_part_of_the_page_info_stands_alone(desk: Desk, ask: Caller, selected: str) -> None:
    desk.lead()
    found = ask(f"{{ leads {{ pageInfo {{ {selected} }} }} }}")["leads"]["pageInfo"]
    assert found.keys() == {selected}


@pytest.mark.parametrize("selected", ["__typename", "totalCount", "summary { __typename }"])
@pytest.mark.parametrize(
    "criteria", ["", "(first: 1, after: $after)", '(filter: {search: "barn"}, after: $after)']
)
def test_a_list_answers_when_what_was_asked_leaves_its_criteria_unused(
    ask: Caller, three: list[UUID], selected: str, criteria: str
) -> None:
    after = ask("{ leads(first: 1) { pageInfo { endCursor } } }")["leads"]["pageInfo"]["endCursor"]
    variables = {"after": after} if criteria else {}
    declared = "query ($after: String) " if criteria else ""
    assert ask(f"{declared}{{ leads{criteria} {{ {selected} }} }}", **variables)["leads"]


def test_what_is_misspelt_lists_the_most_similar_page_by_page(ask: Caller, desk: Desk) -> None:
    near = desk.lead(couple_name_bride="Pemberton Olivia")
    nearest = desk.lead(couple_name_bride="Pembretan Ada")
    desk.lead(couple_name_bride="Somebody Else")
    first = ask(LEADS, filter={"search": "pembreton"}, first=1)
    assert (ids(first), first["leads"]["totalCount"]) == ([nearest], 2)
    cursor = first["leads"]["pageInfo"]["endCursor"]
    assert ids(ask(LEADS, filter={"search": "pembreton"}, first=1, after=cursor)) == [near]
    assert ids(ask(LEADS, filter={"search": "somebdoy"}, order={"by": "lead_score"})) != [near]
    assert ids(ask(LEADS, filter={"search": "pembreton", "tags": ["none"]})) == []


def test_a_search_costs_one_statement_more_and_a_misspelt_one_two(
    ask: Caller, three: list[UUID], statements: Callable[[], Any]
) -> None:
    for search, count in (("lovelace", 2), ("lovelacce", 3)):
        with statements() as sent:
            assert ids(ask(LEADS, filter={"search": search})) == [three[0]]
        assert len(sent) == count


def test_the_filters_in_force_are_told_as_they_were_given(ask: Caller, three: list[UUID]) -> None:
    told = """query ($filter: LeadFilter) { leads(filter: $filter, first: 1) { filtersApplied isSimilar } }"""
    every = {
        "status": ["new", "qualified"],
        "source": ["referral"],
        "priority": ["high"],
        "scoreMin": 0,
        "scoreMax": 90,
        "weddingDateFrom": "2027-01-01",
        "weddingDateTo": "2027-12-31",
        "createdFrom": "2026-01-01",
        "createdTo": "2026-12-31",
        "tags": ["spring"],
        "search": "lovelacce",
    }
    for given, similar in (({}, False), (every, True), ({"unassigned": True}, False), (every, True)):
        found = ask(told, filter=given)["leads"]
        assert found == {"filtersApplied": given, "isSimilar": similar}
    member = {"assignedTo": str(uuid7())}
    assert ask(told, filter=member | {"tags": []})["leads"]["filtersApplied"] == member
