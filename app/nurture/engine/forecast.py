"""A lead's whole calendar in its sequences, by the functions that run them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.kernel.zones import day_of
from app.nurture.engine.actions import SendEmail, SendSms
from app.nurture.engine.advance import advance, start
from app.nurture.engine.changes import changed
from app.nurture.engine.decide import decide
from app.nurture.engine.facts import Snapshot, Step
from app.nurture.engine.outcomes import Do, Done, End, Finished, Hold, Next, Outcome, Skip

MOST = 100
MOST_WAITS = 60
"""Times that one message is asked for in vain before it is taken for held."""


@dataclass(frozen=True)
class ToSend:
    """A message to come: its step, what it is, and when it is due."""

    step: Step
    message: SendEmail | SendSms
    due_at: datetime


Gate = Callable[[ToSend, datetime], Hold | Skip | None]
"""May the message leave at that moment? None: yes, and it counts for those that are asked for after it."""


def open_gate(_message: ToSend, _at: datetime) -> None:
    """Everything leaves when it is due."""


@dataclass(frozen=True)
class Planned:
    """A step, when it is taken (a message: leaves) and what will become of it; no time: it is passed over on
    the way. `wait_reason`: the code of why its message leaves later than it is due."""

    step: Step
    at: datetime | None
    outcome: Outcome
    due_at: datetime | None = None
    wait_reason: str | None = None

    @property
    def reason(self) -> str | None:
        """The code of why the step is not taken; None when it is."""
        return None if isinstance(self.outcome, Do) else self.outcome.reason


def forecast(snapshot: Snapshot, now: datetime, *, most: int = MOST, gate: Gate = open_gate) -> list[Planned]:
    """What is still to come, in order; from the start for a lead that is at no step yet.

    As if nothing were held, nobody wrote and every step worked at its time; what steps do to status, tags and
    score counts for those after them. An `End` is the last one.
    """
    return together([snapshot], now, most=most, gate=gate)[0]


def together(
    snapshots: Sequence[Snapshot], now: datetime, *, most: int = MOST, gate: Gate = open_gate
) -> list[list[Planned]]:
    """The same for one lead in several sequences, those that matter more first, with one gate for all: what
    leaves is asked for in the order of time."""
    walks = [_Walk(_running(snapshot), now, most) for snapshot in snapshots]
    while under_way := [(walk.at, place) for place, walk in enumerate(walks) if walk.at is not None]:
        walks[min(under_way)[1]].go(gate)
    return [walk.planned for walk in walks]


def _running(snapshot: Snapshot) -> Snapshot:
    lead, sequence = replace(snapshot.lead, is_paused=False), replace(snapshot.sequence, is_live=True)
    return replace(snapshot, lead=lead, sequence=sequence)


@dataclass
class _Walk:
    """A lead on its way through one sequence; the facts of `here` are those of the day of `now`."""

    here: Snapshot
    now: datetime
    left: int
    planned: list[Planned] = field(default_factory=list)
    ahead: Next | None = None
    """The step that comes next, or whose message is asked for once more; None: it is over."""
    waiting: Do | None = None
    waits: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._arrive(_first(self.here, self.now))

    @property
    def at(self) -> datetime | None:
        return self.ahead.at if self.ahead else None

    def go(self, gate: Gate) -> None:
        """Do what comes next."""
        if self.ahead is None:
            return
        at = self.ahead.at
        self.here, self.now = _aged(self.here, self.now, at), at
        outcome = self.waiting or decide(self.here, at)
        said = None
        if isinstance(outcome, Do) and isinstance(outcome.action, SendEmail | SendSms):
            said = gate(ToSend(self.ahead.step, outcome.action, self.here.due_at or at), at)
        if isinstance(said, Hold) and len(self.waits) < MOST_WAITS:
            self.waits.append(said.reason)
            self.waiting = outcome if isinstance(outcome, Do) else None
            self.ahead = replace(self.ahead, at=said.until)
        else:
            self._settle(self.ahead.step, said or outcome)

    def _settle(self, step: Step, outcome: Outcome) -> None:
        wait_reason = self.waits[-1] if self.waits else None
        self.planned.append(Planned(step, self.now, outcome, self.here.due_at, wait_reason))
        self.ahead = None
        if isinstance(outcome, End | Hold):
            return
        if isinstance(outcome, Do):
            self.here = changed(self.here, outcome.action)
        self._arrive(advance(self.here, Done() if isinstance(outcome, Do) else outcome, self.now))

    def _arrive(self, ahead: Next | Finished) -> None:
        self.planned += [Planned(one.step, None, Skip(one.reason)) for one in ahead.passed]
        self.waiting, self.waits = None, []
        if isinstance(ahead, Next) and self.left > 0:
            self.left -= 1
            is_present = ahead.step is self.here.step and self.here.next_at is not None
            due = self.here.due_at if is_present else None
            self.here = replace(self.here, step=ahead.step, due_at=due or ahead.at, next_at=ahead.at)
            self.ahead = ahead


def _first(snapshot: Snapshot, now: datetime) -> Next | Finished:
    if snapshot.step is None:
        return start(snapshot, now)
    return Next(snapshot.step, max(snapshot.next_at or now, now))


def _aged(snapshot: Snapshot, since: datetime, at: datetime) -> Snapshot:
    """The lead, whose facts are those of one day, as it will be on another."""
    lead, zone = snapshot.lead, snapshot.calendar.zone
    passed = (day_of(at, zone) - day_of(since, zone)).days
    later = replace(
        lead,
        days_until_wedding=_moved(lead.days_until_wedding, -passed),
        days_since_inquiry=_moved(lead.days_since_inquiry, passed),
        days_since_contact=_moved(lead.days_since_contact, passed),
    )
    return replace(snapshot, lead=later)


def _moved(days: int | None, passed: int) -> int | None:
    return None if days is None else days + passed
