"""How a supplier's messages look, whom they are from, and how many there may be."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.actor import Actor, Permission
from app.kernel.errors import InvalidInput
from app.kernel.schema import Email, Name, Patch, PatchSchema, Phone, Schema, normalise_phone, validate
from app.kernel.uow import unit_of_work
from app.messaging.senders.domains import domains
from app.models.accounts import Supplier


def _picture(value: str) -> str:
    where = urlsplit(value)
    if where.scheme != "https" or not where.hostname or any(sign in value for sign in ' "<>'):
        raise ValueError("a logo is the address of a picture on the web, beginning with https://")
    return value


Daily = Annotated[int, Field(ge=1, le=10)]
Weekly = Annotated[int, Field(ge=1, le=50)]
Colour = Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$"), AfterValidator(str.lower)]
Logo = Annotated[str, Field(max_length=2_000), AfterValidator(_picture)]
Footer = Annotated[str, Field(max_length=1_000)]


class Branding(Schema):
    """All of it: what is absent is none, or as it is at the beginning."""

    sender_name: Name | None = None
    reply_to: Email | None = None
    sender_address: Email | None = None
    sms_number: Phone | None = None
    daily_message_cap: Daily = 1
    weekly_message_cap: Weekly = 3
    tracks_messages: bool = False
    brand_color: Colour | None = None
    logo_url: Logo | None = None
    mail_footer: Footer | None = None


class BrandingPatch(PatchSchema):
    """Changes of how messages look, whom they are from and how many there may be: what is absent stays, null
    clears. A `sender_address` is at a domain that was added; `sms_number` is in international form."""

    sender_name: Patch[Name]
    reply_to: Patch[Email]
    sender_address: Patch[Email]
    sms_number: Patch[Phone]
    daily_message_cap: Patch[Daily]
    weekly_message_cap: Patch[Weekly]
    tracks_messages: Patch[bool]
    brand_color: Patch[Colour]
    logo_url: Patch[Logo]
    mail_footer: Patch[Footer]


def update_branding(actor: Actor, data: Branding | BrandingPatch) -> bool:
    """Replace it, or change what is given; False when that is so already.

    InvalidInput for a sender address at a domain that was not added, a number that is none of the whole
    world's form or another business's.
    """
    actor.require(Permission.MANAGE_SUPPLIER)
    with unit_of_work(actor.supplier_id) as session:
        supplier = session.get_one(Supplier, actor.supplier_id, with_for_update={"key_share": True})
        whole = data if isinstance(data, Branding) else _with(supplier, data)
        values: dict[str, Any] = whole.model_dump()
        values["sms_number"] = _number(whole.sms_number, supplier)
        _at_own_domain(session, whole.sender_address)
        if whole.weekly_message_cap < whole.daily_message_cap:
            raise InvalidInput.of("weekly_message_cap", "less", "A week has no fewer messages than a day.")
        try:
            changed = audit.update(session, actor, supplier, values)
            session.flush()
            return changed
        except IntegrityError as error:
            if "ix_suppliers_sms_number" not in str(error.orig):
                raise
            raise InvalidInput.of("sms_number", "taken", "Another business sends from this number.") from None


def _with(supplier: Supplier, data: BrandingPatch) -> Branding:
    """As it is, with the changes."""
    known = {name: getattr(supplier, name) for name in Branding.model_fields}
    return validate(Branding, known | data.changes())


def _number(given: str | None, supplier: Supplier) -> str | None:
    if given is None:
        return None
    number = normalise_phone(given, supplier.locale.partition("-")[2] or "GB")
    if not number.startswith("+") or not number[1:].isdigit():
        raise InvalidInput.of("sms_number", "not_valid", "Give the whole number, such as +44 7700 900123.")
    return number


def _at_own_domain(session: Session, address: str | None) -> None:
    domain = address.rpartition("@")[2] if address else None
    if domain and domain not in {row.domain for row in domains(session)}:
        message = f"Add the domain {domain} first, so that e-mails from there can be signed."
        raise InvalidInput.of("sender_address", "foreign_domain", message)
