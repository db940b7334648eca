"""The editor of a rule, with a preview of what it would do."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.schema import LongText, Schema, validate
from app.models.choices import CriteriaOperator
from app.models.scoring import ScoringRule
from app.scoring.rules import create_rule, find_rule, update_rule
from app.scoring.schemas import FieldName, Points, RuleName, RulePatch, RuleWrite, Value
from app.web import listing
from app.web.htmx import is_fragment
from app.web.scoring.blueprint import blueprint
from app.web.scoring.rule_form import RuleForm
from app.web.scoring.trial import trial
from app.web.viewer import viewer

ORDERED = {"criteria_type", "rule_order"}
"""What the editor does not ask."""


class Prefilled(Schema):
    """A rule that a link suggests."""

    criteria_field: FieldName | None = None
    criteria_operator: CriteriaOperator | None = None
    criteria_value: Value | None = None
    score_adjustment: Points | None = None
    rule_group_id: UUID | None = None
    rule_name: RuleName | None = None
    rule_description: LongText | None = None


@blueprint.route("/rules/new", methods=["GET", "POST"])
def new_rule() -> Any:
    viewer().actor.require(Permission.WRITE_RULES)
    form = RuleForm()
    if request.method == "GET":
        _prefill(form, validate(Prefilled, listing.query()))
    if _is_trial():
        return _trial(form, None)
    if form.write(RuleWrite, lambda data: create_rule(viewer().actor, data)):
        return _saved("Rule added.", form.result.id)
    return _page(form, None), form.status


@blueprint.route("/rules/<uuid:rule_id>", methods=["GET", "POST"])
def edit_rule(rule_id: UUID) -> Any:
    rule = find_rule(db.session(), rule_id)
    viewer().actor.require(Permission.WRITE_RULES)
    form = RuleForm.of(rule)
    if _is_trial():
        return _trial(form, rule)
    if form.write(RuleWrite, lambda data: update_rule(viewer().actor, rule_id, _patch(data))):
        return _saved("Saved.", rule_id)
    return _page(form, find_rule(db.session(), rule_id)), form.status


@blueprint.get("/rules/criteria")
def criteria() -> str:
    """The operators that fit the chosen field, and what may be compared with."""
    viewer().actor.require(Permission.WRITE_RULES)
    form = RuleForm(formdata=request.args)
    form.fit()
    return render_template("scoring/_criteria.html", form=form)


def _prefill(form: RuleForm, said: Prefilled) -> None:
    for name, value in said.model_dump(exclude_none=True).items():
        form[name].data = str(value) if isinstance(value, UUID) else value
    if said.criteria_field:
        form.ask(said.criteria_field)


def _patch(data: RuleWrite) -> RulePatch:
    return RulePatch(**data.model_dump(exclude=ORDERED))


def _is_trial() -> bool:
    return request.method == "POST" and "preview" in request.values


def _trial(form: RuleForm, rule: ScoringRule | None) -> Any:
    found = trial(form, rule)
    if is_fragment():
        return render_template("scoring/_preview.html", form=form, trial=found, asked=True)
    return _page(form, rule, found), form.status


def _page(form: RuleForm, rule: ScoringRule | None, found: Any = None) -> str:
    return render_template("scoring/rule.html", form=form, rule=rule, trial=found, asked=found is not None)


def _saved(told: str, rule_id: UUID) -> Any:
    flash(told, "success")
    return redirect(url_for("scoring.index", _anchor=f"rule-{rule_id}"), 303)
