"""One action on many leads, each by itself."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel.errors import InvalidInput, NotPermitted
from app.kernel.schema import validate
from app.leads.schemas import MOST_AT_ONCE, BulkUpdate
from app.workflows.bulk_update_leads import Result, bulk_update_leads, bulk_update_part
from tests.features.leads.desk import Desk
from tests.statements import listening


def bulk(desk: Desk, action: str, value: str | None, leads: list[UUID], **said: Any) -> list[Result]:
    data = validate(BulkUpdate, {"action": action, "value": value, "ids": [str(one) for one in leads]} | said)
    return desk.do(bulk_update_leads, desk.house.admin.actor, data)


def test_each_lead_has_a_result_of_its_own_in_the_order_asked(desk: Desk) -> None:
    good, booked = desk.lead(), desk.lead()
    desk.book(booked)
    unknown = uuid7()
    found = bulk(desk, "delete", None, [unknown, good, booked])
    assert [(one.lead_id, one.success, one.code) for one in found] == [
        (unknown, False, "NOT_FOUND"),
        (good, True, None),
        (booked, False, "CONFLICT"),
    ]
    assert desk.select("select id from leads") == [(booked,)]


def test_a_status_goes_only_where_it_may(desk: Desk) -> None:
    leads = [desk.lead(), desk.lead()]
    missing = bulk(desk, "change_status", "lost", leads)
    assert {(one.success, one.code, one.field) for one in missing} == {
        (False, "reason_missing", "lost_reason")
    }
    done = bulk(desk, "change_status", "lost", leads, lost_reason="price")
    assert all(one.success for one in done)
    assert [desk.row(one).lost_reason for one in leads] == ["price", "price"]


def test_tags_are_added_and_taken_off(desk: Desk) -> None:
    leads = [desk.lead(tags=["old"]), desk.lead()]
    bulk(desk, "add_tag", "vip", leads)
    bulk(desk, "remove_tag", "old", leads)
    assert [desk.row(one).tags for one in leads] == [["vip"], ["vip"]]


def test_they_are_given_to_somebody_or_to_nobody(desk: Desk) -> None:
    leads, who = [desk.lead(), desk.lead()], desk.house.owner.user_id
    bulk(desk, "assign", str(who), leads)
    assert {desk.row(one).assigned_to_user_id for one in leads} == {who}
    bulk(desk, "assign", None, leads)
    assert {desk.row(one).assigned_to_user_id for one in leads} == {None}


def test_they_enter_a_sequence_unless_they_are_in_it(desk: Desk) -> None:
    inside = desk.lead()
    sequence = desk.select("select id from nurture_sequences")[0][0]
    outside = desk.lead()
    bulk(desk, "change_status", "lost", [outside], lost_reason="price")
    bulk(desk, "change_status", "new", [outside])
    found = bulk(desk, "enroll", str(sequence), [inside, outside])
    assert [one.success for one in found] == [False, True]


def test_a_filter_names_them_as_the_list_shows_them(desk: Desk) -> None:
    vips = [desk.lead(tags=["vip"]) for _ in range(3)]
    other = desk.lead()
    data = validate(BulkUpdate, {"action": "add_tag", "value": "seen", "filter": {"tags": ["vip"]}})
    found = desk.do(bulk_update_leads, desk.actor, data)
    assert [one.lead_id for one in found] == vips[::-1]
    assert desk.row(other).tags == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"action": "add_tag", "ids": [str(uuid7())]}, "needs a value"),
        ({"action": "add_tag", "value": "x"}, "either ids or filter"),
        ({"action": "add_tag", "value": "x", "ids": []}, "at least 1"),
        ({"action": "add_tag", "value": "x", "ids": [str(uuid7())] * (MOST_AT_ONCE + 1)}, "at most 500"),
        ({"action": "dance", "ids": [str(uuid7())]}, "assign"),
    ],
)
def test_what_no_bulk_can_be_is_refused_whole(said: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        validate(BulkUpdate, said)


@pytest.mark.parametrize(
    ("action", "value"), [("assign", "Ada"), ("enroll", "Welcome"), ("change_status", "sold")]
)
def test_a_value_that_the_action_cannot_take_is_refused_whole(desk: Desk, action: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        bulk(desk, action, value, [desk.lead()])
    assert refused.value.fields[0].field == "value"


def test_a_member_may_not_delete_and_a_viewer_nothing(desk: Desk) -> None:
    lead_id = desk.lead(tags=["old"])
    for person, action in (("member", "delete"), ("viewer", "remove_tag")):
        data = validate(BulkUpdate, {"action": action, "value": "old", "ids": [str(lead_id)]})
        with pytest.raises(NotPermitted):
            desk.do(bulk_update_leads, getattr(desk.house, person).actor, data)
    assert desk.row(lead_id).tags == ["old"]


def test_a_part_is_done_and_the_rest_is_named(desk: Desk) -> None:
    leads = [desk.lead(tags=["vip"]) for _ in range(3)][::-1]
    data = validate(BulkUpdate, {"action": "remove_tag", "value": "vip", "filter": {"tags": ["vip"]}})
    part = desk.do(bulk_update_part, desk.actor, data, 2)
    assert [one.lead_id for one in part.results] == leads[:2]
    assert part.rest == leads[2:]
    assert [desk.row(one).tags for one in leads] == [[], [], ["vip"]]


@pytest.mark.parametrize(
    ("action", "value", "said"),
    [
        ("add_tag", "vip", {}),
        ("remove_tag", "old", {}),
        ("assign", "member", {}),
        ("assign", None, {}),
        ("change_status", "contacted", {}),
        ("change_status", "lost", {"lost_reason": "price"}),
        ("change_status", "won", {"value_unknown": True}),
        ("enroll", "sequence", {}),
        ("delete", None, {}),
    ],
)
def test_what_is_sent_twice_is_done_once(
    desk: Desk, action: str, value: str | None, said: dict[str, Any]
) -> None:
    sequence = str(desk.select("select id from nurture_sequences")[0][0])
    value = {"member": str(desk.house.member.user_id), "sequence": sequence}.get(value or "", value)
    leads = [desk.lead(tags=["old"]), desk.lead(tags=["old"])]
    if action == "enroll":
        bulk(desk, "change_status", "lost", leads, lost_reason="price")
        bulk(desk, "change_status", "contacted", leads)
    traces = """select (select count(*) from lead_interactions), (select count(*) from audit_log),
        (select count(*) from status_history), (select count(*) from lead_nurture_enrollments),
        (select count(*) from notices), (select array_agg(l order by id)::text from leads l)"""
    assert all(one.success for one in bulk(desk, action, value, leads, **said))
    once = desk.select(traces)
    bulk(desk, action, value, leads, **said)
    assert desk.select(traces) == once
    assert desk.miscounted() == []


@pytest.mark.parametrize(
    ("action", "value", "most"),
    [("add_tag", "new", 15), ("add_tag", "old", 3), ("change_status", "contacted", 18), ("delete", None, 11)],
)
def test_nothing_is_asked_or_written_twice_for_a_lead(
    desk: Desk, action: str, value: str | None, most: int
) -> None:
    leads = [desk.lead(tags=["old"]) for _ in range(3)]
    bulk(desk, "add_tag", "warm", [desk.lead()])
    with listening() as sent:
        assert all(one.success for one in bulk(desk, action, value, leads))
    assert len(sent) == 3 * most, sent
