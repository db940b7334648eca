"""How messages look, whom they are from, and the domains that e-mails are sent from."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from app.messaging.senders.domains import records
from app.messaging.senders.findings import State
from app.models.messaging import SenderDomain as SenderDomainRow
from app.rest.shapes.base import Shape


class Branding(Shape):
    """How messages look, whom they are from, and how many a lead gets from sequences; null is none.

    The `sender_address` counts while its domain is verified; until then e-mails are from the operator's."""

    sender_name: str | None
    reply_to: str | None
    sender_address: str | None
    sms_number: str | None
    daily_message_cap: int
    weekly_message_cap: int
    tracks_messages: bool
    brand_color: str | None
    logo_url: str | None
    mail_footer: str | None


class BrandingResponse(Shape):
    """The branding as it is now."""

    success: Literal[True] = True
    branding: Branding
    message: str


class DnsRecord(Shape):
    """A TXT record: its `name`, the text that is `wanted` there, what was `found`, and what to do."""

    kind: Literal["dkim", "dmarc", "spf"]
    state: State
    name: str
    wanted: str
    found: list[str]
    to_do: str


class SenderDomain(Shape):
    """A domain to send e-mails from, and its records in the DNS as the last look found them; `verified_at` is
    since when its DKIM record is right, null: it is not."""

    id: UUID
    domain: str
    checked_at: datetime | None
    verified_at: datetime | None
    created_at: datetime
    records: list[DnsRecord]


class SenderDomainsResponse(Shape):
    """All of them, at most ten, by name."""

    domains: list[SenderDomain]


class SenderDomainResponse(Shape):
    """The domain as it is now."""

    success: Literal[True] = True
    domain: SenderDomain
    message: str


def shown(row: SenderDomainRow) -> SenderDomain:
    found = [{"kind": kind} | finding.as_json() for kind, finding in records(row).items()]
    names = SenderDomain.model_fields.keys() - {"records"}
    return SenderDomain.model_validate({name: getattr(row, name) for name in names} | {"records": found})
