"""Versions of the rules: each change leaves one, and going back to one is a change like any other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, undefer

from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.keyset import MOST_INT
from app.models.accounts import User
from app.models.choices import CriteriaOperator, CriteriaType
from app.models.scoring import RuleGroup, RuleVersion, ScoringRule
from app.scoring.checks import COLUMNS, values_of
from app.scoring.compiler import RuleSet

_GROUP_COLUMNS = ("group_name", "least_points", "most_points")
_LOCK = 8
"""Of the advisory locks of a supplier; 7 is its date book."""
FIRST = "The rules as they were"


def lock_rules(session: Session) -> None:
    """One writer of this supplier's rules at a time; before the first change what was is kept as well."""
    supplier = func.current_setting("app.supplier_id")
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(supplier, _LOCK))))
    if latest_number(session) is None:
        _add(session, None, 1, FIRST)


def keep(session: Session, actor: Actor, summary: str) -> int:
    """Keep the rules as they are now; the version's number. The rules are locked."""
    number = (latest_number(session) or 0) + 1
    _add(session, actor.user_id, number, summary[:300])
    return number


def latest_number(session: Session) -> int | None:
    return session.scalar(select(func.max(RuleVersion.number)))


def _add(session: Session, user_id: UUID | None, number: int, summary: str) -> None:
    session.flush()
    rules = session.scalars(select(ScoringRule).order_by(ScoringRule.rule_order, ScoringRule.id)).all()
    groups = session.scalars(select(RuleGroup).order_by(RuleGroup.id)).all()
    session.add(
        RuleVersion(
            supplier_id=session.scalar(select(func.current_setting("app.supplier_id"))),
            number=number,
            summary=summary,
            rules=[{"id": str(rule.id), **_plain(values_of(rule))} for rule in rules],
            groups=[{"id": str(group.id), **_plain(_values(group))} for group in groups],
            rule_count=len(rules),
            user_id=user_id,
        )
    )
    session.flush()


def _values(group: RuleGroup) -> dict[str, Any]:
    return {name: getattr(group, name) for name in _GROUP_COLUMNS}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """As JSON has them; decimals keep their digits as text."""
    return {k: str(v) if isinstance(v, UUID | Decimal) else v for k, v in values.items()}


def find(session: Session, number: int) -> RuleVersion:
    """The version with its rules; NotFound."""
    wanted = select(RuleVersion).where(RuleVersion.number == number)
    whole = wanted.options(undefer(RuleVersion.rules), undefer(RuleVersion.groups))
    found = session.scalars(whole).first() if number <= MOST_INT else None
    if found is None:
        raise NotFound("version of the rules")
    return found


@dataclass(frozen=True)
class Listed:
    """A version in the list of them."""

    number: int
    summary: str
    rule_count: int
    created_at: datetime
    by: str | None


def listed(session: Session, most: int = 50, before: int | None = None) -> list[Listed]:
    """The versions, the newest first, those before that number; one statement."""
    found = (
        select(
            RuleVersion.number,
            RuleVersion.summary,
            RuleVersion.rule_count,
            RuleVersion.created_at,
            func.coalesce(func.nullif(User.full_name, ""), User.email),
        )
        .outerjoin(User, User.id == RuleVersion.user_id)
        .order_by(RuleVersion.number.desc())
        .limit(most)
    )
    if before is not None:
        found = found.where(RuleVersion.number < before)
    return [Listed(*row) for row in session.execute(found)]


def rules_of(version: RuleVersion) -> list[ScoringRule]:
    """The rules of the version, not of any session."""
    return [_rule(version.supplier_id, kept) for kept in version.rules]


def rule_set_of(version: RuleVersion) -> RuleSet:
    """What scored when it was in force."""
    groups = [_group(version.supplier_id, kept) for kept in version.groups]
    return RuleSet.of([rule for rule in rules_of(version) if rule.is_active], groups)


def differ_from_now(session: Session, version: RuleVersion) -> bool:
    """Is anything else in force today?"""
    now = find(session, latest_number(session) or 0)
    return (now.rules, now.groups) != (version.rules, version.groups)


def put_back(session: Session, version: RuleVersion) -> None:
    """The rules and groups as the version has them, under their old ids. The rules are locked."""
    session.execute(delete(ScoringRule))
    session.execute(delete(RuleGroup))
    session.flush()
    session.add_all(_group(version.supplier_id, kept) for kept in version.groups)
    session.flush()
    session.add_all(rules_of(version))
    session.flush()


def _group(supplier_id: UUID, kept: dict[str, Any]) -> RuleGroup:
    values = {name: kept[name] for name in _GROUP_COLUMNS}
    return RuleGroup(supplier_id=supplier_id, id=UUID(kept["id"]), **values)


def _rule(supplier_id: UUID, kept: dict[str, Any]) -> ScoringRule:
    values = {name: kept.get(name) for name in COLUMNS}
    values["criteria_type"] = CriteriaType(kept["criteria_type"])
    values["criteria_operator"] = CriteriaOperator(kept["criteria_operator"])
    values["rule_weight"] = Decimal(kept["rule_weight"])
    group = kept.get("rule_group_id")
    values["rule_group_id"] = UUID(group) if group else None
    return ScoringRule(supplier_id=supplier_id, id=UUID(kept["id"]), **values)


@dataclass(frozen=True)
class Difference:
    """What became of one rule between two versions. `changed` names the columns that differ."""

    kind: str
    rule_name: str
    rule_id: UUID
    changed: Sequence[str] = ()


def differences(before: RuleVersion, after: RuleVersion) -> list[Difference]:
    """Added, removed and changed rules."""
    old, new = ({UUID(kept["id"]): kept for kept in version.rules} for version in (before, after))
    found = [Difference("added", new[one]["rule_name"], one) for one in new if one not in old]
    found += [Difference("removed", old[one]["rule_name"], one) for one in old if one not in new]
    for one in new:
        changed = [c for c in COLUMNS if one in old and new[one].get(c) != old[one].get(c)]
        if changed:
            found.append(Difference("changed", new[one]["rule_name"], one, changed))
    return found
