"""The calendar: follow-ups and wedding dates by month or week, and the acts on the date book."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, Literal
from uuid import UUID

from babel.dates import format_date
from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import DateField, StringField
from wtforms.validators import Optional

from app.kernel import clock
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.errors import Conflict, InvalidInput
from app.kernel.schema import Schema, WeddingDate, validate
from app.kernel.zones import day_of, instant
from app.leads import calendar, date_book, record
from app.leads.schemas import DateBlock, DateHold
from app.web import listing
from app.web.back import back
from app.web.formats import WORDS, locale
from app.web.viewer import signed_in, viewer
from app.web.write_form import WriteForm

blueprint = signed_in(Blueprint("calendar", __name__, url_prefix="/calendar"))

FIRST, LAST = date(1970, 2, 1), date(2200, 11, 30)
"""Months that can be shown whole."""
SHOWN = {"month": 3, "week": 20, "day": 50}
EVENING = time(18)
A_WEEK = timedelta(days=7)


class View(Schema):
    """What the calendar shows: the month or week around `on`, and beside it one day in full."""

    view: Literal["month", "week"] = "month"
    on: WeddingDate | None = None
    day: WeddingDate | None = None
    who: Literal["everybody", "mine"] = "everybody"


@dataclass(frozen=True)
class Sheet:
    """The days that are on the page, week by week, and the way to those before and after."""

    title: str
    weeks: list[list[calendar.Plan]]
    within: tuple[date, date]
    before: date | None
    after: date | None


class BlockForm(WriteForm):
    on_date = DateField("Day", [Optional()], render_kw={"required": True})
    note = StringField("Why", render_kw={"maxlength": 255, "placeholder": "Holiday"})


@blueprint.get("")
def index() -> str:
    view = validate(View, listing.query())
    return _page(view, BlockForm(formdata=None, on_date=view.day))


def _page(view: View, form: BlockForm) -> str:
    today = day_of(clock.now(), viewer().zone)
    on = min(max(view.on or view.day or today, FIRST), LAST)
    said = view.model_dump(mode="json", exclude_defaults=True)
    return render_template(
        "calendar/index.html",
        view=view,
        form=form,
        on=on,
        today=today,
        sheet=_month(view, on) if view.view == "month" else _week(view, on),
        day=_plans(view, view.day, view.day, "day")[0] if view.day else None,
        weekdays=_weekdays(),
        now=clock.now(),
        hold_until=today + A_WEEK,
        address=listing.Address("calendar.index", said),
    )


def _month(view: View, on: date) -> Sheet:
    first = on.replace(day=1)
    last = _next_month(first) - timedelta(days=1)
    begin = first - timedelta(days=_column(first))
    end = last + timedelta(days=6 - _column(last))
    days = _plans(view, begin, end, "month")
    weeks = [days[at : at + 7] for at in range(0, len(days), 7)]
    before, after = (first - timedelta(days=1)).replace(day=1), last + timedelta(days=1)
    return Sheet(_named(first, "MMMM y"), weeks, (first, last), *_reachable(before, after))


def _week(view: View, on: date) -> Sheet:
    begin = on - timedelta(days=_column(on))
    end = begin + timedelta(days=6)
    title = f"{_named(begin, 'd MMM')} to {_named(end, 'd MMM y')}"
    days = _plans(view, begin, end, "week")
    return Sheet(title, [days], (begin, end), *_reachable(begin - A_WEEK, begin + A_WEEK))


def _plans(view: View, first: date, last: date, what: str) -> list[calendar.Plan]:
    mine = viewer().user_id if view.who == "mine" else None
    return calendar.plans(db.session(), calendar.Range(first, last, viewer().zone, SHOWN[what], mine))


def _reachable(before: date, after: date) -> tuple[date | None, date | None]:
    return (before if before >= FIRST else None), (after if after <= LAST else None)


def _next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _column(on: date) -> int:
    """Where in the week the day stands: the supplier's locale says which comes first."""
    return (on.weekday() - locale().first_week_day) % 7


def _weekdays() -> list[str]:
    monday = date(2024, 1, 1)
    return [_named(monday + timedelta(days=(locale().first_week_day + n) % 7), "EEEE") for n in range(7)]


def _named(on: date, pattern: str) -> str:
    return format_date(on, pattern, locale=WORDS)


@blueprint.post("/holds/<uuid:lead_id>")
def hold(lead_id: UUID) -> Response:
    """Hold the lead's date until the evening of the day given."""
    lead = record.lead(db.session(), lead_id)
    here = url_for("calendar.index", day=lead.wedding_date)
    until = validate(_Until, {"until": request.form.get("until")}).until
    ends = instant(until, EVENING, viewer().zone)
    done = f"The date is held until {_named(until, 'd MMMM')}."
    return _tried(lambda: date_book.hold(viewer().actor, lead_id, DateHold(until=ends)), done, here)


class _Until(Schema):
    until: WeddingDate


@blueprint.post("/holds/<uuid:lead_id>/release")
def release(lead_id: UUID) -> Response:
    here = url_for("calendar.index")
    return _tried(lambda: date_book.release(viewer().actor, lead_id), "The date is open again.", here)


@blueprint.post("/blocks")
def block() -> Any:
    viewer().actor.require(Permission.WRITE_LEADS)
    form = BlockForm()
    if not form.write(DateBlock, lambda data: date_book.block(viewer().actor, data)):
        day = None if form.on_date.errors else form.on_date.data
        return _page(View(day=day), form), form.status
    flash("The day is blocked.", "success")
    return back(url_for("calendar.index", day=form.on_date.data))


@blueprint.post("/blocks/<uuid:entry_id>/delete")
def unblock(entry_id: UUID) -> Response:
    date_book.unblock(viewer().actor, entry_id)
    flash("The day is open again.", "success")
    return back(url_for("calendar.index"))


def _tried(act: Any, done: str, otherwise: str) -> Response:
    """Do it, and say on the page that it came from what became of it."""
    try:
        act()
        flash(done, "success")
    except (Conflict, InvalidInput) as refused:
        flash(refused.message, "error")
    return back(otherwise)
