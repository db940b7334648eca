"""A rule in a sentence, in the viewer's currency and calendar.

`If budget is over £5,000 add 15`, `If there are over 2 e-mails opened add 4, halving every 4 weeks of
silence`, `If the date is taken take 50 away`.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Flask

from app.models.choices import CriteriaOperator as Op
from app.models.scoring import ScoringRule
from app.scoring.fields import Kind
from app.web.score_values import (
    COUNTS,
    DAYS,
    PLURALS,
    YES,
    Names,
    is_plural,
    known,
    label,
    listed,
    state,
    values,
)

SUBJECTS = {
    "estimated_budget": "budget",
    "services_needed": "the services",
    "specific_requirements": "their requirements",
    "additional_notes": "the notes",
    "preferred_contact_method": "the way to reach them",
    "days_until_wedding": "the wedding date",
    "days_since_inquiry": "the inquiry",
    "days_since_last_contact": "the last contact",
    "date_is_free": "the wedding date",
    "consent_marketing": "consent to marketing",
    "consent_data_processing": "consent to data processing",
    "automation_paused": "a pause of automation",
}
"""What a sentence calls a field, where it is not `the` and its label."""
MOMENTS = {
    "days_until_wedding": "the wedding is {} days away",
    "days_since_inquiry": "the inquiry is {} days ago",
    "days_since_last_contact": "the last contact is {} days ago",
}
COMPARES = {
    Op.GREATER_THAN: "over {}",
    Op.LESS_THAN: "under {}",
    Op.BETWEEN: "between {} and {}",
    Op.EQUALS: "{}",
    Op.NOT_EQUALS: "not {}",
    Op.IN_LIST: "{}",
}
COMPARES_DAYS = {Op.GREATER_THAN: "after {}", Op.LESS_THAN: "before {}"}
OPERATORS = {
    Op.GREATER_THAN: "is over",
    Op.LESS_THAN: "is under",
    Op.BETWEEN: "is between",
    Op.CONTAINS: "contains",
    Op.EQUALS: "is",
    Op.NOT_EQUALS: "is given and is not",
    Op.IN_LIST: "is one of",
    Op.IS_SET: "is given",
    Op.NOT_SET: "is not given",
}
"""The operators as a choice of the editor."""


def install(app: Flask) -> None:
    app.jinja_env.filters.update(rule_sentence=rule_sentence, condition=condition, effect=effect)


def rule_sentence(rule: ScoringRule, names: Names) -> str:
    """The whole rule: when it matches, and what it does then."""
    return f"If {condition(rule, names)} {effect(rule)}"


def condition(rule: ScoringRule, names: Names) -> str:
    """When it matches, without `if`."""
    name, op = rule.criteria_field, Op(rule.criteria_operator)
    found = values(name, op, rule.criteria_value, names)
    asked, scored = _Asked(name, op, found), known(name)
    kind = scored.kind if scored else None
    if op in (Op.IS_SET, Op.NOT_SET):
        return f"{asked.subject} {asked.verb} {'' if op is Op.IS_SET else 'not '}given"
    if kind is Kind.BOOLEAN and len(found) == 1:
        is_so = (rule.criteria_value.strip().lower() in YES) is not (op is Op.NOT_EQUALS)
        return state(name, "yes" if is_so else "no")
    return asked.in_words(kind)


def effect(rule: Any) -> str:
    """`add 15`, `take 20 away`, with weight and half-life; of a rule or what a form says of one."""
    points, weight, weeks = rule.score_adjustment, Decimal(rule.rule_weight), rule.half_life_weeks
    amount = f"{abs(points)}{'' if weight == 1 else f' × {weight.normalize():f}'}"
    act = "add nothing" if not points else f"add {amount}" if points > 0 else f"take {amount} away"
    if not weeks:
        return act
    return f"{act}, halving every {'week' if weeks == 1 else f'{weeks} weeks'} of silence"


@dataclass(frozen=True)
class _Asked:
    """What the rule asks of which field; `values` as people write them."""

    name: str
    op: Op
    values: list[str]

    @property
    def subject(self) -> str:
        if "." in self.name:
            return f"“{label(self.name)}”"
        return SUBJECTS.get(self.name) or f"the {_lower(label(self.name))}"

    @property
    def verb(self) -> str:
        return "are" if is_plural(self.name) else "is"

    def in_words(self, kind: Kind | None) -> str:
        if self.op is Op.CONTAINS:
            verb = ("include" if kind is Kind.LIST else "contain") + ("" if self.name in PLURALS else "s")
            return f"{self.subject} {verb} {listed(self.values)}"
        if kind is Kind.LIST and self.op is Op.IN_LIST:
            return f"{self.subject} include {listed(self.values)}"
        if self.name == "days_until_wedding" and self.op is Op.LESS_THAN and self.values == ["0"]:
            return "the wedding is over"
        if self.name in DAYS:
            return MOMENTS[self.name].format(self._compared(kind))
        if self.name in COUNTS:
            if (self.op, self.values) == (Op.GREATER_THAN, ["0"]):
                return f"there are any {_lower(label(self.name))}"
            return f"there are {self._compared(kind)} {_lower(label(self.name))}"
        return f"{self.subject} {self.verb} {self._compared(kind)}"

    def _compared(self, kind: Kind | None) -> str:
        form = (COMPARES_DAYS if kind is Kind.DATE else {}).get(self.op) or COMPARES[self.op]
        is_range = self.op is Op.BETWEEN and len(self.values) == 2
        return (
            form.format(*self.values) if is_range else form.replace(" and {}", "").format(listed(self.values))
        )


def _lower(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"
