"""Which leads a sequence takes in."""

from app.nurture.engine.conditions import holds
from app.nurture.engine.facts import OPEN, LeadFacts, Targets


def matches(targets: Targets, lead: LeadFacts) -> bool:
    """Do trigger, status, source and score all hold? Without target statuses, any open one does."""
    return (
        lead.status in (targets.statuses or OPEN)
        and (not targets.sources or bool(targets.sources & lead.sources))
        and (targets.least_score is None or lead.score >= targets.least_score)
        and (targets.most_score is None or lead.score <= targets.most_score)
        and holds(targets.conditions, lead)
    )
