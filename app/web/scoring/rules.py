"""The rules as sentences, in the order in which they are shown, and the acts on each."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.schema import Schema, validate
from app.models.scoring import Rescore, RuleGroup, ScoringRule
from app.scoring.compiler import RuleSet
from app.scoring.groups import groups
from app.scoring.rescoring import ask_rescore, latest
from app.scoring.rules import delete_rule, find_rule, in_order, order_rules, update_rule
from app.scoring.schemas import RuleOrder, RulePatch
from app.web.htmx import is_fragment
from app.web.score_values import source_names
from app.web.scoring.blueprint import blueprint
from app.web.viewer import viewer

STEPS = {"up": -1, "down": 1}


class Move(Schema):
    to: Literal["up", "down"]


@dataclass(frozen=True)
class Section:
    """The rules of a group, or those of none, in display order."""

    group: RuleGroup | None
    rules: list[ScoringRule]


@blueprint.get("")
def index() -> str:
    return render_template("scoring/index.html", **_shown(), rescore=latest(db.session()))


@blueprint.post("/rules/<uuid:rule_id>/switch")
def switch_rule(rule_id: UUID) -> Any:
    """On when it is off, off when it is on."""
    is_on = find_rule(db.session(), rule_id).is_active
    update_rule(viewer().actor, rule_id, validate(RulePatch, {"is_active": not is_on}))
    return _after(rule_id)


@blueprint.post("/rules/<uuid:rule_id>/move")
def move_rule(rule_id: UUID) -> Any:
    """One place up or down among the rules of its group; the first stays the first."""
    find_rule(db.session(), rule_id)
    viewer().actor.require(Permission.WRITE_RULES)
    step = STEPS[validate(Move, {"to": request.form.get("to")}).to]
    order_rules(viewer().actor, RuleOrder(rule_ids=_moved(_sections(), rule_id, step)))
    return _after(rule_id)


@blueprint.post("/rules/order")
def order() -> Any:
    """All of them as they were dragged."""
    wanted = validate(RuleOrder, {"rule_ids": request.form.getlist("rule_ids")})
    order_rules(viewer().actor, wanted)
    return _after(wanted.rule_ids[0])


@blueprint.route("/rules/<uuid:rule_id>/delete", methods=["GET", "POST"])
def delete_one(rule_id: UUID) -> Any:
    rule = find_rule(db.session(), rule_id)
    viewer().actor.require(Permission.WRITE_RULES)
    if request.method == "GET":
        return render_template("scoring/delete_rule.html", rule=rule, names=source_names())
    name = rule.rule_name
    delete_rule(viewer().actor, rule_id)
    flash(f"Deleted “{name}”. An earlier version brings it back.", "success")
    return redirect(url_for("scoring.index"), 303)


@blueprint.get("/rescoring")
def rescoring() -> Any:
    """How far the scores are, for a page that polls."""
    if not is_fragment():
        return redirect(url_for("scoring.index"))
    return render_template("scoring/_progress.html", rescore=latest(db.session()))


@blueprint.post("/rescoring")
def rescore() -> Any:
    ask_rescore(viewer().actor)
    return redirect(url_for("scoring.index"), 303)


def is_running(rescore: Rescore | None) -> bool:
    """Are there leads that the rules in force have not scored yet?"""
    return rescore is not None and rescore.finished_at is None and not rescore.is_second_look


def _shown() -> dict[str, Any]:
    sections = _sections()
    return {
        "sections": sections,
        "count": sum(len(section.rules) for section in sections),
        "unreadable": RuleSet.of([rule for section in sections for rule in section.rules]).unreadable,
        "names": source_names(),
    }


def _sections() -> list[Section]:
    """Those of no group first, then the groups by name."""
    session = db.session()
    rules = session.scalars(in_order()).all()
    found: list[RuleGroup | None] = [None, *groups(session)]
    return [Section(one, [rule for rule in rules if _is_in(rule, one)]) for one in found]


def _is_in(rule: ScoringRule, group: RuleGroup | None) -> bool:
    return rule.rule_group_id == (group.id if group else None)


def _moved(sections: list[Section], rule_id: UUID, step: int) -> list[UUID]:
    """The ids of all rules, section by section, with that one a place further on in its own."""
    ids = [[rule.id for rule in section.rules] for section in sections]
    own = next(section for section in ids if rule_id in section)
    at = own.index(rule_id)
    own.insert(max(0, at + step), own.pop(at))
    return [one for section in ids for one in section]


def _after(rule_id: UUID) -> Any:
    if is_fragment():
        return render_template(
            "scoring/_rules.html", **_shown(), rescore=latest(db.session()), is_beside=True
        )
    return redirect(url_for("scoring.index", _anchor=f"rule-{rule_id}"), 303)


blueprint.add_app_template_test(is_running, "running")
