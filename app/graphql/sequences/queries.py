"""Sequences, what is wrong with one, what became of it, what it would do."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar
from uuid import UUID

from app.graphql.context import Info, reading
from app.graphql.declare import field, value
from app.graphql.payload import row_of
from app.graphql.read import Rows
from app.graphql.sequences import acting, editing, figures
from app.graphql.sequences.types import NurtureSequence, NurtureSequences
from app.kernel import clock
from app.kernel.errors import NotFound
from app.leads import listing
from app.models import nurture as models
from app.nurture import statistics
from app.nurture.authoring import moving, versions
from app.nurture.authoring.desk import find_sequence
from app.nurture.ready_made.catalogue import READY_MADE
from app.nurture.retiming import preview
from app.workflows.check_sequence import check_sequence
from app.workflows.dry_run import dry_run
from app.workflows.lead_courses import lead_courses

T = TypeVar("T")


@value
class SequenceQueries:
    @field(NurtureSequences)
    def nurture_sequences(self) -> Rows:
        """The sequences that follow leads up."""
        return Rows(standing=True)

    @field(NurtureSequence | None)
    def nurture_sequence(self, id: UUID) -> Rows:
        """The sequence with this id; null when there is none."""
        return row_of(models.NurtureSequence, id)

    @field(cost=500)
    def sequence_problems(self, info: Info, id: UUID) -> list[editing.SequenceProblem] | None:
        """What is wrong with the sequence as it is being edited, each problem with its place; null when there
        is no such sequence."""
        session = reading(info)
        return _found(lambda: [editing.problem(one) for one in check_sequence(session, id)])

    @field(cost=500)
    def sequence_differences(
        self, info: Info, id: UUID, before: int, after: int = 0
    ) -> list[editing.StepDifference] | None:
        """What is otherwise in the version `after` (0: the draft) than in `before`, in words; null when there
        is no such version."""
        session = reading(info)
        found = _found(lambda: versions.compare(session, id, before, after))
        return None if found is None else [editing.difference(one) for one in found]

    @field(cost=1000)
    def sequence_moves(self, info: Info, id: UUID) -> editing.SequenceMoves | None:
        """Where the leads of older versions would go in the newest; null when there is no such sequence.
        Nothing is written."""
        session = reading(info)
        row = _found(lambda: find_sequence(session, id))
        if row is None:
            return None
        groups = [editing.group(one) for one in moving.groups(session, row)]
        return editing.SequenceMoves(version=row.published_version, groups=groups)

    @field(cost=5000)
    def sequence_statistics(self, info: Info, id: UUID) -> figures.SequenceStatistics | None:
        """What became of the sequence's leads, and of each of its steps over all versions; null when there is
        no such sequence."""
        session = reading(info)
        if _found(lambda: find_sequence(session, id)) is None:
            return None
        return figures.statistics_of(statistics.figures(session, id))

    @field(cost=2000)
    def sequence_dry_run(
        self, info: Info, id: UUID, lead_id: UUID, version: int | None = None
    ) -> figures.DryRun | None:
        """What the sequence would do with this lead if it entered now: by that version (0: the draft), or as
        an editor sees it; null when there is no such sequence, lead or version. Nothing is sent."""
        session = reading(info)
        found = _found(lambda: dry_run(session, id, lead_id, version, clock.now()))
        return None if found is None else figures.rehearsal(found)

    @field(cost=200)
    def lead_courses(self, info: Info, lead_id: UUID) -> list[acting.LeadCourse] | None:
        """What the lead's sequences will do and when, and why a step would be left out; null when there is no
        such lead."""
        session = reading(info)
        found = _found(lambda: lead_courses(session, listing.lead(session, lead_id), clock.now()))
        return None if found is None else [acting.course(one) for one in found]

    @field(cost=200)
    def wedding_moves(
        self, info: Info, lead_id: UUID, wedding_date: date | None = None
    ) -> list[acting.StepMove] | None:
        """Which steps to come would be at another time if the wedding were on that day (null: not known);
        null when there is no such lead. Nothing is written."""
        session, now = reading(info), clock.now()
        found = _found(lambda: preview(session, listing.lead(session, lead_id), wedding_date, now))
        return None if found is None else [acting.step_move(one) for one in found]

    @field(cost=200)
    def ready_made_sequences(self, info: Info) -> list[editing.ReadyMadeSequence]:
        """Sequences to begin with: six for each trade."""
        reading(info)
        return [editing.ready_made(one) for one in READY_MADE.values()]


def _found(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except NotFound:
        return None
