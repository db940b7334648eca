"""What to do next about a lead, in a sentence, and the button that begins it. Pure."""

from dataclasses import dataclass
from datetime import datetime

from app.leads.next_action import NextAction, Situation, next_action
from app.models.choices import OPEN_STATUSES, LeadStatus
from app.models.leads import Lead, Task


@dataclass(frozen=True)
class Advice:
    """`since` is the instant that the sentence counts from or to; `starts` the tab of the composer, or the
    group of details, that the button opens."""

    sentence: str
    since: datetime | None = None
    button: str | None = None
    compose: str | None = None
    edit: str | None = None
    is_pressing: bool = False


CLOSED = {
    LeadStatus.WON: "They booked.",
    LeadStatus.LOST: "This lead is lost. Reopen it when they come back.",
    LeadStatus.SPAM: "Put aside as spam.",
    LeadStatus.DUPLICATE: "Merged into another lead; go on there.",
}


def advice(lead: Lead, at: Situation, planned: Task | None, now: datetime) -> Advice:
    """Always something: for a closed lead how it ended, for one that needs nothing the task that is `planned`
    next."""
    if lead.lead_status not in OPEN_STATUSES:
        return Advice(CLOSED[lead.lead_status])
    action = next_action(at, now)
    reach = "email" if lead.primary_email else "call"
    verb = "Write an e-mail" if lead.primary_email else "Log a call"
    match action:
        case NextAction.REPLY_TO_INQUIRY:
            sentence = "They inquired, and nobody has answered yet."
            return Advice(sentence, at.awaiting_reply_since, _answer(lead), reach, is_pressing=True)
        case NextAction.ANSWER_REPLY:
            sentence = "They wrote back and wait for an answer."
            return Advice(sentence, at.awaiting_reply_since, _answer(lead), reach, is_pressing=True)
        case NextAction.CONFIRM_HOLD:
            sentence = "The hold on their date runs out. Ask whether they book."
            return Advice(sentence, at.hold_ends_at, verb, reach, is_pressing=True)
        case NextAction.ASK_FOR_DATE:
            return Advice(
                "The wedding date is not known. Ask for it, or enter it.", None, verb, reach, "wedding"
            )
        case NextAction.ASK_FOR_BUDGET:
            return Advice("The budget is not known. Ask for it, or enter it.", None, verb, reach, "wishes")
        case NextAction.CHASE_PROPOSAL:
            return Advice("The proposal got no answer. Ask what they think.", at.last_contact_at, verb, reach)
        case NextAction.RECONNECT:
            return Advice("It has been quiet for a while. Get in touch.", at.last_contact_at, verb, reach)
        case None:
            return _planned(planned, now)


def _planned(task: Task | None, now: datetime) -> Advice:
    if task is None or task.due_at is None:
        return Advice("Nothing is pressing. Plan the next step.", None, "Add a task", "task")
    return Advice(task.title, task.due_at, is_pressing=task.due_at < now)


def _answer(lead: Lead) -> str:
    return "Reply" if lead.primary_email else "Log a call"
