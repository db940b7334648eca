"""Looking at the DNS records of a supplier's domain, and keeping what is there."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from uuid import UUID

from flask import current_app

from app.kernel import clock
from app.kernel.actor import Actor, Permission
from app.kernel.uow import reading, unit_of_work
from app.messaging.senders import findings
from app.messaging.senders.domains import find, measure
from app.messaging.senders.findings import Domain, Finding, State
from app.messaging.senders.lookup import texts
from app.models.messaging import SenderDomain


def check_domain(actor: Actor, domain_id: UUID) -> State:
    """Look at the DNS, with no transaction open, and keep what is there; how it stands with the signature.
    NotFound."""
    actor.require(Permission.MANAGE_SUPPLIER)
    with reading(actor.supplier_id) as session:
        of = measure(find(session, domain_id))
    found = look(of)
    with unit_of_work(actor.supplier_id) as session:
        keep(find(session, domain_id, lock=True), found, clock.now())
    return found["dkim"].state


def look(of: Domain) -> dict[str, Finding]:
    """All three records at once: each may take some seconds."""
    ask = partial(texts, current_app.extensions["settings"])
    with ThreadPoolExecutor(3) as pool:
        dkim, dmarc, spf = pool.map(ask, (of.dkim_name, f"_dmarc.{of.domain}", of.domain))
    return findings.measured(of, dkim=dkim, dmarc=dmarc, spf=spf)


def keep(row: SenderDomain, found: Mapping[str, Finding], now: datetime) -> None:
    """Write down what was found. The domain is verified while its DKIM record is right; that nobody could say
    changes nothing."""
    row.checked_at = now
    row.findings = {name: finding.as_json() for name, finding in found.items()}
    if found["dkim"].state is State.RIGHT:
        row.verified_at = row.verified_at or now
    elif found["dkim"].state is not State.UNKNOWN:
        row.verified_at = None
