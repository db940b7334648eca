"""Rules that are not written yet: to check them, and to see what they would do."""

from uuid import UUID

from uuid_utils.compat import uuid7

from app.kernel.errors import InvalidInput
from app.models.scoring import ScoringRule
from app.scoring.checks import values_of
from app.scoring.fields import field
from app.scoring.schemas import RulePatch, RuleWrite

_NULLABLE = frozenset({"rule_description", "rule_group_id", "half_life_weeks"})
_CLEARED = {"criteria_value": ""}


def draft(supplier_id: UUID, data: RuleWrite) -> ScoringRule:
    """The rule as it would be, of no session. InvalidInput for a field that does not exist."""
    values = data.model_dump()
    values["criteria_type"] = data.criteria_type or field(data.criteria_field).about
    values["rule_order"] = data.rule_order or 0
    return ScoringRule(supplier_id=supplier_id, id=uuid7(), **values)


def patched(rule: ScoringRule, data: RulePatch) -> ScoringRule:
    """The rule with these changes, of no session, under its id. InvalidInput when nothing is given, or null
    where a value must be. A field of another kind takes its own `criteria_type` along, unless it is said."""
    changes = {
        name: _CLEARED.get(name, value) if value is None else value for name, value in data.changes().items()
    }
    if not changes:
        raise InvalidInput.of("", "nothing_given", "Name at least one field to change.")
    if changes.get("criteria_type", "") is None:
        del changes["criteria_type"]
    for name, value in changes.items():
        if value is None and name not in _NULLABLE:
            raise InvalidInput.of(name, "not_null", f"'{name}' cannot be cleared; leave it out to keep it.")
    if changes.get("criteria_field", rule.criteria_field) != rule.criteria_field:
        changes.setdefault("criteria_type", field(str(changes["criteria_field"])).about)
    return ScoringRule(supplier_id=rule.supplier_id, id=rule.id, **(values_of(rule) | changes))
