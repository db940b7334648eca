"""An inquiry goes all the way: stored, a lead, scored, assigned, attributed, enrolled."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.capture.queries import first_form
from app.capture.schemas import Submission
from app.kernel import clock
from app.kernel.actor import system
from app.kernel.errors import NotFound
from app.kernel.schema import validate
from app.kernel.uow import reading, unit_of_work
from app.models.capture import Inquiry, Touchpoint
from app.models.choices import InquiryState, InteractionType, LeadStatus
from app.models.leads import Lead, LeadInteraction, StatusHistory, Task
from app.models.nurture import Enrollment, NurtureSequence
from app.models.privacy import ConsentEvent
from app.models.sources import LeadSource
from app.scoring.queries import explain
from app.workflows import admit_lead
from app.workflows.capture_lead import capture_lead
from app.workflows.submit_inquiry import Receipt, submit_inquiry
from tests.cast import House

MORNING = datetime(2027, 1, 12, 10, 0, tzinfo=UTC)


def submission(visit: dict[str, Any] | None = None, **form: Any) -> Submission:
    said = {
        "your_name": "Ada Marsh",
        "email": f"ada-{uuid7().hex}@example.com",
        "wedding_date": "2027-09-04",
        "budget": "3200",
        "message": "We love your work.",
        **form,
    }
    data = {"form": said, "visit": visit or {}, "idempotency_key": uuid7().hex, "seconds_to_fill": 30}
    return validate(Submission, data)


def form_key(app: Flask, house: House) -> str:
    with app.app_context(), reading(house.supplier_id) as session:
        form = first_form(session)
        assert form is not None
        return form.key


def send(app: Flask, house: House, sent: Submission) -> Receipt:
    key = form_key(app, house)
    with app.app_context(), clock.at(MORNING):
        return submit_inquiry(key, sent)


def lead_of(session: Session, receipt: Receipt) -> Lead:
    lead_id = session.scalars(select(Inquiry.lead_id).where(Inquiry.id == receipt.inquiry_id)).one()
    return session.scalars(select(Lead).where(Lead.id == lead_id)).one()


def count(session: Session, model: type, *where: Any) -> int:
    return session.execute(select(func.count()).select_from(model).where(*where)).scalar_one()


def test_an_inquiry_becomes_a_scored_assigned_enrolled_lead(app: Flask, house: House) -> None:
    receipt = send(app, house, submission(consent_marketing=True))
    assert receipt.state is InquiryState.CAPTURED
    with app.app_context(), reading(house.supplier_id) as session:
        lead = lead_of(session, receipt)
        assert lead.lead_status is LeadStatus.NEW
        assert lead.lead_score == 55, "30 for the budget and 25 for the date"
        assert lead.budget_range == "2500_5000"
        assert lead.assigned_to_user_id in {house.owner.user_id, house.admin.user_id, house.member.user_id}
        assert lead.consent_marketing
        assert count(session, ConsentEvent, ConsentEvent.lead_id == lead.id) == 1
        assert count(session, StatusHistory, StatusHistory.lead_id == lead.id) == 1
        assert count(session, Touchpoint, Touchpoint.lead_id == lead.id) == 1
        assert count(session, Enrollment, Enrollment.lead_id == lead.id) == 1
        timeline = session.scalars(select(LeadInteraction).where(LeadInteraction.lead_id == lead.id)).all()
        assert lead.total_interactions == len([e for e in timeline if e.interaction_type != "score_updated"])


def test_the_explanation_adds_up_to_the_score(app: Flask, house: House) -> None:
    receipt = send(app, house, submission())
    with app.app_context(), reading(house.supplier_id) as session:
        lead = lead_of(session, receipt)
        told = explain(session, lead.id, MORNING)
        assert told.total == sum(line.points for line in told.lines)
        assert told.score == told.stored_score == lead.lead_score == min(100, max(0, round(told.total)))
        assert [line.matched for line in told.lines] == [True, True, False]


def test_the_last_visits_marks_name_the_source_and_both_visits_are_touchpoints(
    app: Flask, house: House
) -> None:
    visit = {
        "first": {"utm_source": "instagram", "utm_medium": "social", "at": "2027-01-02T09:00:00Z"},
        "last": {"gclid": "x1", "utm_source": "google", "utm_medium": "cpc", "at": "2027-01-12T09:59:00Z"},
    }
    receipt = send(app, house, submission(visit))
    with app.app_context(), reading(house.supplier_id) as session:
        lead = lead_of(session, receipt)
        assert lead.lead_source == "google_ads"
        source = session.get_one(LeadSource, (house.supplier_id, lead.lead_source_id))
        assert (source.slug, source.total_leads) == ("google_ads", 1)
        touches = session.scalars(
            select(Touchpoint).where(Touchpoint.lead_id == lead.id).order_by(Touchpoint.occurred_at)
        ).all()
        assert [t.kind for t in touches] == ["visit", "form"]
        assert touches[0].occurred_at == datetime(2027, 1, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "believed"),
    [
        ("2027-01-02T10:00:00+01:00", datetime(2027, 1, 2, 9, tzinfo=UTC)),
        ("2026-01-12T10:00:00Z", datetime(2026, 1, 12, 10, tzinfo=UTC)),
        ("2026-01-12T09:59:59Z", MORNING),
        ("2027-01-12T10:00:01Z", MORNING),
        ("0001-01-01T00:00:00+14:00", MORNING),
        ("9999-12-31T23:59:59-14:00", MORNING),
        ("2027-01-02T09:00:00", MORNING),
        ("yesterday", MORNING),
    ],
)
def test_a_visitors_clock_is_believed_within_a_year(
    app: Flask, house: House, said: str, believed: datetime
) -> None:
    visit = {"first": {"utm_source": "instagram", "at": said}, "last": {"gclid": "x1"}}
    receipt = send(app, house, submission(visit))
    with app.app_context(), reading(house.supplier_id) as session:
        touches = select(Touchpoint.occurred_at).where(Touchpoint.inquiry_id == receipt.inquiry_id)
        assert session.scalars(touches.where(Touchpoint.kind == "visit")).one() == believed


def test_a_mark_longer_than_a_sources_name_is_cut_and_the_lead_is_made(app: Flask, house: House) -> None:
    receipt = send(app, house, submission({"last": {"utm_source": "fair " * 50}}))
    assert receipt.state is InquiryState.CAPTURED
    with app.app_context(), reading(house.supplier_id) as session:
        assert lead_of(session, receipt).lead_source == ("fair " * 20).strip()


def test_a_repeat_with_the_same_key_adds_nothing(app: Flask, house: House) -> None:
    sent = submission()
    first, second = send(app, house, sent), send(app, house, sent)
    assert (second.inquiry_id, second.repeated) == (first.inquiry_id, True)
    with app.app_context(), reading(house.supplier_id) as session:
        assert count(session, Inquiry) == count(session, Lead) == 1


def test_the_same_key_with_other_words_is_another_inquiry(app: Flask, house: House) -> None:
    """Somebody went back, corrected the date and sent the page again; or a second couple used the tablet."""
    first = submission()
    other = submission(email="second@example.com", message="And we are another couple.")
    other = other.model_copy(update={"idempotency_key": first.idempotency_key})
    receipts = [send(app, house, sent) for sent in (first, other, first, other)]
    assert [r.repeated for r in receipts] == [False, False, True, True]
    assert receipts[0].inquiry_id == receipts[2].inquiry_id
    assert receipts[1].inquiry_id == receipts[3].inquiry_id
    with app.app_context(), reading(house.supplier_id) as session:
        assert count(session, Inquiry) == count(session, Lead) == 2


def test_a_known_address_joins_its_lead_and_completes_it(app: Flask, house: House) -> None:
    first = send(app, house, submission(email="one@example.com", venue=None))
    second = send(app, house, submission(email="ONE@example.com", venue="Thornbury Barn", budget="9000"))
    with app.app_context(), reading(house.supplier_id) as session:
        lead = lead_of(session, first)
        assert lead_of(session, second).id == lead.id
        assert lead.wedding_venue == "Thornbury Barn"
        assert lead.estimated_budget == 3200, "what is known is not overwritten"
        assert count(session, Inquiry, Inquiry.lead_id == lead.id) == 2
        assert count(session, Enrollment, Enrollment.lead_id == lead.id) == 1
        source = session.get_one(LeadSource, (house.supplier_id, lead.lead_source_id))
        assert source.total_leads == 1


def test_a_lost_lead_that_writes_again_reopens_with_its_history(app: Flask, house: House) -> None:
    receipt = send(app, house, submission(email="lost@example.com"))
    with app.app_context(), unit_of_work(house.supplier_id) as session:
        lead = lead_of(session, receipt)
        lead.lead_status, lead.lost_reason = LeadStatus.LOST, "price"
    send(app, house, submission(email="lost@example.com"))
    with app.app_context(), reading(house.supplier_id) as session:
        lead = lead_of(session, receipt)
        assert (lead.lead_status, lead.lost_reason) == (LeadStatus.NEW, None)
        moves = session.execute(
            select(StatusHistory.from_status, StatusHistory.to_status).where(StatusHistory.lead_id == lead.id)
        )
        assert ("lost", LeadStatus.NEW) in [tuple(m) for m in moves]
        told = LeadInteraction.interaction_type == InteractionType.STATUS_CHANGED
        assert count(session, LeadInteraction, LeadInteraction.lead_id == lead.id, told) == 1


def test_a_tick_on_a_form_does_not_undo_an_opt_out(app: Flask, house: House) -> None:
    receipt = send(app, house, submission(email="out@example.com"))
    with app.app_context(), unit_of_work(house.supplier_id) as session:
        lead_of(session, receipt).opt_out_date = MORNING
    send(app, house, submission(email="out@example.com", consent_marketing=True))
    with app.app_context(), reading(house.supplier_id) as session:
        lead = lead_of(session, receipt)
        assert (lead.consent_marketing, lead.opt_out_date) == (False, MORNING)
        assert count(session, ConsentEvent, ConsentEvent.lead_id == lead.id) == 1, "it is written down"


def test_a_won_lead_that_writes_again_stays_won_and_makes_a_task(app: Flask, house: House) -> None:
    receipt = send(app, house, submission(email="won@example.com"))
    with app.app_context(), unit_of_work(house.supplier_id) as session:
        lead_of(session, receipt).lead_status = LeadStatus.WON
    send(app, house, submission(email="won@example.com"))
    with app.app_context(), reading(house.supplier_id) as session:
        lead = lead_of(session, receipt)
        assert lead.lead_status is LeadStatus.WON
        assert count(session, Task, Task.lead_id == lead.id, Task.title.contains("booked couple")) == 1
        assert lead.next_follow_up_at == MORNING


def test_a_failure_after_storing_keeps_the_inquiry_for_the_sweep(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a rule nobody can read")

    with monkeypatch.context() as broke:
        broke.setattr(admit_lead, "rescore", broken)
        receipt = send(app, house, submission())
    assert receipt.state is InquiryState.RECEIVED
    with app.app_context():
        with reading(house.supplier_id) as session:
            kept = session.get_one(Inquiry, (house.supplier_id, receipt.inquiry_id))
            assert kept.error is not None
            assert "a rule nobody can read" in kept.error
            assert count(session, Lead) == 0, "nothing half-written"
        lead_id = capture_lead(system(house.supplier_id), receipt.inquiry_id)
        assert lead_id is not None
        assert capture_lead(system(house.supplier_id), receipt.inquiry_id) is None, (
            "the second time finds nothing waiting"
        )
        with reading(house.supplier_id) as session:
            assert lead_of(session, receipt).id == lead_id


def test_a_capture_that_fails_at_its_end_counts_nowhere(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By then it has entered a sequence and come from a source: their totals forget that with it."""

    def broken(*_: Any) -> None:
        raise RuntimeError("at the very end")

    def totals() -> list[int]:
        with reading(house.supplier_id) as session:
            entered = session.scalars(select(NurtureSequence.total_enrollments)).all()
            return [sum(entered), sum(session.scalars(select(LeadSource.total_leads)))]

    with monkeypatch.context() as broke:
        broke.setattr(admit_lead, "Admitted", broken)
        receipt = send(app, house, submission())
    with app.app_context():
        assert totals() == [0, 0]
        assert capture_lead(system(house.supplier_id), receipt.inquiry_id)
        assert totals() == [1, 1]


