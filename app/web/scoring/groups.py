"""Groups of rules: what their rules count together has bounds."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from wtforms import IntegerField, StringField
from wtforms.validators import Optional

from app.kernel.actor import Permission
from app.kernel.db import db
from app.scoring.groups import create_group, delete_group, find_group, update_group
from app.scoring.schemas import GroupWrite
from app.web.scoring.blueprint import blueprint
from app.web.viewer import viewer
from app.web.write_form import WriteForm


class GroupForm(WriteForm):
    group_name = StringField("Name", render_kw={"required": True, "maxlength": 100})
    most_points = IntegerField(
        "Together at most",
        [Optional()],
        description="Points, 0 to 1000. Empty is no bound.",
        render_kw={"min": 0, "max": 1000},
    )
    least_points = IntegerField(
        "Together at least",
        [Optional()],
        description="Points, 0 or less: how much its rules may take away, such as -30. Empty is no bound.",
        render_kw={"min": -1000, "max": 0},
    )


@blueprint.route("/groups/new", methods=["GET", "POST"])
def new_group() -> Any:
    viewer().actor.require(Permission.WRITE_RULES)
    form = GroupForm()
    if form.write(GroupWrite, lambda data: create_group(viewer().actor, data)):
        flash("Group added. Its rules say in the editor that they belong to it.", "success")
        return _back()
    return render_template("scoring/group.html", form=form, group=None), form.status


@blueprint.route("/groups/<uuid:group_id>", methods=["GET", "POST"])
def edit_group(group_id: UUID) -> Any:
    group = find_group(db.session(), group_id)
    viewer().actor.require(Permission.WRITE_RULES)
    form, name = GroupForm(obj=group), group.group_name
    if form.write(GroupWrite, lambda data: update_group(viewer().actor, group_id, data)):
        flash("Saved.", "success")
        return _back()
    group = find_group(db.session(), group_id)
    return render_template("scoring/group.html", form=form, group=group, name=name), form.status


@blueprint.route("/groups/<uuid:group_id>/delete", methods=["GET", "POST"])
def delete_one_group(group_id: UUID) -> Any:
    group = find_group(db.session(), group_id)
    viewer().actor.require(Permission.WRITE_RULES)
    if request.method == "GET":
        return render_template("scoring/delete_group.html", group=group)
    delete_group(viewer().actor, group_id)
    flash("Group deleted. Its rules stay.", "success")
    return _back()


def _back() -> Any:
    return redirect(url_for("scoring.index"), 303)
