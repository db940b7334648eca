"""The composer: one form of six, chosen by the address."""

from dataclasses import dataclass
from typing import Any

from app.kernel.db import db
from app.leads import record
from app.messaging.reach import obstacle
from app.models.leads import Lead
from app.web.lead.asked import Compose
from app.web.lead.entries import CallForm, MeetingForm, NoteForm, ReplyForm, TextForm
from app.web.task_form import TaskForm


@dataclass(frozen=True)
class Tab:
    """One form of the composer: its name on the tab, what its button says, and what is said after it."""

    form: Any
    label: str
    icon: str
    submit: str
    done: str


TABS: dict[str, Tab] = {
    "note": Tab(NoteForm, "Note", "note", "Add note", "Note added."),
    "email": Tab(ReplyForm, "E-mail", "mail", "Send e-mail", "Your e-mail is on its way."),
    "call": Tab(CallForm, "Call", "phone", "Log call", "Call noted."),
    "meeting": Tab(MeetingForm, "Meeting", "calendar-event", "Save meeting", "Meeting noted."),
    "text": Tab(TextForm, "SMS", "message", "Log message", "Message noted."),
    "task": Tab(TaskForm, "Task", "checkbox", "Add task", "Task added."),
}


def composer(lead: Lead, kind: Compose, form: Any = None) -> dict[str, Any]:
    """What the composer's template needs: the form of that tab, or the one that was sent back."""
    chosen = form.kind if form else kind
    blocked = obstacle(db.session(), lead) if chosen == "email" else None
    return {"tabs": TABS, "kind": chosen, "form": form or _fresh(lead, chosen), "blocked": blocked}


def _fresh(lead: Lead, kind: str) -> Any:
    said = {"subject": _subject(lead)} if kind == "email" else {}
    return TABS[kind].form(formdata=None, data=said)


def _subject(lead: Lead) -> str:
    last = record.last_letter(db.session(), lead.id)
    if last is None:
        return "Re: Your inquiry"
    return last if last[:3].lower() == "re:" else f"Re: {last}"[:255]
