"""What the steps of a sequence leave behind: messages in the outbox, what people did with them, and tasks."""

from datetime import datetime, timedelta

from app.demo.chores import add_task
from app.demo.plan import Row
from app.demo.story import Story
from app.messaging.envelope import OPT_OUT_OFFERED
from app.messaging.liquid import fill_text
from app.messaging.render import OptOutLinks, render_email
from app.messaging.suppressions import address_hash
from app.messaging.tokens import Subject, values
from app.models.choices import (
    Channel,
    ConsentPurpose,
    MessageClass,
    MessageEventType,
    MessageState,
    SuppressionReason,
)
from app.models.choices import InteractionType as Kind
from app.models.leads import Lead
from app.models.nurture import EmailTemplate
from app.nurture.engine.actions import MakeTask, SendEmail
from app.nurture.engine.facts import Step

OPENED, CLICKED, OPTED_OUT = 0.62, 0.25, 0.02
"""Shares: of the mails those that a person opens, of these those clicked, of all the last straw."""


def _about(story: Story, at: datetime) -> Subject:
    return Subject(Lead(**story.lead), story.telling.stage.supplier, at)


def send(story: Story, enrollment: Row, template: EmailTemplate, step: Step, at: datetime) -> Row:
    """An e-mail of the sequence, accepted by the outbox at once; the message's row."""
    assert isinstance(step.action, SendEmail)
    message = story.add("messages", at, **_message(story, step.action, at))
    message |= {
        "enrollment_id": enrollment["id"],
        "sequence_step_id": step.id,
        "provider_id": str(message["id"]),
    }
    offered = message["message_class"] in OPT_OUT_OFFERED
    links = OptOutLinks.of(message["supplier_id"], message["id"]) if offered else None
    letter = render_email(template, _about(story, at), links)
    message |= {"subject": letter.subject, "html_body": letter.html, "text_body": letter.text}
    _note(story, message, MessageEventType.CLAIMED, at, details={"attempt": 1})
    _note(story, message, MessageEventType.ACCEPTED, at)
    ids = {"message_id": message["id"], "step_id": step.id}
    story.log(Kind.EMAIL_SENT, at, letter.subject, content=letter.text, **ids)
    if story.dice.chance(OPENED):
        _be_read(story, enrollment, message, at + timedelta(hours=story.dice.expovariate(0.15)))
    if offered and story.may_opt_out(at) and story.dice.chance(OPTED_OUT):
        _opt_out(story, message, at + timedelta(hours=story.dice.uniform(1, 20)))
    return message


def _message(story: Story, email: SendEmail, at: datetime) -> Row:
    moments = ("due_at", "accepted_at", "created_at", "updated_at")
    return {
        "channel": Channel.EMAIL,
        "message_class": MessageClass(email.message_class),
        "to_address": story.lead["primary_email"],
        "state": MessageState.ACCEPTED,
        "attempts": 1,
        "transport": "outbox",
        **dict.fromkeys(moments, at),
        **dict.fromkeys(("opened_at", "clicked_at")),
        "not_after": at + timedelta(days=7),
    }


def _be_read(story: Story, enrollment: Row, message: Row, at: datetime) -> None:
    ids = {"message_id": message["id"], "step_id": message["sequence_step_id"]}
    if story.log(Kind.EMAIL_OPENED, at, message["subject"], **ids):
        enrollment["emails_opened"] += 1
        message["opened_at"] = at
        _note(story, message, MessageEventType.OPENED, at, is_human=True)
    at += timedelta(seconds=50)
    links = "/portfolio" in message["html_body"]
    if links and story.dice.chance(CLICKED) and story.log(Kind.EMAIL_CLICKED, at, message["subject"], **ids):
        enrollment["emails_clicked"] += 1
        message["clicked_at"] = at
        _note(story, message, MessageEventType.CLICKED, at, is_human=True)
        story.log(Kind.WEBSITE_VISIT, at, "Looked at the galleries")


def _opt_out(story: Story, message: Row, at: datetime) -> None:
    """The couple uses the link at the foot of the mail."""
    ids = {"message_id": message["id"], "step_id": message["sequence_step_id"]}
    if not story.log(Kind.UNSUBSCRIBED, at, message["subject"], **ids):
        return
    story.lead |= {"opt_out_date": at, "consent_marketing": False}
    _note(story, message, MessageEventType.UNSUBSCRIBED, at, is_human=True)
    address = message["to_address"]
    story.add(
        "consent_events",
        at,
        channel=Channel.EMAIL,
        purpose=ConsentPurpose.MARKETING,
        given=False,
        wording_version=None,
        source="unsubscribe link",
        address=address,
        occurred_at=at,
    )
    hashed = address_hash(message["supplier_id"], address)
    reason = SuppressionReason.UNSUBSCRIBED
    story.write("suppressions", at, channel=Channel.EMAIL, address_hash=hashed, reason=reason, created_at=at)


def _note(story: Story, message: Row, event: MessageEventType, at: datetime, **more: object) -> None:
    row = {"is_human": None, "details": {}} | more
    story.write("message_events", at, message_id=message["id"], event_type=event, occurred_at=at, **row)


def make_task(story: Story, enrollment: Row, step: Step, at: datetime) -> None:
    """The task a step asks for; the team does it within two days."""
    assert isinstance(step.action, MakeTask)
    words = values(_about(story, at))
    done_at = story.telling.season.at_work(story.dice, at + timedelta(hours=story.dice.uniform(0.5, 44)))
    add_task(
        story,
        at,
        title=fill_text(step.action.title, words)[:255],
        description=fill_text(step.action.description, words) if step.action.description else None,
        task_type=step.action.kind,
        priority=step.action.priority,
        due_at=at + timedelta(days=step.action.due_in_days),
        completed_at=done_at if done_at <= story.now else None,
        enrollment_id=enrollment["id"],
        sequence_step_id=step.id,
    )
