"""A lead's page: one module a concern, all on the blueprint of leads."""

from app.web.lead import adjusting, automation, booking, compose, edit, handling, merging, new, page, tasks
from app.web.lead.wording import install
from app.web.leads import blueprint

__all__ = [
    "adjusting",
    "automation",
    "blueprint",
    "booking",
    "compose",
    "edit",
    "handling",
    "install",
    "merging",
    "new",
    "page",
    "tasks",
]
