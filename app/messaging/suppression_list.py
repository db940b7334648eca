"""The list of addresses we may not write to, as people keep it: shown, asked, added to, taken from."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, ValidationInfo, field_validator
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from app.kernel.keyset import Cut, Order, Page, fetch
from app.kernel.numbered import Choice, Numbered, Place, numbered
from app.kernel.schema import Email, Schema, normalise_phone, one_line
from app.kernel.uow import unit_of_work
from app.messaging.suppressions import address_hash, suppress
from app.models.choices import Channel, SuppressionReason
from app.models.messaging import Suppression

NEWEST = Order("-created_at", Suppression.created_at, Suppression.id)
GRAVE = frozenset({SuppressionReason.HARD_BOUNCE, SuppressionReason.COMPLAINT, SuppressionReason.ERASED})
"""Writing there again harms all our mail, or breaks a promise: only an owner may say so."""
Words = Annotated[str, Field(max_length=500), AfterValidator(one_line)]
_Email: TypeAdapter[str] = TypeAdapter(Email)


class SuppressionAddress(Schema):
    """An address: an e-mail address, or a telephone number with its country code, such as +44 7400 123456."""

    channel: Channel = Channel.EMAIL
    address: Annotated[str, Field(min_length=3, max_length=255)]

    @field_validator("address")
    @classmethod
    def _normal(cls, address: str, known: ValidationInfo) -> str:
        return _number(address) if known.data.get("channel") is Channel.SMS else _mail(address)


class SuppressionCreate(SuppressionAddress):
    """An address that gets nothing more on its channel, and why, as a note for people."""

    note: Words | None = None


class SuppressionRemoval(Schema):
    """Why the address may be written to again. It may be left out for one that was added by hand."""

    reason: Words | None = None


class SuppressionFilters(Schema):
    """Which of them; null is any."""

    channel: Channel | None = None
    reason: SuppressionReason | None = None

    @property
    def criteria(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.channel:
            found.append(Suppression.channel == self.channel)
        if self.reason:
            found.append(Suppression.reason == self.reason)
        return found


def _mail(address: str) -> str:
    try:
        return _Email.validate_python(address.strip())
    except ValidationError as error:
        raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None


def _number(address: str) -> str:
    number = normalise_phone(address, "ZZ")
    if not number.startswith("+") or not number[1:].isdecimal():
        raise ValueError("write the number with its country code, such as +44 7400 123456")
    return number


def find(session: Session, suppression_id: UUID) -> Suppression:
    """One of the supplier's; NotFound."""
    found = session.scalar(select(Suppression).where(Suppression.id == suppression_id))
    if found is None:
        raise NotFound("suppression")
    return found


def page(session: Session, chosen: SuppressionFilters, cut: Cut) -> Page[tuple[Suppression]]:
    """A page of them, the newest first."""
    statement: Select[Suppression] = select(Suppression).where(*chosen.criteria)
    return fetch(session, statement, NEWEST, cut)


def listed(session: Session, chosen: SuppressionFilters, place: Place) -> Numbered[Suppression]:
    """The same by page number, with the total."""
    order = (Suppression.created_at.desc(), Suppression.id.desc())
    return numbered(session, Choice(Suppression, chosen.criteria, order), place)


def is_that(supplier_id: UUID, asked: SuppressionAddress) -> tuple[ColumnElement[bool], ...]:
    """What is true of the row of that address alone: only its hash is kept, so it can be asked, not read."""
    its = address_hash(supplier_id, asked.address)
    return Suppression.channel == asked.channel, Suppression.address_hash == its


def look_up(session: Session, supplier_id: UUID, asked: SuppressionAddress) -> Suppression | None:
    """The address's place on the list; None when it is not there."""
    return session.scalar(select(Suppression).where(*is_that(supplier_id, asked)))


def add(actor: Actor, data: SuppressionCreate) -> UUID:
    """Its id. One that unsubscribed becomes one that was added by hand; Conflict, with the `existing_id`,
    when it is there for that or a graver reason."""
    actor.require(Permission.WRITE_LEADS)
    with unit_of_work(actor.supplier_id) as session:
        by_hand = SuppressionReason.MANUAL
        is_new = suppress(session, actor.supplier_id, data.channel, data.address, by_hand)
        row = look_up(session, actor.supplier_id, data)
        assert row is not None, "what was just added is there"
        if not is_new:
            why = str(row.reason).replace("_", " ")
            raise Conflict(f"This address is on the list already: {why}.", existing_id=str(row.id))
        row.note = data.note
        audit.record(session, actor, "created", row, audit.Change(after=_told(row)))
        return row.id


def remove(actor: Actor, suppression_id: UUID, data: SuppressionRemoval) -> None:
    """Take it off the list, for the reason that the audit log keeps. NotFound; InvalidInput without a reason;
    NotPermitted for one that bounced, complained or was erased, unless an owner does it."""
    actor.require(Permission.MANAGE_SUPPLIER)
    with unit_of_work(actor.supplier_id) as session:
        row = find(session, suppression_id)
        if row.reason in GRAVE and not actor.may(Permission.ERASE):
            why = str(row.reason).replace("_", " ")
            raise NotPermitted(f"Only an owner may take this address off the list ({why}).")
        if row.reason is not SuppressionReason.MANUAL and not data.reason:
            raise InvalidInput.of(
                "reason", "needed", "Say why it may be written to again; the audit log keeps it."
            )
        told = _told(row)
        audit.record(session, actor, "deleted", row, audit.Change(before=told, after={"why": data.reason}))
        session.delete(row)


def _told(row: Suppression) -> dict[str, str | None]:
    return {"channel": row.channel, "reason": row.reason, "note": row.note}
