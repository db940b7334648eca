"""What a step's content may say, by step type; JSON in `step_content`."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, TypeAdapter, model_validator

from app.kernel.schema import Label, LongText, Schema, ShortText
from app.models.choices import LeadStatus, Priority
from app.nurture.authoring.schemas import MOST_STEPS

Tags = Annotated[list[Label], Field(max_length=50)]


class TaskContent(Schema):
    """A task; `title` and `description` are Liquid. Without `title` it is called as the step; without
    `due_in_days` it is due the day after, a call at once; without `assigned_to`, a member, it is for whoever
    looks after the lead."""

    title: ShortText | None = None
    description: LongText | None = None
    due_in_days: int | None = Field(None, ge=0, le=365)
    priority: Priority = Priority.MEDIUM
    assigned_to: UUID | None = None


def is_json(content: str) -> bool:
    """Is a task's content an object, and not a text that begins with a token?"""
    return content.startswith("{") and not content.startswith(("{{", "{%"))


class ScoreContent(Schema):
    points: int = Field(ge=-100, le=100)
    reason: ShortText = "Sequence"
    expires_in_days: int | None = Field(None, ge=1, le=3650)


class StatusContent(Schema):
    status: LeadStatus


class TagsContent(Schema):
    add: Tags = []
    remove: Tags = []

    @model_validator(mode="after")
    def _says_something(self) -> "TagsContent":
        if not (self.add or self.remove):
            raise ValueError("name at least one tag to add or remove")
        return self


class BranchContent(Schema):
    """If the conditions hold, go on with the step of order `then`."""

    conditions: Annotated[dict[str, object], Field(alias="if")]
    then: Annotated[int, Field(strict=True, ge=1, le=MOST_STEPS)]


BRANCHES = TypeAdapter(list[BranchContent])
