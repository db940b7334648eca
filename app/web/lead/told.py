"""What an entry of the timeline says, in a sentence: who did what. Pure.

An entry that a person made begins with that person; what nobody did by hand says what happened.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.models.choices import InteractionType as Kind
from app.models.leads import LeadInteraction

SENTENCES: dict[Kind, tuple[str, str]] = {
    Kind.EMAIL_SENT: ("{who} sent an e-mail", "An e-mail went out by itself"),
    Kind.EMAIL_OPENED: ("{who} noted that the e-mail was opened", "The couple opened the e-mail"),
    Kind.EMAIL_CLICKED: ("{who} noted a click", "The couple followed a link in the e-mail"),
    Kind.EMAIL_REPLIED: ("{who} noted an e-mail of the couple", "The couple wrote an e-mail"),
    Kind.EMAIL_BOUNCED: ("{who} noted a bounce", "The e-mail could not be delivered"),
    Kind.EMAIL_COMPLAINED: ("{who} noted a complaint", "The couple marked the e-mail as spam"),
    Kind.UNSUBSCRIBED: ("{who} noted the wish for no more messages", "The couple wants no more messages"),
    Kind.PHONE_CALL: ("{who} called", "There was a call"),
    Kind.MEETING_SCHEDULED: ("{who} arranged a meeting", "A meeting was arranged"),
    Kind.MEETING_COMPLETED: ("{who} met the couple", "The meeting took place"),
    Kind.PROPOSAL_SENT: ("{who} sent a proposal", "A proposal was sent"),
    Kind.PROPOSAL_VIEWED: ("{who} noted that the proposal was seen", "The couple looked at the proposal"),
    Kind.CONTRACT_SENT: ("{who} sent the contract", "The contract was sent"),
    Kind.PAYMENT_RECEIVED: ("{who} noted a payment", "A payment came in"),
    Kind.NOTE_ADDED: ("{who} wrote a note", "A note"),
    Kind.STATUS_CHANGED: ("{who} moved the lead", "The lead moved"),
    Kind.SCORE_UPDATED: ("{who} changed the score", "The score changed"),
    Kind.WEBSITE_VISIT: ("{who} noted a visit", "The couple visited the website"),
    Kind.SOCIAL_MEDIA_ENGAGEMENT: ("{who} noted a sign of interest", "The couple was active on social media"),
    Kind.REFERRAL_RECEIVED: ("{who} noted a recommendation", "Somebody recommended you"),
    Kind.SMS_SENT: ("{who} sent a text message", "A text message went out by itself"),
    Kind.SMS_RECEIVED: ("{who} noted a text message of the couple", "The couple sent a text message"),
    Kind.FORM_SUBMITTED: ("{who} noted an inquiry", "The couple sent an inquiry"),
    Kind.TASK_COMPLETED: ("{who} completed a task", "A task was completed"),
    Kind.TAG_CHANGED: ("{who} changed the tags", "The tags changed"),
    Kind.MERGED: ("{who} merged two leads", "Two leads were merged"),
    Kind.SEQUENCE_ENROLLED: ("{who} put the lead in a sequence", "The lead entered a sequence"),
    Kind.SEQUENCE_ENDED: ("{who} ended a sequence", "A sequence ended"),
    Kind.CONSENT_CHANGED: ("{who} changed what the couple agreed to", "What the couple agreed to changed"),
}


@dataclass(frozen=True)
class Told:
    """A sentence; the statuses or scores it moved between; and a subject worth saying beside it."""

    sentence: str
    before: str | None = None
    after: str | None = None
    subject: str | None = None


def told(entry: LeadInteraction, author: str | None, names: Mapping[str, str]) -> Told:
    """`names` are those of the people that an entry may name, by id."""
    kind, said = entry.interaction_type, entry.interaction_metadata
    if kind is Kind.ASSIGNED:
        return Told(_assigned(entry, author, names))
    by_person, by_itself = SENTENCES[kind]
    sentence = by_person.format(who=author) if author else by_itself
    if kind is Kind.STATUS_CHANGED and "to" in said:
        return Told(sentence, _text(said.get("from")), _text(said["to"]))
    if kind is Kind.SCORE_UPDATED and "final_score" in said:
        return Told(sentence, _text(said.get("old_score")), _text(said["final_score"]))
    return Told(sentence, subject=entry.interaction_subject)


def _assigned(entry: LeadInteraction, author: str | None, names: Mapping[str, str]) -> str:
    taker = entry.interaction_metadata.get("to")
    if not taker:
        return f"{author} let go of the lead" if author else "Nobody looks after the lead any more"
    if taker == str(entry.user_id or ""):
        return f"{author} took over the lead"
    name = names.get(str(taker), "a former member")
    return f"{author} gave the lead to {name}" if author else f"The lead was given to {name}"


def _text(value: object) -> str | None:
    return None if value is None else str(value)
