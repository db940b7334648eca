"""What rules that are not saved yet would do to the open leads: compute, compare, write nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.models.choices import OPEN_STATUSES
from app.models.leads import Lead
from app.models.scoring import RuleGroup, ScoringRule
from app.scoring import compiler
from app.scoring.checks import check_rule
from app.scoring.compiler import RuleSet
from app.scoring.distribution import Distribution, spread
from app.scoring.drafts import draft
from app.scoring.queries import as_of, rule_set
from app.scoring.rules import find_rule
from app.scoring.schemas import RuleWrite

MOST_LEADS = 20_000
"""So many open leads, the newest, are looked at."""
MOST_ANSWERS = 1_000_000
"""So many rules times leads are asked; of more rules fewer leads are looked at."""
MOST_MOVERS = 10


@dataclass(frozen=True)
class Mover:
    """An open lead whose score would move."""

    lead_id: UUID
    couple: str
    before: int
    after: int


@dataclass(frozen=True)
class Preview:
    """The open leads by the rules in force and by the draft; `total` is how many there are, of which
    `before.total` were looked at. `movers` are those that would move the most."""

    total: int
    before: Distribution
    after: Distribution
    up: int
    down: int
    movers: list[Mover]


def proposed(session: Session, supplier_id: UUID, data: RuleWrite, instead_of: UUID | None = None) -> RuleSet:
    """The rules in force with this one beside them, or in the place of that one. NotFound; InvalidInput as
    when it is saved."""
    rule = draft(supplier_id, data)
    if instead_of is not None:
        rule.id = find_rule(session, instead_of).id
    check_rule(session, rule)
    return with_rule(session, rule)


def with_rule(session: Session, rule: ScoringRule) -> RuleSet:
    """The rules in force, with this one added, or in the place of the one with its id."""
    now = rule_set(session)
    others = [one for one in now.rules if one.id != rule.id]
    rules = sorted([*others, rule] if rule.is_active else others, key=lambda one: (one.rule_order, one.id))
    groups = dict(now.groups)
    if rule.rule_group_id and rule.rule_group_id not in groups:
        group = session.get(RuleGroup, (rule.supplier_id, rule.rule_group_id))
        groups |= {group.id: group} if group else {}
    return RuleSet.of(rules, list(groups.values()))


def preview(session: Session, draft: RuleSet, now: datetime) -> Preview:
    """What the draft would do. The rules that are in force are computed as of now as well, so that only
    the draft makes a difference."""
    is_open, moment = Lead.lead_status.in_(sorted(OPEN_STATUSES)), as_of(session, now)
    total = session.scalar(select(func.count()).select_from(Lead).where(is_open)) or 0
    now_in_force = rule_set(session)
    rules = len(now_in_force.rules) + len(draft.rules)
    newest = (
        select(
            Lead.id,
            compiler.score(now_in_force, moment).label("before"),
            compiler.score(draft, moment).label("after"),
        )
        .where(is_open)
        .order_by(Lead.created_at.desc(), Lead.id.desc())
        .limit(min(MOST_LEADS, MOST_ANSWERS // (rules or 1)))
    )
    found = session.execute(newest).all()
    up, down = sum(row.after > row.before for row in found), sum(row.after < row.before for row in found)
    before, after = (spread(Counter(column)) for column in _columns(found))
    return Preview(total, before, after, up, down, _movers(session, found))


def _columns(found: Sequence[Row[UUID, int, int]]) -> tuple[list[int], list[int]]:
    return [row.before for row in found], [row.after for row in found]


def _movers(session: Session, found: Sequence[Row[UUID, int, int]]) -> list[Mover]:
    moved = sorted(
        (row for row in found if row.after != row.before), key=lambda row: -abs(row.after - row.before)
    )
    most = moved[:MOST_MOVERS]
    leads = {
        lead.id: lead for lead in session.scalars(select(Lead).where(Lead.id.in_([row.id for row in most])))
    }
    return [Mover(row.id, leads[row.id].couple, row.before, row.after) for row in most if row.id in leads]
