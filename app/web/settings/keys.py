"""API keys: make one, see it once, revoke it."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from wtforms import SelectField, StringField

from app.accounts import keys
from app.accounts.schemas import NewApiKey
from app.kernel.actor import Permission
from app.kernel.db import db
from app.web.fields import CheckboxChoices, choices
from app.web.settings.blueprint import blueprint
from app.web.viewer import viewer
from app.web.write_form import WriteForm

TERMS = choices([("90", "90 days"), ("30", "30 days"), ("365", "One year"), ("", "Never")])


class KeyForm(WriteForm):
    name = StringField(
        "Name", description="What will use it.", render_kw={"required": True, "maxlength": 100}
    )
    scopes = CheckboxChoices("It may", default=[Permission.READ])
    expires_in_days = SelectField("Expires after", choices=TERMS)


@blueprint.route("/settings/api-keys", methods=["GET", "POST"])
def api_keys() -> Any:
    viewer().actor.require(Permission.MANAGE_KEYS)
    form = _form()
    made = form.write(NewApiKey, lambda data: keys.create_api_key(viewer().actor, data))
    shown, empty = (form.result[1], _form(formdata=None)) if made else (None, form)
    page = render_template("accounts/api_keys.html", form=empty, shown=shown, keys=keys.live(db.session()))
    return page, 201 if made else form.status


def _form(**options: Any) -> KeyForm:
    """With the scopes that this person may give."""
    form = KeyForm(**options)
    mine = [scope for scope in Permission if viewer().may(scope)]
    form.scopes.choices = choices((scope.value, scope.replace("_", " ").capitalize()) for scope in mine)
    return form


@blueprint.post("/settings/api-keys/<uuid:key_id>/revoke")
def revoke_api_key(key_id: UUID) -> Any:
    keys.revoke_api_key(viewer().actor, key_id)
    flash("The key is revoked.", "success")
    return redirect(url_for("settings.api_keys"), 303)
