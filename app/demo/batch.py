"""A thousand stories at a time: told, written, scored."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Update, func, text, update
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
from app.models.choices import UNCOUNTED_STATUSES, InteractionType
from app.models.leads import Lead, LeadInteraction
from app.scoring import compiler
from app.scoring.compiler import RuleSet
from app.scoring.facts import AsOf
from app.scoring.queries import as_of, rule_set
from app.scoring.service import given

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
    """The staged leads, by the supplier's rules; of a full story the entries say how that came about."""
    rules, now = rule_set(session), as_of(session, plan.now)
    score: Any = compiler.score(rules, now)
    _quietly(session, update(Lead).values(lead_score=score, updated_at=Lead.updated_at))
    if plan.is_short:
        return
    session.execute(_NIGHTS, {"zone": now.timezone, "now": plan.now})
    for cause, moment in (("change", AsOf.inquiry(now.timezone)), ("night", now)):
        _quietly(session, _told(rules, moment, cause))
    session.execute(_FROM_TO)
    session.execute(_UNMOVED)


def _told(rules: RuleSet, moment: AsOf, cause: str) -> Update:
    """What gave the score at the inquiry, or in the night since."""
    told = func.jsonb_build_object(
        *("final_score", compiler.score(rules, moment), "cause", cause),
        *("score_adjustments", given(rules, compiler.parts(rules, moment))),
    )
    return (
        update(LeadInteraction)
        .where(
            LeadInteraction.lead_id == Lead.id,
            LeadInteraction.interaction_type == InteractionType.SCORE_UPDATED,
            func.coalesce(LeadInteraction.interaction_metadata["cause"].astext, "change") == cause,
        )
        .values(interaction_metadata=told)
    )


def _quietly(session: Session, change: Update) -> None:
    session.execute(change.execution_options(synchronize_session=False))


_NIGHTS = text("""
    insert into pg_temp.lead_interactions (supplier_id, id, lead_id, interaction_type, interaction_metadata,
                                           is_system, occurred_at, created_at)
    select distinct on (lead.id) lead.supplier_id,
        (lpad(to_hex((1000 * extract(epoch from night))::bigint), 12, '0')
            || right(replace(entry.id::text, '-', ''), 20))::uuid,
        lead.id, entry.interaction_type, '{"cause": "night"}', true, night, night
    from pg_temp.leads lead
    join pg_temp.lead_interactions entry on entry.lead_id = lead.id and interaction_type = 'score_updated'
    cross join lateral (values (wedding_date - 548), (wedding_date)) as near (day)
    cross join lateral (select (day + time '03:00') at time zone :zone) as since (night)
    where night > lead.created_at and night <= :now
    order by lead.id, night desc
""")
"""When the starting rules score a lead anew by themselves: its wedding came near, or is over. An id is that
of the first entry with the night's milliseconds."""
_FROM_TO = text("""
    update pg_temp.lead_interactions entry
    set interaction_subject = 'Score ' || old || ' → ' || (interaction_metadata ->> 'final_score'),
        interaction_metadata = interaction_metadata || jsonb_build_object('old_score', old)
    from (select id, lag((interaction_metadata ->> 'final_score')::int, 1, 0)
              over (partition by lead_id order by occurred_at) as old
          from pg_temp.lead_interactions where interaction_type = 'score_updated') before
    where entry.id = before.id
""")
_UNMOVED = text("""
    delete from pg_temp.lead_interactions where interaction_type = 'score_updated'
    and interaction_metadata -> 'old_score' = interaction_metadata -> 'final_score'
""")
