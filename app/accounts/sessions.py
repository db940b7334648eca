"""Sign-ins as rows: one a browser, hashed, listed to its person, revocable.

The cookie (signed, HTTP-only) carries the token, which names its person and 256 random bits; the row
keeps its SHA-256. Writes here join Flask-Security's ambient transaction or a unit of work of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.lookup import SignedIn, digest, places
from app.kernel import audit, jobs, public_keys
from app.kernel.actor import Actor
from app.kernel.errors import NotAuthenticated, NotFound
from app.kernel.uow import unit_of_work
from app.models.accounts import Membership, SignInSession

LIFETIME = timedelta(days=30)
IDLE = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=5)
"""`last_seen_at` is exact to this."""
TOKEN_BYTES = 32
LISTED = 100


class Cookies(SecureCookieSessionInterface):
    """Flask's session cookie. Its signer is made once: that takes longer than to read a cookie.

    A request without a cookie has nothing to read, and a session that nobody looked at is as it was.
    """

    _signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.accessed or session.modified:
            super().save_session(app, session, response)


@dataclass(frozen=True)
class Browser:
    """Where a sign-in was made."""

    user_agent: str
    ip_address: str | None


def start(session: Session, user_id: UUID, browser: Browser, now: datetime) -> str:
    """A new sign-in at the person's first supplier; the token. Their expired ones go."""
    session.execute(delete(SignInSession).where(SignInSession.user_id == user_id, _expired(now)))
    token = public_keys.make(user_id, random_bytes=TOKEN_BYTES)
    row = SignInSession(
        user_id=user_id,
        supplier_id=next(iter(places(user_id)), None),
        token_hash=digest(token),
        user_agent=browser.user_agent[:255],
        ip_address=browser.ip_address,
        last_seen_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(row)
    return token


def end(session: Session, token: str) -> None:
    session.execute(delete(SignInSession).where(SignInSession.token_hash == digest(token)))


def end_others(session: Session, user_id: UUID, token: str | None) -> None:
    """Sign that person out everywhere but where `token` is."""
    kept = digest(token or "")
    session.execute(
        delete(SignInSession).where(SignInSession.user_id == user_id, SignInSession.token_hash != kept)
    )


def person_of(token: str) -> UUID:
    """The person a token names, not yet believed; NotAuthenticated when it is no token."""
    try:
        return public_keys.supplier_of(token, random_bytes=TOKEN_BYTES)
    except NotFound:
        raise NotAuthenticated() from None


def is_live(found: SignedIn, now: datetime) -> bool:
    return now < found.expires_at and now < found.last_seen_at + IDLE


def touch(found: SignedIn, now: datetime) -> None:
    """Note that the browser was seen, at most every five minutes."""
    if now < found.last_seen_at + SEEN_EVERY or jobs.collecting():
        return
    with unit_of_work() as session:
        session.execute(
            update(SignInSession).where(SignInSession.id == found.session_id).values(last_seen_at=now)
        )


def of_person(session: Session, user_id: UUID, now: datetime) -> Sequence[SignInSession]:
    """Where that person is signed in, the latest seen first; at most 100."""
    return session.scalars(
        select(SignInSession)
        .where(SignInSession.user_id == user_id, ~_expired(now))
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id)
        .limit(LISTED)
    ).all()


def revoke(actor: Actor, session_id: UUID) -> None:
    """Sign one of the actor's own browsers out; NotFound for anybody else's."""
    with unit_of_work(actor.supplier_id) as session:
        row = session.get(SignInSession, session_id)
        if row is None or row.user_id != actor.user_id:
            raise NotFound("session")
        audit.record(session, actor, "signed_out", row)
        session.delete(row)


def revoke_all(actor: Actor) -> None:
    """Sign the actor out everywhere, here too."""
    with unit_of_work(actor.supplier_id) as session:
        rows = session.scalars(select(SignInSession).where(SignInSession.user_id == actor.user_id))
        for row in rows:
            audit.record(session, actor, "signed_out", row)
            session.delete(row)


def switch(actor: Actor, session_id: UUID, supplier_id: UUID) -> None:
    """Let this browser work for another of the person's suppliers; NotFound where they have no place."""
    with unit_of_work(supplier_id) as session:
        member = session.get(Membership, (supplier_id, actor.user_id))
        row = session.get(SignInSession, session_id)
        if member is None or not member.is_active or row is None or row.user_id != actor.user_id:
            raise NotFound("supplier")
        row.supplier_id = supplier_id


def _expired(now: datetime) -> ColumnElement[bool]:
    return or_(SignInSession.expires_at <= now, SignInSession.last_seen_at <= now - IDLE)
