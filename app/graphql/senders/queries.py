"""`senderDomains` and `senderDomain`."""

from dataclasses import replace
from uuid import UUID

from app.graphql.declare import field, value
from app.graphql.paging import After, Connection, First
from app.graphql.payload import row_of
from app.graphql.read import Rows, page
from app.graphql.senders.types import SenderDomain
from app.kernel.keyset import Order
from app.models import messaging as models

BY_NAME = Order("domain", models.SenderDomain.domain, models.SenderDomain.id, descending=False)


@value
class SenderQueries:
    @field(Connection[SenderDomain])
    def sender_domains(self, first: First = None, after: After = None) -> Rows:
        """The domains that e-mails are sent from, at most ten, by name."""
        return replace(page(BY_NAME, first, after), standing=True)

    @field(SenderDomain | None)
    def sender_domain(self, id: UUID) -> Rows:
        """The domain with this id; null when there is none."""
        return row_of(models.SenderDomain, id)
