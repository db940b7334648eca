"""What a rule may ask about."""

from decimal import Decimal
from enum import StrEnum
from typing import Any, cast

import strawberry

from app.graphql.declare import value
from app.models.choices import CriteriaOperator, CriteriaType
from app.scoring import fields

FieldName = strawberry.enum(
    cast(Any, StrEnum)("FieldName", {name: name for name in fields.FIELDS}),
    name="ScoringFieldName",
    description="Beside these a rule may ask about custom_fields.… and source_details.…, by a dotted path.",
)
strawberry.enum(fields.Kind, name="ScoringFieldKind", description="What kind of value a field holds.")


@value
class ScoringField:
    """A field that a rule may ask about, and how.

    `low` and `high` bound the numbers it may hold, `choices` are the words it may be; none is any.
    """

    name: str = strawberry.field(graphql_type=FieldName)
    label: str
    kind: fields.Kind
    operators: list[CriteriaOperator]
    choices: list[str]
    low: Decimal | None
    high: Decimal | None
    criteria_type: CriteriaType


def scoring_fields() -> list[ScoringField]:
    """The registry as GraphQL has it, in the order of the editor."""
    return [
        ScoringField(
            name=FieldName(one.name),
            label=one.label,
            kind=one.kind,
            operators=list(one.operators),
            choices=list(one.choices),
            low=one.low,
            high=one.high,
            criteria_type=one.about,
        )
        for one in fields.FIELDS.values()
    ]
