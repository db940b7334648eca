"""Moving leads that are under way in an older version of a sequence to the newest."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from app.models.choices import EnrollmentStatus
from app.models.leads import Lead
from app.models.nurture import Enrollment, NurtureSequence, StepDecision
from app.nurture.authoring.routes import Route, route
from app.nurture.claims import LIVE, Place, lock_batch
from app.nurture.engine.advance import following, timed
from app.nurture.engine.facts import Snapshot, Step
from app.nurture.engine.outcomes import Passed, Skip
from app.nurture.engine.timing import NoOpenDay, due_at
from app.nurture.progress import end, pass_over, rate_of, settle
from app.nurture.snapshots import Standing, Version, read_snapshots, read_versions

MOST_GROUPS = 1000


@dataclass(frozen=True)
class Group:
    """Leads at one step of an older version. `waiting` of them have a message under way and stay until that
    is settled."""

    version: int
    step: Step
    route: Route
    count: int
    waiting: int

    @property
    def moves(self) -> int:
        """How many would be moved now."""
        return 0 if self.route.repeated else self.count - self.waiting


def groups(session: Session, row: NurtureSequence, to: int | None = None) -> list[Group]:
    """Who is under way in an older version, and where they would go; the newest versions first. With `to` the
    draft: all who are under way, and where they would go once it is published."""
    number_to = row.published_version if to is None else to
    older = (
        select(
            Enrollment.version,
            Enrollment.current_step_id,
            func.count(),
            func.count().filter(Enrollment.next_execution_at.is_(None)),
        )
        .where(*(_older(row) if to is None else _live(row)))
        .group_by(Enrollment.version, Enrollment.current_step_id)
        .order_by(Enrollment.version.desc())
        .limit(MOST_GROUPS)
    )
    found = session.execute(older).all()
    numbers = {version for version, *_ in found} | {number_to}
    versions = read_versions(session, [Version(row, number) for number in numbers]) if found else {}
    made = []
    for number, step_id, count, waiting in found:
        old, new = versions[row.id, number], versions[row.id, number_to]
        at = next((step for step in old.steps if step.id == step_id), None)
        if at is not None:
            made.append(Group(number, at, route(old, new, at), count, waiting))
    return sorted(made, key=lambda group: (-group.version, group.step.order))


def move_batch(session: Session, row: NurtureSequence, now: datetime, *, most: int) -> int:
    """Move at most that many, in the order of the leads, which are locked; how many it was. A step keeps its
    time where its timing is the same; else it is due by the new one, as if it had always been so."""
    routes = {(group.version, group.step.id): group for group in groups(session, row) if group.moves}
    wanted = (*_older(row), Enrollment.next_execution_at.is_not(None))
    at = tuple_(Enrollment.version, Enrollment.current_step_id).in_(list(routes))
    locked = lock_batch(session, (*wanted, at), most=most) if routes else []
    if not locked:
        return 0
    leads, rows = {lead.id: lead for lead, _ in locked}, [one for _, one in locked]
    came_from = {one.id: routes[one.version, one.current_step_id] for one in rows if one.current_step_id}
    move = Move(session, row, now, _last_settled(session, rows))
    for place, group in _arrived(move, leads, rows, came_from):
        _settle_in(move, place, group)
    return len(rows)


@dataclass(frozen=True)
class Move:
    """A batch that is moved."""

    session: Session
    row: NurtureSequence
    now: datetime
    last: Mapping[UUID, datetime]


def _arrived(
    move: Move, leads: Mapping[UUID, Lead], rows: Sequence[Enrollment], came_from: Mapping[UUID, Group]
) -> Iterator[tuple[Place, Group]]:
    """Each enrollment at its step of the newest version; who is through is ended on the way."""
    staying = []
    for one in rows:
        _leave_out(move, one, came_from[one.id].route.missed)
        target = came_from[one.id].route.target
        if target is None:
            one.completion_rate = rate_of(one, 0)
            end(
                move.session,
                leads[one.lead_id],
                one,
                "all_steps_done",
                move.now,
                status=EnrollmentStatus.COMPLETED,
            )
        else:
            one.version, one.current_step_id = move.row.published_version, target.id
            staying.append(one)
    version = Version(move.row, move.row.published_version)
    standings = [Standing(leads[one.lead_id], version, one) for one in staying]
    snapshots = read_snapshots(move.session, standings, move.now) if standings else []
    for one, snapshot in zip(staying, snapshots, strict=True):
        yield Place(one, leads[one.lead_id], snapshot, move.row), came_from[one.id]


def _leave_out(move: Move, enrollment: Enrollment, steps: Sequence[Step]) -> None:
    """Record the steps that stand before where the lead goes on."""
    passed = tuple(Passed(step, "moved_past") for step in steps)
    pass_over(move.session, enrollment, passed, move.now)


def _settle_in(move: Move, place: Place, group: Group) -> None:
    """When the step is due now, or on to the next if it does not apply any more."""
    step, enrollment = place.snapshot.step, place.enrollment
    enrollment.completion_rate = rate_of(enrollment, 1 + len(following(place.snapshot)))
    if step is None or (step.key, step.timing, step.is_active) == (group.step.key, group.step.timing, True):
        return
    due = _due(place.snapshot, step, move.last[enrollment.id], move.now)
    if isinstance(due, datetime):
        enrollment.next_execution_at = enrollment.due_at = due
    else:
        settle(move.session, place, Skip(due), move.now)


def _due(snapshot: Snapshot, step: Step, last: datetime, now: datetime) -> datetime | str:
    """When the step is due, counted from when the last one was settled; or why it is passed over."""
    if step.timing.anchor != "previous_step" or not step.is_active:
        return timed(snapshot, now)
    try:
        return due_at(step.timing, last, snapshot.calendar, now)
    except NoOpenDay:
        return "no_open_day"


def _last_settled(session: Session, rows: Sequence[Enrollment]) -> dict[UUID, datetime]:
    """When each enrollment last had a step behind it, or began."""
    latest = select(StepDecision.enrollment_id, func.max(StepDecision.decided_at)).where(
        StepDecision.enrollment_id.in_([one.id for one in rows]), StepDecision.outcome != "retry"
    )
    said = {row[0]: row[1] for row in session.execute(latest.group_by(StepDecision.enrollment_id))}
    return {one.id: said.get(one.id, one.enrollment_date) for one in rows}


def _older(row: NurtureSequence) -> tuple[ColumnElement[bool], ...]:
    return (*_live(row), Enrollment.version < row.published_version)


def _live(row: NurtureSequence) -> tuple[ColumnElement[bool], ...]:
    return (Enrollment.sequence_id == row.id, Enrollment.status.in_(LIVE))
