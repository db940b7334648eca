"""A sequence takes a lead in as soon as it fits: when it comes, changes, scores, or when the day comes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.conversions.schemas import ConvertLead
from app.kernel import clock
from app.kernel.uow import reading, unit_of_work
from app.kernel.zones import zone
from app.leads.schemas import InteractionCreate, LeadUpdate
from app.models.accounts import Supplier
from app.models.choices import CriteriaOperator, CriteriaType, EnrollmentStatus, LeadStatus, StepType
from app.models.leads import Lead
from app.models.nurture import Enrollment, NurtureSequence
from app.models.scoring import ScoringRule
from app.nurture import candidates as sifting
from app.nurture.candidates import candidates, mark
from app.nurture.engine.targets import matches
from app.nurture.retiming import preview
from app.nurture.snapshots import read_leads
from app.nurture.steps import read_targets
from app.scoring.rescoring import ask_rescore
from app.workflows import evaluate_leads as workflow
from app.workflows.add_interaction import add_interaction
from app.workflows.begin_day import begin_day
from app.workflows.convert_lead import convert_lead
from app.workflows.evaluate_leads import evaluate_leads
from app.workflows.run_steps import run_steps
from app.workflows.update_lead import update_lead
from tests.cast import House
from tests.factories.nurture import change, decisions, enrollment, make_lead, make_sequence, one, rows

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
TOMORROW: dict[str, Any] = {"delay_amount": 1, "delay_unit": "days"}
TAG = {"step_type": StepType.TAG_ASSIGNMENT, "step_content": '{"add": ["in"]}', **TOMORROW}
OTHER = {**TAG, "step_content": '{"add": ["other"]}'}
STATUSES = st.lists(st.sampled_from(["new", "won", "lost"]), max_size=2, unique=True)


@pytest.fixture(autouse=True)
def at_noon(app: Flask) -> Iterator[None]:
    with app.app_context(), clock.at(NOW):
        yield


def entered(house: House, lead_id: UUID) -> bool:
    return bool(rows(house, Enrollment, Enrollment.lead_id == lead_id))


def rule(house: House, points: int, field: str = "wedding_venue") -> None:
    with unit_of_work(house.supplier_id) as session:
        session.execute(update(ScoringRule).values(is_active=False))
        session.add(
            ScoringRule(
                supplier_id=house.supplier_id,
                rule_name="Says where",
                criteria_type=CriteriaType.WEDDING_DETAILS,
                criteria_field=field,
                criteria_operator=CriteriaOperator.IS_SET,
                score_adjustment=points,
            )
        )


def test_by_a_tag_a_status_or_a_score_that_somebody_changed(house: House) -> None:
    rule(house, 40)
    for targets, wish in (
        ({"trigger_conditions": {"required_tags": ["vip"]}}, {"tags": ["vip"]}),
        ({"target_lead_status": ["qualified"]}, {"lead_status": "qualified"}),
        ({"target_score_range": [30, None]}, {"wedding_venue": "The Old Mill"}),
    ):
        make_sequence(house, [TAG], **targets)
        lead_id = make_lead(house, NOW)
        assert not entered(house, lead_id)
        told = update_lead(house.member.actor, lead_id, LeadUpdate.model_validate(wish))
        assert (entered(house, lead_id), len(told.enrolled)) == (True, 1), targets


def test_by_what_happens_on_the_timeline(house: House) -> None:
    rule(house, 40, "days_since_last_contact")
    make_sequence(house, [TAG], target_score_range=[30, None])
    lead_id = make_lead(house, NOW)
    add_interaction(house.member.actor, lead_id, InteractionCreate(interaction_type="phone_call"))
    assert entered(house, lead_id)


def test_by_a_step_of_another_sequence(house: House) -> None:
    first = make_sequence(house, [{**TAG, "delay_amount": 0}])
    make_sequence(house, [TAG], trigger_conditions={"required_tags": ["in"]})
    with unit_of_work(house.supplier_id) as session:
        session.execute(update(NurtureSequence).where(NurtureSequence.id == first).values(is_active=True))
    lead_id = make_lead(house, NOW)
    run_steps(house.supplier_id)
    assert len(rows(house, Enrollment, Enrollment.lead_id == lead_id)) == 2


def test_by_booking(house: House) -> None:
    make_sequence(house, [TAG], target_lead_status=["won"])
    lead_id = make_lead(house, NOW, wedding_date=date(2027, 6, 5))
    data = ConvertLead.model_validate({"conversion_type": "booking_confirmed", "conversion_value": "2400"})
    convert_lead(house.member.actor, lead_id, data)
    assert entered(house, lead_id)


def test_by_rules_that_changed_for_many(house: House) -> None:
    rule(house, 1)
    make_sequence(house, [TAG], target_score_range=[30, None])
    ids = [make_lead(house, NOW, wedding_venue=venue) for venue in ("The Old Mill", "The Barn", None)]
    rule(house, 40)
    ask_rescore(house.owner.actor)
    assert [bool(lead.evaluate_at) for lead in rows(house, Lead)] == [True, True, False]
    evaluate_leads(house.supplier_id)
    assert [entered(house, lead_id) for lead_id in ids] == [True, True, False]
    assert not any(lead.evaluate_at for lead in rows(house, Lead))


def test_rules_that_change_leave_no_mark_when_no_sequence_asks_for_scores(house: House) -> None:
    rule(house, 1)
    make_sequence(house, [TAG])
    make_lead(house, NOW, wedding_venue="The Old Mill")
    rule(house, 40)
    ask_rescore(house.owner.actor)
    assert one(house, Lead).lead_score > 0
    assert one(house, Lead).evaluate_at is None


def test_when_the_day_comes(house: House) -> None:
    make_sequence(house, [TAG], trigger_conditions={"max_days_until_wedding": 60})
    near = make_lead(house, NOW, wedding_date=date(2026, 8, 2))  # in 60 days
    far = make_lead(house, NOW, wedding_date=date(2026, 8, 3))
    assert [entered(house, one) for one in (near, far)] == [True, False]
    assert begin_day(house.supplier_id) == 0
    with clock.at(NOW + timedelta(days=1)):
        assert begin_day(house.supplier_id) == 1
        assert begin_day(house.supplier_id) == 0, "it is marked already"
        evaluate_leads(house.supplier_id)
        assert entered(house, far)


def test_who_has_not_been_spoken_to_for_a_while(house: House) -> None:
    make_sequence(house, [TAG], trigger_conditions={"min_days_since_contact": 30})
    lead_id = make_lead(house, NOW, last_contact_at=NOW)
    with clock.at(NOW + timedelta(days=30)):
        begin_day(house.supplier_id)
        evaluate_leads(house.supplier_id)
    assert entered(house, lead_id)


def test_who_may_return_does_and_a_new_sequence_takes_in_nobody_who_is_there(house: House) -> None:
    make_sequence(house, [TAG], reentry_after_days=30)
    been = make_lead(house, NOW)
    change(house, Enrollment, enrollment(house, been).id, status=EnrollmentStatus.COMPLETED, ended_at=NOW)
    make_sequence(house, [TAG])  # switches the first one off
    change(house, NurtureSequence, one(house, NurtureSequence, NurtureSequence.is_active).id, is_active=False)
    with unit_of_work(house.supplier_id) as session:
        again = NurtureSequence.reentry_after_days == 30
        session.execute(update(NurtureSequence).where(again).values(is_active=True))
    never = make_lead(house, NOW, lead_status=LeadStatus.LOST)
    change(house, Lead, never, lead_status=LeadStatus.NEW)
    with clock.at(NOW + timedelta(days=30)):
        begin_day(house.supplier_id)
        evaluate_leads(house.supplier_id)
    assert len(rows(house, Enrollment, Enrollment.lead_id == been)) == 2
    assert not entered(house, never)


def test_one_lead_that_cannot_be_evaluated_holds_up_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one fake: no row of ours makes evaluating raise, so it is made to for one of the leads."""
    make_sequence(house, [TAG], target_score_range=[30, None])
    ids = [make_lead(house, NOW) for _ in range(3)]
    for lead_id in ids:
        change(house, Lead, lead_id, evaluate_at=NOW, lead_score=90, score_stale=False)
    follow = workflow.follow_leads

    def burst(session: Any, leads: Any, *more: Any, **named: Any) -> Any:
        if ids[1] in [lead.id for lead in leads]:
            raise RuntimeError("burst pipe")
        return follow(session, leads, *more, **named)

    rule(house, 40, "primary_email")
    monkeypatch.setattr(workflow, "follow_leads", burst)
    evaluate_leads(house.supplier_id)
    assert [entered(house, lead_id) for lead_id in ids] == [True, False, True]
    assert not any(lead.evaluate_at for lead in rows(house, Lead))


CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        **{
            f"{bound}_{what}": st.integers(-3, 40)
            for bound in ("min", "max")
            for what in ("days_until_wedding", "days_since_inquiry", "days_since_contact", "score")
        },
        "required_tags": st.lists(st.sampled_from(["a", "b"]), max_size=2),
        "has_phone": st.booleans(),
    },
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(conditions=CONDITIONS, statuses=STATUSES)
def test_no_lead_that_matches_is_left_out_of_the_candidates(
    house: House, conditions: dict[str, Any], statuses: list[str]
) -> None:
    if not rows(house, Lead):
        days = (-1, 0, 1, 30)
        for index, ago in enumerate(days):
            make_lead(
                house,
                NOW - timedelta(days=max(ago, 0), hours=index),
                wedding_date=NOW.date() + timedelta(ago) if ago else None,
                last_contact_at=NOW - timedelta(days=max(ago, 0), hours=11) if index else None,
                tags=["a", "b"][:index],
                lead_status=["new", "won", "lost", "new"][index],
                primary_phone="+442079460000" if index % 2 else None,
            )
    with unit_of_work(house.supplier_id) as session:
        row = NurtureSequence(
            supplier_id=house.supplier_id,
            sequence_name="Drawn",
            sequence_type="nurture",
            trigger_conditions=conditions,
            target_lead_status=statuses,
        )
        session.add(row)
        session.flush()
        found = set(session.scalars(select(Lead.id).where(*candidates(session, row, NOW))))
        leads = session.scalars(select(Lead)).all()
        facts = read_leads(session, leads, zone(session.get_one(Supplier, house.supplier_id).timezone), NOW)
        wanted = {lead.id for lead in leads if matches(read_targets(row), facts[lead.id])}
        session.rollback()
    assert wanted <= found
    if "has_phone" not in conditions:
        assert wanted == found


