"""The unit of work: the only place that commits.

One per request that writes, per mutation field, per job step:

    with unit_of_work(actor.supplier_id):
        capture_lead(...)

It begins a transaction that sees that supplier alone. On leaving it moves the totals that rows share,
commits, and then sends the jobs that were rung inside; on any exception nothing is written and nothing is
sent.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel import jobs, tenancy, totals
from app.kernel.db import db


@contextmanager
def unit_of_work(supplier_id: UUID | None = None, *, user_id: UUID | None = None) -> Iterator[Session]:
    """Run the block in one transaction for that supplier. Units of work do not nest."""
    if jobs.collecting():
        raise RuntimeError("units of work do not nest: pass the work down, not the commit")
    db.session.rollback()  # a read before us may have begun a transaction for somebody else
    with jobs.collect() as bells, totals.collect() as parts:
        try:
            with tenancy.acting_for(supplier_id, user_id):
                yield db.session()
                totals.move(db.session(), parts)
                db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
    if bells:
        jobs.send(bells)


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """When the block raises, or the totals that it added to cannot be moved, what it did is undone, and the
    unit of work may go on. For what comes last in it, as the rows of those totals are locked from here."""
    with session.begin_nested(), totals.collect() as parts:
        yield
        totals.move(session, parts)


@contextmanager
def reading(supplier_id: UUID | None = None, *, user_id: UUID | None = None) -> Iterator[Session]:
    """A session that sees that supplier's rows and never commits; not inside a unit of work."""
    if jobs.collecting():
        raise RuntimeError("inside a unit of work, read with its own session")
    db.session.rollback()
    try:
        with tenancy.acting_for(supplier_id, user_id):
            yield db.session()
    finally:
        db.session.rollback()


def commit_ambient() -> None:
    """Commit what a library wrote to the session outside any unit of work: Flask-Security, to users
    and their sign-ins, which belong to no supplier. Nothing else calls this."""
    if jobs.collecting():
        raise RuntimeError("inside a unit of work, the commit is its own")
    try:
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
