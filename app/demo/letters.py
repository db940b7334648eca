"""What the steps of a sequence leave behind: messages in the outbox, and tasks."""

from datetime import datetime, timedelta

from app.demo.answers import come_back, note
from app.demo.chores import add_task
from app.demo.plan import Row
from app.demo.story import Story
from app.messaging.envelope import OPT_OUT_OFFERED
from app.messaging.liquid import fill_text
from app.messaging.render import OptOutLinks, render_email
from app.messaging.tokens import Subject, values
from app.models.choices import Channel, MessageClass, MessageEventType, MessageState
from app.models.choices import InteractionType as Kind
from app.models.leads import Lead
from app.models.nurture import EmailTemplate
from app.nurture.engine.actions import MakeTask, SendEmail
from app.nurture.engine.facts import Step

DEAD = "suppressed_hard_bounce"
UNDECIDED = timedelta(days=6)
"""So long the newest messages wait for somebody's yes; older ones had it within the hour."""


def _about(story: Story, at: datetime) -> Subject:
    return Subject(Lead(**story.lead), story.telling.stage.supplier, at)


def send(story: Story, enrollment: Row, template: EmailTemplate, step: Step, at: datetime) -> Row:
    """An e-mail of the sequence; the message's row. The outbox accepts it at once; one that asks for a yes
    got it within the hour, or is held still. To an address that does not work it is not sent."""
    assert isinstance(step.action, SendEmail)
    message = story.add("messages", at, **_message(story, step.action, at))
    message |= {"enrollment_id": enrollment["id"], "sequence_step_id": step.id}
    offered = message["message_class"] in OPT_OUT_OFFERED
    links = OptOutLinks.of(message["supplier_id"], message["id"]) if offered else None
    letter = render_email(template, _about(story, at), links)
    message |= {"subject": letter.subject, "html_body": letter.html, "text_body": letter.text}
    if story.bounced_at:
        message |= {"state": MessageState.SKIPPED, "reason": DEAD}
        note(story, message, MessageEventType.SKIPPED, at, details={"reason": DEAD})
    elif step.needs_approval and not _approve(story, message, at):
        message["state"] = MessageState.HELD
    else:
        _leave(story, enrollment, message, message["due_at"])
    return message


def _approve(story: Story, message: Row, at: datetime) -> bool:
    """Somebody has said yes by now."""
    note(story, message, MessageEventType.HELD, at)
    if at > story.now - UNDECIDED:
        return False
    message["due_at"] = at + timedelta(minutes=story.dice.uniform(4, 55))
    said = {"user_id": str(story.member.user_id)}
    note(story, message, MessageEventType.APPROVED, message["due_at"], details=said)
    return True


def _leave(story: Story, enrollment: Row, message: Row, at: datetime) -> None:
    sent = {"state": MessageState.ACCEPTED, "attempts": 1, "transport": "outbox"}
    message |= {**sent, "provider_id": str(message["id"]), "accepted_at": at, "updated_at": at}
    note(story, message, MessageEventType.CLAIMED, at, details={"attempt": 1})
    note(story, message, MessageEventType.ACCEPTED, at)
    ids = {"message_id": message["id"], "step_id": message["sequence_step_id"]}
    story.log(Kind.EMAIL_SENT, at, message["subject"], content=message["text_body"], **ids)
    come_back(story, enrollment, message, at)


def _message(story: Story, email: SendEmail, at: datetime) -> Row:
    later = ("accepted_at", "opened_at", "clicked_at", "replied_at", "bounced_at")
    return {
        "channel": Channel.EMAIL,
        "message_class": MessageClass(email.message_class),
        "to_address": story.lead["primary_email"],
        "state": MessageState.DUE,
        "attempts": 0,
        **dict.fromkeys(("due_at", "created_at", "updated_at"), at),
        **dict.fromkeys((*later, "transport", "provider_id", "reason")),
        "not_after": at + timedelta(days=7),
    }


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
