"""What may be written of rules and groups. Bounds are those of the columns."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kernel.schema import Distinct, Instant, LongText, Name, OneLine, Patch, PatchSchema, Schema
from app.models.choices import CriteriaOperator, CriteriaType

MOST_RULES = 200
"""Of one supplier."""
MOST_GROUPS = 50
MOST_ADJUSTMENTS = 50
"""Of one lead."""

RuleName = Annotated[Name, Field(min_length=1)]
GroupName = Annotated[str, Field(min_length=1, max_length=100), OneLine]
FieldName = Annotated[str, Field(min_length=1, max_length=100)]
Value = Annotated[str, Field(max_length=1000)]
Points = Annotated[int, Field(ge=-100, le=100)]
Weight = Annotated[Decimal, Field(ge=0, le=Decimal("9.99"), max_digits=3, decimal_places=2)]
LAST_PLACE = 100_000
Place = Annotated[int, Field(ge=0, le=LAST_PLACE)]
HalfLife = Annotated[int, Field(ge=1, le=104)]
Least = Annotated[int, Field(ge=-1000, le=0)]
Most = Annotated[int, Field(ge=0, le=1000)]


class AdjustmentWrite(Schema):
    """Points for one lead, beside the rules, and why; without an end they count for good."""

    points: Points
    reason: Annotated[str, Field(min_length=1, max_length=255), OneLine]
    expires_at: Instant | None = None


class RuleWrite(Schema):
    """A whole rule: if `criteria_field` compares so with `criteria_value`, add `score_adjustment` ×
    `rule_weight` points. `criteria_type` is that of the field unless it is said; without `rule_order` the
    rule comes last."""

    rule_name: RuleName
    rule_description: LongText | None = None
    criteria_type: CriteriaType | None = None
    criteria_field: FieldName
    criteria_operator: CriteriaOperator
    criteria_value: Value = ""
    score_adjustment: Points
    rule_weight: Weight = Decimal(1)
    is_active: bool = True
    rule_order: Place | None = None
    rule_group_id: UUID | None = None
    half_life_weeks: HalfLife | None = None


class RulePatch(PatchSchema):
    """Changes of a rule: what is absent stays, null clears."""

    rule_name: Patch[RuleName]
    rule_description: Patch[LongText]
    criteria_type: Patch[CriteriaType]
    criteria_field: Patch[FieldName]
    criteria_operator: Patch[CriteriaOperator]
    criteria_value: Patch[Value]
    score_adjustment: Patch[Points]
    rule_weight: Patch[Weight]
    is_active: Patch[bool]
    rule_order: Patch[Place]
    rule_group_id: Patch[UUID]
    half_life_weeks: Patch[HalfLife]


class RuleOrder(Schema):
    """The rules in the order in which they are shown; the others keep theirs, behind these."""

    rule_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_RULES), Distinct]


class GroupWrite(Schema):
    """A group: its rules' points together count no less than `least_points`, no more than `most_points`."""

    group_name: GroupName
    least_points: Least | None = None
    most_points: Most | None = None
