"""What ready-made sequences are made of: steps and their templates, with a trade's words to be filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from string import Template as Pattern
from typing import Any

from app.models.choices import Priority, SequenceType, StepType, Trade

SIGNED = "<p>Warm wishes,<br>{{ supplier_name }}</p>"


@dataclass(frozen=True)
class Words:
    """What a trade says in its own way. `meet` completes “Would … suit you?”, `details` are items of a list,
    the others are sentences."""

    show: str
    ask: str
    meet: str
    advice_subject: str
    advice: str
    script: str
    news: str
    details: str
    soon: str
    tomorrow: str
    thanks: str
    anniversary: str

    def fill(self, text: str) -> str:
        """The text with each `$word` filled in."""
        return Pattern(text).substitute({one.name: getattr(self, one.name) for one in fields(self)})


@dataclass(frozen=True)
class Email:
    name: str
    subject: str
    content: str


@dataclass(frozen=True)
class Text:
    name: str
    content: str


@dataclass(frozen=True)
class ToDo:
    name: str
    title: str
    description: str
    due_in_days: int = 0
    priority: Priority = Priority.MEDIUM


Template = Email | Text | ToDo


@dataclass(frozen=True)
class Step:
    """What `StepWrite` takes, but for its template."""

    said: Mapping[str, Any]
    template: Template | None = None

    def in_words(self, words: Words) -> "Step":
        if self.template is None:
            return self
        texts = {name: value for name, value in vars(self.template).items() if type(value) is str}
        filled: Any = {name: words.fill(value) for name, value in texts.items()}
        return replace(self, template=replace(self.template, **filled))


@dataclass(frozen=True)
class ReadyMade:
    """A sequence to begin with."""

    sequence_type: SequenceType
    name: str
    about: str
    steps: tuple[Step, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    trade: Trade = Trade.OTHER

    @property
    def key(self) -> str:
        return f"{self.trade}_{self.sequence_type}"

    def of(self, trade: Trade, words: Words) -> "ReadyMade":
        """The same in that trade's words."""
        return replace(self, trade=trade, steps=tuple(step.in_words(words) for step in self.steps))


def email(name: str, subject: str, *paragraphs: str, **said: Any) -> Step:
    """A letter: paragraphs of HTML between the greeting and the signature. The step goes by its template's
    name unless it is said."""
    body = "\n".join(part if part.startswith("<") else f"<p>{part}</p>" for part in paragraphs)
    content = f"<p>Hello {{{{ couple_names }}}},</p>\n{body}\n{SIGNED}\n"
    return Step({"step_name": name, "step_type": StepType.EMAIL, **said}, Email(name, subject, content))


def text(name: str, content: str, **said: Any) -> Step:
    """A text message to who gave a number."""
    plain = {"execution_conditions": {"has_phone": True}, "send_time": "11:00"}
    return Step({"step_name": name, "step_type": StepType.SMS, **plain, **said}, Text(name, content))


def call(name: str, script: str, **said: Any) -> Step:
    """A call with a script, to who gave a number."""
    todo = ToDo(name, "Call {{ couple_names }}", script, priority=Priority.HIGH)
    plain = {"execution_conditions": {"has_phone": True}}
    return Step({"step_name": name, "step_type": StepType.PHONE_CALL, **plain, **said}, todo)


def task(name: str, title: str, description: str, **said: Any) -> Step:
    todo = ToDo(name, title, description, due_in_days=1)
    return Step({"step_name": name, "step_type": StepType.TASK_CREATION, **said}, todo)


def after(amount: int, unit: str = "days", **said: Any) -> dict[str, Any]:
    """Counted from the step before."""
    return {"delay_amount": amount, "delay_unit": unit, **said}


def from_wedding(amount: int, unit: str = "weeks", **said: Any) -> dict[str, Any]:
    """Counted from the wedding; negative is before it."""
    return {"anchor": "wedding_date", "delay_amount": amount, "delay_unit": unit, **said}


def when(**conditions: Any) -> dict[str, Any]:
    return {"execution_conditions": conditions}


def branch(then: int, **conditions: Any) -> dict[str, Any]:
    """If the conditions hold, go on with the step of that place."""
    return {"branch_conditions": {"branches": [{"if": conditions, "then": then}]}}
