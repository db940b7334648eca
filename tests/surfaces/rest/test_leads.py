"""`/api/leads`: the specification's shapes, its filters and pages, and what bad parameters are told."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from app.models.choices import LeadStatus, Priority
from tests.cast import House
from tests.surfaces.accounts.browser import signed_in
from tests.surfaces.graphql.conftest import Desk
from tests.surfaces.rest.conftest import Program, couple, problem, program

LEAD = """
    id supplier_id lead_source source_details couple_name_bride couple_name_groom primary_email
    secondary_email primary_phone secondary_phone preferred_contact_method wedding_date
    wedding_venue wedding_location estimated_guest_count estimated_budget budget_range
    services_needed specific_requirements additional_notes lead_status lead_score priority_level
    quality_rating first_contact_at last_contact_at next_follow_up_at total_interactions email_opens
    email_clicks website_visits converted_at conversion_value lost_reason lost_details
    assigned_to_user_id team_id nurture_sequence_id automation_paused consent_marketing
    consent_data_processing gdpr_consent_date opt_out_date tags custom_fields created_at updated_at
"""
SPECIFIED = LEAD.split()
"""The fields of `interface Lead`, in its order."""


def test_a_lead_has_the_fields_of_the_specification(api: Program, lead_id: UUID, house: House) -> None:
    answer = api.get(f"/leads/{lead_id}")
    assert answer.json is not None
    assert list(answer.json) == SPECIFIED
    assert answer.json["id"] == str(lead_id)
    assert answer.json["supplier_id"] == str(house.supplier_id)
    assert answer.json["wedding_date"] == "2027-06-12"
    assert answer.json["estimated_budget"] == 4200.5
    assert answer.json["budget_range"] == "2500_5000"
    assert answer.json["conversion_value"] is None
    assert answer.json["created_at"].endswith("Z")


def test_money_is_exact_to_the_cent(api: Program, desk: Desk) -> None:
    lead_id = desk.lead(estimated_budget="9999999999.99")
    assert b'"estimated_budget":9999999999.99,' in api.get(f"/leads/{lead_id}").data


def test_the_list_has_the_shape_of_the_specification(api: Program, lead_id: UUID) -> None:
    told = api.get("/leads").json
    assert told is not None
    assert list(told) == ["leads", "pagination", "filters_applied", "summary", "is_similar"]
    assert [list(lead) for lead in told["leads"]] == [SPECIFIED]
    assert told["pagination"] == {"total": 1, "page": 1, "limit": 25, "totalPages": 1}
    assert told["filters_applied"] == {}
    assert told["summary"] == {
        "total_leads": 1,
        "new_leads": 1,
        "qualified_leads": 0,
        "converted_leads": 0,
        "average_score": float(told["leads"][0]["lead_score"]),
        "conversion_rate": 0.0,
    }


def test_a_list_of_nothing_has_figures_that_are_unknown(api: Program) -> None:
    told = api.get("/leads").json
    assert told is not None
    assert (told["leads"], told["pagination"]["totalPages"]) == ([], 0)
    assert (told["summary"]["average_score"], told["summary"]["conversion_rate"]) == (None, None)


def test_the_pages_together_are_the_list_and_the_figures_are_those_of_all(api: Program, desk: Desk) -> None:
    now = datetime.now(UTC)
    made = [desk.lead(at=now - timedelta(hours=n)) for n in range(5)]
    desk.change(made[0], lead_status=LeadStatus.WON)
    pages = [api.get(f"/leads?limit=2&page={page}").json for page in (1, 2, 3, 4)]
    assert [[lead["id"] for lead in page["leads"]] for page in pages] == [
        [str(made[0]), str(made[1])],
        [str(made[2]), str(made[3])],
        [str(made[4])],
        [],
    ]
    assert {page["pagination"]["totalPages"] for page in pages} == {3}
    assert {page["summary"]["total_leads"] for page in pages} == {5}
    assert pages[0]["summary"]["conversion_rate"] == 0.2


def test_spam_is_listed_when_it_is_asked_for_and_in_no_figure(api: Program, desk: Desk) -> None:
    desk.change(desk.lead(), lead_status=LeadStatus.SPAM)
    assert api.get("/leads").json["pagination"]["total"] == 0
    told = api.get("/leads?status=spam").json
    assert (told["pagination"]["total"], told["summary"]["total_leads"]) == (1, 0)


@pytest.mark.parametrize(
    "given", ["status=new&status=contacted", "status=new,contacted", "status=new, contacted"]
)
def test_a_list_is_given_by_repeating_or_by_commas(api: Program, desk: Desk, given: str) -> None:
    statuses = (LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.LOST)
    made = {status: desk.lead() for status in statuses}
    for status, lead_id in made.items():
        desk.change(lead_id, lead_status=status)
    told = api.get(f"/leads?{given}").json
    assert {lead["id"] for lead in told["leads"]} == {str(made[s]) for s in statuses[:2]}
    assert told["filters_applied"] == {"status": ["new", "contacted"]}


def test_a_search_that_matches_nothing_lists_what_is_most_like_it(api: Program, desk: Desk) -> None:
    like, other = desk.lead(couple_name_bride="Siobhan"), desk.lead(couple_name_bride="Zoe")
    exact = api.get("/leads?search=siobhan").json
    assert ([lead["id"] for lead in exact["leads"]], exact["is_similar"]) == ([str(like)], False)
    near = api.get("/leads?search=siobhann&limit=1").json
    assert ([lead["id"] for lead in near["leads"]], near["is_similar"]) == ([str(like)], True)
    assert str(other) not in {lead["id"] for lead in near["leads"]}
    assert near["filters_applied"] == {"search": "siobhann"}


def test_a_repeated_value_may_hold_a_comma(api: Program, desk: Desk) -> None:
    tagged = desk.lead(tags=["barn, rustic"])
    desk.lead(tags=["barn"])
    told = api.get("/leads?tags=barn, rustic&tags=none such").json
    assert [lead["id"] for lead in told["leads"]] == [str(tagged)]


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ("source=website", True),
        ("source=wedding_show", False),
        ("priority=urgent,high", True),
        ("assigned_to=nobody", False),
        ("score_max=100", True),
        ("wedding_date_from=2027-06-12&wedding_date_to=2027-06-12", True),
        ("wedding_date_to=2027-06-11", False),
        ("created_from=2020-01-01", True),
        ("created_to=2020-01-01", False),
        ("tags=summer,winter", True),
        ("search=rose+barn", True),
        ("search=castle", False),
    ],
)
def test_every_filter_of_the_specification(api: Program, desk: Desk, query: str, chosen: bool) -> None:
    lead_id = desk.lead(wedding_venue="Rose Barn", wedding_date="2027-06-12", tags=["summer"])
    desk.change(lead_id, priority_level=Priority.HIGH)
    assert [lead["id"] for lead in api.get(f"/leads?{query}").json["leads"]] == [str(lead_id)] * chosen


@pytest.mark.parametrize("sort", ["created_at", "updated_at", "lead_score", "wedding_date", "next_follow_up"])
def test_every_sort_both_ways_with_nulls_last(api: Program, desk: Desk, sort: str) -> None:
    now = datetime.now(UTC)
    early, late, unknown = (desk.lead(at=now - timedelta(days=n)) for n in (3, 2, 1))
    column = {"next_follow_up": "next_follow_up_at"}.get(sort, sort)
    for days, lead_id in ((1, early), (2, late)):
        at = now + timedelta(days=days)
        values = {"lead_score": 90 + days, "wedding_date": at.date(), "updated_at": at}
        desk.change(lead_id, **{column: values.get(column, at)})
    nullable = column in ("wedding_date", "next_follow_up_at")
    if not nullable:
        desk.change(unknown, **{column: 95 if column == "lead_score" else now + timedelta(days=3)})

    def found(order: str) -> list[str]:
        return [lead["id"] for lead in api.get(f"/leads?sort_by={sort}&sort_order={order}").json["leads"]]

    up = [str(early), str(late), str(unknown)]
    assert found("asc") == up
    assert found("desc") == ([str(late), str(early), str(unknown)] if nullable else up[::-1])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=x", "page"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("page=1&page=2", "page"),
        ("sort_by=shoe_size", "sort_by"),
        ("sort_order=sideways", "sort_order"),
        ("status=hopeful", "status.0"),
        ("assigned_to=you", "assigned_to.uuid"),
        ("wedding_date_from=soon", "wedding_date_from"),
        ("score_min=101", "score_min"),
        ("shoe_size=42", "shoe_size"),
        ("source=" + ",".join("abcdefghijk"[n % 11] for n in range(51)), "source"),
        ("search=" + "x" * 101, "search"),
        ("tags=a%00b", "tags.0"),
    ],
)
def test_a_bad_parameter_is_named(api: Program, query: str, field: str) -> None:
    assert problem(api.get(f"/leads?{query}"), 422)["errors"][0]["field"] == field


def test_page_1000_is_shown_and_the_page_behind_the_last_row_points_to_the_cursors(api: Program) -> None:
    assert api.get("/leads?page=1000&limit=100").status_code == 200
    refused = problem(api.get("/leads?page=1001&limit=100"), 422)
    assert refused["errors"][0]["code"] == "too_deep"
    assert "cursors" in refused["detail"]


def test_making_a_lead(api: Program) -> None:
    made = api.post("/leads", couple() | {"estimated_budget": 4200, "consent_data_processing": True})
    assert made.status_code == 201
    told = made.json
    assert told is not None
    assert list(told) == ["success", "lead", "lead_score_calculated", "nurture_sequences_enrolled", "message"]
    assert (told["success"], told["nurture_sequences_enrolled"]) == (True, ["Welcome"])
    assert told["lead_score_calculated"] == told["lead"]["lead_score"] > 0
    assert made.headers["Location"] == f"/api/leads/{told['lead']['id']}"
    shown = api.get(made.headers["Location"].removeprefix("/api"))
    assert (shown.json, shown.headers["ETag"]) == (told["lead"], made.headers["ETag"])


def test_a_known_address_is_a_duplicate_with_the_lead_that_has_it(api: Program) -> None:
    body = couple()
    first = api.post("/leads", body).json
    refused = problem(api.post("/leads", body), 409)
    assert first is not None
    assert (refused["code"], refused["existing_id"]) == ("DUPLICATE", first["lead"]["id"])
    assert api.get("/leads").json["pagination"]["total"] == 1


def test_a_known_address_joins_its_lead_when_that_is_asked_for(api: Program) -> None:
    body = couple()
    first = api.post("/leads?join=true", body)
    again = api.post("/leads?join=true", body | {"wedding_venue": "Rose Barn"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json is not None
    assert again.json is not None
    assert again.json["lead"]["id"] == first.json["lead"]["id"]
    assert again.json["lead"]["wedding_venue"] == "Rose Barn"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"lead_source": "referral"}, ""),
        ({"primary_email": "no address"}, "primary_email"),
        ({"estimated_budget": -1}, "estimated_budget"),
        ({"estimated_budget": 1e400}, "estimated_budget"),
        ({"shoe_size": 42}, "shoe_size"),
        ({"additional_notes": "a\x00b"}, "additional_notes"),
        ({"tags": ["x"] * 31}, "tags"),
        ({"wedding_date": "12.06.2027"}, "wedding_date"),
    ],
)
def test_bad_values_are_named_and_nothing_is_made(api: Program, body: dict[str, Any], field: str) -> None:
    whole = body if "lead_source" in body else couple() | body
    refused = problem(api.post("/leads", whole), 400 if 1e400 in body.values() else 422)
    assert [error["field"] for error in refused.get("errors", [{"field": field}])] == [field]
    assert api.get("/leads").json["pagination"]["total"] == 0


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"lead_source": "\xff"}', "application/json", 400),
        (b"", "application/json", 400),
        (b"[" * 2000, "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"lead_source=x", "application/x-www-form-urlencoded", 415),
        (b"{}", None, 415),
        (b"{}", "application/json; charset=utf-16", 415),
        (b'{"a":"' + b"x" * 2_000_000 + b'"}', "application/json", 413),
    ],
    ids=["cut", "no utf-8", "empty", "deep", "list", "null", "form", "untold", "utf-16", "large"],
)
def test_what_is_no_body_of_ours(api: Program, body: bytes, content_type: str | None, status: int) -> None:
    refused = problem(api.send("POST", "/leads", data=body, content_type=content_type), status)
    assert refused["detail"]
    assert api.get("/leads").json["pagination"]["total"] == 0


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nothing"), ("GET", "/leads/not-an-id"), ("DELETE", "/leads")]
)
def test_what_is_not_there_is_a_problem_too(api: Program, method: str, path: str) -> None:
    refused = api.send(method, path, headers={"Accept": "text/html"})
    problem(refused, 405 if method == "DELETE" else 404)
    if method == "DELETE":
        assert "POST" in refused.headers["Allow"]


def test_a_strangers_lead_is_an_unknown_one(stranger: Program, lead_id: UUID) -> None:
    for path in ("/leads/{}", "/leads/{}/interactions"):
        theirs, unknown = (stranger.get(path.format(id)) for id in (lead_id, uuid7()))
        told = [{**problem(one, 404), "request_id": "…"} for one in (theirs, unknown)]
        assert told[0] == told[1]


def test_nobody_is_asked_for_a_key(app: Flask, lead_id: UUID) -> None:
    refused = app.test_client().get(f"/api/leads/{lead_id}", headers={"Accept": "text/html"})
    assert problem(refused, 401)["code"] == "NOT_AUTHENTICATED"
    assert refused.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_does_what_its_scopes_allow(desk: Desk, lead_id: UUID) -> None:
    writes = program(desk, scopes=[Permission.WRITE_LEADS])
    problem(writes.get(f"/leads/{lead_id}"), 403)
    reads = program(desk, scopes=[Permission.READ])
    problem(reads.post("/leads", couple()), 403)
    assert reads.get("/leads").json["pagination"]["total"] == 1


def test_a_sign_in_reads_and_writes_from_our_own_pages_alone(app: Flask, house: House, api: Program) -> None:
    client = signed_in(app, house.member).client
    assert client.get("/api/leads").status_code == 200
    problem(client.post("/api/leads", json=couple(), headers={"Sec-Fetch-Site": "cross-site"}), 403)
    problem(client.post("/api/leads", json=couple()), 403)
    assert api.get("/leads").json["pagination"]["total"] == 0
    assert (
        client.post("/api/leads", json=couple(), headers={"Sec-Fetch-Site": "same-origin"}).status_code == 201
    )


def test_a_lead_that_is_known_already_is_not_sent_again(api: Program, desk: Desk, lead_id: UUID) -> None:
    seen = api.get(f"/leads/{lead_id}")
    again = api.get(f"/leads/{lead_id}", headers={"If-None-Match": seen.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", seen.headers["ETag"])
    desk.change(lead_id, wedding_venue="Rose Barn")
    changed = api.get(f"/leads/{lead_id}", headers={"If-None-Match": seen.headers["ETag"]})
    assert (changed.status_code, changed.json["wedding_venue"]) == (200, "Rose Barn")


def test_a_timeline_by_pages(api: Program, lead_id: UUID) -> None:
    first = api.get(f"/leads/{lead_id}/interactions?limit=1").json
    assert first is not None
    total = first["pagination"]["total"]
    assert total > 1
    pages = [
        api.get(f"/leads/{lead_id}/interactions?limit=1&page={page}").json for page in range(1, total + 1)
    ]
    entries = [page["interactions"][0] for page in pages]
    assert len({entry["id"] for entry in entries}) == total
    assert [e["occurred_at"] for e in entries] == sorted((e["occurred_at"] for e in entries), reverse=True)
    assert {entry["lead_id"] for entry in entries} == {str(lead_id)}


def test_the_figures_of_a_range(api: Program, lead_id: UUID) -> None:
    today = datetime.now(UTC).date()
    days = f"start_date={today - timedelta(days=1)}&end_date={today + timedelta(days=1)}"
    told = api.get(f"/leads/analytics?{days}").json
    assert told is not None
    assert list(told) == ["date_range", "metrics", "source_performance", "trends", "funnel_analysis"]
    assert told["metrics"]["leads_created"] == 1
    assert told["metrics"]["total_conversion_value"] == 0.0
    assert [source["leads_count"] for source in told["source_performance"]] == [1]
    assert len(told["trends"]) == 3
    assert [stage["count"] for stage in told["funnel_analysis"]][:2] == [1, 0]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("start_date=2026-01-01", "end_date"),
        ("start_date=2026-01-02&end_date=2026-01-01", "end_date"),
        ("start_date=2020-01-01&end_date=2026-01-01", "end_date"),
        ("start_date=soon&end_date=2026-01-01", "start_date"),
    ],
)
def test_a_range_that_is_none(api: Program, query: str, field: str) -> None:
    assert problem(api.get(f"/leads/analytics?{query}"), 422)["errors"][0]["field"] == field
