"""A thousand stories at a time: told, written, scored."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.demo import arrival
from app.demo.chores import leave_chores
from app.demo.inquiries import quarantine
from app.demo.nurturing import nurture
from app.demo.plan import Dice, Plan, Stage, Telling
from app.demo.scenes import play
from app.demo.season import Season
from app.demo.staging import write, writing
from app.demo.story import Story
from app.models.choices import UNCOUNTED_STATUSES
from app.models.leads import Lead
from app.scoring import compiler
from app.scoring.queries import as_of, rule_set

DUPLICATES = 0.025
QUARANTINED = 0.02
RECENT = 12
"""Of so many couples the partner may write as well."""


@dataclass(frozen=True)
class Batch:
    """Some of a supplier's leads, by number. Makes its own dice, so batches may be told in any order."""

    url: str
    plan: Plan
    stage: Stage
    dice: str
    first: int
    size: int


def load(batch: Batch) -> dict[str, int]:
    """Tell the batch and write it in one transaction; rows by table."""
    telling = tell(batch)
    with writing(batch.url, batch.stage.supplier_id, trusting=batch.plan.is_short) as session:
        return write(session, telling.pages, lambda staged: _score(staged, batch.plan))


def tell(batch: Batch) -> Telling:
    """The batch's rows, in memory."""
    season = Season(batch.plan.now, batch.stage.zone)
    telling = Telling(batch.stage, batch.plan, season, Dice(batch.dice))
    recent: list[Story] = []
    moments = sorted(season.inquiry(telling.dice) for _ in range(batch.size))
    for number, at in enumerate(moments, batch.first):
        again = bool(recent) and telling.dice.chance(DUPLICATES)
        known = recent.pop(telling.dice.randrange(len(recent))) if again else None
        story = (
            arrival.arrive_again(telling, number, at, known) if known else arrival.arrive(telling, number, at)
        )
        _go_on(story)
        if not known and story.lead["lead_status"] not in UNCOUNTED_STATUSES and story.lead["primary_email"]:
            recent = [*recent[1 - RECENT :], story]
    if telling.is_full:
        for _ in range(round(batch.size * QUARANTINED)):
            quarantine(telling, season.inquiry(telling.dice))
    return telling


def _go_on(story: Story) -> None:
    if story.telling.is_full:
        nurture(story)
    play(story)
    leave_chores(story)


def _score(session: Session, plan: Plan) -> None:
    """The staged leads, by the supplier's rules; the entry of the first scoring says the result."""
    score: Any = compiler.score(rule_set(session), as_of(session, plan.now))
    session.execute(
        update(Lead)
        .values(lead_score=score, updated_at=Lead.updated_at)
        .execution_options(synchronize_session=False)
    )
    if not plan.is_short:
        session.execute(_SCORED)
        session.execute(
            text("delete from pg_temp.lead_interactions where interaction_subject = 'Score 0 → 0'")
        )


_SCORED = text("""
    update pg_temp.lead_interactions entry
    set interaction_subject = 'Score 0 → ' || lead.lead_score,
        interaction_metadata = jsonb_build_object('old_score', 0, 'final_score', lead.lead_score)
    from pg_temp.leads lead
    where entry.lead_id = lead.id and entry.interaction_type = 'score_updated'
""")
