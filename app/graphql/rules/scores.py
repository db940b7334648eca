"""What rules make of the leads: `scoreDistribution`, `scoringPreview`, `scoringDraft`."""

from decimal import Decimal
from uuid import UUID

from app.graphql.context import Info, reading
from app.graphql.declare import field, value
from app.graphql.leads.explanation import ScoreExplanation, explanation
from app.kernel import clock
from app.scoring import distribution as spreads
from app.scoring import preview as previews
from app.scoring.queries import explain
from app.scoring.schemas import RuleWrite


@value
class ScoreRange:
    """How many leads score from `low` to `high`, both included; `percentage` is of all, from 0 to 100."""

    low: int
    high: int
    count: int
    percentage: Decimal


@value
class ScoreDistribution:
    """How scores are spread; `average` and `median` are null without leads."""

    total: int
    ranges: list[ScoreRange]
    average: Decimal | None
    median: Decimal | None


@value
class ScoreMover:
    """An open lead whose score would move."""

    lead_id: UUID
    couple: str
    before: int
    after: int


@value
class ScoringPreview:
    """What a draft would do to the open leads: `total` there are, of which the newest `before.total` were
    looked at. So many scores would go `up` and `down`; `movers` are those that would move the most."""

    total: int
    before: ScoreDistribution
    after: ScoreDistribution
    up: int
    down: int
    movers: list[ScoreMover]


@value
class ScoreQueries:
    @field(cost=500)
    def score_distribution(self, info: Info, open_only: bool = False) -> ScoreDistribution:
        """How the scores of all leads are spread, or those of the open ones."""
        return spread(spreads.distribution(reading(info), open_only=open_only))

    @field(cost=20_000)
    def scoring_preview(self, info: Info, rule: RuleWrite, rule_id: UUID | None = None) -> ScoringPreview:
        """What the rule would do beside the others, or in the place of the one with that id. Nothing is
        written."""
        session, supplier_id = reading(info), info.context.actor.supplier_id
        draft = previews.proposed(session, supplier_id, rule, rule_id)
        found = previews.preview(session, draft, clock.now())
        return ScoringPreview(
            total=found.total,
            before=spread(found.before),
            after=spread(found.after),
            up=found.up,
            down=found.down,
            movers=[ScoreMover(**vars(mover)) for mover in found.movers],
        )

    @field(cost=2000)
    def scoring_draft(
        self, info: Info, lead_id: UUID, rule: RuleWrite, rule_id: UUID | None = None
    ) -> ScoreExplanation:
        """What one lead would score with the rule beside the others, or in the place of the one with that
        id."""
        session, supplier_id = reading(info), info.context.actor.supplier_id
        draft = previews.proposed(session, supplier_id, rule, rule_id)
        return explanation(explain(session, lead_id, clock.now(), draft), lead_id)


def spread(found: spreads.Distribution) -> ScoreDistribution:
    """The distribution as GraphQL has it."""
    return ScoreDistribution(
        total=found.total,
        ranges=[ScoreRange(**vars(one)) for one in found.ranges],
        average=found.average,
        median=found.median,
    )
