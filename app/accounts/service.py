"""People and their places, and what a supplier says of itself.

`create_user` and `add_member` are building blocks: they never commit. The rest are whole writes.
"""

import secrets
from uuid import UUID

from flask_security.proxies import _security
from flask_security.utils import hash_password
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import queries
from app.accounts.lookup import places
from app.accounts.schemas import Account, Notices, SupplierProfile
from app.kernel import audit, clock
from app.kernel.actor import Actor, ActorKind, Permission, Role
from app.kernel.errors import Conflict, FieldError, NotFound
from app.kernel.uow import unit_of_work
from app.models.accounts import Membership, User
from app.models.score_facts import calendar_changed


def create_user(session: Session, *, email: str, password: str | None, full_name: str) -> User:
    """A person who can sign in with that address (normalised) and password (Argon2id).

    Without a password they set one by the reset link. Conflict when the address is taken.
    """
    if session.scalar(select(User.id).where(User.email == email)):
        raise _taken()
    hashed = _hashed(password) if password else None
    user = User(email=email, password=hashed, full_name=full_name, fs_uniquifier=secrets.token_hex(32))
    session.add(user)
    try:
        session.flush()
    except IntegrityError:  # somebody was faster
        raise _taken() from None
    return user


def set_password(session: Session, user_id: UUID, password: str) -> None:
    """A new password, and signed out everywhere."""
    user = session.get_one(User, user_id)
    user.password, user.fs_uniquifier = _hashed(password), secrets.token_hex(32)


def _hashed(password: str) -> str:
    return str(hash_password(_security.password_util.normalize(password)))


def _taken() -> Conflict:
    problem = FieldError("email", "taken", "Somebody signs in with this e-mail address already.")
    return Conflict(problem.message, fields=[problem])


def add_member(session: Session, supplier_id: UUID, user_id: UUID, role: Role) -> Membership:
    """That person's place at the supplier whose transaction this is."""
    member = Membership(supplier_id=supplier_id, user_id=user_id, role=role)
    session.add(member)
    session.flush()
    return member


def update_profile(actor: Actor, data: SupplierProfile) -> None:
    """Replace the supplier's profile."""
    actor.require(Permission.MANAGE_SUPPLIER)
    values = data.model_dump(exclude={"working_hours"})
    values["holidays"] = sorted(set(data.holidays))
    values["working_hours"] = {
        day: [at.isoformat("minutes") for at in hours] for day, hours in data.working_hours.items()
    }
    with unit_of_work(actor.supplier_id) as session:
        supplier = queries.supplier(session)
        timezone = supplier.timezone
        audit.update(session, actor, supplier, values)
        if supplier.timezone != timezone:
            calendar_changed(session, actor.supplier_id, clock.now())


def show_booking_chance(actor: Actor, shown: bool) -> None:
    """Show beside a score how often leads of such a score booked, or do not."""
    actor.require(Permission.MANAGE_SUPPLIER)
    with unit_of_work(actor.supplier_id) as session:
        audit.update(session, actor, queries.supplier(session), {"shows_booking_chance": shown})


def update_account(actor: Actor, data: Account) -> None:
    """Change what the acting person says of themselves."""
    with unit_of_work(actor.supplier_id) as session:
        user = session.get(User, actor.user_id) if actor.user_id else None
        if user is None:
            raise NotFound("account")
        audit.update(session, actor, user, data.model_dump())


def update_notices(actor: Actor, data: Notices) -> None:
    """Which e-mails the acting person is sent for this supplier."""
    with unit_of_work(actor.supplier_id) as session:
        key = (actor.supplier_id, actor.user_id)
        member = session.get(Membership, key) if actor.user_id else None
        if member is None:
            raise NotFound("member")
        audit.update(session, actor, member, data.model_dump())


def note_person(user_id: UUID, action: str) -> None:
    """Record what a person did to their own sign-in with every supplier they work for."""
    for supplier_id in places(user_id):
        with unit_of_work(supplier_id) as session:
            user = queries.user(session, user_id)
            audit.record(session, Actor(ActorKind.USER, supplier_id, user_id=user_id), action, user)
