"""Codes of sequences in words: why a step was not taken, why a lead left."""

from datetime import datetime

from flask import Flask

from app.kernel.zones import day_of
from app.messaging.plain import to_text
from app.web.condition_rows import HINTS
from app.web.condition_rows import KINDS as ASKED
from app.web.condition_words import LABELS, sentence
from app.web.lead.wording import calendar_day
from app.web.reasons import reason, wait
from app.web.score_values import source_names
from app.web.step_words import ICONS, KINDS, MEANS, does
from app.web.viewer import viewer


def install(app: Flask) -> None:
    app.jinja_env.filters.update(
        plain=to_text,
        reason=reason,
        wait=wait,
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


def weekday_of(at: datetime) -> str:
    """The day of an instant in the supplier's zone: `Today`, `Monday 30 November`."""
    return calendar_day(day_of(at, viewer().zone))
