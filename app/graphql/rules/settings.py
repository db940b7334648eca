"""`setBookingChance`."""

import strawberry

from app.accounts.service import show_booking_chance
from app.graphql.accounts.types import Supplier
from app.graphql.context import Info
from app.graphql.declare import mutation, value
from app.graphql.payload import Payload
from app.graphql.read import Rows
from app.models import accounts


@value
class BookingChancePayload(Payload):
    supplier: Rows | None = strawberry.field(graphql_type=Supplier | None, default=None)


@value
class ScoreSettings:
    @mutation
    def set_booking_chance(self, info: Info, shown: bool) -> BookingChancePayload:
        """Show beside a score how often leads of such a score booked, or show it no more."""
        show_booking_chance(info.context.actor, shown)
        message = "The chance of a booking is shown." if shown else "The chance of a booking is not shown."
        return BookingChancePayload(success=True, message=message, supplier=Rows(accounts.Supplier))
