"""A fixed cast: a supplier's owner, admin, member and viewer, and a stranger of another supplier."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
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

    app: Flask = field(repr=False)
    supplier_id: UUID
    owner: Person
    admin: Person
    member: Person
    viewer: Person

    @cached_property
    def stranger(self) -> Person:
        """The owner of another supplier, which is opened when it is first asked for: in a thread of its own,
        as whoever asks may be in the middle of something."""
        with ThreadPoolExecutor(1) as aside:
            return aside.submit(_open_another, self.app).result()

    @property
    def strangers(self) -> "House":
        """The stranger's supplier, who is all of its people."""
        return House(self.app, self.stranger.actor.supplier_id, *([self.stranger] * 4))


def open_house(app: Flask) -> House:
    """A new supplier with a member of each role; committed."""
    with app.app_context():
        ours, owner = _open("Rosewood Photography")
        staff = _hire(ours, Role.ADMIN, Role.MEMBER, Role.VIEWER)
    return House(app, ours, owner, staff[Role.ADMIN], staff[Role.MEMBER], staff[Role.VIEWER])


def _open_another(app: Flask) -> Person:
    with app.app_context():
        return _open("Another Venue")[1]


def _open(name: str) -> tuple[UUID, Person]:
    email = f"owner-{uuid7().hex}@example.com"
    opened = open_supplier(NewSupplier(name=name, email=email, password=PASSWORD, full_name="Olive Owner"))
    actor = Actor(ActorKind.USER, opened.supplier_id, Role.OWNER, opened.user_id)
    return opened.supplier_id, Person(opened.user_id, email, actor)


def _hire(supplier_id: UUID, *roles: Role) -> dict[Role, Person]:
    hired = {}
    with unit_of_work(supplier_id) as session:
        for role in roles:
            email = f"{role}-{uuid7().hex}@example.com"
            user = create_user(session, email=email, password=PASSWORD, full_name=f"{role.title()} Person")
            add_member(session, supplier_id, user.id, role)
            hired[role] = Person(user.id, email, Actor(ActorKind.USER, supplier_id, role, user.id))
    return hired
