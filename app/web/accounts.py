"""The way in for people we do not know yet: sign-up and invitations. Signing in is Flask-Security's."""

from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from babel import Locale
from babel.numbers import get_currency_name
from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask_security import current_user, login_user
from wtforms import EmailField, PasswordField, SelectField, StringField

from app.accounts import invitations, mail, queries
from app.accounts.schemas import PASSWORD_LENGTH, Joining
from app.kernel.db import db
from app.kernel.limits import is_local, limiter
from app.models.choices import Trade
from app.web.fields import choices
from app.web.write_form import WriteForm
from app.workflows.open_supplier import NewSupplier, open_supplier

blueprint = Blueprint("accounts", __name__)

LEAST, MOST = PASSWORD_LENGTH
NEW_PASSWORD = {"autocomplete": "new-password", "minlength": LEAST, "maxlength": MOST, "required": True}
PASSWORD_HELP = f"At least {LEAST} characters. A few unusual words make a good one."
TRADES = choices((trade.value, trade.value.capitalize()) for trade in Trade)
CURRENCIES = (
    "GBP", "EUR", "USD", "AUD", "CAD", "NZD", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON",
    "ZAR", "INR", "AED", "SGD", "HKD", "JPY", "MXN", "BRL", "ILS", "TRY", "THB",
)  # fmt: skip

LOCALES = (
    "en-GB", "en-US", "en-AU", "en-CA", "en-IE", "en-NZ", "en-ZA", "en-IN", "de-DE", "de-AT", "de-CH",
    "fr-FR", "fr-BE", "fr-CA", "fr-CH", "es-ES", "es-MX", "it-IT", "nl-NL", "nl-BE", "pt-PT", "pt-BR",
    "pl-PL", "cs-CZ", "da-DK", "sv-SE", "nb-NO", "fi-FI", "hu-HU", "ro-RO", "el-GR", "tr-TR", "ja-JP",
)  # fmt: skip
LOCALE_HELP = "How numbers and dates are written and local phone numbers are read."


@lru_cache(maxsize=1)
def zones() -> list[Any]:
    """The zones of the IANA database that are places."""
    places = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return choices((name, name) for name in places)


@lru_cache(maxsize=1)
def currencies() -> list[Any]:
    return choices((code, f"{code} · {get_currency_name(code, locale='en')}") for code in CURRENCIES)


@lru_cache(maxsize=1)
def locales() -> list[Any]:
    return choices((tag, str(Locale.parse(tag, sep="-").english_name)) for tag in LOCALES)


def _text(autocomplete: str, most: int = 100) -> dict[str, Any]:
    return {"required": True, "autocomplete": autocomplete, "maxlength": most}


class SignUpForm(WriteForm):
    name = StringField("Business name", render_kw=_text("organization"))
    trade = SelectField("Trade", choices=TRADES)
    full_name = StringField("Your name", render_kw=_text("name"))
    email = EmailField("E-mail", render_kw=_text("username", 254))
    password = PasswordField("Password", description=PASSWORD_HELP, render_kw=NEW_PASSWORD)
    timezone = SelectField("Time zone", choices=zones, default="Europe/London")
    currency = SelectField("Currency", choices=currencies, default="GBP")
    locale = SelectField("Language and region", choices=locales, default="en-GB", description=LOCALE_HELP)


class JoiningForm(WriteForm):
    full_name = StringField("Your name", render_kw=_text("name"))
    password = PasswordField("Password", description=PASSWORD_HELP, render_kw=NEW_PASSWORD)


@blueprint.route("/sign-up", methods=["GET", "POST"])
@limiter.limit("10 per hour", methods=["POST"])
def sign_up() -> Any:
    form = SignUpForm()
    if current_user.is_authenticated:
        return redirect(url_for("dashboard.home"))
    if form.write(NewSupplier, open_supplier):
        return _welcome(form.result.user_id)
    return render_template("accounts/sign_up.html", form=form), form.status


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@limiter.limit("30 per hour", methods=["POST"])
def invitation(token: str) -> Any:
    """The page of an invitation: who has an account joins with a button, others say who they are."""
    form, invited = JoiningForm(), invitations.read(token)
    if invited.user_id is None:
        if form.write(Joining, lambda joining: invitations.join(token, joining)):
            return _welcome(form.result)
    elif form.is_submitted():
        flash(f"You joined {invitations.accept(token).business}.", "success")
        return redirect(url_for("settings.suppliers"), 303)
    return render_template("accounts/invitation.html", form=form, invited=invited), form.status


@blueprint.get("/account-mail")
def account_mail() -> Any:
    """E-mails to members, while mail does not leave this machine; to nobody elsewhere."""
    if not shows_account_mail():
        abort(404)
    return render_template("accounts/mail.html", messages=mail.kept())


@blueprint.app_template_global()
def shows_account_mail() -> bool:
    settings = current_app.extensions["settings"]
    is_kept = settings.environment != "production" and settings.mail_transport != "smtp"
    return is_kept and is_local()


def _welcome(user_id: UUID) -> Any:
    """Sign the new person in."""
    login_user(queries.user(db.session(), user_id), authn_via=["register"])
    return redirect(url_for("dashboard.home"), 303)
