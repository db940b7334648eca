"""Scoring many leads: at once when they are few, else in the background, batch by batch, with progress."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kernel import clock, jobs, tenancy
from app.kernel.actor import Actor, Permission
from app.kernel.errors import NotFound
from app.kernel.uow import unit_of_work
from app.models.choices import RescoreReason
from app.models.leads import Lead
from app.models.score_facts import QUEUE, RUN
from app.models.scoring import Rescore, ScoringRule
from app.scoring.service import FAILURES, lock_and_rescore, rescore_leads

MOST_AT_ONCE = 5_000
"""So many leads are scored in the transaction of the rule's change."""
BATCH = 5_000
MOST_ANSWERS = 200_000
"""So many rules times leads are asked in one statement: rules on long texts take their time, and a statement
that ran out of it would do so again at every try."""
SECOND_LOOK = timedelta(seconds=20)
"""After the rules changed: who was writing a lead meanwhile may have scored it by the old ones."""
KEPT = timedelta(days=7)
_OF_ALL = (RescoreReason.RULES, RescoreReason.ASKED)
"""Of these the later takes the place of the one under way, and each has a second look."""
_UNFINISHED = Rescore.finished_at.is_(None)


def ask_rescore(actor: Actor) -> UUID:
    """Score every lead again; the id by which `progress` knows it."""
    actor.require(Permission.WRITE_RULES)
    with unit_of_work(actor.supplier_id) as session:
        return _begin(session, RescoreReason.ASKED, clock.now())


def after_rules(session: Session, version: int, now: datetime) -> UUID:
    """The rules changed: score every lead by them. One that is under way is ended by this one."""
    return _begin(session, RescoreReason.RULES, now, version)


def begin_night(session: Session, on_date: date, now: datetime) -> UUID | None:
    """Note that the scores of that day of the supplier are due; None when that was noted before."""
    night = {
        "supplier_id": tenancy.supplier_id(),
        "reason": RescoreReason.NIGHT,
        "on_date": on_date,
        "due_at": now,
        "total": _count(session),
    }
    row = insert(Rescore).values(night).on_conflict_do_nothing().returning(Rescore.id)
    rescore_id: UUID | None = session.scalar(row)
    if rescore_id:
        session.execute(delete(Rescore).where(Rescore.finished_at < now - KEPT))
    return rescore_id


def _begin(session: Session, reason: RescoreReason, now: datetime, version: int | None = None) -> UUID:
    replaced = Rescore.reason.in_(_OF_ALL)
    session.execute(update(Rescore).where(_UNFINISHED, replaced).values(finished_at=now))
    total = _count(session)
    row = Rescore(supplier_id=tenancy.supplier_id(), reason=reason, version=version, total=total, due_at=now)
    session.add(row)
    session.flush()
    if total <= _fitting(session, MOST_AT_ONCE) and _at_once(session, row, now):
        row.due_at, row.is_second_look = now + SECOND_LOOK, True
        session.flush()
    else:
        jobs.ring(RUN, row.supplier_id, row.id, queue=QUEUE)
    return row.id


def _at_once(session: Session, row: Rescore, now: datetime) -> bool:
    """False when some lead cannot be scored: batches find out which."""
    try:
        with session.begin_nested():
            changes = rescore_leads(session, [], now, cause=str(row.reason))
    except FAILURES:
        return False
    row.done, row.changed = row.total, len(changes)
    return True


def _fitting(session: Session, most: int) -> int:
    """How many leads fit into one statement by the rules in force."""
    active = select(func.count()).select_from(ScoringRule).where(ScoringRule.is_active)
    return min(most, MOST_ANSWERS // (session.scalar(active) or 1))


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Lead)) or 0


def next_batch(session: Session, rescore_id: UUID, now: datetime) -> UUID | None:
    """Score the next leads and note how far it is: the last of them, None when there is nothing more to do
    now. None also while another works on it."""
    wanted = select(Rescore).where(Rescore.id == rescore_id, _UNFINISHED, Rescore.due_at <= now)
    row = session.scalars(wanted.with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    waiting, size = _waiting(row), _fitting(session, BATCH)
    last = session.scalar(select(Lead.id).where(*waiting).order_by(Lead.id).offset(size - 1).limit(1))
    which = [*waiting, Lead.id <= last] if last else waiting
    row.changed += _score(session, which, now, str(row.reason))
    if not row.is_second_look:
        row.done += size if last else session.scalar(select(func.count(Lead.id)).where(*which)) or 0
    row.last_lead_id = last
    if last is None:
        _end(row, now)
    return last


def _waiting(row: Rescore) -> list[ColumnElement[bool]]:
    after = [Lead.id > row.last_lead_id] if row.last_lead_id else []
    return [*after, Lead.wedding_date == row.on_date] if row.reason is RescoreReason.DAY else after


def _score(session: Session, which: list[ColumnElement[bool]], now: datetime, cause: str) -> int:
    """How many scores moved. When one cannot be computed, each lead by itself: the others are not kept from
    theirs."""
    try:
        with session.begin_nested():
            return len(rescore_leads(session, which, now, cause))
    except FAILURES:
        ids = session.scalars(select(Lead.id).where(*which).order_by(Lead.id)).all()
        return sum(lock_and_rescore(session, lead_id, now) is not None for lead_id in ids)


def _end(row: Rescore, now: datetime) -> None:
    if row.reason in _OF_ALL and not row.is_second_look:
        row.total = row.done
        row.is_second_look, row.due_at = True, now + SECOND_LOOK
    else:
        row.finished_at = now


def progress(session: Session, rescore_id: UUID) -> Rescore:
    """How far it is. NotFound, also when it ended more than a week ago."""
    found = session.scalars(select(Rescore).where(Rescore.id == rescore_id)).first()
    if found is None:
        raise NotFound("rescore")
    return found


def latest(session: Session) -> Rescore | None:
    """The last time that all leads were to be scored because of the rules, or because somebody asked."""
    asked = Rescore.reason.in_(_OF_ALL)
    return session.scalars(select(Rescore).where(asked).order_by(Rescore.created_at.desc()).limit(1)).first()
