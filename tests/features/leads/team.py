"""A supplier's people in tests: hired, away, full; and what is written to them."""

from datetime import datetime
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update
from uuid_utils.compat import uuid7

from app.accounts import mail
from app.accounts.service import add_member, create_user
from app.kernel import clock
from app.kernel.actor import Actor, ActorKind, Role
from app.kernel.uow import reading, unit_of_work
from app.models.accounts import Membership
from app.models.choices import MessageState
from app.models.leads import Lead, LeadInteraction
from app.models.notices import Notice
from app.workflows.tell_member import tell_member
from tests.cast import House, Person


class Team:
    """The people of a house; `only` are those who take leads."""

    def __init__(self, app: Flask, house: House) -> None:
        self.app, self.house = app, house

    def hire(self, role: Role = Role.MEMBER, **columns: Any) -> Person:
        email = f"{role}-{uuid7().hex}@example.com"
        with self.app.app_context(), unit_of_work(self.house.supplier_id) as session:
            user = create_user(session, email=email, password=None, full_name="Mo Member")
            member = add_member(session, self.house.supplier_id, user.id, role)
            for name, value in columns.items():
                setattr(member, name, value)
            actor = Actor(ActorKind.USER, self.house.supplier_id, role, user.id)
            return Person(user.id, email, actor)

    def set(self, person: Person, **columns: Any) -> None:
        with self.app.app_context(), unit_of_work(self.house.supplier_id) as session:
            session.execute(update(Membership).where(Membership.user_id == person.user_id).values(**columns))

    def only(self, *people: Person) -> None:
        """Nobody else takes leads."""
        ids = [person.user_id for person in people]
        with self.app.app_context(), unit_of_work(self.house.supplier_id) as session:
            session.execute(update(Membership).values(takes_leads=Membership.user_id.in_(ids)))

    def member(self, person: Person) -> Membership:
        with self.app.app_context(), reading(self.house.supplier_id) as session:
            found = session.get_one(Membership, (self.house.supplier_id, person.user_id))
            session.expunge(found)
            return found

    def who_has(self, lead_id: UUID) -> UUID | None:
        with self.app.app_context(), reading(self.house.supplier_id) as session:
            return session.scalar(select(Lead.assigned_to_user_id).where(Lead.id == lead_id))

    def handovers(self, lead_id: UUID) -> list[tuple[str | None, str | None]]:
        """(from, to) of each assignment on the timeline, in order."""
        its = (LeadInteraction.lead_id == lead_id, LeadInteraction.interaction_type == "assigned")
        told = select(LeadInteraction.interaction_metadata).where(*its).order_by(LeadInteraction.id)
        with self.app.app_context(), reading(self.house.supplier_id) as session:
            return [(said["from"], said["to"]) for said in session.scalars(told)]

    def notices(self, person: Person | None = None) -> list[Notice]:
        """The notices of the house, or of one member, oldest first."""
        mine = [Notice.user_id == person.user_id] if person else []
        with self.app.app_context(), reading(self.house.supplier_id) as session:
            found = list(session.scalars(select(Notice).where(*mine).order_by(Notice.created_at, Notice.id)))
            session.expunge_all()
            return found

    def states(self, person: Person) -> list[tuple[MessageState, str | None]]:
        return [(notice.state, notice.reason) for notice in self.notices(person)]

    def tell(self, at: datetime, *given: Notice) -> None:
        """Do the job for these notices, or for all that are due."""
        with self.app.app_context(), clock.at(at):
            for notice in given or self.notices():
                tell_member(self.house.supplier_id, notice.id)

    def letters(self, person: Person) -> list[EmailMessage]:
        """The e-mails kept for that member, oldest first."""
        with self.app.app_context():
            return [message for message in mail.kept() if message["To"] == person.email][::-1]


def text(message: EmailMessage) -> str:
    return str(message.get_content())
