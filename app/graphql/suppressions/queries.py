"""`suppressions` and `suppressionOf`."""

from datetime import datetime
from uuid import UUID

from app.graphql.context import Info
from app.graphql.declare import field, value
from app.graphql.paging import After, Connection, First
from app.graphql.read import Rows, page, row
from app.kernel.schema import validate
from app.messaging.suppression_list import NEWEST, SuppressionAddress, SuppressionFilters, is_that
from app.models import messaging as models
from app.models.choices import Channel, SuppressionReason


@row(models.Suppression)
class Suppression:
    """An address that gets nothing on a channel. Only a hash of it is kept: it can be asked, not read."""

    id: UUID
    channel: Channel
    reason: SuppressionReason
    note: str | None
    created_at: datetime


@value
class SuppressionQueries:
    @field(Connection[Suppression])
    def suppressions(
        self,
        channel: Channel | None = None,
        reason: SuppressionReason | None = None,
        first: First = None,
        after: After = None,
    ) -> Rows:
        """The addresses that are not written to, the newest first."""
        chosen = SuppressionFilters(channel=channel, reason=reason)
        return page(NEWEST, first, after, *chosen.criteria)

    @field(Suppression | None)
    def suppression_of(self, info: Info, address: str, channel: Channel = Channel.EMAIL) -> Rows:
        """That address's place on the list; null when it is not there."""
        asked = validate(SuppressionAddress, {"channel": channel, "address": address})
        return Rows(models.Suppression, is_that(info.context.actor.supplier_id, asked))
