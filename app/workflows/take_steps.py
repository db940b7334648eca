"""What claimed enrollments do: decide, apply, record, score. A building block of `run_step` and `run_steps`,
inside their unit of work."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
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
from app.nurture.progress import Tally, end, hold, settle
from app.settings import Settings
from app.sources.counting import Worth, move, worth
from app.workflows.follow_leads import follow_leads


@dataclass
class Round:
    """What is written last, as leads share the rows it locks."""

    tally: Tally = field(default_factory=Tally)
    moved: list[tuple[Worth, Worth]] = field(default_factory=list)
    """Of leads whose status changed: what they counted for with their source, and count for now."""
    changed: set[UUID] = field(default_factory=set)
    """Leads that a step changed, so that other sequences may want them."""

    def write(self, session: Session) -> None:
        self.tally.write(session)
        for before, after in sorted(self.moved, key=lambda pair: str(pair[1].source_id)):
            move(session, before, after)


def ready(session: Session, supplier_id: UUID, settings: Settings) -> frozenset[str]:
    """The channels that messages of the supplier can leave by."""
    return channels(settings, session.get_one(Supplier, supplier_id))


def take_steps(session: Session, places: Sequence[Place], now: datetime) -> None:
    """Take the due step of each of these enrollments, which are locked and of different leads."""
    if not places:
        return
    round_ = Round()
    for place in places:
        _take(session, place, round_, now)
    follow_leads(session, [place.lead for place in places], now, evaluate=round_.changed, tally=round_.tally)
    round_.write(session)


def _take(session: Session, place: Place, round_: Round, now: datetime) -> None:
    match decide(place.snapshot, now):
        case Hold(_, until):
            hold(session, place, until, now, round_.tally)
        case End(reason):
            end(session, place.lead, place.enrollment, reason, now, tally=round_.tally)
        case Do(SendEmail() | SendSms() as message):
            _send(session, place, message, round_, now)
        case Do(MakeTask() | AdjustScore() | ChangeStatus() | ChangeTags() as effect):
            _carry_out(session, place, effect, round_, now)
        case Skip() | Failed() as settled:
            settle(session, place, settled, now, tally=round_.tally)


def _send(session: Session, place: Place, message: SendEmail | SendSms, round_: Round, now: datetime) -> None:
    """Write the message and wait for it; a template that cannot be rendered has failed."""
    wanted = _wanted(session, place, message, now)
    if wanted is None:
        settle(session, place, Failed("template_missing"), now, tally=round_.tally)
        return
    try:
        written = compose(session, place.lead, wanted, now)
    except TemplateError as error:
        settle(session, place, Failed("template_error"), now, tally=round_.tally, problem=str(error))
        return
    if written:
        place.enrollment.next_execution_at = None  # `deliver_messages` moves it on
    else:
        settle(session, place, Skip("already_written"), now, tally=round_.tally)


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


def _carry_out(session: Session, place: Place, effect: Effect, round_: Round, now: datetime) -> None:
    before = worth(session, place.lead) if isinstance(effect, ChangeStatus) else None
    try:
        apply(session, place, _worded(session, place, effect, now), now)
        outcome: Settled = Done()
        place = replace(place, snapshot=changed(place.snapshot, effect))  # its branches ask what it is now
    except TemplateError:
        outcome = Failed("template_error")
    settle(session, place, outcome, now, tally=round_.tally)
    if before:
        round_.moved.append((before, worth(session, place.lead)))
    if isinstance(effect, ChangeStatus | ChangeTags):
        round_.changed.add(place.lead.id)


def _worded(session: Session, place: Place, effect: Effect, now: datetime) -> Effect:
    """A task's words are Liquid: fill them in. Whoever gave no name is called what our pages call them."""
    if not isinstance(effect, MakeTask):
        return effect
    supplier = session.get_one(Supplier, place.lead.supplier_id)
    words = values(Subject(place.lead, supplier, now)) | {"couple_names": place.lead.couple}
    description = fill_text(effect.description, words) if effect.description else None
    return replace(effect, title=fill_text(effect.title, words), description=description)