def test_an_inquiry_is_kept_whose_source_can_count_no_further(app: Flask, house: House) -> None:
    def counted(leads: int) -> None:
        with app.app_context(), unit_of_work(house.supplier_id) as session:
            session.execute(update(LeadSource).values(total_leads=leads))

    counted(2**31 - 1)
    receipt = send(app, house, submission())
    assert receipt.state is InquiryState.RECEIVED
    counted(0)
    with app.app_context():
        assert capture_lead(system(house.supplier_id), receipt.inquiry_id)


def test_an_inquiry_that_fails_again_waits_longer_each_time(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("still broken")

    monkeypatch.setattr(admit_lead, "rescore", broken)
    receipt = send(app, house, submission())
    waits = []
    for _ in range(3):
        with app.app_context(), clock.at(MORNING):
            assert capture_lead(system(house.supplier_id), receipt.inquiry_id) is None
            with reading(house.supplier_id) as session:
                kept = session.get_one(Inquiry, (house.supplier_id, receipt.inquiry_id))
                waits.append((kept.retry_at - MORNING).total_seconds())
    assert waits == [30, 60, 120], "after 15 seconds the first time"


def test_suspected_spam_is_stored_and_makes_no_lead(app: Flask, house: House) -> None:
    sent = submission().model_copy(update={"honeypot": "http://spam.example"})
    receipt = send(app, house, sent)
    assert receipt.state is InquiryState.QUARANTINED
    with app.app_context(), reading(house.supplier_id) as session:
        kept = session.get_one(Inquiry, (house.supplier_id, receipt.inquiry_id))
        assert kept.payload["your_name"] == "Ada Marsh"
        assert kept.spam_reasons
        assert count(session, Lead) == 0


@pytest.mark.parametrize("key", ["", "nope", "A" * 32, "é" * 32, "A" * 5000])
def test_a_made_up_form_is_not_found(app: Flask, key: str) -> None:
    with app.app_context(), pytest.raises(NotFound):
        submit_inquiry(key, submission())


def test_leads_go_round_the_team(app: Flask, house: House) -> None:
    receipts = [send(app, house, submission()) for _ in range(3)]
    with app.app_context(), reading(house.supplier_id) as session:
        people: set[UUID | None] = {lead_of(session, r).assigned_to_user_id for r in receipts}
        assert people == {house.owner.user_id, house.admin.user_id, house.member.user_id}


def test_a_phone_alone_makes_a_lead(app: Flask, house: House) -> None:
    receipt = send(app, house, submission(email=None, phone="020 7946 0018"))
    with app.app_context(), reading(house.supplier_id) as session:
        lead = lead_of(session, receipt)
        assert (lead.primary_email, lead.primary_phone) == (None, "+442079460018")
