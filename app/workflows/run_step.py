"""One enrollment takes the steps that are due.

    1. claim: lock the lead, then the enrollment if it is still due;
    2. load the facts and let the engine decide;
    3. apply: an e-mail becomes a message that waits for `deliver_message`, everything else happens here;
    4. record the decision, move on, score the lead by all of it, commit.

May run twice, at once, late or never: only one finds the enrollment due, and each effect has a
unique key of enrollment and step.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import structlog
from flask import current_app
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app.kernel import clock
from app.kernel.uow import unit_of_work
from app.messaging.liquid import TemplateError, fill_text
from app.messaging.service import Automated, compose
from app.messaging.tokens import Subject, values
from app.messaging.transports.chosen import channels
from app.models.accounts import Supplier
from app.models.choices import MessageClass
from app.models.nurture import EmailTemplate
from app.nurture.effects import Effect, apply
from app.nurture.engine.actions import AdjustScore, ChangeStatus, ChangeTags, MakeTask, SendEmail, SendSms
from app.nurture.engine.decide import decide
from app.nurture.engine.outcomes import Do, Done, End, Failed, Hold, Settled, Skip
from app.nurture.progress import end, postpone, settle
from app.nurture.snapshots import Place, claim
from app.scoring.service import rescore
from app.sources.counting import move, worth

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 20
"""Steps of one enrollment that one run takes; the sweep comes back for the rest."""


def run_step(supplier_id: UUID, enrollment_id: UUID) -> None:
    """Take what is due. An unexpected error is written down and tried again later."""
    for _ in range(MOST_AT_ONCE):
        now = clock.now()
        try:
            with unit_of_work(supplier_id) as session:
                if not _take(session, enrollment_id, now):
                    return
        except (OperationalError, InterfaceError, PoolTimeout):
            raise  # the database is away or busy: the row stays due and the sweep finds it
        except Exception as error:
            log.exception("step_failed", supplier_id=str(supplier_id), enrollment_id=str(enrollment_id))
            with unit_of_work(supplier_id) as session:
                _write_down(session, enrollment_id, error, now)
            return


def _take(session: Session, enrollment_id: UUID, now: datetime) -> bool:
    """Take one step; is another one due right behind it?"""
    place = _claim(session, enrollment_id, now)
    if place is None:
        return False
    now = clock.now()  # the claim may have waited for the lead
    match decide(place.snapshot, now):
        case Hold(_, until):
            place.enrollment.next_execution_at = until
            return False
        case End(reason):
            end(session, place.lead, place.enrollment, reason, now)
        case Do(SendEmail() as email):
            _send(session, place, email, now)
        case Do(SendSms()):
            settle(session, place, Skip("sms_not_configured"), now)
        case Do(MakeTask() | AdjustScore() | ChangeStatus() | ChangeTags() as effect):
            counted = worth(session, place.lead) if isinstance(effect, ChangeStatus) else None
            settle(session, place, _carry_out(session, place, effect, now), now)
            if counted:
                move(session, counted, worth(session, place.lead))  # last: leads share the source's row
        case Skip() | Failed() as settled:
            settle(session, place, settled, now)
    rescore(session, place.lead.id, now)
    due = place.enrollment.next_execution_at
    return due is not None and due <= now


def _claim(session: Session, enrollment_id: UUID, now: datetime) -> Place | None:
    return claim(session, enrollment_id, now, channels(current_app.extensions["settings"]))


def _send(session: Session, place: Place, email: SendEmail, now: datetime) -> None:
    """Write the message and wait for it; a template that cannot be rendered has failed."""
    enrollment = place.enrollment
    key = (enrollment.supplier_id, email.template_id)
    template = session.get(EmailTemplate, key) if email.template_id else None
    step_id = enrollment.current_step_id
    if template is None or step_id is None:
        settle(session, place, Failed("template_missing"), now)
        return
    wanted = Automated(template, MessageClass(email.message_class), enrollment.id, step_id)
    try:
        written = compose(session, place.lead, wanted, now)
    except TemplateError as error:
        settle(session, place, Failed("template_error"), now, problem=str(error))
        return
    if written:
        enrollment.next_execution_at = None  # `deliver_message` moves it on
    else:
        settle(session, place, Skip("already_written"), now)


def _carry_out(session: Session, place: Place, effect: Effect, now: datetime) -> Settled:
    try:
        apply(session, place, _worded(session, place, effect, now), now)
    except TemplateError:
        return Failed("template_error")
    return Done()


def _worded(session: Session, place: Place, effect: Effect, now: datetime) -> Effect:
    """A task's words are Liquid: fill them in. Whoever gave no name is called what our pages call them."""
    if not isinstance(effect, MakeTask):
        return effect
    supplier = session.get_one(Supplier, place.lead.supplier_id)
    words = values(Subject(place.lead, supplier, now)) | {"couple_names": place.lead.couple}
    description = fill_text(effect.description, words) if effect.description else None
    return replace(effect, title=fill_text(effect.title, words), description=description)


def _write_down(session: Session, enrollment_id: UUID, error: Exception, now: datetime) -> None:
    place = _claim(session, enrollment_id, now)
    if place:
        postpone(session, place, f"{type(error).__name__}: {error}"[:500], now)
