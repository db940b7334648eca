"""The schema: one package a domain, put together here."""

from typing import Any, cast

import strawberry
from graphql import print_schema
from pydantic import JsonValue
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.schema.types.scalar import DEFAULT_SCALAR_REGISTRY
from strawberry.types.enum import EnumValue, StrawberryEnumDefinition

from app.graphql.accounts.queries import AccountQueries
from app.graphql.analytics.queries import AnalyticsQueries
from app.graphql.declare import value
from app.graphql.inputs import declare_inputs
from app.graphql.leads.adjusting import AdjustmentMutations
from app.graphql.leads.booking import BookingMutations
from app.graphql.leads.bulk import BulkMutations
from app.graphql.leads.changes import LeadChangeMutations
from app.graphql.leads.merging import MergeMutations
from app.graphql.leads.mutations import LeadMutations
from app.graphql.leads.queries import LeadQueries
from app.graphql.leads.saved_views import SavedViewMutations, SavedViewQueries
from app.graphql.leads.timeline import TimelineMutations
from app.graphql.polish import polish
from app.graphql.rules.mutations import RuleMutations
from app.graphql.rules.queries import RuleQueries
from app.graphql.rules.scores import ScoreQueries
from app.graphql.rules.settings import ScoreSettings
from app.graphql.senders.mutations import SenderMutations
from app.graphql.senders.queries import SenderQueries
from app.graphql.sequences.acting import EnrollmentMutations
from app.graphql.sequences.mutations import SequenceMutations
from app.graphql.sequences.queries import SequenceQueries
from app.graphql.sources.queries import SourceQueries
from app.graphql.suppressions.mutations import SuppressionMutations
from app.graphql.suppressions.queries import SuppressionQueries
from app.graphql.tasks.mutations import TaskMutations
from app.graphql.tasks.queries import TaskQueries
from app.graphql.templates.mutations import (
    EmailTemplateMutations,
    SmsTemplateMutations,
    TaskTemplateMutations,
)
from app.graphql.templates.queries import TemplateQueries
from app.leads.schemas import BudgetRange

SCALARS = {
    dict[str, JsonValue]: DEFAULT_SCALAR_REGISTRY[JSON],
    BudgetRange: DEFAULT_SCALAR_REGISTRY[str],  # values that begin with a digit cannot be those of an enum
}


class Names(NameConverter):
    """camelCase fields; enum values are those of the database, in lower case."""

    def from_enum_value(self, enum: StrawberryEnumDefinition, enum_value: EnumValue) -> str:
        return str(enum_value.value)


@value
class Query(
    LeadQueries,
    TaskQueries,
    SavedViewQueries,
    RuleQueries,
    ScoreQueries,
    SourceQueries,
    SenderQueries,
    SequenceQueries,
    SuppressionQueries,
    TemplateQueries,
    AnalyticsQueries,
    AccountQueries,
):
    """Everything that can be read."""


@value
class Mutation(
    LeadMutations,
    LeadChangeMutations,
    TimelineMutations,
    TaskMutations,
    BookingMutations,
    MergeMutations,
    BulkMutations,
    AdjustmentMutations,
    SavedViewMutations,
    RuleMutations,
    ScoreSettings,
    SenderMutations,
    SuppressionMutations,
    SequenceMutations,
    EnrollmentMutations,
    EmailTemplateMutations,
    SmsTemplateMutations,
    TaskTemplateMutations,
):
    """Everything that can be changed. Each field takes effect whole or not at all."""


declare_inputs()
schema = polish(
    strawberry.Schema(
        Query, Mutation, config=StrawberryConfig(name_converter=Names(), scalar_map=cast(Any, SCALARS))
    )._schema
)
"""graphql-core's schema: Strawberry declares it, our own endpoint runs it."""


def sdl() -> str:
    """The schema in the Schema Definition Language, as `schema.graphql` has it."""
    return print_schema(schema).strip() + "\n"
