"""What a step makes of the lead, so that its branches and the steps after it see it at once."""

from dataclasses import replace

from app.nurture.engine.actions import Action, AdjustScore, ChangeStatus, ChangeTags
from app.nurture.engine.facts import LeadFacts, Snapshot


def changed(snapshot: Snapshot, action: Action) -> Snapshot:
    """The lead as the action leaves it."""
    return replace(snapshot, lead=_lead(snapshot.lead, action))


def _lead(lead: LeadFacts, action: Action) -> LeadFacts:
    match action:
        case ChangeStatus(status):
            return replace(lead, status=status)
        case ChangeTags(add, remove):
            return replace(lead, tags=(lead.tags - remove) | add)
        case AdjustScore(points):
            return replace(lead, score=min(100, max(0, lead.score + points)))
    return lead
