"""Flask-Security, composed: passwords, reset, second factor, with our forms, limits and mail.

Its sessions and API tokens are not used: a sign-in is a row (`app.accounts.sessions`), a program's key too.
"""

import hashlib
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

from flask import Flask, Response, abort, after_this_request, g, redirect, render_template, request, session
from flask_limiter.util import get_remote_address
from flask_security import RoleMixin, Security, SQLAlchemyUserDatastore, current_user, uia_email_mapper
from flask_security.password_util import PasswordUtil
from flask_security.totp import Totp
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect

from app.accounts.forms import FORMS
from app.accounts.mail import SecurityMail, mailbox
from app.accounts.schemas import PASSWORD_LENGTH
from app.kernel.db import db
from app.kernel.limits import limiter
from app.kernel.uow import commit_ambient
from app.models.accounts import User
from app.settings import Settings

csrf = CSRFProtect()
"""Guards every post of every page. A surface whose callers bring no cookie exempts its blueprint."""

GUESSED = frozenset(
    f"security.{view}"
    for view in (
        "login",
        "verify",
        "change_password",
        "two_factor_token_validation",
        "mf_recovery",
    )
)
"""The views where a secret may be guessed."""


ADDRESSED = frozenset({"security.login", "security.forgot_password"})
"""The views that ask for an e-mail address."""


class Datastore(SQLAlchemyUserDatastore):
    """Flask-Security's store over our users; it commits where everything commits."""

    def commit(self) -> None:
        commit_ambient()


class Passwords(PasswordUtil):
    """12 to 200 characters of anything (NIST SP 800-63B §3.1.1.2: length, not composition)."""

    def validate(self, password: str, is_register: bool, **_: Any) -> tuple[list[str] | None, str]:
        least, most = PASSWORD_LENGTH
        wrong = not least <= len(password) <= most
        problem = [f"A password has {least} to {most} characters; this one has {len(password)}."]
        return (problem if wrong else None), self.normalize(password)


class OnceOnly(Totp):
    """Time-based codes (RFC 6238), each good for one use (§5.2)."""

    def get_last_counter(self, user: Any) -> int | None:
        counter: int | None = user.tf_last_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        user.tf_last_counter = tmatch.counter


def install(app: Flask) -> Security:
    settings: Settings = app.extensions["settings"]
    app.config.from_mapping({f"SECURITY_{name}": value for name, value in _config(settings).items()})
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(days=30)
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    csrf.init_app(app)
    security = Security(
        mail_util_cls=SecurityMail, password_util_cls=Passwords, totp_cls=OnceOnly, render_template=_render
    )
    security.init_app(app, Datastore(db, User, RoleMixin), **FORMS)
    security.principal.identity_loaders.clear()  # it would load the user on every request, for nothing
    app.after_request_funcs[None].remove(security.login_manager._update_remember_cookie)  # opens nothing here
    security.want_json(lambda _request: False)
    security.mail_context_processor(lambda: {"base_url": settings.base_url})
    app.before_request(_guard)
    app.before_request(_keep_signed_in)
    return security


def _config(settings: Settings) -> dict[str, Any]:
    key = settings.signing_key()
    return {
        "PASSWORD_SINGLE_HASH": True,  # a pepper would tie passwords to the signing key
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_HASH_PASSLIB_OPTIONS": _cheap() if settings.environment == "test" else {},
        "RECOVERABLE": True,
        "RESET_PASSWORD_WITHIN": timedelta(hours=2),
        "CHANGEABLE": True,
        "CHANGE_URL": "/account/password",
        "POST_CHANGE_VIEW": "/account",
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TWO_FACTOR_SETUP_URL": "/account/second-factor",
        "TWO_FACTOR_TOKEN_VALIDATION_URL": "/login/code",
        "TWO_FACTOR_RESCUE_URL": "/login/rescue",
        "TWO_FACTOR_POST_SETUP_VIEW": "/account",
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [_derive(key, "recovery")],
        "MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "MULTI_FACTOR_RECOVERY_URL": "/login/recovery",
        "TOTP_SECRETS": {"1": _derive(key, "totp")},
        "TOTP_ISSUER": "WedSync Leads",
        "FRESHNESS": timedelta(minutes=30),
        "FRESHNESS_GRACE_PERIOD": timedelta(minutes=10),
        "VERIFY_URL": "/login/again",
        "API_ENABLED_METHODS": ["session"],
        "RETURN_GENERIC_RESPONSES": True,
        "MSG_GENERIC_AUTHN_FAILED": ("The e-mail address or the password is wrong.", "error"),
        "MSG_PASSWORD_RESET_REQUEST": (
            "If %(email)s has an account, a link to set a new password is on its way there.",
            "info",
        ),
        "JOIN_USER_ROLES": False,
        "USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": uia_email_mapper, "case_insensitive": False}}],
        "EMAIL_HTML": False,
        "EMAIL_SENDER": settings.mail_from,
        "LOGOUT_CSRF": True,
        "POST_LOGOUT_VIEW": "/login",
        "CLI_USERS_NAME": False,
        "CLI_ROLES_NAME": False,
        "STATIC_FOLDER": None,
    }


def _cheap() -> dict[str, int]:
    """Argon2 at its least, for tests that make many people."""
    return {"argon2__time_cost": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}


def _derive(key: str, purpose: str) -> bytes:
    """A Fernet key of its own for each purpose, from the signing key."""
    return urlsafe_b64encode(hashlib.blake2b(key.encode(), digest_size=32, person=purpose.encode()).digest())


def _render(template: str, **context: Any) -> str:
    """A page or mail of Flask-Security. The answer is 422 when a form was sent and is wrong."""
    forms = [value for value in context.values() if isinstance(value, FlaskForm)]
    if request.method == "POST" and any(form.errors for form in forms):
        after_this_request(_unprocessable)
    return render_template(template, **context)


def _unprocessable(response: Response) -> Response:
    response.status_code = 422
    return response


def _guard() -> None:
    """Forms alone, not JSON, and not too many guesses or mails."""
    if request.blueprint != "security" or request.method != "POST":
        return
    if request.is_json:
        abort(415)
    if request.endpoint in GUESSED:
        _guess()
    if request.endpoint == "security.forgot_password":
        _ask()


def _keep_signed_in() -> Any:
    """Home, for the signed-in who open the page for a code: Flask-Security would sign them out, by a GET."""
    if request.endpoint == "security.two_factor_token_validation" and current_user.is_authenticated:
        return redirect("/")
    return None


def _account() -> str:
    """The account that is meant: the mailbox, where the view asks for one; else who is (half) signed in.

    Elsewhere an address in the form means nothing: a guesser would send another one with every guess.
    """
    if request.endpoint in ADDRESSED:
        return mailbox(request.form.get("email", "")) or request.path
    return str(session.get("tf_user_id") or session.get("_user_id") or request.path)


def _account_from_here() -> str:
    return f"{_account()} {get_remote_address()}"


def _was_wrong(_response: Response) -> bool:
    return "guessed_wrong" in g


@limiter.limit("20 per minute", deduct_when=_was_wrong)
@limiter.limit("10 per 10 minutes", key_func=_account_from_here, deduct_when=_was_wrong)
@limiter.limit("50 per hour", key_func=_account, deduct_when=_was_wrong)
def _guess() -> None:
    """Count a wrong guess at a secret; too many raise RateLimitExceeded.

    The account as a whole takes more than one address may make, so that a stranger cannot lock its owner out
    with a handful.
    """


@limiter.limit("10 per minute")
@limiter.limit("5 per 10 minutes", key_func=_account)
def _ask() -> None:
    """Count a wish for a reset link."""
