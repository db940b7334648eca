"""A supplier signs up: the business, its owner, and what every supplier starts with."""

from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7

from app.accounts.schemas import Currency, LocaleTag, NewPassword, Timezone
from app.accounts.service import add_member, create_user
from app.capture import service as capture
from app.kernel import audit
from app.kernel.actor import Actor, ActorKind, Role
from app.kernel.schema import Email, Label, Schema
from app.kernel.uow import unit_of_work
from app.models.accounts import Supplier
from app.models.choices import Trade
from app.nurture.ready_made import seeding as nurture
from app.scoring import ready_made as scoring
from app.sources import service as sources

SERVICES = {
    Trade.PHOTOGRAPHER: ["Photography", "Second photographer", "Album", "Engagement shoot"],
    Trade.VENUE: ["Ceremony", "Reception", "Accommodation"],
    Trade.FLORIST: ["Bridal bouquet", "Ceremony flowers", "Table flowers"],
    Trade.CATERER: ["Wedding breakfast", "Evening food", "Bar"],
    Trade.OTHER: [],
}


class NewSupplier(Schema):
    """What a sign-up says."""

    name: Label
    email: Email
    password: NewPassword
    full_name: Label
    trade: Trade = Trade.OTHER
    timezone: Timezone = "Europe/London"
    currency: Currency = "GBP"
    locale: LocaleTag = "en-GB"


@dataclass(frozen=True)
class Opened:
    supplier_id: UUID
    user_id: UUID


def open_supplier(data: NewSupplier) -> Opened:
    """The supplier with its owner, sources, rules, sequence and form. Duplicate when the e-mail is taken."""
    supplier_id = uuid7()
    with unit_of_work(supplier_id) as session:
        supplier = Supplier(
            id=supplier_id,
            name=data.name,
            trade=data.trade,
            timezone=data.timezone,
            currency=data.currency,
            locale=data.locale,
        )
        session.add(supplier)
        session.flush()
        user = create_user(session, email=data.email, password=data.password, full_name=data.full_name)
        add_member(session, supplier_id, user.id, Role.OWNER)
        sources.seed(session, supplier_id)
        scoring.seed(session, supplier_id)
        nurture.seed(session, supplier_id)
        capture.seed(session, supplier_id, SERVICES[data.trade])
        told = data.model_dump(mode="json", exclude={"password"})
        owner = Actor(ActorKind.USER, supplier_id, Role.OWNER, user.id)
        audit.record(session, owner, "opened", supplier, audit.Change(after=told))
        return Opened(supplier_id, user.id)
