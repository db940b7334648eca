"""`scoringRules`, `scoringFields`, `readyMadeRules`, `rescore`, `scoringVersion`, `scoringVersions`."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import func, select

from app.graphql.context import Info, reading
from app.graphql.declare import field, value
from app.graphql.paging import After, Connection, First
from app.graphql.payload import row_of
from app.graphql.read import Rows, expression, many, one, page, record, top
from app.graphql.rules import types
from app.graphql.rules.fields import ScoringField, scoring_fields
from app.graphql.rules.proposals import ReadyMadeRules, ready_made
from app.models import scoring as models
from app.scoring.ready_made import READY_MADE
from app.scoring.schemas import MOST_GROUPS, MOST_RULES


@record
class ScoringRules:
    """The rules of the supplier."""

    total_rules: int = expression(lambda _: select(func.count(models.ScoringRule.id)).scalar_subquery())
    active_rules: int = expression(
        lambda _: (
            select(func.count(models.ScoringRule.id)).where(models.ScoringRule.is_active).scalar_subquery()
        )
    )
    version: int | None = expression(
        lambda _: types.version_now(), "The number of the rules; null before their first change."
    )
    latest_rescore: types.Rescore | None = one(
        models.Rescore, types.is_latest, "The last rescore for the rules' sake, or because somebody asked."
    )

    @many(list[types.ScoringRule], None)
    def rules(self, first: types.Most = MOST_RULES, is_active: bool | None = None) -> Rows:
        """In display order; there are at most 200."""
        chosen = () if is_active is None else (models.ScoringRule.is_active.is_(is_active),)
        return top(types.IN_ORDER, first, *chosen, most=MOST_RULES)

    @many(list[types.ScoringGroup], None)
    def groups(self, first: types.Most = MOST_GROUPS) -> Rows:
        """By name; there are at most 50."""
        return top(types.BY_NAME, first, most=MOST_GROUPS)


@value
class RuleQueries:
    @field(ScoringRules)
    def scoring_rules(self) -> Rows:
        """The rules that score leads."""
        return Rows(standing=True)

    @field(cost=50)
    def scoring_fields(self, info: Info) -> list[ScoringField]:
        """What a rule may ask about, beside `custom_fields.…` and `source_details.…`."""
        reading(info)
        return scoring_fields()

    @field(cost=100)
    def ready_made_rules(self, info: Info) -> list[ReadyMadeRules]:
        """Sets of rules to begin with, for `takeReadyMadeRules`."""
        reading(info)
        return [ready_made(one) for one in READY_MADE.values()]

    @field(types.Rescore | None)
    def rescore(self, id: UUID) -> Rows:
        """How far a rescore is; null when there is none, or it ended more than a week ago."""
        return row_of(models.Rescore, id)

    @field(types.ScoringVersion | None)
    def scoring_version(self, number: int) -> Rows:
        """The version with this number; null when there is none."""
        return Rows(models.RuleVersion, (models.RuleVersion.number == number,), standing=True)

    @field(Connection[types.ScoringVersion])
    def scoring_versions(self, first: First = None, after: After = None) -> Rows:
        """The versions of the rules, the newest first."""
        return replace(page(types.NEWEST_VERSION, first, after), standing=True)
