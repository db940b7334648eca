"""Who is asking: the person of a signed-in browser, or the key of a program.

`current_actor()` costs one statement. Flask-Login knows the same person by the same row: a sign-in
that was revoked, grew old, or whose place at the supplier is gone, is nobody to either.
"""

from functools import partial
from typing import Any

from flask import Flask, Response, after_this_request, current_app, g, request, session
from flask_login import user_logged_in, user_logged_out
from flask_security import Security, password_changed, password_reset, tf_disabled, tf_profile_changed
from flask_security.utils import set_request_attr
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

from app.accounts import keys, lookup, security, sessions
from app.accounts.lookup import SignedIn
from app.accounts.security import csrf
from app.accounts.service import note_person
from app.kernel import clock
from app.kernel.actor import Actor, ActorKind
from app.kernel.db import db
from app.kernel.errors import NotAuthenticated
from app.kernel.uow import commit_ambient
from app.models.accounts import User

__all__ = ["csrf", "current_actor", "from_our_pages", "install", "key_in", "signed_in"]

TOKEN = "sign_in"  # noqa: S105 - the name of the cookie's entry
BEARER = "bearer"
"""Of any case (RFC 9110 §11.1)."""
NOTED = {
    "password_changed": password_changed,
    "password_reset": password_reset,
    "second_factor_set": tf_profile_changed,
    "second_factor_removed": tf_disabled,
}


def install(app: Flask) -> None:
    """Flask-Security with our look, sign-ins as rows, and CSRF protection of every post."""
    app.session_interface = sessions.Cookies()
    _know_people_by_their_row(security.install(app))
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end, app)
    for changed in (password_changed, password_reset):
        changed.connect(_sign_out_elsewhere, app)
    tf_disabled.connect(_forget_codes, app)
    for action, signal in NOTED.items():
        signal.connect(partial(_note, action), app, weak=False)


def current_actor() -> Actor:
    """Who acts in this request, asked once; NotAuthenticated when it is nobody."""
    if "actor" not in g:
        header = request.headers.get("Authorization")
        g.actor = _person() if header is None else _program(header)
    actor: Actor = g.actor
    return actor


def signed_in() -> SignedIn:
    """The person behind this browser; NotAuthenticated for nobody and for programs."""
    if "signed_in" not in g:
        g.signed_in = _find()
    found: SignedIn | None = g.signed_in
    if found is None:
        raise NotAuthenticated()
    return found


def from_our_pages() -> bool:
    """Does one of our own pages send this? By the token of our forms, or by the browser's word."""
    token = request.headers.get("X-CSRFToken")
    if token:
        try:
            validate_csrf(token)
        except ValidationError:
            return False
        return True
    if "Sec-Fetch-Site" in request.headers:
        return request.headers["Sec-Fetch-Site"] == "same-origin"
    return request.headers.get("Origin") in (
        request.host_url.rstrip("/"),
        current_app.extensions["settings"].base_url,
    )


def _person() -> Actor:
    found = signed_in()
    return Actor(ActorKind.USER, found.supplier_id, found.role, found.user_id)


def _program(header: str) -> Actor:
    return keys.authenticate(key_in(header), clock.now())


def key_in(header: str) -> str:
    """The key in an `Authorization` header; NotAuthenticated for another scheme."""
    scheme, _, key = header.partition(" ")
    if scheme.lower() != BEARER:
        raise NotAuthenticated()
    return key.strip()


def _find() -> SignedIn | None:
    token, uniquifier = session.get(TOKEN), session.get("_user_id")
    if not token or not uniquifier:
        return None
    now = clock.now()
    found = lookup.signed_in(token, sessions.person_of(token), uniquifier)
    if found is None or not sessions.is_live(found, now):
        return None
    sessions.touch(found, now)
    return found


def _know_people_by_their_row(flask_security: Security) -> None:
    """Flask-Login asks us; auth tokens and remember-me cookies of the libraries open nothing."""

    def load(_uniquifier: str) -> User | None:
        try:
            found = signed_in()
        except NotAuthenticated:
            return None
        set_request_attr("fs_authn_via", "session")
        set_request_attr("fs_paa", session.get("fs_paa", 0))
        return db.session.get(User, found.user_id)

    flask_security.login_manager.user_loader(load)
    flask_security.login_manager.request_loader(lambda _request: None)


def _begin(_app: Flask, user: User, **_: Any) -> None:
    """A fresh token at every sign-in, in place of the browser's old one."""
    if old := session.pop(TOKEN, None):
        sessions.end(db.session(), old)
    browser = sessions.Browser(request.user_agent.string, request.remote_addr)
    session[TOKEN] = sessions.start(db.session(), user.id, browser, clock.now())
    session.permanent = True
    _forget_who()
    after_this_request(_commit)


def _end(_app: Flask, **_: Any) -> None:
    if token := session.pop(TOKEN, None):
        sessions.end(db.session(), token)
        after_this_request(_commit)
    _forget_who()


def _sign_out_elsewhere(_app: Flask, user: User, **_: Any) -> None:
    """A new password leaves only the browser it was set in, and after a reset none."""
    sessions.end_others(db.session(), user.id, session.get(TOKEN))


def _forget_codes(_app: Flask, user: User, **_: Any) -> None:
    user.mf_recovery_codes = user.tf_last_counter = None


def _note(action: str, _app: Flask, user: User, **_: Any) -> None:
    """Into the audit log of every supplier the person works for, once the change itself is committed."""
    user_id = user.id

    def write(response: Response) -> Response:
        commit_ambient()
        note_person(user_id, action)
        return response

    after_this_request(write)


def _forget_who() -> None:
    g.pop("actor", None)
    g.pop("signed_in", None)


def _commit(response: Response) -> Response:
    commit_ambient()
    return response
