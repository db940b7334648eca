"""How people join a supplier: an invitation is a signed link in a mail, good for seven days and once."""

from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import mail, queries
from app.accounts.schemas import Invitation, Joining
from app.accounts.service import add_member, create_user
from app.accounts.team import ASSIGN_WAITING, require_reach
from app.kernel import audit, jobs, signing
from app.kernel.actor import Actor, ActorKind, Role
from app.kernel.audit import Change
from app.kernel.errors import Conflict, InvalidInput, NotPermitted
from app.kernel.uow import reading, unit_of_work
from app.models.accounts import Membership, User

GOOD_FOR = 7 * 24 * 3600
"""Seconds."""
PURPOSE = "invitation"


@dataclass(frozen=True)
class Invited:
    """Who is invited where, as what and by whom; `user_id` when the address has an account already."""

    supplier_id: UUID
    business: str
    email: str
    role: Role
    user_id: UUID | None


def invite(actor: Actor, data: Invitation) -> None:
    """Write to that address; who follows the link joins. InvalidInput when its person is a member already."""
    require_reach(actor, data.role)
    with unit_of_work(actor.supplier_id) as session:
        if _place_of(session, data.email):
            raise InvalidInput.of("email", "member", "This person is on the list of members already.")
        supplier = queries.supplier(session)
        audit.record(session, actor, "invited", supplier, Change(after=data.model_dump(mode="json")))
        business = supplier.name
    mail.send(data.email, f"Join {business} on WedSync Leads", _letter(actor, data, business))


def read(token: str) -> Invited:
    """What the link says; InvalidInput when forged, too old or used, or its sender may no longer invite."""
    (supplier, email, role, sender), _ = signing.verify(PURPOSE, token, max_age=GOOD_FOR)
    with reading(UUID(supplier)) as session:
        _still_good(session, Role(role), email, UUID(sender))
        user_id = session.scalar(select(User.id).where(User.email == email))
        return Invited(UUID(supplier), queries.supplier(session).name, email, Role(role), user_id)


def join(token: str, data: Joining) -> UUID:
    """Make the invited person, who is new here, and their place; their id. Conflict on a known address."""
    invited = read(token)
    with unit_of_work(invited.supplier_id) as session:
        user = create_user(session, email=invited.email, password=data.password, full_name=data.full_name)
        _add(session, invited, user.id)
        return user.id


def accept(token: str) -> Invited:
    """Give the invited person, who has an account, their place. That the link reached them is the proof."""
    invited = read(token)
    if invited.user_id is None:
        raise Conflict("Say who you are first.")
    with unit_of_work(invited.supplier_id) as session:
        _add(session, invited, invited.user_id)
    return invited


def _add(session: Session, invited: Invited, user_id: UUID) -> None:
    try:
        member = add_member(session, invited.supplier_id, user_id, invited.role)
    except IntegrityError:  # their place is the primary key, also when two clicks come at once
        raise Conflict("This invitation was used already.") from None
    actor = Actor(ActorKind.USER, invited.supplier_id, invited.role, user_id)
    audit.record(session, actor, "joined", member, Change(after={"role": invited.role}))
    jobs.ring(ASSIGN_WAITING, invited.supplier_id)


def _place_of(session: Session, email: str) -> Membership | None:
    return session.scalar(
        select(Membership).join(User, User.id == Membership.user_id).where(User.email == email)
    )


def _still_good(session: Session, role: Role, email: str, sender_id: UUID) -> None:
    sender = session.scalar(select(Membership).where(Membership.user_id == sender_id, Membership.is_active))
    if sender is None:
        raise InvalidInput.of("token", "withdrawn", "Who sent this invitation has left. Ask for a new one.")
    try:
        require_reach(Actor(ActorKind.USER, sender.supplier_id, sender.role, sender_id), role)
    except NotPermitted:
        raise InvalidInput.of(
            "token", "withdrawn", "Who sent this invitation may no longer invite."
        ) from None
    if _place_of(session, email):
        raise InvalidInput.of("token", "used", "This invitation was used already. Sign in instead.")


def _letter(actor: Actor, data: Invitation, business: str) -> str:
    claims = [str(actor.supplier_id), data.email, data.role, str(actor.user_id)]
    link = f"{current_app.extensions['settings'].base_url}/invitation/{signing.sign(PURPOSE, claims)}"
    return (
        f"You are invited to work for {business} on WedSync Leads, as {data.role}.\n\n"
        f"Open this link within seven days to join:\n\n  {link}\n\n"
        "If you do not know this business, you need not do anything.\n"
    )
