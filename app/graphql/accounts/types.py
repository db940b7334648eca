"""The supplier, its members and teams, and who is asking."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import strawberry
from sqlalchemy import select
from strawberry.scalars import JSON

from app.graphql.declare import value
from app.graphql.paging import First
from app.graphql.read import Rows, expression, many, one, row, top
from app.kernel.actor import ActorKind, Permission, Role
from app.kernel.keyset import Order
from app.models import accounts as models
from app.models.choices import Trade

MEMBERS = Order("created_at", models.Membership.created_at, models.Membership.user_id, descending=False)
TEAMS = Order("name", models.Team.name, models.Team.id, descending=False)


def _of_user(column: str) -> Any:
    """A column of the person behind a membership."""
    return expression(
        lambda member: (
            select(getattr(models.User, column))
            .where(models.User.id == member.user_id)
            .correlate(member)
            .scalar_subquery()
        )
    )


@row(models.Team)
class Team:
    """A group of members that leads may be handed to."""

    id: UUID
    name: str


@row(models.Membership)
class Member:
    """A person's place at the supplier."""

    user_id: UUID
    full_name: str = _of_user("full_name")
    email: str = _of_user("email")
    role: Role
    is_active: bool
    takes_leads: bool
    capacity: int | None
    absent_from: date | None
    absent_until: date | None
    team: Team | None = one(models.Team, "team_id")


@row(models.Supplier)
class Supplier:
    """A business and the calendar, money and language it works in."""

    id: UUID
    name: str
    trade: Trade
    timezone: str
    currency: str
    locale: str
    working_hours: JSON
    holidays: list[date]
    lost_reasons: list[str]
    sender_name: str | None
    reply_to: str | None
    sender_address: str | None = strawberry.field(
        description="Whom e-mails are from, while its domain is verified; else the operator's address."
    )
    sms_number: str | None
    daily_message_cap: int
    weekly_message_cap: int
    tracks_messages: bool
    brand_color: str | None
    logo_url: str | None
    mail_footer: str | None
    sending_enabled: bool
    shows_booking_chance: bool
    created_at: datetime
    updated_at: datetime

    @many(list[Member], lambda supplier, member: member.supplier_id == supplier.id)
    def members(self, first: First = 100) -> Rows:
        """Everybody who works or worked here, the first to come first."""
        return top(MEMBERS, first)

    @many(list[Team], lambda supplier, team: team.supplier_id == supplier.id)
    def teams(self, first: First = 100) -> Rows:
        """The teams, by name."""
        return top(TEAMS, first)


@value
class Viewer:
    """Who is asking, and what they may do."""

    kind: ActorKind
    role: Role | None
    permissions: list[Permission]
    member: Rows | None = strawberry.field(graphql_type=Member | None)
