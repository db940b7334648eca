"""What the address of a lead's page asks to see of it, and the way back to it after a write."""

from typing import Any, Literal
from uuid import UUID

from flask import redirect, url_for

from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.schema import Schema, validate
from app.leads import record
from app.models.leads import Lead
from app.web import listing
from app.web.viewer import viewer

Show = Literal["all", "messages", "talks", "notes", "business", "changes", "visits", "automatic"]
Compose = Literal["note", "email", "call", "meeting", "text", "task"]
Group = Literal["contact", "wedding", "wishes", "notes", "custom"]


class Asked(Schema):
    """Which entries the timeline shows, which form the composer, and what is open for a change.

    `group` is a group of details that is not: what htmx asks for when a change is given up. `leaving` asks
    what became of the e-mails that were on their way.
    """

    show: Show = "all"
    compose: Compose = "note"
    edit: Group | None = None
    group: Group | None = None
    task: UUID | None = None
    leaving: bool = False


def asked() -> Asked:
    """InvalidInput for what this page does not have."""
    return validate(Asked, listing.query())


def writable(lead_id: UUID) -> Lead:
    """The lead that the viewer is about to change; NotPermitted, NotFound. Comes before the form is read."""
    viewer().actor.require(Permission.WRITE_LEADS)
    return record.lead(db.session(), lead_id)


def back(lead_id: UUID, anchor: str | None = None) -> Any:
    """To the lead's page, at that part of it."""
    return redirect(url_for("leads.show", lead_id=lead_id, _anchor=anchor), 303)
