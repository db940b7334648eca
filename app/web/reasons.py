"""Codes of why a step was not taken, a message not sent or a lead has left, in words. Pure."""

from app.web.formats import words

REASONS = {
    "already_past": "its day was over",
    "already_written": "its message was written before",
    "all_steps_done": "all steps are behind it",
    "branched_past": "a branch went past it",
    "conditions_not_met": "its conditions do not hold",
    "daily_cap": "another message left that day",
    "email_not_configured": "no e-mail can be sent from here",
    "ended_by_hand": "somebody took the lead out",
    "enrollment_ended": "the lead had left the sequence",
    "enrollment_paused": "the lead's place is paused",
    "error": "something went wrong; it is tried again",
    "lead_duplicate": "the lead was merged into another",
    "lead_lost": "the lead is lost",
    "lead_paused": "automation is paused for the lead",
    "lead_spam": "the lead is spam",
    "lead_won": "they booked",
    "merged": "the lead it was merged into is in the sequence",
    "moved_past": "the lead was moved to a later step",
    "no_address": "there is no address to send it to",
    "no_booking": "there is no booking to count from",
    "no_email": "the lead has no e-mail address",
    "no_inquiry": "there is no inquiry to count from",
    "no_marketing_consent": "the couple has not agreed to news and offers",
    "no_open_day": "no day is open to it",
    "no_phone": "the lead has no phone number",
    "no_wedding_date": "the wedding date is not known",
    "not_approved": "nobody said yes in time",
    "opted_out": "they opted out",
    "quiet_hours": "it waits for the hours in which messages leave",
    "rejected": "somebody said no",
    "replied": "they replied",
    "sending_off": "sending is switched off",
    "sequence_ended": "the sequence was ended for everybody",
    "sequence_off": "the sequence is switched off",
    "skipped_by_hand": "somebody skipped it",
    "sms_not_configured": "text messages are not set up",
    "status_unchanged": "the lead has that status already",
    "step_failed": "a step failed, and the sequence stops then",
    "step_off": "the step is switched off",
    "suppressed_complaint": "a message to the address was marked as spam",
    "suppressed_erased": "the address was erased at its owner's wish",
    "suppressed_hard_bounce": "the address does not work",
    "suppressed_manual": "the address is on your list of those that get nothing",
    "suppressed_unsubscribed": "the address gets no messages any more",
    "tags_unchanged": "the lead has those tags already",
    "template_error": "its text could not be filled in",
    "template_missing": "its template is gone",
    "too_late": "it was too late for it",
    "transition_not_allowed": "a sequence may not move the lead like that",
    "tries_used_up": "every try failed",
    "unreadable_step": "the step does not say what it needs",
    "weekly_cap": "enough messages left that week",
}

WAITS = {
    "daily_cap": "no more messages leave that day",
    "quiet_hours": "no messages leave then",
    "weekly_cap": "no more messages leave in seven days",
}
"""Why a message to come leaves later than it is due."""


def wait(code: str) -> str:
    """The words for why it waits, to stand within a sentence."""
    return WAITS.get(code) or why(code)


def why(code: str | None) -> str:
    """The words for a code, to stand within a sentence; a provider's own code is only spelled."""
    return REASONS.get(code or "") or _within(words(code))


def reason(code: str | None) -> str:
    """The same, to begin a line with."""
    said = why(code)
    return said[:1].upper() + said[1:]


def _within(said: str) -> str:
    return said[:1].lower() + said[1:]
