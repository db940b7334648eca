"""What the command palette offers while one types: leads, pages and acts."""

from dataclasses import dataclass
from typing import Annotated, Any

from flask import Blueprint, redirect, render_template, url_for
from pydantic import Field

from app.kernel.db import db
from app.kernel.schema import Schema, validate
from app.leads import search
from app.web import listing
from app.web.htmx import is_fragment
from app.web.navigation import navigation
from app.web.viewer import signed_in, viewer

blueprint = signed_in(Blueprint("search", __name__))


class Words(Schema):
    q: Annotated[str, Field(max_length=100)] | None = None


@dataclass(frozen=True)
class Place:
    """A page, or the page where something is done."""

    label: str
    icon: str
    url: str


ACTS = (
    ("Add a lead", "plus", "leads.new", "write_leads"),
    ("Add a task", "plus", "tasks.choose_lead", "write_leads"),
    ("Add a scoring rule", "plus", "scoring.new_rule", "write_rules"),
    ("Add a sequence", "plus", "sequences.new", "write_sequences"),
    ("Invite somebody to the team", "users", "settings.team", "manage_team"),
    ("Subscribe to your calendar", "rss", "settings.calendar", "read"),
    ("Your name and password", "user", "settings.account", "read"),
)


@blueprint.get("/search")
def find() -> Any:
    """The palette's options; for a browser without JavaScript, the list of leads with these words."""
    words = validate(Words, listing.query()).q
    if not is_fragment():
        return redirect(url_for("leads.index", search=words))
    found = search.suggest(db.session(), words) if words else []
    return render_template("search/_options.html", found=found, places=_places(words), words=words)


def _places(words: str | None) -> list[Place]:
    """The pages and acts whose names have every word; all of them without words."""
    pages = [Place(item.label, item.icon, item.url) for item in navigation()]
    acts = [Place(label, icon, url_for(end)) for label, icon, end, may in ACTS if viewer().may(may)]
    wanted = (words or "").lower().split()
    return [place for place in pages + acts if all(word in place.label.lower() for word in wanted)]
