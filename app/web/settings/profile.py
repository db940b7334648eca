"""The supplier's profile: name, trade, calendar, money and language."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from wtforms import SelectField, StringField, TextAreaField
from wtforms.widgets import TimeInput

from app.accounts.queries import supplier
from app.accounts.schemas import SupplierProfile
from app.accounts.service import update_profile
from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.errors import FieldError, InvalidInput
from app.models.accounts import Supplier
from app.web.accounts import LOCALE_HELP, TRADES, currencies, locales, zones
from app.web.settings.blueprint import blueprint
from app.web.viewer import viewer
from app.web.write_form import WriteForm

DAYS = {
    "1": "Monday",
    "2": "Tuesday",
    "3": "Wednesday",
    "4": "Thursday",
    "5": "Friday",
    "6": "Saturday",
    "7": "Sunday",
}
EDGES = ("opens", "closes")


class ProfileForm(WriteForm):
    name = StringField("Business name", render_kw={"required": True, "maxlength": 255})
    trade = SelectField("Trade", choices=TRADES)
    timezone = SelectField("Time zone", choices=zones)
    currency = SelectField("Currency", choices=currencies)
    locale = SelectField("Language and region", choices=locales, description=LOCALE_HELP)
    holidays = TextAreaField(
        "Closed days",
        description="One date a line, such as 2026-12-25.",
        render_kw={"rows": 5, "maxlength": 5000},
    )

    def values(self) -> dict[str, Any]:
        given = super().values()
        hours = {day: tuple(given.pop(f"{edge}_{day}") or None for edge in EDGES) for day in DAYS}
        given["working_hours"] = {day: edges for day, edges in hours.items() if any(edges)}
        given["holidays"] = (given["holidays"] or "").split()
        return given

    def blame(self, error: InvalidInput) -> None:
        """A problem with the hours of a day is told at that day's fields."""
        fields = [
            FieldError(_field(problem.field), problem.code, problem.message) for problem in error.fields
        ]
        super().blame(InvalidInput(error.message, fields=fields))


for _day, _name in DAYS.items():
    for _edge in EDGES:
        setattr(ProfileForm, f"{_edge}_{_day}", StringField(f"{_name} {_edge}", widget=TimeInput()))


@blueprint.route("/settings", methods=["GET", "POST"])
def index() -> Any:
    if request.method == "GET" and not viewer().may(Permission.MANAGE_SUPPLIER):
        return redirect(url_for("settings.team"))
    viewer().actor.require(Permission.MANAGE_SUPPLIER)
    form = ProfileForm(data=_shown(supplier(db.session())))
    if form.write(SupplierProfile, lambda profile: update_profile(viewer().actor, profile)):
        flash("Saved.", "success")
        return redirect(url_for("settings.index"), 303)
    return render_template("accounts/profile.html", form=form, days=DAYS), form.status


def _shown(row: Supplier) -> dict[str, Any]:
    """The row as the form has it."""
    names = ("name", "trade", "timezone", "currency", "locale")
    hours = {
        f"{edge}_{day}": at
        for day, edges in row.working_hours.items()
        for edge, at in zip(EDGES, edges, strict=True)
    }
    return (
        {name: getattr(row, name) for name in names} | hours | {"holidays": "\n".join(map(str, row.holidays))}
    )


def _field(path: str) -> str:
    """`working_hours.1.0` is the field `opens_1`."""
    parts = path.split(".")
    if parts[0] != "working_hours" or len(parts) < 2:
        return path
    edge = EDGES[int(parts[2])] if len(parts) > 2 and parts[2] in ("0", "1") else EDGES[0]
    return f"{edge}_{parts[1]}"
