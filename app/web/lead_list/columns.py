"""The columns of the list: what they are called, and which of them sort it."""

from enum import StrEnum

from app.leads.filters import LeadSort


class Column(StrEnum):
    """What the list can show of a lead beside the couple, in its order."""

    WEDDING = "wedding"
    STATUS = "status"
    PRIORITY = "priority"
    SCORE = "score"
    SOURCE = "source"
    BUDGET = "budget"
    ASSIGNEE = "assignee"
    FOLLOW_UP = "follow_up"
    CONTACT = "contact"
    GUESTS = "guests"
    TAGS = "tags"
    LAST_CONTACT = "last_contact"
    CREATED = "created"
    UPDATED = "updated"


LABELS = {
    Column.WEDDING: "Wedding",
    Column.STATUS: "Status",
    Column.PRIORITY: "Priority",
    Column.SCORE: "Score",
    Column.SOURCE: "Source",
    Column.BUDGET: "Budget",
    Column.ASSIGNEE: "Assigned",
    Column.FOLLOW_UP: "Follow-up",
    Column.CONTACT: "E-mail and phone",
    Column.GUESTS: "Guests",
    Column.TAGS: "Tags",
    Column.LAST_CONTACT: "Last contact",
    Column.CREATED: "Inquired",
    Column.UPDATED: "Changed",
}
SORTED_BY = {
    Column.WEDDING: LeadSort.WEDDING_DATE,
    Column.SCORE: LeadSort.LEAD_SCORE,
    Column.FOLLOW_UP: LeadSort.NEXT_FOLLOW_UP,
    Column.CREATED: LeadSort.CREATED_AT,
    Column.UPDATED: LeadSort.UPDATED_AT,
}
USUAL = tuple(Column)[:8]
"""The columns as long as nobody chose."""
