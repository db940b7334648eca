"""What to do with a step that is due: facts and the time in, an outcome out."""

from datetime import datetime, timedelta

from app.nurture.engine.actions import Action, ChangeStatus, ChangeTags, SendEmail, SendSms, Unreadable
from app.nurture.engine.conditions import holds
from app.nurture.engine.facts import OPEN, LeadFacts, Snapshot, Step
from app.nurture.engine.outcomes import Do, End, Failed, Hold, Outcome, Skip

LOOK_AGAIN = timedelta(hours=1)
"""How soon a held place is looked at again; resuming a lead may look sooner."""


def decide(snapshot: Snapshot, now: datetime) -> Outcome:
    """Do the step, skip it, hold the place or end the enrollment, with the reason's code."""
    step = snapshot.step
    if step is None:
        raise ValueError("there is no step to decide on")
    if ending := _ending(snapshot, step):
        return End(ending)
    if holding := _holding(snapshot):
        return Hold(holding, now + LOOK_AGAIN)
    if is_too_late(step, snapshot.due_at, now):
        return Skip("too_late")
    if skipping := _skipping(snapshot, step):
        return Skip(skipping)
    if isinstance(step.action, Unreadable):
        return Failed("unreadable_step")
    return Do(_reachable(step.action, snapshot))


def is_too_late(step: Step, due_at: datetime | None, now: datetime) -> bool:
    """Is the step no longer worth taking?"""
    return step.max_lateness is not None and due_at is not None and now > due_at + step.max_lateness


def _ending(snapshot: Snapshot, step: Step) -> str | None:
    lead, sequence = snapshot.lead, snapshot.sequence
    if lead.status not in OPEN | sequence.targets.statuses:
        return f"lead_{lead.status}"
    if lead.opted_out_at and not _answers_after_opting_out(snapshot, step):
        return "opted_out"
    if sequence.ends_on_reply and snapshot.replied_at and snapshot.replied_at >= snapshot.enrolled_at:
        return "replied"
    return None


def _answers_after_opting_out(snapshot: Snapshot, step: Step) -> bool:
    """A couple that opted out and then asks again is still owed an acknowledgement."""
    acknowledges = isinstance(step.action, SendEmail) and step.action.message_class == "acknowledgement"
    opted_out_at = snapshot.lead.opted_out_at
    return acknowledges and opted_out_at is not None and opted_out_at < snapshot.enrolled_at


def _holding(snapshot: Snapshot) -> str | None:
    if snapshot.lead.is_paused:
        return "lead_paused"
    return None if snapshot.sequence.is_live else "sequence_off"


def _skipping(snapshot: Snapshot, step: Step) -> str | None:
    if not step.is_active:
        return "step_off"
    if not holds(step.conditions, snapshot.lead):
        return "conditions_not_met"
    match step.action:
        case SendEmail():
            return None if snapshot.lead.has_email else "no_email"
        case SendSms():
            return _no_sms(snapshot) if not _falls_back(step.action, snapshot) else None
        case ChangeStatus(status):
            return _no_move(snapshot.lead, status)
        case ChangeTags(add, remove) if add <= snapshot.lead.tags and not (remove & snapshot.lead.tags):
            return "tags_unchanged"
    return None


def _no_sms(snapshot: Snapshot) -> str | None:
    if "sms" not in snapshot.channels:
        return "sms_not_configured"
    return None if snapshot.lead.has_phone else "no_phone"


def _falls_back(action: SendSms, snapshot: Snapshot) -> bool:
    """Is there an e-mail for whom no text message can reach?"""
    return action.fallback_template_id is not None and snapshot.lead.has_email


def _reachable(action: Action, snapshot: Snapshot) -> Action:
    """The action, or the e-mail in place of a text message that cannot be sent."""
    if isinstance(action, SendSms) and _no_sms(snapshot):
        return SendEmail(action.fallback_template_id, action.message_class)
    return action


def _no_move(lead: LeadFacts, status: str) -> str | None:
    """A sequence moves leads among the open statuses only."""
    if lead.status not in OPEN or status not in OPEN:
        return "transition_not_allowed"
    return "status_unchanged" if lead.status == status else None
