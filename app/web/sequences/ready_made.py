"""Ready-made sequences: to look at with every word, and to take."""

from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for

from app.accounts import queries as accounts
from app.kernel.db import db
from app.models.choices import Trade
from app.models.nurture import NurtureSequence, SequenceStep
from app.nurture.authoring.rows import COLUMNS, Written
from app.nurture.authoring.schemas import SequenceCreate, StepWrite
from app.nurture.ready_made.catalogue import READY_MADE, ready_made
from app.nurture.ready_made.shape import Email, ReadyMade, Step, Template, Text, ToDo
from app.nurture.ready_made.taking import take_ready_made
from app.web import condition_words
from app.web.score_values import source_names
from app.web.sequences.blueprint import blueprint, writer
from app.web.sequences.timeline import drawn
from app.web.viewer import viewer

_COLUMN: dict[type[Template], str] = {
    Email: "email_template_id",
    Text: "sms_template_id",
    ToDo: "task_template_id",
}


def own_trade() -> Trade:
    return Trade(accounts.supplier(db.session()).trade)


def offered(trade: Trade | None = None) -> list[ReadyMade]:
    """Those of that trade, else of the supplier's own; each trade says the same in its own words."""
    wanted = trade or own_trade()
    return [one for one in READY_MADE.values() if one.trade == wanted]


@blueprint.route("/ready-made/<ready_made_key>", methods=["GET", "POST"])
def take(ready_made_key: str) -> Any:
    wanted = ready_made(ready_made_key)
    writer()
    if request.method == "POST":
        done = take_ready_made(viewer().actor, ready_made_key)
        flash("Taken, as a draft. Look through it and publish it; until then it takes nobody in.", "success")
        return redirect(url_for("sequences.edit", sequence_id=done.sequence_id), 303)
    steps, names = _written(wanted)
    return render_template(
        "sequences/ready_made.html",
        made=wanted,
        timeline=drawn(steps, names, source_names()),
        texts={step.row.step_key: one.template for step, one in zip(steps, wanted.steps, strict=True)},
        whom=condition_words.targets(_settings(wanted), source_names()),
    )


def _settings(wanted: ReadyMade) -> NurtureSequence:
    """As the row would be."""
    said = {"sequence_name": wanted.name, "sequence_type": wanted.sequence_type, **wanted.settings}
    data = SequenceCreate.model_validate(said)
    names = ("target_lead_status", "target_lead_sources", "target_score_range", "trigger_conditions")
    return NurtureSequence(
        **{name: getattr(data, name) for name in names}, reentry_after_days=data.reentry_after_days
    )


def _written(wanted: ReadyMade) -> tuple[list[Written], dict[Any, str]]:
    """The steps as they would be, and what their templates would be called."""
    names: dict[Any, str] = {}
    steps = [_step(one, order, names) for order, one in enumerate(wanted.steps, start=1)]
    return steps, names


def _step(one: Step, order: int, names: dict[Any, str]) -> Written:
    said = dict(one.said)
    if one.template:
        said[_COLUMN[type(one.template)]] = template_id = uuid4()
        names[template_id] = one.template.name
    data = StepWrite.model_validate(said)
    row = SequenceStep(step_order=order, step_key=uuid4(), **{name: getattr(data, name) for name in COLUMNS})
    return Written(row)
