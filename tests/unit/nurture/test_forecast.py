"""What the dry run says is what happens."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from app.nurture.engine.actions import AdjustScore, ChangeTags, MakeTask, SendEmail, SendSms, Variant
from app.nurture.engine.advance import advance
from app.nurture.engine.decide import decide
from app.nurture.engine.facts import Branch, Calendar, LeadFacts, Sequence, Snapshot, Step, Timing
from app.nurture.engine.forecast import ToSend, forecast, together
from app.nurture.engine.outcomes import Do, Done, End, Failed, Hold, Skip
from app.nurture.engine.variants import chosen

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)  # a Wednesday, 11:00 in London
EMAIL = SendEmail(uuid4(), "follow_up")
CALL = MakeTask("phone_call", "Call")


def step(
    order: int, action: object = EMAIL, *, delay: int = 1, anchor: str = "previous_step", **more: object
) -> Step:
    return Step(uuid4(), order, action, Timing(delay, "days", anchor), **more)  # type: ignore[arg-type]


def entering(*steps: Step, lead: LeadFacts | None = None, **more: object) -> Snapshot:
    return Snapshot(
        lead or LeadFacts("new"), Sequence(steps), Calendar(ZoneInfo("Europe/London")), NOW, **more
    )


def test_the_whole_calendar_from_the_start() -> None:
    found = forecast(entering(step(1, delay=0), step(2, CALL, delay=1), step(3, delay=7)), NOW)
    assert [(one.step.order, one.at) for one in found] == [
        (1, NOW),
        (2, datetime(2026, 6, 4, 8, 0, tzinfo=UTC)),
        (3, datetime(2026, 6, 11, 8, 0, tzinfo=UTC)),
    ]
    assert all(isinstance(one.outcome, Do) and one.reason is None for one in found)


def test_from_where_a_lead_stands_at_the_time_that_is_written_down() -> None:
    first, second = step(1), step(2)
    due = NOW + timedelta(hours=5)
    found = forecast(entering(first, second, step=first, due_at=due, next_at=due), NOW)
    assert [one.at for one in found] == [due, datetime(2026, 6, 4, 8, 0, tzinfo=UTC)]


def test_what_is_passed_over_and_skipped_says_why() -> None:
    steps = (
        step(1, delay=0, is_active=False),
        step(2, delay=-30, anchor="wedding_date"),
        step(3, SendSms(uuid4(), "follow_up")),
        step(4, conditions={"required_tags": ["vip"]}),
    )
    found = forecast(entering(*steps), NOW)
    assert [(one.step.order, one.at is None, one.reason) for one in found] == [
        (1, True, "step_off"),
        (2, True, "no_wedding_date"),
        (3, False, "sms_not_configured"),
        (4, False, "conditions_not_met"),
    ]


def test_what_steps_do_counts_for_those_after_them() -> None:
    steps = (
        step(1, ChangeTags(frozenset({"vip"})), delay=0, branches=(Branch({"required_tags": ["vip"]}, 3),)),
        step(2),
        step(3, AdjustScore(30, "Sequence"), conditions={"required_tags": ["vip"]}),
        step(4, CALL, conditions={"min_score": 60}),
    )
    found = forecast(entering(*steps, lead=LeadFacts("new", score=40)), NOW)
    assert [(one.step.order, one.reason) for one in found] == [
        (1, None),
        (2, "branched_past"),
        (3, None),
        (4, None),
    ]


def test_days_until_the_wedding_are_those_of_the_day() -> None:
    lead = LeadFacts("new", wedding_date=date(2026, 6, 20), days_until_wedding=17)
    found = forecast(entering(step(1, delay=8, conditions={"max_days_until_wedding": 10}), lead=lead), NOW)
    assert [one.reason for one in found] == [None]


def test_it_stops_where_the_lead_leaves() -> None:
    found = forecast(entering(step(1), step(2), lead=LeadFacts("lost")), NOW)
    assert [one.outcome for one in found] == [End("lead_lost")]


def test_a_held_lead_is_forecast_as_if_it_were_not() -> None:
    assert forecast(entering(step(1), lead=LeadFacts("new", is_paused=True)), NOW)[0].reason is None


def test_it_is_bounded() -> None:
    steps = [step(order) for order in range(1, 30)]
    assert len(forecast(entering(*steps), NOW, most=5)) == 5


def test_the_forecast_is_what_the_engine_does_step_by_step() -> None:
    steps = (step(1, delay=0), step(2, SendSms(uuid4(), "follow_up")), step(3, CALL, delay=3))
    snapshot, seen = entering(*steps), []
    for planned in forecast(snapshot, NOW):
        assert planned.at
        here = replace(snapshot, step=planned.step, due_at=planned.at)
        outcome = decide(here, planned.at)
        seen.append(outcome)
        ahead = advance(here, Done() if isinstance(outcome, Do) else outcome, planned.at)  # type: ignore[arg-type]
        following = [one for one in forecast(snapshot, NOW) if one.step.order > planned.step.order]
        assert getattr(ahead, "at", None) == (following[0].at if following else None)
    assert seen == [Do(EMAIL), Skip("sms_not_configured"), Do(CALL)]


def test_a_step_later_than_its_latest_is_skipped_and_one_in_time_is_not() -> None:
    late = step(1, max_lateness=timedelta(hours=6))
    here = entering(late, step=late, due_at=NOW)
    assert decide(here, NOW + timedelta(hours=6)) == Do(EMAIL)
    assert decide(here, NOW + timedelta(hours=6, seconds=1)) == Skip("too_late")


def test_a_dated_step_whose_day_is_over_is_taken_at_once_if_it_says_so() -> None:
    wedding = {"wedding_date": NOW + timedelta(days=10)}
    missed = step(1, delay=-30, anchor="wedding_date")
    assert [one.reason for one in forecast(entering(missed, anchors=wedding), NOW)] == ["already_past"]
    found = forecast(entering(replace(missed, runs_when_past=True), anchors=wedding), NOW)
    assert [(one.reason, one.at) for one in found] == [(None, datetime(2026, 6, 4, 8, 0, tzinfo=UTC))]


def test_a_text_message_that_cannot_be_sent_falls_back_to_its_e_mail() -> None:
    text = SendSms(uuid4(), "follow_up", fallback_template_id=uuid4())
    here = step(1, text)
    assert decide(entering(here, step=here), NOW) == Do(SendEmail(text.fallback_template_id, "follow_up"))
    ready = entering(
        here, step=here, lead=LeadFacts("new", has_phone=True), channels=frozenset({"email", "sms"})
    )
    assert decide(ready, NOW) == Do(text)
    unreachable = entering(here, step=here, lead=LeadFacts("new", has_email=False))
    assert decide(unreachable, NOW) == Skip("sms_not_configured")


def test_variants_are_spread_evenly_and_stay() -> None:
    email = SendEmail(uuid4(), "follow_up", (Variant("B", uuid4()), Variant("C", uuid4())))
    key = uuid4()
    leads = [uuid4() for _ in range(3000)]
    drawn = [chosen(email, lead, key) for lead in leads]
    assert drawn == [chosen(email, lead, key) for lead in leads]
    shares = [sum(one is not None and one.label == label for one in drawn) for label in "ABC"]
    assert sum(shares) == 3000
    assert all(800 < share < 1200 for share in shares)  # 1000 ± 7.7 standard deviations
    assert chosen(SendEmail(uuid4(), "follow_up"), uuid4(), key) is None


def test_a_failure_that_halts_is_the_last_one() -> None:
    broken = step(1)
    here = replace(
        entering(broken, step(2), step=broken), sequence=Sequence((broken,), halts_on_failure=True)
    )
    assert advance(here, Failed("template_missing"), NOW).status == "failed"  # type: ignore[union-attr]


def at_noon_only(wanted: ToSend, at: datetime) -> Hold | None:
    """A gate that opens at noon."""
    noon = at.replace(hour=12)
    return None if at == noon else Hold("not_noon", noon if at < noon else noon + timedelta(1))


def test_a_message_leaves_when_the_gate_says_and_the_next_step_counts_from_then() -> None:
    found = forecast(entering(step(1, delay=0), step(2, CALL, delay=1), step(3)), NOW, gate=at_noon_only)
    noon = NOW.replace(hour=12)
    assert [(one.due_at, one.at, one.wait_reason) for one in found] == [
        (NOW, noon, "not_noon"),
        (datetime(2026, 6, 4, 8, 0, tzinfo=UTC), datetime(2026, 6, 4, 8, 0, tzinfo=UTC), None),
        (datetime(2026, 6, 5, 8, 0, tzinfo=UTC), datetime(2026, 6, 5, 12, 0, tzinfo=UTC), "not_noon"),
    ]


def test_what_the_gate_drops_is_skipped_and_what_it_holds_for_ever_is_held() -> None:
    steps = (step(1, delay=0), step(2, CALL))
    found = forecast(entering(*steps), NOW, gate=lambda _message, _at: Skip("no_marketing_consent"))
    assert [one.reason for one in found] == ["no_marketing_consent", None]
    held = forecast(entering(*steps), NOW, gate=lambda _message, at: Hold("closed", at + timedelta(1)))
    assert [(one.reason, type(one.outcome)) for one in held] == [("closed", Hold)]


def test_sequences_together_ask_one_gate_in_the_order_of_time_and_rank() -> None:
    asked: list[tuple[object, datetime]] = []

    def gate(wanted: ToSend, at: datetime) -> None:
        asked.append((wanted.step.id, at))

    late, early, lower = step(1, delay=2), step(1, delay=1), step(1, delay=1)
    found = together([entering(late), entering(early), entering(lower)], NOW, gate=gate)
    assert [name for name, _ in asked] == [early.id, lower.id, late.id]
    assert [[one.step.id for one in planned] for planned in found] == [[late.id], [early.id], [lower.id]]


def test_days_are_those_on_which_the_message_leaves() -> None:
    branching = step(1, delay=0, branches=(Branch({"min_days_since_inquiry": 3}, 3),))
    lead = LeadFacts("new", days_since_inquiry=0)

    def in_three_days(wanted: ToSend, at: datetime) -> Hold | None:
        return Hold("later", NOW + timedelta(3)) if at < NOW + timedelta(3) else None

    found = forecast(entering(branching, step(2), step(3), lead=lead), NOW, gate=in_three_days)
    assert [(one.step.order, one.reason) for one in found] == [(1, None), (2, "branched_past"), (3, None)]
