"""The domains of its own that a supplier sends e-mails from."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

import idna
from flask import current_app
from pydantic import AfterValidator, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.kernel import audit
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict, InvalidInput, NotFound
from app.kernel.schema import Schema
from app.kernel.uow import unit_of_work
from app.messaging.senders import findings
from app.messaging.senders.findings import Domain, Finding
from app.messaging.senders.keys import make_pair
from app.models.accounts import Supplier
from app.models.messaging import SenderDomain
from app.settings import Settings

MOST_DOMAINS = 10
LONGEST_DOMAIN = 225
"""Characters, so that the name of its DKIM record has the 253 that a name may have (RFC 1035 §2.3.4)."""


def _domain(value: str) -> str:
    """In ASCII and lower case. ValueError."""
    plain = value.strip().rstrip(".").lower()
    try:
        ascii_form = idna.encode(plain, uts46=True).decode()
    except idna.IDNAError:
        raise ValueError(
            "a domain is the part of an e-mail address after the @, such as rosewood.example"
        ) from None
    if "." not in ascii_form or ascii_form.replace(".", "").isdigit():
        raise ValueError("a domain has a dot in it, such as rosewood.example")
    if len(ascii_form) > LONGEST_DOMAIN:
        raise ValueError(f"a domain has at most {LONGEST_DOMAIN} characters, as it is written in the DNS")
    return ascii_form


class DomainWrite(Schema):
    """A domain to send from: the part of the addresses after the @."""

    domain: Annotated[str, Field(max_length=LONGEST_DOMAIN), AfterValidator(_domain)]


def add_domain(actor: Actor, data: DomainWrite) -> UUID:
    """Its id; the keys are made. InvalidInput when it is there already; Conflict beyond ten."""
    actor.require(Permission.MANAGE_SUPPLIER)
    private, public = make_pair()
    with unit_of_work(actor.supplier_id) as session:
        session.get_one(Supplier, actor.supplier_id, with_for_update={"key_share": True})
        if session.scalar(select(SenderDomain.id).where(SenderDomain.domain == data.domain)):
            raise InvalidInput.of("domain", "taken", f"{data.domain} is there already.")
        if (session.scalar(select(func.count()).select_from(SenderDomain)) or 0) >= MOST_DOMAINS:
            raise Conflict(f"There may be {MOST_DOMAINS} domains; remove one first.")
        row = SenderDomain(
            supplier_id=actor.supplier_id,
            id=uuid7(),
            domain=data.domain,
            selector=f"wedsync-{secrets.token_hex(4)}",
            private_key=private,
            public_key=public,
        )
        session.add(row)
        audit.record(session, actor, "created", row, audit.Change(after=_told(row)))
        return row.id


def remove_domain(actor: Actor, domain_id: UUID) -> None:
    """NotFound; Conflict while the supplier's sender address is there."""
    actor.require(Permission.MANAGE_SUPPLIER)
    with unit_of_work(actor.supplier_id) as session:
        supplier = session.get_one(Supplier, actor.supplier_id, with_for_update={"key_share": True})
        row, address = find(session, domain_id), supplier.sender_address or ""
        if address.rpartition("@")[2] == row.domain:
            raise Conflict(f"Your e-mails are from {address}. Choose another sender address first.")
        audit.record(session, actor, "deleted", row, audit.Change(before=_told(row)))
        session.delete(row)


def domains(session: Session) -> Sequence[SenderDomain]:
    """All of the supplier's, by name."""
    return session.scalars(select(SenderDomain).order_by(SenderDomain.domain)).all()


def find(session: Session, domain_id: UUID, *, lock: bool = False) -> SenderDomain:
    """The domain, locked for whoever writes to it. NotFound."""
    wanted = select(SenderDomain).where(SenderDomain.id == domain_id)
    row = session.scalar(wanted.with_for_update() if lock else wanted)
    if row is None:
        raise NotFound("domain")
    return row


def records(row: SenderDomain) -> Mapping[str, Finding]:
    """What the last look found of each of its records; before the first one, what should be there."""
    found = {name: Finding.from_json(told) for name, told in row.findings.items()}
    return findings.expected(measure(row)) | found


def measure(row: SenderDomain) -> Domain:
    """What its records should be."""
    settings: Settings = current_app.extensions["settings"]
    return Domain(row.domain, row.selector, row.public_key, settings.mail_from.rpartition("@")[2])


def _told(row: SenderDomain) -> dict[str, str]:
    return {"domain": row.domain, "selector": row.selector}
