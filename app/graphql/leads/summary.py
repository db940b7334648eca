"""The list of leads with the figures of all its pages."""

from typing import Any

from sqlalchemy import Float, cast, func
from strawberry.scalars import JSON

from app.graphql.declare import value
from app.graphql.leads.types import Lead
from app.graphql.paging import Connection
from app.graphql.read import expression, record, told, totals
from app.models.choices import UNCOUNTED_STATUSES, LeadStatus


def _counted(lead: Any, *conditions: Any) -> Any:
    return func.count().filter(lead.lead_status.not_in(UNCOUNTED_STATUSES), *conditions)


def _with_status(status: LeadStatus) -> Any:
    return expression(lambda lead: _counted(lead, lead.lead_status == status))


@record
class LeadSummary:
    """Over every lead that the filter lets through, without spam and duplicates."""

    total_leads: int = expression(_counted)
    new_leads: int = _with_status(LeadStatus.NEW)
    qualified_leads: int = _with_status(LeadStatus.QUALIFIED)
    converted_leads: int = _with_status(LeadStatus.WON)
    average_score: float | None = expression(
        lambda lead: func.round(
            func.avg(lead.lead_score).filter(lead.lead_status.not_in(UNCOUNTED_STATUSES)), 1
        )
    )
    conversion_rate: float | None = expression(
        lambda lead: (
            cast(_counted(lead, lead.lead_status == LeadStatus.WON), Float) / func.nullif(_counted(lead), 0)
        ),
        "Won leads as a share of all, from 0 to 1; null without leads.",
    )


@value
class LeadConnection(Connection[Lead]):
    """A page of leads."""

    filters_applied: JSON = told(
        "The filters in force, as they were given; those that filter nothing left out."
    )
    is_similar: bool = told(
        "Does nothing match the search exactly, so that the most similar leads are listed, the best first?"
    )
    summary: LeadSummary = totals("The figures of all pages.")
