"""Writing rules. Each change is checked, kept as a version and scored by, in one transaction;
of a supplier with many leads the scores follow in the background.
"""

from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.kernel import audit
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, NotFound
from app.models.scoring import ScoringRule
from app.scoring import versions
from app.scoring.changing import Deed, RulesChanged, change, has_room
from app.scoring.checks import check_rule, values_of
from app.scoring.drafts import draft, patched
from app.scoring.schemas import LAST_PLACE, MOST_RULES, RuleOrder, RulePatch, RuleWrite

SHOWN_ONLY = frozenset({"rule_name", "rule_description", "criteria_type", "rule_order"})
"""Columns that no score depends on."""


def create_rule(actor: Actor, data: RuleWrite) -> RulesChanged:
    """Add the rule. InvalidInput when it cannot be read or could never match; Conflict beyond 200 rules."""

    def create(session: Session) -> Deed:
        has_room(session, ScoringRule, MOST_RULES, "rules")
        rule = draft(actor.supplier_id, data)
        rule.id = uuid7()
        if data.rule_order is None:
            rule.rule_order = next_place(session)
        check_rule(session, rule)
        session.add(rule)
        audit.record(session, actor, "created", rule, audit.Change(after=values_of(rule)))
        return Deed(f"Added “{rule.rule_name}”", rule.id, rule.is_active)

    return change(actor, create)


def update_rule(actor: Actor, rule_id: UUID, data: RulePatch) -> RulesChanged:
    """Change what is given. NotFound; InvalidInput as for a new rule, and when nothing is given. Values that
    the rule has already change nothing, which is a success."""

    def alter(session: Session) -> Deed | None:
        rule = find_rule(session, rule_id)
        was_active = rule.is_active
        wanted = patched(rule, data)
        check_rule(session, wanted)
        values = {name: value for name, value in values_of(wanted).items() if value != getattr(rule, name)}
        if not audit.update(session, actor, rule, values):
            return None
        scores = bool(values.keys() - SHOWN_ONLY) and (was_active or rule.is_active)
        return Deed(_said(rule, values), rule.id, scores)

    return change(actor, alter)


def delete_rule(actor: Actor, rule_id: UUID) -> RulesChanged:
    """The rule is no more; versions remember it. NotFound."""

    def remove(session: Session) -> Deed:
        rule = find_rule(session, rule_id)
        audit.record(session, actor, "deleted", rule, audit.Change(before=values_of(rule)))
        session.delete(rule)
        return Deed(f"Removed “{rule.rule_name}”", rule.id, rule.is_active)

    return change(actor, remove)


def order_rules(actor: Actor, data: RuleOrder) -> RulesChanged:
    """Show the rules in this order; no score depends on it. InvalidInput for an id of no rule."""

    def arrange(session: Session) -> Deed | None:
        rules = {rule.id: rule for rule in session.scalars(in_order())}
        unknown = [one for one in data.rule_ids if one not in rules]
        if unknown:
            raise InvalidInput.of("rule_ids", "unknown", f"There is no rule {unknown[0]}.")
        wanted = [*data.rule_ids, *(one for one in rules if one not in data.rule_ids)]
        if wanted == list(rules):
            return None
        for place, one in enumerate(wanted):
            rules[one].rule_order = place
        return Deed("Put the rules in another order", None, scores=False)

    return change(actor, arrange)


def go_back(actor: Actor, number: int) -> RulesChanged:
    """The rules as that version has them, as a new version. NotFound."""

    def put_back(session: Session) -> Deed | None:
        version = versions.find(session, number)
        if not versions.differ_from_now(session, version):
            return None
        versions.put_back(session, version)
        audit.record(session, actor, "restored", version, audit.Change(after={"number": number}))
        return Deed(f"Went back to version {number}")

    return change(actor, put_back)


def next_place(session: Session) -> int:
    """Behind all rules; where the places end, among the last, in the order of the ids."""
    last = session.scalar(select(func.max(ScoringRule.rule_order)))
    return 0 if last is None else min(last + 1, LAST_PLACE)


def find_rule(session: Session, rule_id: UUID) -> ScoringRule:
    found = session.scalars(select(ScoringRule).where(ScoringRule.id == rule_id)).first()
    if found is None:
        raise NotFound("scoring rule")
    return found


def listed(session: Session) -> list[ScoringRule]:
    """All of them, in the order in which they are shown."""
    return list(session.scalars(in_order()))


def in_order() -> Select[ScoringRule]:
    return select(ScoringRule).order_by(ScoringRule.rule_order, ScoringRule.id)


def _said(rule: ScoringRule, changed: dict[str, object]) -> str:
    if changed.keys() == {"is_active"}:
        return f"Switched “{rule.rule_name}” {'on' if rule.is_active else 'off'}"
    return f"Changed “{rule.rule_name}”"
