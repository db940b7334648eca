"""`updateLead`: a patch in which absent and null differ, what follows, and refusals that write nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.actor import Permission
from tests.surfaces.graphql.conftest import Caller, Desk

UPDATE = """mutation ($id: UUID!, $input: LeadUpdateInput!, $seen: DateTime) {
    updateLead(id: $id, input: $input, unlessChangedSince: $seen) {
        success message errors { field code message existingId }
        scoreChanges { oldScore newScore scoreAdjustments { ruleName adjustment } }
        automationChanges { sequencesEnrolled sequencesRemoved }
        lead { id couple leadStatus leadScore weddingVenue weddingDate estimatedBudget budgetRange tags
               customFields qualityRating automationPaused nextFollowUpAt lostReason updatedAt
               assignee { fullName } team { name } tasks { title dueAt }
               statusHistory { fromStatus toStatus changedBy { fullName } } } } }"""
LEAD = """query ($id: UUID!) { lead(id: $id) {
    coupleNameBride weddingVenue estimatedGuestCount tags } }"""


def refusal(ask: Caller, lead_id: UUID, given: dict[str, Any], seen: str | None = None) -> dict[str, Any]:
    """The one error of the payload, which tells nothing else."""
    told = ask(UPDATE, id=str(lead_id), input=given, seen=seen)["updateLead"]
    assert told["success"] is False
    assert told["lead"] is told["scoreChanges"] is told["automationChanges"] is None
    [error] = told["errors"]
    assert told["message"]
    return dict(error)


def update(ask: Caller, lead_id: UUID, **given: Any) -> dict[str, Any]:
    told = ask(UPDATE, id=str(lead_id), input=given)["updateLead"]
    assert told["errors"] == []
    assert told["success"] is True
    return dict(told)


def test_a_lead_is_changed_and_the_answer_says_what_came_of_it(desk: Desk, ask: Caller) -> None:
    lead_id = desk.lead()
    wedding = (clock.now() + timedelta(days=200)).date().isoformat()
    told = update(ask, lead_id, coupleNameBride="Ada", weddingDate=wedding, estimatedBudget="6000")
    assert told["message"] == "Lead updated."
    assert (told["lead"]["couple"], told["lead"]["weddingDate"]) == ("Ada", wedding)
    assert (told["lead"]["estimatedBudget"], told["lead"]["budgetRange"]) == ("6000.00", "5000_10000")
    scores = told["scoreChanges"]
    assert scores["newScore"] == told["lead"]["leadScore"] > scores["oldScore"]
    assert scores["scoreAdjustments"], "the rules that moved the score are named"
    moved = sum(float(rule["adjustment"]) for rule in scores["scoreAdjustments"])
    assert round(moved) == scores["newScore"] - scores["oldScore"]
    assert told["automationChanges"] == {"sequencesEnrolled": [], "sequencesRemoved": []}


def test_the_fields_of_the_specification_can_all_be_set(desk: Desk, ask: Caller) -> None:
    lead_id = desk.lead()
    due = datetime(2031, 5, 1, 9, tzinfo=UTC)
    told = update(
        ask,
        lead_id,
        **{
            "coupleNameGroom": "Ben",
            "secondaryEmail": "Ben@Example.com",
            "secondaryPhone": "020 7946 0958",
            "preferredContactMethod": "whatsapp",
            "weddingVenue": "Rose Barn",
            "weddingLocation": "Kent",
            "estimatedGuestCount": 80,
            "budgetRange": "1000_2500",
            "servicesNeeded": ["Film"],
            "specificRequirements": "Ramp",
            "additionalNotes": "Calm",
            "leadStatus": "qualified",
            "priorityLevel": "urgent",
            "qualityRating": "4.5",
            "nextFollowUpAt": due.isoformat(),
            "assignedToUserId": str(desk.house.member.user_id),
            "automationPaused": True,
            "tags": ["barn"],
            "customFields": {"theme": "green"},
        },
    )["lead"]
    assert (told["leadStatus"], told["qualityRating"], told["automationPaused"]) == (
        "qualified",
        4.5,
        True,
    )
    assert (told["assignee"]["fullName"], told["tags"]) == ("Member Person", ["barn"])
    assert told["tasks"] == [{"title": "Follow up", "dueAt": told["nextFollowUpAt"]}]
    assert datetime.fromisoformat(told["nextFollowUpAt"]) == due
    assert told["statusHistory"][0] == {"fromStatus": "new", "toStatus": "qualified", "changedBy": None}


def test_absent_stays_and_null_clears(desk: Desk, ask: Caller) -> None:
    lead_id = desk.lead(
        couple_name_bride="Ada", wedding_venue="Rose Barn", estimated_guest_count=80, tags=["barn"]
    )
    update(ask, lead_id, weddingVenue=None)
    found = ask(LEAD, id=str(lead_id))["lead"]
    assert (found["coupleNameBride"], found["weddingVenue"]) == ("Ada", None)
    assert (found["estimatedGuestCount"], found["tags"]) == (80, ["barn"])


def test_absent_and_null_differ_in_literals_and_in_variables_of_their_own(desk: Desk, ask: Caller) -> None:
    """A variable that is not sent leaves its field out (GraphQL §6.4.1), one that is null clears it."""
    document = """mutation ($id: UUID!, $venue: String, $bride: String) {
        updateLead(id: $id, input: {
            weddingVenue: $venue, coupleNameBride: $bride, estimatedGuestCount: null
        }) { lead { weddingVenue coupleNameBride estimatedGuestCount coupleNameGroom } } }"""
    lead_id = desk.lead(
        couple_name_bride="Ada", couple_name_groom="Ben", wedding_venue="Rose Barn", estimated_guest_count=80
    )
    assert ask(document, id=str(lead_id), venue=None)["updateLead"]["lead"] == {
        "weddingVenue": None,
        "coupleNameBride": "Ada",
        "estimatedGuestCount": None,
        "coupleNameGroom": "Ben",
    }


def test_blank_text_clears(desk: Desk, ask: Caller) -> None:
    lead_id = desk.lead(wedding_venue="Rose Barn")
    assert update(ask, lead_id, weddingVenue="  ")["lead"]["weddingVenue"] is None


def test_null_empties_lists(desk: Desk, ask: Caller) -> None:
    lead_id = desk.lead(tags=["barn"], custom_fields={"theme": "green"})
    told = update(ask, lead_id, tags=None, customFields=None)
    assert (told["lead"]["tags"], told["lead"]["customFields"]) == ([], {})


@pytest.mark.parametrize(
    "field", ["leadStatus", "priorityLevel", "preferredContactMethod", "automationPaused"]
)
def test_what_must_be_something_cannot_be_null(desk: Desk, ask: Caller, unchanged: Any, field: str) -> None:
    lead_id = desk.lead()
    with unchanged():
        error = refusal(ask, lead_id, {field: None, "weddingVenue": "Rose Barn"})
    assert (error["field"], error["code"]) == (field, "not_null")


def test_the_same_values_change_nothing_and_are_no_error(desk: Desk, ask: Caller, unchanged: Any) -> None:
    lead_id = desk.lead(couple_name_bride="Ada", tags=["barn"], estimated_budget="3000")
    with unchanged():
        told = update(ask, lead_id, coupleNameBride="Ada", tags=["barn"], estimatedBudget="3000.00")
    assert told["message"] == "Nothing changed."
    assert told["scoreChanges"]["oldScore"] == told["scoreChanges"]["newScore"] == told["lead"]["leadScore"]
    assert told["scoreChanges"]["scoreAdjustments"] == []
    assert told["lead"]["couple"] == "Ada"


def test_an_update_that_names_no_field_is_an_error(desk: Desk, ask: Caller, unchanged: Any) -> None:
    lead_id = desk.lead()
    with unchanged():
        error = refusal(ask, lead_id, {})
    assert (error["field"], error["code"]) == (None, "nothing_given")


def test_whoever_saw_the_lead_as_it_is_may_change_it(desk: Desk, ask: Caller) -> None:
    lead_id = desk.lead()
    seen = update(ask, lead_id, weddingVenue="Rose Barn")["lead"]["updatedAt"]
    told = ask(UPDATE, id=str(lead_id), input={"weddingVenue": "Mill"}, seen=seen)["updateLead"]
    assert told["lead"]["weddingVenue"] == "Mill"
    assert told["lead"]["updatedAt"] != seen


def test_of_two_people_the_second_does_not_overwrite_the_first(
    desk: Desk, ask: Caller, unchanged: Any
) -> None:
    lead_id = desk.lead()
    seen = ask("query ($id: UUID!) { lead(id: $id) { updatedAt } }", id=str(lead_id))["lead"]["updatedAt"]
    told = ask(UPDATE, id=str(lead_id), input={"weddingVenue": "Rose Barn"}, seen=seen)["updateLead"]
    assert told["success"] is True
    with unchanged():
        error = refusal(ask, lead_id, {"weddingVenue": "Mill"}, seen)
    assert (error["field"], error["code"]) == (None, "OUTDATED")


def test_of_two_people_at_once_one_is_told_that_the_other_was_first(desk: Desk, ask: Caller) -> None:
    lead_id = str(desk.lead())
    seen = ask("query ($id: UUID!) { lead(id: $id) { updatedAt } }", id=lead_id)["lead"]["updatedAt"]

    def change(venue: str) -> dict[str, Any]:
        return dict(ask(UPDATE, id=lead_id, input={"weddingVenue": venue}, seen=seen)["updateLead"])

    with ThreadPoolExecutor(2) as people:
        told = list(people.map(change, ("Rose Barn", "Mill")))
    [won] = [answer for answer in told if answer["success"]]
    [late] = [answer for answer in told if not answer["success"]]
    assert [error["code"] for error in late["errors"]] == ["OUTDATED"]
    found = ask(LEAD, id=lead_id)["lead"]
    assert found["weddingVenue"] == won["lead"]["weddingVenue"]


def test_a_time_without_its_offset_is_named(desk: Desk, ask: Caller, unchanged: Any) -> None:
    lead_id = desk.lead()
    with unchanged():
        error = refusal(ask, lead_id, {"weddingVenue": "Mill"}, "2026-01-01T10:00:00")
    assert (error["field"], error["code"]) == ("unlessChangedSince", "timezone_aware")


def test_the_email_of_another_lead_is_a_duplicate_with_its_id(
    desk: Desk, ask: Caller, unchanged: Any
) -> None:
    other, lead_id = desk.lead(primary_email="ada@example.com"), desk.lead()
    with unchanged():
        error = refusal(ask, lead_id, {"primaryEmail": "ADA@example.com", "weddingVenue": "Mill"})
    assert (error["code"], error["existingId"]) == ("DUPLICATE", str(other))


def test_a_lead_stays_reachable(desk: Desk, ask: Caller, unchanged: Any) -> None:
    lead_id = desk.lead()
    with unchanged():
        error = refusal(ask, lead_id, {"primaryEmail": None})
    assert (error["field"], error["code"]) == ("primaryEmail", "unreachable")


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"leadStatus": "won"}, "valueUnknown", "value_missing"),
        ({"leadStatus": "lost"}, "lostReason", "reason_missing"),
        ({"leadStatus": "lost", "lostReason": "the moon"}, "lostReason", "unknown_reason"),
        ({"leadStatus": "duplicate"}, None, "CONFLICT"),
        ({"nextFollowUpAt": "2031-05-01T09:00:00"}, "nextFollowUpAt", "timezone_aware"),
        ({"weddingVenue": "x" * 256}, "weddingVenue", "string_too_long"),
        ({"qualityRating": "5.5"}, "qualityRating", "less_than_equal"),
        ({"qualityRating": "4.55"}, "qualityRating", "decimal_max_digits"),
        ({"tags": ["x"] * 10_000}, "tags", "too_long"),
        ({"tags": ["x", "y" * 101]}, "tags.1", "string_too_long"),
        ({"customFields": {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}}, "customFields", "value_error"),
        ({"budgetRange": "a lot"}, "budgetRange", "literal_error"),
        ({"primaryEmail": "nothing"}, "primaryEmail", "value_error"),
        ({"assignedToUserId": str(uuid7())}, "assignedToUserId", "unknown"),
        ({"teamId": str(uuid7())}, "teamId", "unknown"),
    ],
)
def test_a_value_that_cannot_be_is_named_and_nothing_half_written(
    desk: Desk, ask: Caller, unchanged: Any, given: dict[str, Any], field: str | None, code: str
) -> None:
    lead_id = desk.lead()
    with unchanged():
        error = refusal(ask, lead_id, {"coupleNameBride": "Ada"} | given)
    assert (error["field"], error["code"]) == (field, code)


@pytest.mark.parametrize(
    ("status", "given", "field", "code"),
    [
        ("lost", {"lostReason": None}, "lostReason", "reason_missing"),
        ("lost", {"lostReason": "the moon"}, "lostReason", "unknown_reason"),
        ("lost", {"leadStatus": "lost", "lostReason": "the moon"}, "lostReason", "unknown_reason"),
        ("qualified", {"lostReason": "price"}, "lostReason", "not_lost"),
        ("qualified", {"lostDetails": "Twice the budget"}, "lostDetails", "not_lost"),
    ],
)
def test_only_a_lost_lead_has_a_reason_and_it_keeps_one(
    desk: Desk, ask: Caller, unchanged: Any, status: str, given: dict[str, Any], field: str, code: str
) -> None:
    lead_id = desk.lead()
    update(ask, lead_id, leadStatus=status, **({"lostReason": "price"} if status == "lost" else {}))
    with unchanged():
        error = refusal(ask, lead_id, {"coupleNameBride": "Ada"} | given)
    assert (error["field"], error["code"]) == (field, code)


def test_the_reason_of_a_lost_lead_is_corrected(desk: Desk, ask: Caller) -> None:
    lead_id = desk.lead()
    update(ask, lead_id, leadStatus="lost", lostReason="price")
    told = update(ask, lead_id, lostReason="no_response", lostDetails="June is gone")
    assert told["lead"]["lostReason"] == "no_response"


def test_a_viewer_looks_after_nothing(desk: Desk, ask: Caller, unchanged: Any) -> None:
    lead_id = desk.lead()
    with unchanged():
        error = refusal(ask, lead_id, {"assignedToUserId": str(desk.house.viewer.user_id)})
    assert (error["field"], error["code"]) == ("assignedToUserId", "viewer")


def test_another_suppliers_lead_is_answered_like_an_unknown_one(
    desk: Desk, stranger: Caller, unchanged: Any
) -> None:
    lead_id = desk.lead()
    with unchanged():
        told = [stranger.send(UPDATE, {"id": str(i), "input": {"tags": []}}) for i in (lead_id, uuid7())]
    assert told[0].data == told[1].data
    assert told[0].json is not None
    [error] = told[0].json["data"]["updateLead"]["errors"]
    assert (error["field"], error["code"], error["message"]) == (None, "NOT_FOUND", "No lead with this id.")


def test_a_key_that_only_reads_changes_nothing(desk: Desk, unchanged: Any) -> None:
    lead_id, reader = desk.lead(), desk.caller(scopes=[Permission.READ])
    with unchanged():
        assert refusal(reader, lead_id, {"tags": ["x"]})["code"] == "NOT_PERMITTED"


def test_several_updates_of_one_request_run_one_after_the_other(desk: Desk, ask: Caller) -> None:
    """Each in a transaction of its own: the one that is refused takes nothing of the others back."""
    lead_id = str(desk.lead())
    found = ask(
        """mutation ($id: UUID!) {
            first: updateLead(id: $id, input: {tags: ["a"]}) { lead { tags } }
            second: updateLead(id: $id, input: {leadStatus: lost, tags: ["b"]}) { success lead { tags } }
            third: updateLead(id: $id, input: {weddingVenue: "Mill"}) { lead { tags weddingVenue } } }""",
        id=lead_id,
    )
    assert found == {
        "first": {"lead": {"tags": ["a"]}},
        "second": {"success": False, "lead": None},
        "third": {"lead": {"tags": ["a"], "weddingVenue": "Mill"}},
    }


def test_the_answer_is_read_by_one_statement(desk: Desk, ask: Caller, statements: Any) -> None:
    lead_id = desk.lead()
    document = """mutation ($id: UUID!) { updateLead(id: $id, input: {tags: ["a"]}) { success %s } }"""
    counts = []
    for fields in ("message", "lead { tags tasks { title } interactions { nodes { interactionType } } }"):
        with statements() as sent:
            ask(document % fields, id=str(lead_id))
        ask("mutation ($id: UUID!) { updateLead(id: $id, input: {tags: []}) { success } }", id=str(lead_id))
        counts.append(len(sent))
    assert counts[1] == counts[0] + 1
