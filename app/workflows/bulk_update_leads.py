"""One action on many leads, each by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor, Permission
from app.kernel.errors import AppError, InvalidInput, NotFound
from app.kernel.keyset import order_by
from app.kernel.schema import validate
from app.kernel.uow import reading, unit_of_work
from app.kernel.zones import zone
from app.leads.changing import lock
from app.leads.filters import LeadFilters
from app.leads.queries import listed
from app.leads.schemas import MOST_AT_ONCE, BulkAction, BulkUpdate, StatusMove, TagChange
from app.models.accounts import Supplier
from app.models.leads import Lead
from app.workflows.alter_lead import Wish, alter_lead, alter_locked
from app.workflows.delete_lead import delete_lead
from app.workflows.enroll_lead import enroll_lead
from app.workflows.tag_lead import tagged

Act = Callable[[UUID], object]


@dataclass(frozen=True)
class Result:
    """What became of one lead; the error's code, field and sentence when nothing did."""

    lead_id: UUID
    success: bool
    code: str | None = None
    field: str | None = None
    message: str | None = None


@dataclass(frozen=True)
class Part:
    """What became of the first leads, and those that nothing was done to yet."""

    results: list[Result]
    rest: list[UUID]


def bulk_update_leads(actor: Actor, data: BulkUpdate) -> list[Result]:
    """A result per lead, in the order asked. Each lead is a transaction of its own: what one refuses changes
    nothing for the others, and no couple waits for the whole batch.

    NotPermitted; InvalidInput for a value that the action cannot take, or a filter that lets through more
    than 500.
    """
    return bulk_update_part(actor, data, MOST_AT_ONCE).results


def bulk_update_part(actor: Actor, data: BulkUpdate, most: int) -> Part:
    """The same for the first `most` of them. Whoever goes on names the rest by their ids: what the filter
    lets through is settled once, as the change may move leads out of it."""
    actor.require(Permission.DELETE_LEADS if data.action is BulkAction.DELETE else Permission.WRITE_LEADS)
    act = _act(actor, data)
    leads = list(dict.fromkeys(data.ids or _matching(actor, data.filter)))
    return Part([_each(act, lead_id) for lead_id in leads[:most]], leads[most:])


def _each(act: Act, lead_id: UUID) -> Result:
    try:
        act(lead_id)
    except AppError as refused:
        problem = refused.fields[0] if refused.fields else None
        code, field = (problem.code, problem.field) if problem else (refused.code, None)
        return Result(lead_id, False, code, field, refused.message)
    return Result(lead_id, True)


def _act(actor: Actor, data: BulkUpdate) -> Act:
    """What is done to each lead; InvalidInput when the value cannot be one for it."""
    value = data.value or ""
    match data.action:
        case BulkAction.DELETE:
            return lambda lead_id: delete_lead(actor, lead_id)
        case BulkAction.ENROLL:
            sequence_id = _id(value)
            return lambda lead_id: enroll_lead(actor, lead_id, sequence_id)
        case BulkAction.ASSIGN:
            return _altering(actor, {"assigned_to_user_id": _id(value) if value else None})
        case BulkAction.CHANGE_STATUS:
            return _altering(actor, _move(data))
        case BulkAction.ADD_TAG | BulkAction.REMOVE_TAG:
            name = "add" if data.action is BulkAction.ADD_TAG else "remove"
            return _tagging(actor, TagChange.model_validate({name: [value]}))


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise InvalidInput.of("value", "uuid_parsing", "Give the id of a member or a sequence.") from None


def _move(data: BulkUpdate) -> dict[str, Any]:
    said = {"lead_status": data.value, "value_unknown": data.value_unknown, "lost_reason": data.lost_reason}
    try:
        return validate(StatusMove, said).model_dump(exclude_defaults=True)
    except InvalidInput as refused:
        raise InvalidInput.of("value", refused.fields[0].code, refused.message) from None


def _altering(actor: Actor, values: dict[str, Any]) -> Act:
    def alter(lead_id: UUID) -> None:
        with unit_of_work(actor.supplier_id) as session:
            alter_lead(session, actor, lead_id, Wish(values, explained=False))

    return alter


def _tagging(actor: Actor, change: TagChange) -> Act:
    def tag(lead_id: UUID) -> None:
        with unit_of_work(actor.supplier_id) as session:
            lead = lock(session, lead_id)
            tags = tagged(lead.tags, change)
            alter_locked(session, actor, lead, Wish({"tags": tags}, explained=False))

    return tag


def _matching(actor: Actor, filters: LeadFilters | None) -> list[UUID]:
    """The leads that the filter lets through, in its order."""
    assert filters is not None, "the schema asks for ids or a filter"
    with reading(actor.supplier_id) as session:
        found = list(session.scalars(_filtered(session, actor, filters)))
    if len(found) > MOST_AT_ONCE:
        message = f"The filter lets through more than {MOST_AT_ONCE} leads; narrow it."
        raise InvalidInput.of("filter", "too_many", message)
    return found


def _filtered(session: Session, actor: Actor, filters: LeadFilters) -> Any:
    supplier = session.get(Supplier, actor.supplier_id)
    if supplier is None:
        raise NotFound("supplier")
    wanted = select(Lead.id).where(*listed(filters, zone(supplier.timezone)))
    return wanted.order_by(*order_by(filters.order)).limit(MOST_AT_ONCE + 1)
