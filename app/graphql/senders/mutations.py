"""`updateBranding`, and domains to send from are added, looked at and removed."""

from functools import partial
from uuid import UUID

import strawberry

from app.graphql.accounts.types import Supplier
from app.graphql.context import Info
from app.graphql.declare import mutation, value
from app.graphql.payload import Payload, row_of
from app.graphql.read import Rows
from app.graphql.senders.types import SenderDomain
from app.messaging.branding import BrandingPatch, update_branding
from app.messaging.senders import domains
from app.messaging.senders.checking import check_domain
from app.messaging.senders.domains import DomainWrite
from app.models import messaging as models
from app.models.accounts import Supplier as Business

ADD_COST, CHECK_COST = 5_000, 20_000
"""Making a key takes a tenth of a second, and the DNS may take some."""


@value
class BrandingPayload(Payload):
    supplier: Rows | None = strawberry.field(graphql_type=Supplier | None, default=None)


@value
class SenderDomainPayload(Payload):
    domain: Rows | None = strawberry.field(graphql_type=SenderDomain | None, default=None)


@value
class RemoveSenderDomainPayload(Payload):
    domain_id: UUID | None = strawberry.field(default=None, description="Of the domain that is no more.")


@value
class SenderMutations:
    @mutation
    def update_branding(self, info: Info, input: BrandingPatch) -> BrandingPayload:
        """Change how messages look, whom they are from and how many there may be: what is absent stays, null
        clears."""
        changed = update_branding(info.context.actor, input)
        message = "Branding changed." if changed else "Nothing changed."
        return BrandingPayload(success=True, message=message, supplier=Rows(Business, standing=True))

    @partial(mutation, cost=ADD_COST)
    def add_sender_domain(self, info: Info, input: DomainWrite) -> SenderDomainPayload:
        """Add a domain to send e-mails from. Its `records` say what to publish in the DNS."""
        made = domains.add_domain(info.context.actor, input)
        return SenderDomainPayload(
            success=True, message="Domain added.", domain=row_of(models.SenderDomain, made)
        )

    @partial(mutation, cost=CHECK_COST)
    def check_sender_domain(self, info: Info, id: UUID) -> SenderDomainPayload:
        """Look at the domain's records in the DNS now, as is done every night. It takes up to 4 seconds."""
        state = check_domain(info.context.actor, id)
        return SenderDomainPayload(success=True, message=state.told, domain=row_of(models.SenderDomain, id))

    @mutation
    def remove_sender_domain(self, info: Info, id: UUID) -> RemoveSenderDomainPayload:
        """Remove a domain, and its key. The one of the `senderAddress` stays: choose another first."""
        domains.remove_domain(info.context.actor, id)
        return RemoveSenderDomainPayload(success=True, message="Domain removed.", domain_id=id)