def test_a_wedding_that_moves_takes_its_steps_along_and_says_so_before(house: House) -> None:
    dated = {"anchor": "wedding_date", "delay_unit": "weeks"}
    make_sequence(house, [{**TAG, **dated, "delay_amount": -4}, {**OTHER, **dated, "delay_amount": -1}])
    lead_id = make_lead(house, NOW, wedding_date=date(2026, 9, 5))
    before = enrollment(house, lead_id).next_execution_at
    assert before == datetime(2026, 8, 8, 8, 0, tzinfo=UTC)
    with reading(house.supplier_id) as session:
        told = preview(session, session.get_one(Lead, (house.supplier_id, lead_id)), date(2026, 9, 12), NOW)
    assert [(one.step_name, one.before, one.after) for one in told] == [
        ("Step 1", before, before + timedelta(days=7)),
        ("Step 2", before + timedelta(days=21), before + timedelta(days=28)),
    ]
    update_lead(house.member.actor, lead_id, LeadUpdate.model_validate({"wedding_date": "2026-09-12"}))
    assert enrollment(house, lead_id).next_execution_at == before + timedelta(days=7)
    update_lead(house.member.actor, lead_id, LeadUpdate.model_validate({"wedding_date": "2026-06-20"}))
    after = enrollment(house, lead_id)
    assert after.next_execution_at == datetime(2026, 6, 13, 8, 0, tzinfo=UTC), "the first one's day is over"
    assert after.steps_skipped == 1


def test_a_wedding_without_a_date_passes_its_steps_over(house: House) -> None:
    make_sequence(house, [{**TAG, "anchor": "wedding_date", "delay_amount": -7}])
    lead_id = make_lead(house, NOW, wedding_date=date(2026, 9, 5))
    update_lead(house.member.actor, lead_id, LeadUpdate.model_validate({"wedding_date": None}))
    ended = enrollment(house, lead_id)
    assert (ended.status, ended.end_reason) == (EnrollmentStatus.COMPLETED, "all_steps_done")
    assert ended.steps_skipped == 1


