"""What sequences are told of messaging, which they do not know themselves."""

from uuid import UUID

from flask import current_app
from sqlalchemy.orm import Session

from app.kernel import clock
from app.messaging import checks
from app.messaging.transports.chosen import channels
from app.models.accounts import Supplier
from app.nurture.authoring.publishable import Messaging
from app.nurture.authoring.publishing import Asked


def asked(session: Session, supplier_id: UUID) -> Asked:
    """How texts are checked, which channels the supplier has, and the time."""
    supplier = session.get_one(Supplier, supplier_id)
    open_to = channels(current_app.extensions["settings"], supplier)
    return Asked(Messaging(checks.problems, open_to), clock.now())
