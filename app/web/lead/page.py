"""A lead's page: everything known about a couple, and the forms to work with it."""

from typing import Any
from uuid import UUID

from flask import render_template, request

from app.accounts import queries as accounts
from app.conversions import queries as conversions
from app.kernel import clock
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.errors import NotFound
from app.kernel.zones import day_of
from app.leads import record
from app.leads.availability import availability, rivals
from app.leads.duplicates import likely
from app.leads.situation import situation
from app.models.choices import OPEN_STATUSES
from app.models.leads import Lead, Task
from app.scoring.booking_chance import booking_model
from app.scoring.history import history
from app.scoring.improving import chances
from app.scoring.queries import explain
from app.web.calendar import A_WEEK
from app.web.fields import people
from app.web.htmx import is_fragment
from app.web.lead import automation
from app.web.lead.adjustment_form import AdjustmentForm
from app.web.lead.advice import advice
from app.web.lead.asked import Asked, asked
from app.web.lead.bar import handling
from app.web.lead.composer import composer
from app.web.lead.details import details, fragment
from app.web.lead.payload import lines
from app.web.lead.timeline import timeline
from app.web.leads import blueprint
from app.web.score_values import source_names
from app.web.task_form import TaskEditForm
from app.web.viewer import viewer

STEPS = 10
"""So many changes of the score are told."""
Sent = dict[str, Any]
"""Forms that were sent back with what is wrong, by what they are for."""


@blueprint.get("/<uuid:lead_id>")
def show(lead_id: UUID) -> Any:
    lead, want = record.lead(db.session(), lead_id), asked()
    return _part(lead, want) if is_fragment() else _whole(lead, want, {})


def render(lead_id: UUID, **sent: Any) -> str:
    """The whole page with a form that was sent back."""
    return _whole(record.lead(db.session(), lead_id), Asked(), sent)


def _part(lead: Lead, want: Asked) -> str:
    """What htmx asked for: a form, a group of details, the tasks, or the timeline from there on."""
    if (want.edit or want.group) and not _writes():
        return fragment(lead, want.edit or want.group or "contact", is_open=False)
    if want.edit or want.group:
        return fragment(lead, want.edit or want.group or "", is_open=bool(want.edit))
    if "compose" in request.args and _writes():
        return render_template("lead/_composer.html", lead=lead, composer=composer(lead, want.compose))
    if "task" in request.args:
        beside = record.beside(db.session(), lead.id)
        return render_template("lead/_tasks.html", lead=lead, **_tasks(want, {}, beside))
    if want.leaving:
        beside = record.beside(db.session(), lead.id)
        story = timeline(lead.id, want.show, beside.messages)
        return render_template(
            "lead/_left.html", lead=lead, timeline=story, beside=beside, lines=lines, **_header(lead, beside)
        )
    template = "_days" if "after" in request.args else "_timeline"
    story = timeline(lead.id, want.show, record.messages(db.session(), lead.id))
    return render_template(f"lead/{template}.html", lead=lead, timeline=story)


def _whole(lead: Lead, want: Asked, sent: Sent) -> str:
    session = db.session()
    supplier = accounts.supplier(session)  # held, so that whoever asks for it again finds it in the session
    beside = record.beside(session, lead.id)
    forms = _forms(lead, want, sent) if _writes() else dict.fromkeys(("composer", "handling", "adjusting"))
    return render_template(
        "lead/show.html",
        lead=lead,
        supplier=supplier,
        beside=beside,
        details=details(lead, want.edit if _writes() else None, sent.get("details")),
        moves=sent.get("moves", []),
        timeline=timeline(lead.id, want.show, beside.messages),
        lines=lines,
        **_header(lead, beside),
        **_score(lead),
        **_bookings(lead),
        courses=automation.of(lead),
        **_tasks(want, sent, beside),
        **forms,
    )


def _header(lead: Lead, beside: record.Beside) -> dict[str, Any]:
    session, now = db.session(), clock.now()
    free = availability(session, lead)
    planned = next((task for task in beside.tasks if not task.completed_at and task.due_at), None)
    return {
        "advice": advice(lead, situation(session, lead), planned, now),
        "availability": free,
        "hold_until": day_of(now, viewer().zone) + A_WEEK,
        "rivals": rivals(session, lead) if free.rivals else [],
        "likely": likely(session, lead.id) if _writes() else [],
        "merges": record.merges(session, lead),
    }


def _score(lead: Lead) -> dict[str, Any]:
    session, now = db.session(), clock.now()
    found = explain(session, lead.id, now)
    model = booking_model(session, now) if accounts.supplier(session).shows_booking_chance else None
    return {
        "score": found,
        "chances": chances(found) if lead.lead_status in OPEN_STATUSES else [],
        "steps": history(session, lead.id, STEPS),
        "booking": model.at(found.stored_score) if model else None,
        "source_names": source_names(),
    }


def _bookings(lead: Lead) -> dict[str, Any]:
    session = db.session()
    return {
        "conversions": conversions.of_lead(session, lead.id),
        "earned": conversions.credits_of_lead(session, lead.id),
    }


def _tasks(want: Asked, sent: Sent, beside: record.Beside) -> dict[str, Any]:
    form = sent.get("task") or _task_form(beside.tasks, want.task)
    return {
        "tasks": beside.tasks,
        "task_form": form,
        "names": {one.id: one.name for one in people()},
    }


def _task_form(tasks: list[Task], wanted: UUID | None) -> TaskEditForm | None:
    """The form of the task that the address names; NotFound when it is none of this lead's."""
    if wanted is None or not _writes():
        return None
    for task in tasks:
        if task.id == wanted:
            return TaskEditForm.of(task)
    raise NotFound("task")


def _forms(lead: Lead, want: Asked, sent: Sent) -> dict[str, Any]:
    return {
        "composer": composer(lead, want.compose, sent.get("composer")),
        "handling": handling(lead, sent),
        "adjusting": sent.get("adjusting") or AdjustmentForm(formdata=None),
    }


def _writes() -> bool:
    return viewer().may(Permission.WRITE_LEADS)
