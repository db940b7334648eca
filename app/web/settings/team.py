"""The team: who works here, as what, in which team, and when they take leads."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from wtforms import BooleanField, DateField, EmailField, IntegerField, SelectField, StringField
from wtforms.validators import Optional

from app.accounts import invitations, queries, schemas, team
from app.kernel.actor import Permission, Role
from app.kernel.db import db
from app.kernel.limits import limiter
from app.web import listing
from app.web.fields import choices
from app.web.settings.blueprint import blueprint
from app.web.viewer import viewer
from app.web.write_form import WriteForm

ROLES = {
    Role.OWNER: "Owner: everything, also other owners and erasing people's data",
    Role.ADMIN: "Admin: everything but owners and erasing",
    Role.MEMBER: "Member: works with leads",
    Role.VIEWER: "Viewer: reads",
}


class InviteForm(WriteForm):
    email = EmailField("E-mail", render_kw={"required": True, "maxlength": 254, "autocomplete": "off"})
    role = SelectField("Role", default=Role.MEMBER)


class RoleForm(WriteForm):
    role = SelectField("Role")


class AvailabilityForm(WriteForm):
    team_id = SelectField("Team")
    takes_leads = BooleanField("Takes new leads")
    capacity = IntegerField(
        "At most this many open leads",
        [Optional()],
        description="Empty is no bound.",
        render_kw={"min": 0, "max": 10_000},
    )
    absent_from = DateField("Away from", [Optional()])
    absent_until = DateField("Away until", [Optional()], description="The last day away.")


class TeamForm(WriteForm):
    name = StringField("Name", render_kw={"required": True, "maxlength": 100})


@blueprint.get("/settings/team", endpoint="team")
def index() -> Any:
    return _page()


@blueprint.post("/settings/team/invitations")
@limiter.limit("60 per hour")
def invite() -> Any:
    form = _roles(InviteForm())
    if not form.write(schemas.Invitation, lambda data: invitations.invite(viewer().actor, data)):
        return _page(invite=form), form.status
    flash(f"An invitation is on its way to {form.email.data}.", "success")
    return _back()


@blueprint.post("/settings/team/teams")
def create_team() -> Any:
    form = TeamForm(prefix="new")
    if not form.write(schemas.TeamName, lambda data: team.create_team(viewer().actor, data)):
        return _page(new_team=form), form.status
    return _back()


@blueprint.route("/settings/teams/<uuid:team_id>", methods=["GET", "POST"])
def edit_team(team_id: UUID) -> Any:
    viewer().actor.require(Permission.MANAGE_TEAM)
    form = TeamForm(data={"name": queries.team(db.session(), team_id).name})
    if form.write(schemas.TeamName, lambda data: team.rename_team(viewer().actor, team_id, data)):
        return _back()
    return render_template("accounts/team_edit.html", form=form, team_id=team_id), form.status


@blueprint.post("/settings/teams/<uuid:team_id>/delete")
def delete_team(team_id: UUID) -> Any:
    team.delete_team(viewer().actor, team_id)
    return _back()


@blueprint.get("/settings/team/<uuid:user_id>")
def member(user_id: UUID) -> Any:
    return _member(user_id)


@blueprint.post("/settings/team/<uuid:user_id>/role")
def change_role(user_id: UUID) -> Any:
    form = _roles(RoleForm())
    if not form.write(schemas.RoleChange, lambda data: team.change_role(viewer().actor, user_id, data)):
        return _member(user_id, role=form), form.status
    return _saved(user_id)


@blueprint.post("/settings/team/<uuid:user_id>/availability")
def set_availability(user_id: UUID) -> Any:
    form = _teams(AvailabilityForm())
    if not form.write(
        schemas.Availability, lambda data: team.set_availability(viewer().actor, user_id, data)
    ):
        return _member(user_id, availability=form), form.status
    return _saved(user_id)


@blueprint.post("/settings/team/<uuid:user_id>/deactivate")
def deactivate(user_id: UUID) -> Any:
    team.deactivate(viewer().actor, user_id)
    return _saved(user_id)


@blueprint.post("/settings/team/<uuid:user_id>/reactivate")
def reactivate(user_id: UUID) -> Any:
    team.reactivate(viewer().actor, user_id)
    return _saved(user_id)


def _page(invite: InviteForm | None = None, new_team: TeamForm | None = None) -> str:
    place = listing.place()
    return render_template(
        "accounts/team.html",
        page=queries.member_page(db.session(), place.cut()),
        address=listing.Address("settings.team", {}, place.limit),
        teams=queries.teams(db.session()),
        invite=invite or _roles(InviteForm(formdata=None)),
        new_team=new_team or TeamForm(formdata=None, prefix="new"),
    )


def _member(user_id: UUID, role: RoleForm | None = None, availability: AvailabilityForm | None = None) -> str:
    person, place = queries.member(db.session(), user_id)
    return render_template(
        "accounts/member.html",
        person=person,
        member=place,
        role=role or _roles(RoleForm(formdata=None, obj=place)),
        availability=availability or _teams(AvailabilityForm(formdata=None, obj=place)),
    )


def _roles(form: Any) -> Any:
    """The roles that the viewer may give."""
    mine = viewer().actor.role is Role.OWNER
    form.role.choices = choices(
        (role.value, text) for role, text in ROLES.items() if mine or role is not Role.OWNER
    )
    return form


def _teams(form: AvailabilityForm) -> AvailabilityForm:
    named = ((str(row.id), row.name) for row, _ in queries.teams(db.session()))
    form.team_id.choices = choices([("", "None"), *named])
    return form


def _back() -> Any:
    return redirect(url_for("settings.team"), 303)


def _saved(user_id: UUID) -> Any:
    flash("Saved.", "success")
    return redirect(url_for("settings.member", user_id=user_id), 303)
