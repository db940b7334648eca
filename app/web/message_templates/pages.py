"""The list of templates, the editor, and the acts on one."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for

from app.kernel.actor import Permission
from app.kernel.db import db
from app.kernel.errors import Conflict
from app.messaging.templates.queries import find, listed, uses
from app.messaging.templates.service import (
    copy_template,
    create_template,
    delete_template,
    update_template,
)
from app.messaging.tokens import TOKENS
from app.web.message_templates.blueprint import blueprint
from app.web.message_templates.forms import PAGES, Page, TemplateForm, page_of
from app.web.message_templates.of_step import of_step
from app.web.viewer import viewer


@blueprint.get("")
def index() -> str:
    session = db.session()
    found = [(page, listed(session, page.model), uses(session, page.model)) for page in PAGES.values()]
    return render_template("message_templates/index.html", found=found)


@blueprint.route("/<sort>/new", methods=["GET", "POST"])
def new(sort: str) -> Any:
    page, step = page_of(sort), of_step()
    viewer().actor.require(Permission.WRITE_SEQUENCES)
    form = page.form()
    if form.write(page.write, lambda data: create_template(viewer().actor, page.model, data)):
        if step:
            flash("Added, and chosen here. Save the step to keep it.", "success")
            return redirect(step.address(form.result), 303)
        return _done("Template added.", page, form.result)
    return _editor(page, form, None), form.status


@blueprint.route("/<sort>/<uuid:template_id>", methods=["GET", "POST"])
def edit(sort: str, template_id: UUID) -> Any:
    page, step = page_of(sort), of_step()
    row = find(db.session(), page.model, template_id)
    viewer().actor.require(Permission.WRITE_SEQUENCES)
    form = page.form(obj=row)
    if form.write(page.write, lambda data: _update(page, template_id, data)):
        if step:
            flash(f"“{form.name.data}” is saved; this counts at once.", "success")
            return redirect(step.address(), 303)
        return _done("Saved.", page, template_id)
    return _editor(page, form, find(db.session(), page.model, template_id)), form.status


@blueprint.post("/<sort>/<uuid:template_id>/copy")
def copy(sort: str, template_id: UUID) -> Any:
    page = page_of(sort)
    return _done("Copied.", page, copy_template(viewer().actor, page.model, template_id))


@blueprint.route("/<sort>/<uuid:template_id>/delete", methods=["GET", "POST"])
def delete(sort: str, template_id: UUID) -> Any:
    """Asks first; one in use says where, instead."""
    page = page_of(sort)
    form = TemplateForm()
    row = find(db.session(), page.model, template_id)
    viewer().actor.require(Permission.WRITE_SEQUENCES)
    if form.validate_on_submit():
        name = row.name
        try:
            delete_template(viewer().actor, page.model, template_id)
        except Conflict as refused:
            flash(refused.message, "danger")
        else:
            flash(f"Deleted “{name}”.", "success")
        return redirect(url_for("templates.index"), 303)
    used = uses(db.session(), page.model, template_id).get(template_id, [])
    return render_template(
        "message_templates/delete.html", page=page, row=row, uses=used, form=form
    ), form.status


def _update(page: Page, template_id: UUID, data: Any) -> bool:
    return update_template(viewer().actor, page.model, template_id, page.patch(**data.model_dump()))


def _done(told: str, page: Page, template_id: UUID) -> Any:
    flash(told, "success")
    return redirect(url_for("templates.edit", sort=page.key, template_id=template_id), 303)


def _editor(page: Page, form: TemplateForm, row: Any) -> str:
    used = uses(db.session(), page.model, row.id).get(row.id, []) if row else []
    return render_template(
        "message_templates/edit.html",
        page=page,
        form=form,
        row=row,
        uses=used,
        tokens=TOKENS.values(),
        step=of_step(),
    )
