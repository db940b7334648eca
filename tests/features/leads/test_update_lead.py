"""Changing what is known of a lead."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.errors import AppError, Duplicate, InvalidInput, NotFound, NotPermitted, Outdated
from app.leads.versions import Seen, fingerprint
from app.models.choices import Priority
from app.scoring import groups, rules
from app.scoring.schemas import GroupWrite, RuleWrite
from app.workflows.update_lead import update_lead
from tests.features.leads.desk import Desk, update


def test_what_is_given_is_changed_and_what_is_absent_stays(desk: Desk) -> None:
    lead_id = desk.lead(couple_name_bride="Ada", wedding_venue="The Old Mill")
    changed = desk.do(update_lead, desk.actor, lead_id, update(wedding_date="2028-06-10", tags=["vip"]))
    lead = desk.row(lead_id)
    assert changed.changed == ["tags", "wedding_date"]
    assert (lead.wedding_date, lead.tags) == (date(2028, 6, 10), ["vip"])
    assert (lead.couple_name_bride, lead.wedding_venue) == ("Ada", "The Old Mill")


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_null_and_blank_clear(desk: Desk, nothing: Any) -> None:
    lead_id = desk.lead(wedding_venue="The Old Mill")
    desk.do(update_lead, desk.actor, lead_id, update(wedding_venue=nothing))
    assert desk.row(lead_id).wedding_venue is None


@pytest.mark.parametrize("name", ["lead_status", "priority_level", "automation_paused"])
def test_what_must_be_something_cannot_be_cleared(desk: Desk, name: str) -> None:
    lead_id = desk.lead()
    with pytest.raises(InvalidInput) as refused:
        desk.do(update_lead, desk.actor, lead_id, update(**{name: None}))
    assert refused.value.fields[0].field == name


def test_an_amount_brings_its_range(desk: Desk) -> None:
    lead_id = desk.lead(budget_range="under_1000")
    desk.do(update_lead, desk.actor, lead_id, update(estimated_budget="4200"))
    lead = desk.row(lead_id)
    assert (lead.estimated_budget, lead.budget_range) == (Decimal(4200), "2500_5000")


def test_the_score_moves_and_says_by_which_rules(desk: Desk) -> None:
    lead_id = desk.lead()
    changed = desk.do(update_lead, desk.actor, lead_id, update(estimated_budget="5000"))
    assert (changed.old_score, changed.new_score) == (0, 30)
    assert [(one.rule_name, one.adjustment) for one in changed.score_adjustments] == [
        ("Budget over 2,500", 30)
    ]
    assert desk.row(lead_id).lead_score == 30


def test_what_moved_the_score_adds_up_with_rules_of_one_name_and_in_a_group(desk: Desk) -> None:
    lead_id, owner = desk.lead(), desk.house.owner.actor
    group = GroupWrite(group_name="Place", most_points=15)
    group_id = desk.do(groups.create_group, owner, group).id
    for points in (12, 8):
        rule = {
            "rule_name": "A barn",
            "criteria_field": "wedding_venue",
            "criteria_operator": "contains",
            "criteria_value": "barn",
            "score_adjustment": points,
            "rule_group_id": group_id,
        }
        desk.do(rules.create_rule, owner, RuleWrite.model_validate(rule))
    changed = desk.do(update_lead, desk.actor, lead_id, update(wedding_venue="Rose Barn"))
    assert (changed.old_score, changed.new_score) == (0, 15)
    moved = [(one.rule_name, one.adjustment) for one in changed.score_adjustments]
    assert moved == [("A barn", 20), ("Bounds of Place", -5)]


def test_values_it_has_already_write_nothing(desk: Desk) -> None:
    lead_id = desk.lead(wedding_venue="The Old Mill")
    before = desk.row(lead_id)
    changed = desk.do(update_lead, desk.actor, lead_id, update(wedding_venue=" The Old Mill "))
    assert changed.changed == []
    assert desk.row(lead_id).updated_at == before.updated_at


def test_no_field_at_all_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="at least one field"):
        desk.do(update_lead, desk.actor, desk.lead(), update())


def test_an_unknown_lead_is_not_found_before_anything_is_read(desk: Desk) -> None:
    theirs = desk.lead()
    for actor, lead_id in ((desk.actor, uuid7()), (desk.house.stranger.actor, theirs)):
        with pytest.raises(NotFound, match="No lead with this id"):
            desk.do(update_lead, actor, lead_id, update())


def test_a_viewer_changes_nothing(desk: Desk) -> None:
    lead_id = desk.lead()
    with pytest.raises(NotPermitted):
        desk.do(update_lead, desk.house.viewer.actor, lead_id, update(tags=["x"]))
    assert desk.row(lead_id).tags == []


class TestAddresses:
    def test_a_corrected_address_starts_without_consent(self, desk: Desk) -> None:
        lead_id = desk.lead(consent_marketing=True, consent_data_processing=True)
        desk.do(update_lead, desk.actor, lead_id, update(primary_email="Right@Example.com"))
        lead = desk.row(lead_id)
        assert lead.primary_email == "right@example.com"
        assert (lead.consent_marketing, lead.consent_data_processing) == (False, False)
        ledger = desk.select(
            "select purpose, given from consent_events where lead_id = :id order by id", id=lead_id
        )
        assert ledger[-2:] == [("marketing", False), ("data_processing", False)]

    def test_another_leads_address_is_a_duplicate_that_names_it(self, desk: Desk) -> None:
        other = desk.lead(primary_email="taken@example.com")
        lead_id = desk.lead()
        with pytest.raises(Duplicate) as refused:
            desk.do(update_lead, desk.actor, lead_id, update(primary_email="Taken@example.com", tags=["x"]))
        assert refused.value.details["existing_id"] == str(other)
        assert desk.row(lead_id).tags == []

    def test_a_phone_is_read_as_dialled_here(self, desk: Desk) -> None:
        lead_id = desk.lead()
        desk.do(update_lead, desk.actor, lead_id, update(primary_phone="07400 123456"))
        assert desk.row(lead_id).primary_phone == "+447400123456"

    def test_one_way_to_reach_the_couple_stays(self, desk: Desk) -> None:
        lead_id = desk.lead()
        with pytest.raises(InvalidInput, match="an e-mail or a phone"):
            desk.do(update_lead, desk.actor, lead_id, update(primary_email=None))
        desk.do(update_lead, desk.actor, lead_id, update(primary_email=None, primary_phone="07400 123456"))
        assert desk.row(lead_id).primary_email is None


class TestPeople:
    def test_the_new_assignee_stands_on_the_timeline(self, desk: Desk) -> None:
        lead_id, who = desk.lead(), desk.house.admin.user_id
        desk.do(update_lead, desk.actor, lead_id, update(assigned_to_user_id=str(who)))
        assert desk.row(lead_id).assigned_to_user_id == who
        noted = desk.select(
            "select interaction_metadata from lead_interactions"
            " where lead_id = :id and interaction_type = 'assigned' order by id desc limit 1",
            id=lead_id,
        )
        assert noted[0][0]["to"] == str(who)

    @pytest.mark.parametrize("who", ["stranger", "viewer", "nobody"])
    def test_only_a_member_who_takes_leads_may_have_it(self, desk: Desk, who: str) -> None:
        lead_id = desk.lead()
        before = desk.row(lead_id).assigned_to_user_id
        user_id = uuid7() if who == "nobody" else getattr(desk.house, who).user_id
        with pytest.raises(InvalidInput) as refused:
            desk.do(update_lead, desk.actor, lead_id, update(assigned_to_user_id=str(user_id)))
        assert refused.value.fields[0].field == "assigned_to_user_id"
        assert desk.row(lead_id).assigned_to_user_id == before


class TestFollowUp:
    def test_writing_it_makes_a_task_and_then_moves_it(self, desk: Desk) -> None:
        lead_id = desk.lead()
        for at in ("2027-03-01T09:00:00Z", "2027-03-02T10:00:00+01:00"):
            desk.do(update_lead, desk.actor, lead_id, update(next_follow_up_at=at))
        due = datetime(2027, 3, 2, 9, tzinfo=UTC)
        assert desk.row(lead_id).next_follow_up_at == due
        assert desk.select("select due_at from tasks where lead_id = :id", id=lead_id) == [(due,)]

    def test_null_takes_the_only_tasks_time_away(self, desk: Desk) -> None:
        lead_id = desk.lead()
        desk.do(update_lead, desk.actor, lead_id, update(next_follow_up_at="2027-03-01T09:00:00Z"))
        desk.do(update_lead, desk.actor, lead_id, update(next_follow_up_at=None))
        assert desk.row(lead_id).next_follow_up_at is None

    def test_an_instant_without_a_zone_is_refused(self, desk: Desk) -> None:
        with pytest.raises(InvalidInput) as refused:
            update(next_follow_up_at="2027-03-01T09:00:00")
        assert refused.value.fields[0].field == "next_follow_up_at"


class TestTwoAtOnce:
    def test_a_program_that_saw_an_older_lead_is_told(self, desk: Desk) -> None:
        lead_id = desk.lead()
        seen = Seen(updated_at=desk.row(lead_id).updated_at)
        desk.do(update_lead, desk.actor, lead_id, update(tags=["first"]), seen)
        with pytest.raises(Outdated):
            desk.do(update_lead, desk.actor, lead_id, update(tags=["second"]), seen)
        assert desk.row(lead_id).tags == ["first"]

    def test_a_page_is_told_only_of_what_it_edits(self, desk: Desk) -> None:
        lead_id = desk.lead(wedding_venue="The Old Mill")
        seen = Seen(fingerprint=fingerprint(desk.row(lead_id), ["wedding_venue"]))
        desk.do(update_lead, desk.actor, lead_id, update(tags=["elsewhere"]))
        desk.do(update_lead, desk.actor, lead_id, update(wedding_venue="The Barn"), seen)
        with pytest.raises(Outdated):
            desk.do(update_lead, desk.actor, lead_id, update(wedding_venue="The Hall"), seen)
        assert desk.row(lead_id).wedding_venue == "The Barn"

    def test_of_eight_with_the_same_version_one_wins(self, desk: Desk) -> None:
        lead_id = desk.lead()
        seen = Seen(updated_at=desk.row(lead_id).updated_at)

        def write(number: int) -> bool:
            try:
                desk.do(update_lead, desk.actor, lead_id, update(tags=[f"tag {number}"]), seen)
            except Outdated:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(write, range(8))) == 1

    def test_two_leads_given_one_address_at_once_end_as_one_with_it(self, desk: Desk) -> None:
        leads = [desk.lead() for _ in range(4)]

        def give(lead_id: Any) -> str:
            try:
                desk.do(update_lead, desk.actor, lead_id, update(primary_email="one@example.com"))
            except AppError as error:
                return error.code
            return "given"

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(give, leads)) == ["DUPLICATE"] * 3 + ["given"]


def test_every_change_is_in_the_audit_log(desk: Desk) -> None:
    lead_id = desk.lead()
    desk.do(update_lead, desk.actor, lead_id, update(priority_level="urgent"))
    assert desk.row(lead_id).priority_level is Priority.URGENT
    logged = desk.select(
        "select before, after, actor_id from audit_log where row_id = :id and action = 'updated'", id=lead_id
    )
    assert logged == [({"priority_level": "medium"}, {"priority_level": "urgent"}, desk.house.member.user_id)]


def test_a_change_may_bring_it_into_a_sequence(desk: Desk) -> None:
    with clock.at(clock.now() - timedelta(days=1)):
        lead_id = desk.lead()
    sequence = desk.select("select id from nurture_sequences")[0][0]
    assert desk.row(lead_id).nurture_sequence_id == sequence
    changed = desk.do(update_lead, desk.actor, lead_id, update(lead_status="lost", lost_reason="price"))
    assert (changed.enrolled, changed.removed) == ([], ["Welcome"])
    again = desk.do(
        update_lead, desk.actor, lead_id, update(lead_status="new", nurture_sequence_id=str(sequence))
    )
    assert again.enrolled == ["Welcome"]
