"""The domains that a supplier sends e-mails from, and what the DNS says of them."""

from datetime import datetime
from enum import StrEnum
from typing import cast
from uuid import UUID

import strawberry

from app.graphql.declare import value
from app.graphql.read import computed, row
from app.messaging.senders.domains import records
from app.messaging.senders.findings import State
from app.models import messaging as models


class DnsRecordKind(StrEnum):
    DKIM = "dkim"
    DMARC = "dmarc"
    SPF = "spf"


strawberry.enum(DnsRecordKind, description="What a record is for: the signature, the policy, the servers.")
strawberry.enum(State, name="DnsRecordState", description="How a record stands.")


@value
class DnsRecord:
    """A TXT record: its `name`, the text that is `wanted` there, what was `found`, and what to do."""

    kind: DnsRecordKind
    state: State
    name: str
    wanted: str
    found: list[str]
    to_do: str


@row(models.SenderDomain)
class SenderDomain:
    """A domain to send e-mails from. They are from a `senderAddress` there, and signed, from `verifiedAt` on:
    since then its DKIM record is right; null: it is not."""

    id: UUID
    domain: str
    checked_at: datetime | None
    verified_at: datetime | None
    created_at: datetime

    @computed("domain", "selector", "public_key", "findings")
    def records(self) -> list[DnsRecord]:
        """Its records in the DNS: DKIM, DMARC and SPF, as the last look found them."""
        found = records(cast(models.SenderDomain, self))
        return [DnsRecord(kind=kind, **vars(found[kind])) for kind in DnsRecordKind]
