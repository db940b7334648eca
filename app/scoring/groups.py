"""Writing groups of rules, which bound what their rules count together."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, NotFound
from app.models.scoring import RuleGroup
from app.scoring.changing import Deed, RulesChanged, change, has_room
from app.scoring.schemas import MOST_GROUPS, GroupWrite


def create_group(actor: Actor, data: GroupWrite) -> RulesChanged:
    """Add the group. InvalidInput when the name is taken; Conflict beyond 50 groups."""

    def create(session: Session) -> Deed:
        has_room(session, RuleGroup, MOST_GROUPS, "groups")
        _name_is_free(session, data.group_name)
        group = RuleGroup(supplier_id=actor.supplier_id, **data.model_dump())
        session.add(group)
        audit.record(session, actor, "created", group, audit.Change(after=data.model_dump()))
        return Deed(f"Added the group “{group.group_name}”", group.id, scores=False)

    return change(actor, create)


def update_group(actor: Actor, group_id: UUID, data: GroupWrite) -> RulesChanged:
    """Everything about the group as in `data`. NotFound; InvalidInput when another one has the name."""

    def alter(session: Session) -> Deed | None:
        group = find_group(session, group_id)
        _name_is_free(session, data.group_name, besides=group_id)
        if not audit.update(session, actor, group, data.model_dump()):
            return None
        return Deed(f"Changed the group “{group.group_name}”", group.id)

    return change(actor, alter)


def delete_group(actor: Actor, group_id: UUID) -> RulesChanged:
    """Its rules stay, without bounds. NotFound."""

    def remove(session: Session) -> Deed:
        group = find_group(session, group_id)
        audit.record(session, actor, "deleted", group, audit.Change(before={"group_name": group.group_name}))
        session.delete(group)
        session.flush()
        session.expire_all()
        return Deed(f"Removed the group “{group.group_name}”", group_id)

    return change(actor, remove)


def groups(session: Session) -> list[RuleGroup]:
    """All of them, by name."""
    return list(session.scalars(select(RuleGroup).order_by(func.lower(RuleGroup.group_name))))


def find_group(session: Session, group_id: UUID) -> RuleGroup:
    found = session.scalars(select(RuleGroup).where(RuleGroup.id == group_id)).first()
    if found is None:
        raise NotFound("group of rules")
    return found


def _name_is_free(session: Session, name: str, besides: UUID | None = None) -> None:
    same = (func.lower(RuleGroup.group_name) == func.lower(name), RuleGroup.id.is_distinct_from(besides))
    if session.scalar(select(RuleGroup.id).where(*same).limit(1)):
        raise InvalidInput.of("group_name", "taken", f"There is a group called '{name}' already.")
