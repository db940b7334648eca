"""Saved views of the lead list: named filters with their columns, one's own or everybody's."""

from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict, InvalidInput, NotFound
from app.kernel.uow import unit_of_work
from app.leads.schemas import SavedViewWrite
from app.models.saved_views import SavedView

MOST_VIEWS = 100
"""Of one person, those that everybody shares included."""


def views(session: Session, user_id: UUID | None) -> list[SavedView]:
    """The person's own views and the shared ones, by name; at most 100."""
    by_name = select(SavedView).where(visible(user_id)).order_by(func.lower(SavedView.name), SavedView.id)
    return list(session.scalars(by_name.limit(MOST_VIEWS)))


def view(session: Session, user_id: UUID | None, view_id: UUID) -> SavedView:
    """One of these; NotFound for a colleague's own as for another supplier's."""
    found = session.scalars(select(SavedView).where(SavedView.id == view_id, visible(user_id))).first()
    if found is None:
        raise NotFound("saved view")
    return found


def create_view(actor: Actor, data: SavedViewWrite) -> UUID:
    """The new view's id. InvalidInput when the name is taken; Conflict beyond 100."""
    _require(actor, data.is_shared)
    with unit_of_work(actor.supplier_id) as session:
        if (
            session.scalar(select(func.count(SavedView.id)).where(visible(actor.user_id))) or 0
        ) >= MOST_VIEWS:
            raise Conflict(f"There are {MOST_VIEWS} saved views already; delete one first.")
        _name_is_free(session, actor, data.name)
        made = SavedView(supplier_id=actor.supplier_id, **_columns(actor, data))
        session.add(made)
        audit.record(session, actor, "created", made, audit.Change(after=_columns(actor, data)))
        return made.id


def update_view(actor: Actor, view_id: UUID, data: SavedViewWrite) -> None:
    """Everything about the view as in `data`. InvalidInput when another one has the name."""
    actor.require(Permission.READ)
    with unit_of_work(actor.supplier_id) as session:
        found = view(session, actor.user_id, view_id)
        _require(actor, data.is_shared or found.user_id is None)
        _name_is_free(session, actor, data.name, besides=view_id)
        audit.update(session, actor, found, _columns(actor, data))


def delete_view(actor: Actor, view_id: UUID) -> None:
    """Gone for everybody who saw it."""
    actor.require(Permission.READ)
    with unit_of_work(actor.supplier_id) as session:
        found = view(session, actor.user_id, view_id)
        _require(actor, found.user_id is None)
        audit.record(session, actor, "deleted", found, audit.Change(before={"name": found.name}))
        session.delete(found)


def visible(user_id: UUID | None) -> ColumnElement[bool]:
    """The shared ones, and the person's own."""
    return or_(SavedView.user_id.is_(None), SavedView.user_id == user_id)


def _require(actor: Actor, is_shared: bool) -> None:
    """Anybody may keep views of their own; what all see is for who may change leads."""
    actor.require(Permission.WRITE_LEADS if is_shared else Permission.READ)
    if not is_shared and actor.user_id is None:
        raise InvalidInput.of(
            "is_shared", "no_owner", "Only a person has views of their own; share this one."
        )


def _name_is_free(session: Session, actor: Actor, name: str, besides: UUID | None = None) -> None:
    same = select(SavedView.id).where(
        func.lower(SavedView.name) == name.lower(),
        visible(actor.user_id),
        SavedView.id.is_distinct_from(besides),
    )
    if session.scalar(same.limit(1)):
        raise InvalidInput.of("name", "taken", f"There is a view called '{name}' already.")


def _columns(actor: Actor, data: SavedViewWrite) -> dict[str, object]:
    return {
        "user_id": None if data.is_shared else actor.user_id,
        "name": data.name,
        "filters": data.filters.model_dump(mode="json", exclude_defaults=True),
        "columns": data.columns,
        "presentation": data.presentation,
    }
