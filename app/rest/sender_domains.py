"""`/api/sender-domains`: the domains that e-mails are sent from."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.kernel.actor import Permission
from app.kernel.db import db
from app.messaging.senders import domains
from app.messaging.senders.checking import check_domain
from app.messaging.senders.domains import DomainWrite
from app.rest.answers import answer, nothing
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.shapes import senders as shapes

blueprint = guard(Blueprint("api_sender_domains", __name__, url_prefix="/api/sender-domains"))
TAG = "Sending"
WRITES: Any = {"tag": TAG, "permission": Permission.MANAGE_SUPPLIER}


@blueprint.get("")
@operation("listSenderDomains", tag=TAG, answers={200: shapes.SenderDomainsResponse})
def index() -> Response:
    """List all domains that e-mails are sent from, by name."""
    found = [shapes.shown(row) for row in domains.domains(db.session())]
    return answer(shapes.SenderDomainsResponse(domains=found))


@blueprint.post("")
@operation(
    "addSenderDomain",
    **WRITES,
    answers={201: shapes.SenderDomainResponse},
    refuses=(409,),
    example={"domain": "rosewood.example"},
)
def create(body: DomainWrite) -> Response:
    """Add a domain to send e-mails from. Its `records` say what to publish in the DNS."""
    return _told(domains.add_domain(current_actor(), body), "Domain added.", 201)


@blueprint.get("/<uuid:domain_id>")
@operation("getSenderDomain", tag=TAG, answers={200: shapes.SenderDomain})
def show(domain_id: UUID) -> Response:
    """Get one of them."""
    return answer(shapes.shown(domains.find(db.session(), domain_id)))


@blueprint.post("/<uuid:domain_id>/check")
@operation("checkSenderDomain", **WRITES, answers={200: shapes.SenderDomainResponse})
def check(domain_id: UUID) -> Response:
    """Look at its records in the DNS now, as is done every night. It takes up to four seconds."""
    return _told(domain_id, check_domain(current_actor(), domain_id).told, 200)


@blueprint.delete("/<uuid:domain_id>")
@operation("removeSenderDomain", **WRITES, answers={204: None}, refuses=(409,))
def delete(domain_id: UUID) -> Response:
    """Remove a domain, and its key. The one of the `sender_address` stays: choose another first."""
    domains.remove_domain(current_actor(), domain_id)
    return nothing()


def _told(domain_id: UUID, message: str, status: int) -> Response:
    shown = shapes.shown(domains.find(db.session(), domain_id))
    return answer(shapes.SenderDomainResponse(domain=shown, message=message), status)
