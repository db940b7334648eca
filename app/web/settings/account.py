"""A person's own pages: name, password and second factor, where they are signed in, whom they work for."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_security import current_user
from wtforms import BooleanField, StringField

from app.accounts import access, lookup, queries, sessions
from app.accounts.schemas import Account, Notices
from app.accounts.service import update_account, update_notices
from app.kernel import clock
from app.kernel.db import db
from app.web.settings.blueprint import blueprint
from app.web.settings.browsers import name_of
from app.web.viewer import viewer
from app.web.write_form import WriteForm

blueprint.add_app_template_filter(name_of, "browser")


class AccountForm(WriteForm):
    full_name = StringField(
        "Your name", render_kw={"required": True, "maxlength": 255, "autocomplete": "name"}
    )


class NoticesForm(WriteForm):
    wants_notices = BooleanField(
        "When a lead is given to me, and when one of mine answers",
        description="Not for those you take yourself. Owners and admins also hear of a domain that"
        " e-mails are from when its records are not right any more.",
    )
    wants_digest = BooleanField(
        "Each morning at eight",
        description="Tasks that are due, couples who wait for an answer, leads that are new to you. "
        "Nothing on days without any.",
    )


@blueprint.route("/account", methods=["GET", "POST"])
def account() -> Any:
    form = AccountForm(obj=current_user)
    if form.write(Account, lambda data: update_account(viewer().actor, data)):
        flash("Saved.", "success")
        return redirect(url_for("settings.account"), 303)
    return _account(form), form.status


@blueprint.post("/account/notices")
def set_notices() -> Any:
    form = NoticesForm()
    if not form.write(Notices, lambda data: update_notices(viewer().actor, data)):
        return _account(AccountForm(formdata=None, obj=current_user), form), form.status
    flash("Saved.", "success")
    return redirect(url_for("settings.account"), 303)


def _account(form: AccountForm, notices: NoticesForm | None = None) -> str:
    person, place = queries.member(db.session(), viewer().user_id)
    return render_template(
        "accounts/account.html",
        form=form,
        notices=notices or NoticesForm(formdata=None, obj=place),
        person=person,
        places=lookup.places(viewer().user_id),
    )


@blueprint.get("/account/sessions", endpoint="sessions")
def signed_in_browsers() -> Any:
    found = sessions.of_person(db.session(), viewer().user_id, clock.now())
    return render_template("accounts/sessions.html", sessions=found, here=access.signed_in().session_id)


@blueprint.post("/account/sessions/<uuid:session_id>/revoke")
def revoke_session(session_id: UUID) -> Any:
    sessions.revoke(viewer().actor, session_id)
    flash("That browser is signed out.", "success")
    return redirect(url_for("settings.sessions"), 303)


@blueprint.post("/account/sessions/revoke-all")
def revoke_all_sessions() -> Any:
    sessions.revoke_all(viewer().actor)
    return redirect(url_for("security.login"), 303)


@blueprint.get("/account/businesses")
def suppliers() -> Any:
    names = queries.supplier_names(lookup.places(viewer().user_id))
    return render_template("accounts/suppliers.html", names=names, here=viewer().actor.supplier_id)


@blueprint.post("/account/businesses/<uuid:supplier_id>")
def switch(supplier_id: UUID) -> Any:
    sessions.switch(viewer().actor, access.signed_in().session_id, supplier_id)
    return redirect(url_for("dashboard.home"), 303)
