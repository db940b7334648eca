"""The secret address of a member's calendar feed. Whoever has it reads the feed, so it can be made anew."""

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from app.kernel import audit, public_keys
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.uow import unit_of_work
from app.models.accounts import Membership, User

RANDOM_BYTES = 16


def make_key(actor: Actor) -> str:
    """A fresh key for the actor's own feed; the address before it is dead from now on."""
    with unit_of_work(actor.supplier_id) as session:
        membership = _own(session, actor)
        membership.calendar_key = public_keys.make(actor.supplier_id, random_bytes=RANDOM_BYTES)
        audit.record(session, actor, "calendar_feed_made", membership)
        return membership.calendar_key


def revoke_key(actor: Actor) -> None:
    """The actor's feed is no more; nothing happens without one."""
    with unit_of_work(actor.supplier_id) as session:
        membership = _own(session, actor)
        if membership.calendar_key is not None:
            membership.calendar_key = None
            audit.record(session, actor, "calendar_feed_revoked", membership)


def key_of(session: Session, actor: Actor) -> str | None:
    """The key of the actor's own feed, if there is one."""
    return session.scalar(select(Membership.calendar_key).where(Membership.user_id == actor.user_id))


def member_of(session: Session, key: str) -> Membership:
    """The active member whose feed it is, with the person; NotFound."""
    wanted = (
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .options(contains_eager(Membership.user))
        .where(Membership.calendar_key == key, Membership.is_active)
    )
    found = session.scalars(wanted).first()
    if found is None:
        raise NotFound("calendar")
    return found


def _own(session: Session, actor: Actor) -> Membership:
    wanted = select(Membership).where(Membership.user_id == actor.user_id).with_for_update(of=Membership)
    found = session.scalars(wanted).first()
    if found is None:
        raise NotFound("member")
    return found
