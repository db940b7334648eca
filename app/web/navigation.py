"""The main menu: what there is to go to, for this person."""

from dataclasses import dataclass

from flask import Flask, current_app, request, url_for

from app.capture.queries import first_form
from app.kernel.db import db
from app.web.viewer import viewer


@dataclass(frozen=True)
class Item:
    label: str
    icon: str
    endpoint: str
    permission: str = "read"
    key: str = ""
    """The letter that goes there, after `g`."""

    @property
    def url(self) -> str:
        return url_for(self.endpoint)

    @property
    def is_current(self) -> bool:
        return bool(request.blueprint) and self.endpoint.partition(".")[0] == request.blueprint


MENU = (
    Item("Dashboard", "layout-dashboard", "dashboard.home", key="d"),
    Item("Leads", "heart-handshake", "leads.index", key="l"),
    Item("Tasks", "checklist", "tasks.index", key="t"),
    Item("Calendar", "calendar", "calendar.index", key="c"),
    Item("Scoring", "gauge", "scoring.index", key="s"),
    Item("Sequences", "route", "sequences.index", key="q"),
    Item("Templates", "template", "templates.index"),
    Item("Inquiries", "inbox", "inquiries.index"),
    Item("Outbox", "send", "outbox.index"),
    Item("GraphQL", "api", "graphql.get"),
    Item("REST", "api-app", "api_docs.show"),
    Item("Settings", "settings", "settings.index"),
)


def install(app: Flask) -> None:
    app.jinja_env.globals.update(
        navigation=navigation, sign_out_url=sign_out_url, inquiry_places=inquiry_places
    )


def navigation() -> list[Item]:
    """The items that this app has and this person may open."""
    routes = current_app.view_functions
    return [item for item in MENU if item.endpoint in routes and viewer().may(item.permission)]


def sign_out_url() -> str:
    return url_for("security.logout")


def inquiry_places() -> list[tuple[str, str]]:
    """Where the first form is set up and tried out: its settings, the demo website, the hosted page."""
    form = first_form(db.session())
    if form is None:
        return []
    set_up = [("Put it on your website", url_for("settings.inquiry_form"))]
    return [
        *(set_up if viewer().may("manage_supplier") else []),
        ("Try it on the demo website", url_for("demo_site.contact", form=form.key)),
        ("Open your hosted form", url_for("hosted_form.show", form_key=form.key)),
    ]
