"""What several features say about scores: that others' scores hang on what they write."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, func, insert, literal, select
from sqlalchemy.orm import Session

from app.kernel import jobs
from app.models.choices import RescoreReason
from app.models.leads import Lead
from app.models.scoring import Rescore, ScoringRule

DAY_FACTS = ("date_is_free", "rival_leads")
"""Fields of a lead that depend on others: on the date book, and on the other leads of its wedding day."""
RUN = "workers.jobs.scores.run"
QUEUE = "background"
"""Many leads are scored behind what couples wait for."""


def calendar_changed(session: Session, supplier_id: UUID, now: datetime) -> None:
    """The supplier is in another time zone, where it may be another day: all leads are scored again right
    after this transaction."""
    total = select(func.count(Lead.id)).scalar_subquery()
    values = {"supplier_id": supplier_id, "reason": RescoreReason.ASKED, "total": total, "due_at": now}
    new = insert(Rescore).values(values).returning(Rescore.id)
    jobs.ring(RUN, supplier_id, session.scalars(new).one(), queue=QUEUE)


def day_changed(session: Session, supplier_id: UUID, day: date | None, now: datetime) -> None:
    """Something about that wedding day changed: if a rule asks about such things, all leads of the day are
    scored again right after this transaction. In it they would have to be locked, and two days at once could
    wait for each other."""
    if day is None:
        return
    session.flush()
    asked = exists().where(ScoringRule.is_active, ScoringRule.criteria_field.in_(DAY_FACTS))
    same = (Rescore.reason == RescoreReason.DAY, Rescore.on_date == day, Rescore.created_at == func.now())
    values = {
        "supplier_id": literal(supplier_id),
        "reason": literal(RescoreReason.DAY, Rescore.reason.type),
        "on_date": literal(day),
        "due_at": literal(now),
    }
    row = select(*values.values()).where(asked, ~exists().where(*same))
    new = insert(Rescore).from_select(list(values), row, include_defaults=False).returning(Rescore.id)
    rescore_id = session.scalar(new)
    if rescore_id:
        jobs.ring(RUN, supplier_id, rescore_id, queue=QUEUE)
