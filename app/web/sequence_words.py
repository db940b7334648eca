"""Codes of sequences in words: why a step was not taken, why a lead left."""

from datetime import datetime

from flask import Flask

from app.kernel.zones import day_of
from app.messaging.plain import to_text
from app.web.condition_rows import HINTS
from app.web.condition_rows import KINDS as ASKED
from app.web.condition_words import LABELS, sentence
from app.web.formats import words
from app.web.lead.wording import calendar_day
from app.web.score_values import source_names
from app.web.step_words import ICONS, KINDS, MEANS, does
from app.web.viewer import viewer

REASONS = {
    "all_steps_done": "All steps done",
    "already_past": "Its day was over",
    "already_written": "Somebody here wrote instead",
    "branched_past": "A branch led past it",
    "conditions_not_met": "Its conditions do not hold",
    "ended_by_hand": "Taken out by hand",
    "merged": "Merged into another lead",
    "moved_past": "Before where the lead went on in a new version",
    "no_booking": "There is no booking to count from",
    "no_email": "No e-mail address",
    "no_inquiry": "There is no inquiry to count from",
    "no_open_day": "No open day is left",
    "no_phone": "No phone number",
    "no_wedding_date": "The wedding date is not known",
    "opted_out": "They opted out",
    "rejected": "Somebody here said no to it",
    "replied": "They replied",
    "sequence_off": "The sequence is switched off",
    "skipped_by_hand": "Left out by hand",
    "sms_not_configured": "Text messages are not set up",
    "status_unchanged": "The lead has that status already",
    "step_failed": "A step failed",
    "step_off": "The step is switched off",
    "tags_unchanged": "The tags are so already",
    "template_error": "Its text cannot be written",
    "template_missing": "Its template is gone",
    "too_late": "Too late to be worth it",
    "transition_not_allowed": "A sequence may not move this lead there",
    "tries_used_up": "It failed as often as it was tried",
    "unreadable_step": "The step cannot be read",
}


def install(app: Flask) -> None:
    app.jinja_env.filters.update(
        plain=to_text,
        reason=reason,
        step_does=lambda step: does(step, {}),
        step_asks=lambda step: sentence(step.execution_conditions, source_names()),
        weekday_of=weekday_of,
    )
    app.jinja_env.globals.update(
        STEP_ICON=ICONS,
        STEP_KIND=KINDS,
        STEP_MEANS=MEANS,
        CONDITION=LABELS,
        CONDITION_KIND=ASKED,
        CONDITION_HINT={key: HINTS[kind] for key, kind in ASKED.items()},
    )


def reason(code: str | None) -> str:
    """`They replied`; `The lead is lost` for `lead_lost`."""
    if code and code.startswith("lead_") and code not in REASONS:
        return f"The lead is {words(code.removeprefix('lead_')).lower()}"
    return REASONS.get(code or "") or words(code)


def weekday_of(at: datetime) -> str:
    """The day of an instant in the supplier's zone: `Today`, `Monday 30 November`."""
    return calendar_day(day_of(at, viewer().zone))
