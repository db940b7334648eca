"""What templates may say, where they are used, and how they look filled in."""

from enum import StrEnum
from uuid import UUID

import strawberry

from app.graphql.declare import value
from app.graphql.errors import path
from app.kernel.errors import FieldError
from app.messaging.templates.preview import Preview
from app.messaging.templates.queries import Use
from app.messaging.tokens import TOKENS


class TemplateKind(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    TASK = "task"


strawberry.enum(TemplateKind, description="What a template is made into.")


@value
class TemplateToken:
    """A word that templates may use, as `{{ name }}`; `fallback` is what it says where the lead does not."""

    name: str
    says: str
    fallback: str
    sample: str


@value
class TemplateUse:
    """A step that names a template: of the draft (version 0), of the version in force, or of one that leads
    are on."""

    template_id: UUID
    sequence_id: UUID
    sequence_name: str
    step_name: str
    version: int


@value
class TemplateProblem:
    """What keeps a template from being saved: at which field, with the line."""

    field: str
    message: str


@value
class TemplatePreview:
    """A template filled in: `subject` of an e-mail or title of a task, `html` of an e-mail.

    `segments` is how many parts a text message is sent and paid in; the letters in `foreign` make it dearer.
    `fellBack` are the tokens that the lead does not say. With `problems` there is nothing else.
    """

    problems: list[TemplateProblem]
    subject: str | None
    html: str | None
    text: str
    segments: int | None
    foreign: str | None
    fell_back: list[str]


def tokens() -> list[TemplateToken]:
    """The registry as GraphQL has it."""
    return [
        TemplateToken(name=one.name, says=one.says, fallback=one.fallback, sample=str(one.sample))
        for one in TOKENS.values()
    ]


def use(template_id: UUID, found: Use) -> TemplateUse:
    return TemplateUse(template_id=template_id, **vars(found))


def preview(found: Preview) -> TemplatePreview:
    """The preview as GraphQL has it."""
    counted = found.counted
    return TemplatePreview(
        problems=[_problem(one) for one in found.problems],
        subject=found.subject,
        html=found.html,
        text=found.text,
        segments=counted.segments if counted else None,
        foreign=counted.foreign if counted else None,
        fell_back=found.fell_back,
    )


def _problem(found: FieldError) -> TemplateProblem:
    return TemplateProblem(field=path(found.field), message=found.message)
