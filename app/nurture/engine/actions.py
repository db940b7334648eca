"""What a step does, one value for each of the specification's seven step types."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class SendEmail:
    template_id: UUID | None
    message_class: str


@dataclass(frozen=True)
class SendSms:
    template_id: UUID | None
    message_class: str


@dataclass(frozen=True)
class MakeTask:
    """A task for a person; a phone call is one with a script. `title` and `description` are Liquid."""

    kind: str
    title: str
    description: str | None = None
    due_in_days: int = 0
    priority: str = "medium"


@dataclass(frozen=True)
class AdjustScore:
    points: int
    reason: str
    expires_in_days: int | None = None


@dataclass(frozen=True)
class ChangeStatus:
    status: str


@dataclass(frozen=True)
class ChangeTags:
    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Unreadable:
    """A step whose content does not say what its type needs; it fails when its turn comes."""

    problem: str


Action = SendEmail | SendSms | MakeTask | AdjustScore | ChangeStatus | ChangeTags | Unreadable
