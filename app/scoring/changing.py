"""What every change of the rules has in common: who may, one at a time, a version, and the scores."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kernel import clock
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict
from app.kernel.uow import unit_of_work
from app.scoring import versions
from app.scoring.rescoring import after_rules


@dataclass(frozen=True)
class Deed:
    """What was done, in a sentence, to which row, and whether scores depend on it."""

    summary: str
    id: UUID | None = None
    scores: bool = True


@dataclass(frozen=True)
class RulesChanged:
    """The row that was written; `version` is the number of the rules since (None: nothing changed), and
    `rescore_id` tells how far the scores are (None: none depends on it)."""

    id: UUID | None = None
    version: int | None = None
    rescore_id: UUID | None = None


def change(actor: Actor, work: Callable[[Session], Deed | None]) -> RulesChanged:
    """Do it, keep the rules as they are then, and score by them; `work` answers None when nothing changed."""
    actor.require(Permission.WRITE_RULES)
    with unit_of_work(actor.supplier_id) as session:
        versions.lock_rules(session)
        deed = work(session)
        if deed is None:
            return RulesChanged()
        session.flush()
        number = versions.keep(session, actor, deed.summary)
        rescore_id = after_rules(session, number, clock.now()) if deed.scores else None
        return RulesChanged(deed.id, number, rescore_id)


def has_room(session: Session, kind: Any, most: int, what: str, more: int = 1) -> None:
    """Conflict when that many more would be too many."""
    count = session.scalar(select(func.count()).select_from(kind)) or 0
    if count + more > most:
        raise Conflict(f"A supplier has at most {most} {what}, and there are {count}; delete some first.")
