"""Rules and groups are written, put in order, taken ready-made, put back; leads are scored again."""

from typing import Any
from uuid import UUID

import strawberry

from app.graphql.context import Info
from app.graphql.declare import mutation, value
from app.graphql.payload import Payload, row_of
from app.graphql.read import Rows
from app.graphql.rules.queries import ScoringRules
from app.graphql.rules.types import Rescore, ScoringGroup, ScoringRule
from app.models import scoring as models
from app.models.choices import Trade
from app.scoring import groups, rules
from app.scoring.changing import RulesChanged
from app.scoring.ready_made import take_ready_made
from app.scoring.rescoring import ask_rescore
from app.scoring.schemas import GroupWrite, RuleOrder, RulePatch, RuleWrite


@value
class RescorePayload(Payload):
    rescore: Rows | None = strawberry.field(
        graphql_type=Rescore | None, default=None, description="How far the scores are that depend on it."
    )


@value
class RulesPayload(RescorePayload):
    """What is so already changes nothing: a success without a new version."""

    version: int | None = strawberry.field(
        default=None, description="The number of the rules since; null when nothing changed."
    )


@value
class ScoringRulePayload(RulesPayload):
    rule: Rows | None = strawberry.field(graphql_type=ScoringRule | None, default=None)


@value
class DeleteScoringRulePayload(RulesPayload):
    rule_id: UUID | None = strawberry.field(default=None, description="Of the rule that is no more.")


@value
class ScoringGroupPayload(RulesPayload):
    group: Rows | None = strawberry.field(graphql_type=ScoringGroup | None, default=None)


@value
class DeleteScoringGroupPayload(RulesPayload):
    group_id: UUID | None = strawberry.field(default=None, description="Of the group that is no more.")


@value
class ScoringRulesPayload(RulesPayload):
    scoring_rules: Rows | None = strawberry.field(graphql_type=ScoringRules | None, default=None)


@value
class RuleMutations:
    @mutation
    def create_scoring_rule(self, info: Info, input: RuleWrite) -> ScoringRulePayload:
        """Add a rule, and score by it. A rule that cannot be read, or that no lead could ever match, is
        refused with the reason."""
        done = rules.create_rule(info.context.actor, input)
        return ScoringRulePayload(**_told(done, "Rule added."), rule=_row(models.ScoringRule, done.id))

    @mutation
    def update_scoring_rule(self, info: Info, id: UUID, input: RulePatch) -> ScoringRulePayload:
        """Change a rule: what is absent stays, null clears."""
        done = rules.update_rule(info.context.actor, id, input)
        return ScoringRulePayload(**_told(done, "Rule changed."), rule=_row(models.ScoringRule, id))

    @mutation
    def delete_scoring_rule(self, info: Info, id: UUID) -> DeleteScoringRulePayload:
        """Delete a rule; versions remember it."""
        done = rules.delete_rule(info.context.actor, id)
        return DeleteScoringRulePayload(**_told(done, "Rule deleted."), rule_id=id)

    @mutation
    def order_scoring_rules(self, info: Info, input: RuleOrder) -> ScoringRulesPayload:
        """Show the rules in this order; no score depends on it."""
        return _rules(rules.order_rules(info.context.actor, input), "Rules put in order.")

    @mutation
    def create_scoring_group(self, info: Info, input: GroupWrite) -> ScoringGroupPayload:
        """Add a group, for rules to stand in by their `ruleGroupId`."""
        done = groups.create_group(info.context.actor, input)
        return ScoringGroupPayload(**_told(done, "Group added."), group=_row(models.RuleGroup, done.id))

    @mutation
    def update_scoring_group(self, info: Info, id: UUID, input: GroupWrite) -> ScoringGroupPayload:
        """Save a group anew: a bound that is absent it has no more."""
        done = groups.update_group(info.context.actor, id, input)
        return ScoringGroupPayload(**_told(done, "Group changed."), group=_row(models.RuleGroup, id))

    @mutation
    def delete_scoring_group(self, info: Info, id: UUID) -> DeleteScoringGroupPayload:
        """Delete a group; its rules stay, without its bounds."""
        done = groups.delete_group(info.context.actor, id)
        return DeleteScoringGroupPayload(**_told(done, "Group deleted."), group_id=id)

    @mutation
    def take_ready_made_rules(self, info: Info, trade: Trade, instead: bool = False) -> ScoringRulesPayload:
        """Add the rules of a ready-made set behind one's own, or have them `instead`."""
        return _rules(take_ready_made(info.context.actor, trade, instead=instead), "Rules taken.")

    @mutation
    def restore_scoring_rules(self, info: Info, version: int) -> ScoringRulesPayload:
        """Have the rules as that version has them; they become a new one."""
        return _rules(rules.go_back(info.context.actor, version), f"Rules as in version {version}.")

    @mutation
    def rescore_leads(self, info: Info) -> RescorePayload:
        """Score every lead again, which is done by itself whenever a rule changes and every night."""
        found = ask_rescore(info.context.actor)
        return RescorePayload(success=True, message="Scoring.", rescore=_row(models.Rescore, found))


def _rules(done: RulesChanged, message: str) -> ScoringRulesPayload:
    return ScoringRulesPayload(**_told(done, message), scoring_rules=Rows())


def _told(done: RulesChanged, message: str) -> dict[str, Any]:
    return {
        "success": True,
        "message": message if done.version else "Nothing changed.",
        "version": done.version,
        "rescore": _row(models.Rescore, done.rescore_id),
    }


def _row(model: Any, row_id: UUID | None) -> Rows | None:
    return row_of(model, row_id) if row_id else None
