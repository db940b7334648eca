"""What a step does, one value for each of the specification's seven step types."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Variant:
    """Another text of an e-mail step."""

    label: str
    template_id: UUID


@dataclass(frozen=True)
class SendEmail:
    """With `variants`, its own template is A and leads are spread evenly over all of them."""

    template_id: UUID | None
    message_class: str
    variants: tuple[Variant, ...] = ()


@dataclass(frozen=True)
class SendSms:
    """`fallback_template_id`: the e-mail for a lead that no text message can reach."""

    template_id: UUID | None
    message_class: str
    fallback_template_id: UUID | None = None


@dataclass(frozen=True)
class MakeTask:
    """A task for a person; a phone call is one with a script. `title` and `description` are Liquid."""

    kind: str
    title: str
    description: str | None = None
    due_in_days: int = 0
    priority: str = "medium"
    assigned_to: UUID | None = None
    """A member; without one whoever looks after the lead."""


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
