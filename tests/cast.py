"""A fixed cast: a supplier's owner, admin, member and viewer, and a stranger of another supplier."""

from dataclasses import dataclass
from uuid import UUID

from flask import Flask
from uuid_utils.compat import uuid7

from app.accounts.service import add_member, create_user
from app.kernel.actor import Actor, ActorKind, Role
from app.kernel.uow import unit_of_work
from app.workflows.open_supplier import NewSupplier, open_supplier

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Person:
    """Somebody with a membership; `actor` is what they act as."""

    user_id: UUID
    email: str
    actor: Actor
    password: str = PASSWORD


@dataclass(frozen=True)
class House:
    """One supplier with its people."""

    supplier_id: UUID
    owner: Person
    admin: Person
    member: Person
    viewer: Person
    stranger: Person
    """The owner of another supplier."""


def open_house(app: Flask) -> House:
    """A new supplier with a member of each role, and a stranger; committed."""
    with app.app_context():
        ours, owner = _open("Rosewood Photography")
        _, stranger = _open("Another Venue")
        staff = {role: _hire(ours, role) for role in (Role.ADMIN, Role.MEMBER, Role.VIEWER)}
    return House(ours, owner, staff[Role.ADMIN], staff[Role.MEMBER], staff[Role.VIEWER], stranger)


def _open(name: str) -> tuple[UUID, Person]:
    email = f"owner-{uuid7().hex}@example.com"
    opened = open_supplier(NewSupplier(name=name, email=email, password=PASSWORD, full_name="Olive Owner"))
    actor = Actor(ActorKind.USER, opened.supplier_id, Role.OWNER, opened.user_id)
    return opened.supplier_id, Person(opened.user_id, email, actor)


def _hire(supplier_id: UUID, role: Role) -> Person:
    email = f"{role}-{uuid7().hex}@example.com"
    with unit_of_work(supplier_id) as session:
        user = create_user(session, email=email, password=PASSWORD, full_name=f"{role.title()} Person")
        add_member(session, supplier_id, user.id, role)
        return Person(user.id, email, Actor(ActorKind.USER, supplier_id, role, user.id))