def test_leads_that_somebody_writes_are_marked_the_next_time(house: House, app: Flask) -> None:
    make_sequence(house, [TAG], trigger_conditions={"max_days_until_wedding": 10})
    lead_id = make_lead(house, NOW, wedding_date=date(2026, 6, 30))
    with unit_of_work(house.supplier_id) as session:
        session.execute(select(Lead).where(Lead.id == lead_id).with_for_update())
        later = NOW + timedelta(days=20)
        assert _marked_from_outside(app, house, later) == 0
    assert _marked_from_outside(app, house, later) == 1


def test_who_fits_by_columns_alone_keeps_nobody_from_being_looked_at(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That a source is not one of those wanted no column tells."""
    monkeypatch.setattr(sifting, "MOST", 2)
    asked = {"trigger_conditions": {"max_days_until_wedding": 10}, "target_lead_sources": ["fair"]}
    make_sequence(house, [TAG], **asked)
    later, wedding = NOW + timedelta(days=20), date(2026, 6, 30)
    for _ in range(5):
        make_lead(house, NOW, wedding_date=wedding)
    fitting = make_lead(house, NOW, wedding_date=wedding, lead_source="fair")
    looks = []
    for hour in range(4):
        with clock.at(later + timedelta(hours=hour)):
            looks.append(begin_day(house.supplier_id))
            evaluate_leads(house.supplier_id)
    assert entered(house, fitting)
    assert looks == [2, 2, 2, 0], "and then it begins anew"
    with clock.at(later + timedelta(hours=5)):
        assert begin_day(house.supplier_id) == 2


def _marked_from_outside(app: Flask, house: House, at: datetime) -> int:
    def work() -> int:
        with app.app_context(), clock.at(at), unit_of_work(house.supplier_id) as session:
            row = session.scalars(select(NurtureSequence).where(NurtureSequence.is_active)).one()
            return mark(session, row, at)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(20)


def test_the_hours_take_nobody_in_again_who_opted_out(house: House) -> None:
    make_sequence(house, [TAG], reentry_after_days=0)
    been = make_lead(house, NOW)
    change(house, Enrollment, enrollment(house, been).id, status=EnrollmentStatus.CANCELLED, ended_at=NOW)
    change(house, Lead, been, opt_out_date=NOW)
    with clock.at(NOW + timedelta(hours=2)):
        assert begin_day(house.supplier_id) == 0
    change(house, Lead, been, opt_out_date=None)
    with clock.at(NOW + timedelta(hours=2)):
        assert begin_day(house.supplier_id) == 1


def test_the_hours_mark_nobody_for_a_sequence_that_was_never_published(house: House) -> None:
    made = make_sequence(house, [TAG], trigger_conditions={"min_days_since_contact": 0})
    change(house, NurtureSequence, made, published_version=0)
    make_lead(house, NOW, last_contact_at=NOW)
    assert begin_day(house.supplier_id) == 0


def test_a_dated_step_that_was_held_until_its_day_is_over_is_left_out(house: House) -> None:
    dated = {"anchor": "wedding_date", "delay_unit": "weeks"}
    made = make_sequence(
        house, [{**TAG, **dated, "delay_amount": -4}, {**OTHER, **dated, "delay_amount": -1}]
    )
    lead_id = make_lead(house, NOW, wedding_date=date(2026, 9, 5))
    change(house, NurtureSequence, made, is_active=False)
    for day in (8, 9):
        with clock.at(datetime(2026, 8, day, 12, 0, tzinfo=UTC)):
            run_steps(house.supplier_id)
    change(house, NurtureSequence, made, is_active=True)
    with clock.at(datetime(2026, 9, 1, 12, 0, tzinfo=UTC)):
        run_steps(house.supplier_id)
    assert one(house, Lead).tags == ["other"]
    assert decisions(house, lead_id) == [("skipped", "already_past"), ("done", None)]


def test_a_booking_of_an_unknown_value_counts_for_the_sequence_and_a_reopened_lead_does_not(
    house: House,
) -> None:
    made = make_sequence(house, [TAG])
    lead_id = make_lead(house, NOW)
    for wish, rate in (
        ({"lead_status": "won", "value_unknown": True}, 100),
        ({"lead_status": "contacted"}, 0),
    ):
        update_lead(house.member.actor, lead_id, LeadUpdate.model_validate(wish))
        assert enrollment(house, lead_id).converted is bool(rate)
        assert one(house, NurtureSequence, NurtureSequence.id == made).conversion_rate == rate
