"""The forms of the composer: what happened, what is to be sent. That of a task is `app/web/task_form.py`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from app.kernel import clock
from app.leads.schemas import InteractionCreate, ReplyCreate
from app.models.choices import InteractionType as Kind
from app.web.fields import MomentField, choices
from app.web.viewer import viewer
from app.web.write_form import PartForm
from app.workflows.add_interaction import add_interaction
from app.workflows.send_reply import send_reply

OUTCOMES = {
    "answered": "We spoke",
    "no_answer": "No answer",
    "voicemail": "Left a message on the voicemail",
    "call_back": "They call back",
    "wrong_number": "Wrong number",
}
MOST_MINUTES = 24 * 60


def _text(rows: int, **more: Any) -> dict[str, Any]:
    return {"rows": rows, "maxlength": 10_000, **more}


class EntryForm(PartForm):
    """Something that happened, for the timeline."""

    def write_for(self, lead_id: UUID) -> bool:
        return self.write(InteractionCreate, lambda entry: add_interaction(viewer().actor, lead_id, entry))


class NoteForm(EntryForm):
    kind = "note"
    interaction_content = TextAreaField(
        "Note", render_kw=_text(3, required=True, placeholder="What should the team know?")
    )

    def values(self) -> dict[str, Any]:
        return super().values() | {"interaction_type": Kind.NOTE_ADDED}


class CallForm(EntryForm):
    kind = "call"
    interaction_outcome = SelectField("Outcome", choices=choices(OUTCOMES.items()))
    minutes = IntegerField(
        "Minutes",
        [Optional(), NumberRange(0, MOST_MINUTES, f"Give 0 to {MOST_MINUTES} minutes.")],
        render_kw={"min": 0, "max": MOST_MINUTES, "inputmode": "numeric"},
    )
    interaction_content = TextAreaField("What was said", render_kw=_text(3))
    occurred_at = MomentField("When", [Optional()], description="Empty is now.")
    follow_up_date = MomentField("Follow up on", [Optional()], description="Makes a task.")

    def values(self) -> dict[str, Any]:
        said = super().values()
        minutes = said.pop("minutes")
        length = {} if minutes is None else {"interaction_metadata": {"minutes": minutes}}
        return said | length | {"interaction_type": Kind.PHONE_CALL}


class MeetingForm(EntryForm):
    kind = "meeting"
    interaction_type = RadioField(
        "Meeting",
        choices=choices(
            [(Kind.MEETING_SCHEDULED, "Arranged for"), (Kind.MEETING_COMPLETED, "It took place")]
        ),
        default=Kind.MEETING_SCHEDULED,
    )
    occurred_at = MomentField("When", [InputRequired("Give a day and a time.")], render_kw={"required": True})
    place = StringField("Where", render_kw={"maxlength": 200, "placeholder": "Studio, video call, venue"})
    interaction_content = TextAreaField("Notes", render_kw=_text(3))

    def validate_occurred_at(self, field: MomentField) -> None:
        if self.is_to_come and field.data and field.data < clock.now():
            raise ValidationError("This lies in the past; say that it took place, or choose a later time.")

    @property
    def is_to_come(self) -> bool:
        return self.interaction_type.data == Kind.MEETING_SCHEDULED  # type: ignore[no-any-return]

    def values(self) -> dict[str, Any]:
        """A meeting to come is written down now, and is the next follow-up when it is due."""
        said = super().values()
        at: datetime = said["occurred_at"]
        place = (said.pop("place") or "").strip()
        told = {"place": place} if place else {}
        if self.is_to_come:
            told["planned_for"] = at.isoformat()
            said |= {"occurred_at": None, "follow_up_date": at}
        return said | {"interaction_subject": "Meeting", "interaction_metadata": told}


class TextForm(EntryForm):
    kind = "text"
    interaction_type = RadioField(
        "Text message",
        choices=choices([(Kind.SMS_SENT, "We sent it"), (Kind.SMS_RECEIVED, "They sent it")]),
        default=Kind.SMS_SENT,
    )
    interaction_content = TextAreaField("Text", render_kw=_text(3, required=True))
    occurred_at = MomentField("When", [Optional()], description="Empty is now.")

    def validate_interaction_content(self, field: TextAreaField) -> None:
        if not (field.data or "").strip():
            raise ValidationError("Please fill this in.")


class ReplyForm(PartForm):
    """An e-mail; its id comes with the form, so that two clicks send one."""

    kind = "email"
    subject = StringField("Subject", render_kw={"required": True, "maxlength": 255})
    body = TextAreaField("Message", render_kw=_text(8, required=True))
    message_id = HiddenField(default=lambda: str(uuid7()))

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if name != "message_id"}

    def write_for(self, lead_id: UUID) -> bool:
        return self.write(
            ReplyCreate, lambda reply: send_reply(viewer().actor, lead_id, reply, self._chosen())
        )

    def _chosen(self) -> UUID | None:
        try:
            return UUID(self.message_id.data or "")
        except ValueError:
            return None
