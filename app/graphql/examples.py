"""What GraphiQL begins with: a day's work, an operation a tab."""

from dataclasses import dataclass
from typing import Any

A_LEAD = "the id of a lead, from the first tab"


@dataclass(frozen=True)
class Example:
    """A document as its tab shows it, with its variables as JSON has them."""

    query: str
    variables: dict[str, Any]


TODAY = """# What waits today. Ctrl-Enter runs it.
query Today {
  tasks(filter: { isOpen: true }, first: 10) {
    totalCount
    nodes {
      title
      dueAt
      priority
      lead { id couple }
      assignee { fullName }
    }
  }
  leads(first: 10, filter: { status: [new, contacted] }) {
    totalCount
    nodes {
      id
      couple
      leadStatus
      leadScore
      weddingDate
      awaitingReplySince
      nextRecommendedAction
      source { sourceName }
    }
  }
}
"""
ONE_LEAD = """# Everything about one lead.
query OneLead($id: UUID!) {
  lead(id: $id) {
    couple
    primaryEmail
    primaryPhone
    weddingDate
    estimatedBudget
    updatedAt
    scoreExplanation {
      score
      rules { ruleName matched points }
      chances(first: 3) { rule { ruleName } gain hint }
    }
    interactions(first: 20) {
      nodes {
        interactionType
        interactionSubject
        interactionContent
        occurredAt
      }
    }
    statusHistory { fromStatus toStatus reason changedAt }
    tasks { id title dueAt completedAt }
    messages { subject state dueAt }
    enrollments {
      status
      nextExecutionAt
      sequence { sequenceName }
      currentStep { stepName }
    }
    conversions {
      conversionType
      conversionValue
      credits { sourceName amount }
    }
  }
}
"""
RULES = """# What scores, and what one more rule would do
# to the open leads. Nothing is written.
query Rules {
  scoringRules {
    activeRules
    version
    rules { ruleName criteriaField scoreAdjustment isActive }
  }
  scoringFields { name label operators choices }
  scoringPreview(
    rule: {
      ruleName: "A barn"
      criteriaField: "wedding_venue"
      criteriaOperator: contains
      criteriaValue: "barn"
      scoreAdjustment: 10
    }
  ) {
    up
    down
    before { average median }
    after { average median }
    movers { couple before after }
  }
  scoreDistribution(openOnly: true) { ranges { low high count } }
  scoreCalibration { verdict }
}
"""
AFTER_A_CALL = """# Its fields run one after another, each whole
# or not at all: then it says why in its errors.
mutation AfterACall($id: UUID!) {
  addInteraction(
    leadId: $id
    input: {
      interactionType: phone_call
      interactionContent: "They want June."
      followUpRequired: true
    }
  ) {
    success
    errors { field code message }
    newLeadScore
    nextRecommendedAction
  }
  updateLead(
    id: $id
    input: { leadStatus: qualified, estimatedGuestCount: 80 }
  ) {
    success
    message
    errors { field code message }
    scoreChanges {
      oldScore
      newScore
      scoreAdjustments { ruleName adjustment }
    }
    automationChanges { sequencesEnrolled sequencesRemoved }
    lead { leadStatus tasks { title dueAt } updatedAt }
  }
}
"""
MANY = """# One thing for many leads, by ids or a filter.
mutation Many {
  bulkUpdateLeads(
    input: {
      action: add_tag
      value: "june"
      filter: { search: "june" }
    }
  ) {
    message
    errors { field code message }
    results { leadId success errors { code message } }
  }
}
"""
BOOKED = """# A booking wins the lead and credits its sources.
mutation Booked($id: UUID!) {
  convertLead(
    id: $id
    input: {
      conversionType: booking_confirmed
      conversionValue: "3200"
    }
  ) {
    success
    errors { field code message }
    revenueAttributed
    sourceAttributions {
      source
      attributionPercentage
      attributedRevenue
    }
    leadUpdated { leadStatus conversionValue }
  }
}
"""

EXAMPLES = (
    Example(TODAY, {}),
    Example(ONE_LEAD, {"id": A_LEAD}),
    Example(RULES, {}),
    Example(AFTER_A_CALL, {"id": A_LEAD}),
    Example(MANY, {}),
    Example(BOOKED, {"id": A_LEAD}),
)


def tabs() -> list[dict[str, str]]:
    """The examples as GraphiQL takes its tabs; variables are text, with the id to be filled in."""
    return [{"query": one.query, "variables": _shown(one.variables)} for one in EXAMPLES]


def _shown(variables: dict[str, Any]) -> str:
    lines = ",\n".join(f'  "{name}": "{value}"' for name, value in variables.items())
    return f"{{\n{lines}\n}}" if lines else ""
