"""What rules make of the leads: `scoreDistribution`, `scoreCalibration`, `scoringSuggestions`,
`scoringPreview`, `scoringDraft`.
"""

from uuid import UUID

from app.graphql.context import Info, reading
from app.graphql.declare import field, value
from app.graphql.leads.explanation import ScoreExplanation, explanation
from app.graphql.rules import figures as types
from app.kernel import clock
from app.scoring import calibration as calibrations
from app.scoring import distribution as spreads
from app.scoring import preview as previews
from app.scoring import suggestions as proposals
from app.scoring.queries import explain
from app.scoring.schemas import RuleWrite


@value
class ScoreQueries:
    @field(cost=500)
    def score_distribution(self, info: Info, open_only: bool = False) -> types.ScoreDistribution:
        """How the scores of all leads are spread, or those of the open ones."""
        return types.spread(spreads.distribution(reading(info), open_only=open_only))

    @field(cost=2000)
    def score_calibration(self, info: Info) -> types.ScoreCalibration:
        """Do higher scores book more often? By the newest 20,000 decided leads, each with its score while
        there was something to decide."""
        return types.calibration(calibrations.calibration(reading(info), clock.now()))

    @field(cost=10_000)
    def scoring_suggestions(self, info: Info) -> types.ScoringSuggestions:
        """Rules that the supplier's own history speaks for."""
        return types.suggestions(proposals.suggestions(reading(info), clock.now()))

    @field(cost=20_000)
    def scoring_preview(
        self, info: Info, rule: RuleWrite, rule_id: UUID | None = None
    ) -> types.ScoringPreview:
        """What the rule would do beside the others, or in the place of the one with that id. Nothing is
        written."""
        session, supplier_id = reading(info), info.context.actor.supplier_id
        draft = previews.proposed(session, supplier_id, rule, rule_id)
        return types.preview(previews.preview(session, draft, clock.now()))

    @field(cost=2000)
    def scoring_draft(
        self, info: Info, lead_id: UUID, rule: RuleWrite, rule_id: UUID | None = None
    ) -> ScoreExplanation:
        """What one lead would score with the rule beside the others, or in the place of the one with that
        id."""
        session, supplier_id = reading(info), info.context.actor.supplier_id
        draft = previews.proposed(session, supplier_id, rule, rule_id)
        return explanation(explain(session, lead_id, clock.now(), draft), lead_id)
