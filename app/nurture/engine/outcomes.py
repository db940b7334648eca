"""What was decided for a step, what became of it, and what comes next."""

from dataclasses import dataclass
from datetime import datetime

from app.nurture.engine.actions import Action
from app.nurture.engine.facts import Step


@dataclass(frozen=True)
class Do:
    """Carry out the step's action now."""

    action: Action


@dataclass(frozen=True)
class Hold:
    """Keep the place and look again at `until`."""

    reason: str
    until: datetime


@dataclass(frozen=True)
class End:
    """Leave the sequence; `reason` is a code such as `lead_won`."""

    reason: str


@dataclass(frozen=True)
class Done:
    """The step did what it is for."""


@dataclass(frozen=True)
class Skip:
    """The step does not apply here; it counts neither as done nor as failed."""

    reason: str


@dataclass(frozen=True)
class Failed:
    """The step should have worked and did not."""

    reason: str


Outcome = Do | Skip | Failed | Hold | End
"""What `decide` says."""
Settled = Done | Skip | Failed
"""What `advance` starts from."""


@dataclass(frozen=True)
class Passed:
    """A step left out on the way to the next one."""

    step: Step
    reason: str


@dataclass(frozen=True)
class Next:
    step: Step
    at: datetime
    passed: tuple[Passed, ...] = ()


@dataclass(frozen=True)
class Timed:
    """When the present step comes, and since when it is late if it was due before."""

    at: datetime
    due_at: datetime


@dataclass(frozen=True)
class Finished:
    """The end of the way: `completed`, or `failed` when the sequence halts on a failure."""

    status: str
    reason: str
    passed: tuple[Passed, ...] = ()
