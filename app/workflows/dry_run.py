"""What a sequence would do with a lead that entered it now: every step with its time and its words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.errors import NotFound
from app.messaging.envelope import OPT_OUT_OFFERED
from app.messaging.liquid import TemplateError, fill_text
from app.messaging.render import render_email, render_sms
from app.messaging.tokens import Subject, values
from app.messaging.transports.chosen import channels
from app.models.accounts import Supplier
from app.models.leads import Lead
from app.models.nurture import DRAFT, EmailTemplate, SequenceStep, SmsTemplate
from app.nurture.authoring.desk import find_sequence
from app.nurture.authoring.versions import steps_in
from app.nurture.courses import UnderWay, by_rank, under_way
from app.nurture.engine.actions import Action, MakeTask, SendEmail, SendSms
from app.nurture.engine.facts import Snapshot
from app.nurture.engine.forecast import Gate, Planned, together
from app.nurture.engine.outcomes import Do, End, Failed, Hold, Skip
from app.nurture.engine.targets import matches
from app.nurture.snapshots import snapshot_of
from app.workflows.gate_ahead import gate_ahead

_OUTCOMES = {Do: "done", Skip: "skipped", Failed: "failed", Hold: "held", End: "ended"}


@dataclass(frozen=True)
class Words:
    """What the step would say: the subject of an e-mail or title of a task, the text, an e-mail's HTML."""

    subject: str | None
    text: str
    html: str | None = None


@dataclass(frozen=True)
class Occasion:
    """A step, when it would be taken, or its message leave (None: passed over on the way), what would become
    of it (`done`, `skipped`, `failed`, `held`, `ended`) and why not. `wait_reason`: why a message would leave
    later than `due_at`. `problem`: why its words cannot be written."""

    step: SequenceStep
    at: datetime | None
    outcome: str
    reason: str | None
    due_at: datetime | None = None
    wait_reason: str | None = None
    words: Words | None = None
    problem: str | None = None


@dataclass(frozen=True)
class DryRun:
    """`fits`: would the lead be taken in by itself? `version` 0 is the draft."""

    sequence_id: UUID
    lead_id: UUID
    version: int
    fits: bool
    occasions: tuple[Occasion, ...]


def dry_run(session: Session, sequence_id: UUID, lead_id: UUID, version: int | None, now: datetime) -> DryRun:
    """By that version; without one by the draft, or what is published if there is none. Nothing is written.
    NotFound for the sequence, the lead or the version."""
    row = find_sequence(session, sequence_id)
    number = version if version is not None else DRAFT
    if number == DRAFT and not row.has_draft:
        number = row.published_version
    steps = {step.row.id: step.row for step in steps_in(session, sequence_id, number)}
    lead = session.scalars(select(Lead).where(Lead.id == lead_id)).first()
    if lead is None:
        raise NotFound("lead")
    supplier = session.get_one(Supplier, row.supplier_id)
    open_to = channels(current_app.extensions["settings"], supplier)
    snapshot = snapshot_of(session, lead, row, now, version=number, channels=open_to)
    writer = _Writer(session, lead, supplier, now)
    others = [one for one in under_way(session, lead, now, open_to) if one.enrollment.sequence_id != row.id]
    planned = _among(snapshot, row.priority_level, others, now, gate_ahead(session, lead, now))
    occasions = tuple(writer.occasion(one, steps[one.step.id]) for one in planned)
    return DryRun(sequence_id, lead_id, number, matches(snapshot.sequence.targets, snapshot.lead), occasions)


def _among(
    snapshot: Snapshot, priority: int, others: Iterable[UnderWay], now: datetime, gate: Gate
) -> list[Planned]:
    """What is to come of it beside the lead's other sequences, of which those of its rank began earlier."""
    ranked = by_rank(others)
    place = sum(one.priority >= priority for one in ranked)
    snapshots = [one.snapshot for one in ranked]
    return together([*snapshots[:place], snapshot, *snapshots[place:]], now, gate=gate)[place]


@dataclass(frozen=True)
class _Writer:
    session: Session
    lead: Lead
    supplier: Supplier
    now: datetime

    def occasion(self, planned: Planned, step: SequenceStep) -> Occasion:
        said, problem = None, None
        if isinstance(planned.outcome, Do):
            try:
                said = self._words(planned.outcome.action, planned.at or self.now)
            except TemplateError as error:
                problem = str(error)
        return Occasion(
            step,
            planned.at,
            _OUTCOMES[type(planned.outcome)],
            planned.reason,
            due_at=planned.due_at,
            wait_reason=planned.wait_reason,
            words=said,
            problem=problem,
        )

    def _words(self, action: Action, at: datetime) -> Words | None:
        about = Subject(self.lead, self.supplier, at)
        match action:
            case SendEmail():
                return self._email(action.template_id, about)
            case SendSms():
                return self._text(action, about)
            case MakeTask():
                words = values(about) | {"couple_names": self.lead.couple}
                return Words(fill_text(action.title, words), fill_text(action.description or "", words))
        return None

    def _email(self, template_id: UUID | None, about: Subject) -> Words:
        template = self.session.get(EmailTemplate, (self.supplier.id, template_id))
        if template is None:
            raise TemplateError("There is no template.")
        rendered = render_email(template, about, None)
        return Words(rendered.subject, rendered.text, rendered.html)

    def _text(self, action: SendSms, about: Subject) -> Words:
        template = self.session.get(SmsTemplate, (self.supplier.id, action.template_id))
        if template is None:
            raise TemplateError("There is no template.")
        offers = action.message_class in OPT_OUT_OFFERED
        return Words(None, render_sms(template, about, offers_opt_out=offers))
