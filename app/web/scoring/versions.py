"""Versions of the rules: what each changed, how it differs from today, and the way back to it."""

from dataclasses import dataclass
from typing import Annotated, Any

from flask import flash, redirect, render_template, url_for
from pydantic import Field

from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.schema import Schema, validate
from app.models.scoring import RuleVersion, ScoringRule
from app.scoring import versions
from app.scoring.rules import go_back
from app.scoring.versions import Difference
from app.web import listing
from app.web.score_values import source_names
from app.web.scoring.blueprint import blueprint
from app.web.viewer import viewer

SHOWN = 25
HIGHEST = 2**31 - 1
CHANGED = {
    "rule_name": "name",
    "rule_description": "description",
    "criteria_type": "type",
    "criteria_field": "field",
    "criteria_operator": "operator",
    "criteria_value": "value",
    "score_adjustment": "points",
    "rule_weight": "weight",
    "is_active": "on or off",
    "rule_order": "place",
    "rule_group_id": "group",
    "half_life_weeks": "half-life",
}
"""What people call the columns of a rule."""


SAID = CHANGED.keys() - {
    "rule_name",
    "rule_description",
    "criteria_type",
    "is_active",
    "rule_order",
    "rule_group_id",
}
"""Columns that a rule's sentence says."""


class Below(Schema):
    """The versions with a lower number than this."""

    below: Annotated[int, Field(ge=1, le=HIGHEST)] | None = None


@blueprint.get("/versions")
def version_list() -> str:
    below = validate(Below, listing.query()).below
    found = versions.listed(db.session(), SHOWN + 1, below)
    return render_template(
        "scoring/versions.html",
        rows=found[:SHOWN],
        next=found[SHOWN - 1].number if len(found) > SHOWN else None,
        is_first=below is None,
    )


@blueprint.get("/versions/<int:number>")
def version(number: int) -> str:
    """One version beside the one before and the rules in force."""
    session = db.session()
    shown = versions.find(session, min(number, HIGHEST))
    latest = versions.find(session, versions.latest_number(session) or 0)
    before = versions.find(session, number - 1) if number > 1 else None
    return render_template(
        "scoring/version.html",
        version=shown,
        rules=versions.rules_of(shown),
        group_names={group["id"]: group["group_name"] for group in shown.groups},
        since_before=_differences(before, shown) if before else None,
        since_then=_differences(shown, latest) if latest.number != shown.number else [],
        latest=latest,
        names=source_names(),
    )


@blueprint.post("/versions/<int:number>/restore")
def restore_version(number: int) -> Any:
    viewer().actor.require(Permission.WRITE_RULES)
    changed = go_back(viewer().actor, min(number, HIGHEST))
    told = f"The rules are those of version {number} again." if changed.version else "Nothing to change."
    flash(told, "success")
    return redirect(url_for("scoring.index"), 303)


@dataclass(frozen=True)
class Told:
    """A difference in words; of a rule that asks or gives something else, the rule before and after."""

    words: str
    before: ScoringRule | None = None
    after: ScoringRule | None = None


def _differences(before: RuleVersion, after: RuleVersion) -> list[Told]:
    old, new = ({rule.id: rule for rule in versions.rules_of(version)} for version in (before, after))
    found = []
    for one in versions.differences(before, after):
        is_said = bool(SAID & set(one.changed))
        pair = (old.get(one.rule_id), new.get(one.rule_id)) if is_said else (None, None)
        found.append(Told(_said(one), *pair))
    return found + [Told(words) for words in _of_groups(before, after)]


def _said(one: Difference) -> str:
    what = ", ".join(CHANGED.get(name, name) for name in one.changed)
    return f"“{one.rule_name}” {one.kind}{f': {what}' if what else ''}"


def _of_groups(before: RuleVersion, after: RuleVersion) -> list[str]:
    old, new = ({kept["id"]: kept for kept in version.groups} for version in (before, after))
    found = [f"Group “{new[one]['group_name']}” added" for one in new if one not in old]
    found += [f"Group “{old[one]['group_name']}” removed" for one in old if one not in new]
    changed = (one for one in new if one in old and new[one] != old[one])
    return found + [f"Group “{new[one]['group_name']}” changed" for one in changed]
