"""What claimed enrollments do: decide, apply, record, score. A building block of `run_step` and `run_steps`,
inside their unit of work."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.messaging.liquid import TemplateError, fill_text
from app.messaging.service import Automated, compose
from app.messaging.tokens import Subject, values
from app.messaging.transports.chosen import channels
from app.models.accounts import Supplier
from app.models.choices import MessageClass
from app.models.nurture import EmailTemplate, SmsTemplate
from app.nurture.claims import Place
from app.nurture.effects import Effect, apply
from app.nurture.engine.actions import (
    AdjustScore,
    ChangeStatus,
    ChangeTags,
    MakeTask,
    SendEmail,
    SendSms,
    Variant,
)
from app.nurture.engine.changes import changed
from app.nurture.engine.decide import decide
from app.nurture.engine.outcomes import Do, Done, End, Failed, Hold, Settled, Skip
from app.nurture.engine.variants import chosen
from app.nurture.progress import end, hold, settle
from app.settings import Settings
from app.sources.counting import move, worth
from app.workflows.follow_leads import follow_leads


def ready(session: Session, supplier_id: UUID, settings: Settings) -> frozenset[str]:
    """The channels that messages of the supplier can leave by."""
    return channels(settings, session.get_one(Supplier, supplier_id))


def take_steps(session: Session, places: Sequence[Place], now: datetime) -> None:
    """Take the due step of each of these enrollments, which are locked and of different leads."""
    if not places:
        return
    changed = {place.lead.id for place in places if _take(session, place, now)}
    follow_leads(session, [place.lead for place in places], now, evaluate=changed)


def _take(session: Session, place: Place, now: datetime) -> bool:
    """Did the step change the lead, so that other sequences may want it?"""
    match decide(place.snapshot, now):
        case Hold(_, until):
            hold(session, place, until, now)
        case End(reason):
            end(session, place.lead, place.enrollment, reason, now)
        case Do(SendEmail() | SendSms() as message):
            _send(session, place, message, now)
        case Do(MakeTask() | AdjustScore() | ChangeStatus() | ChangeTags() as effect):
            return _carry_out(session, place, effect, now)
        case Skip() | Failed() as settled:
            settle(session, place, settled, now)
    return False


def _send(session: Session, place: Place, message: SendEmail | SendSms, now: datetime) -> None:
    """Write the message and wait for it; a template that cannot be rendered has failed."""
    wanted = _wanted(session, place, message, now)
    if wanted is None:
        settle(session, place, Failed("template_missing"), now)
        return
    try:
        written = compose(session, place.lead, wanted, now)
    except TemplateError as error:
        settle(session, place, Failed("template_error"), now, problem=str(error))
        return
    if written:
        place.enrollment.next_execution_at = None  # `deliver_messages` moves it on
    else:
        settle(session, place, Skip("already_written"), now)


def _wanted(session: Session, place: Place, message: SendEmail | SendSms, now: datetime) -> Automated | None:
    """What to compose; None when its template is gone."""
    step, enrollment = place.snapshot.step, place.enrollment
    if step is None:
        return None
    variant = chosen(message, enrollment.id, step.key or step.id) if isinstance(message, SendEmail) else None
    template = _template(session, place, message, variant)
    if template is None:
        return None
    lateness = step.max_lateness
    return Automated(
        template,
        MessageClass(message.message_class),
        enrollment.id,
        step.id,
        variant=variant.label if variant else None,
        held=step.needs_approval,
        not_after=(place.snapshot.due_at or now) + lateness if lateness else None,
    )


def _template(
    session: Session, place: Place, message: SendEmail | SendSms, variant: Variant | None
) -> EmailTemplate | SmsTemplate | None:
    template_id = variant.template_id if variant else message.template_id
    if template_id is None:
        return None
    key = (place.enrollment.supplier_id, template_id)
    if isinstance(message, SendEmail):
        return session.get(EmailTemplate, key)
    return session.get(SmsTemplate, key)


def _carry_out(session: Session, place: Place, effect: Effect, now: datetime) -> bool:
    before = worth(session, place.lead) if isinstance(effect, ChangeStatus) else None
    try:
        apply(session, place, _worded(session, place, effect, now), now)
        outcome: Settled = Done()
        place = replace(place, snapshot=changed(place.snapshot, effect))  # its branches ask what it is now
    except TemplateError:
        outcome = Failed("template_error")
    settle(session, place, outcome, now)
    if before:
        move(before, worth(session, place.lead))
    return isinstance(effect, ChangeStatus | ChangeTags)


def _worded(session: Session, place: Place, effect: Effect, now: datetime) -> Effect:
    """A task's words are Liquid: fill them in. Whoever gave no name is called what our pages call them."""
    if not isinstance(effect, MakeTask):
        return effect
    supplier = session.get_one(Supplier, place.lead.supplier_id)
    words = values(Subject(place.lead, supplier, now)) | {"couple_names": place.lead.couple}
    description = fill_text(effect.description, words) if effect.description else None
    return replace(effect, title=fill_text(effect.title, words), description=description)
