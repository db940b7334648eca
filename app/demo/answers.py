"""What comes back about the demo's e-mails: people and machines that open them, replies, dead addresses."""

from datetime import datetime, timedelta

from app.demo import words
from app.demo.chores import add_task
from app.demo.plan import Row
from app.demo.story import Story
from app.messaging.envelope import OPT_OUT_OFFERED
from app.messaging.suppressions import address_hash
from app.models.choices import Channel, ConsentPurpose, MessageEventType, Priority, SuppressionReason
from app.models.choices import InteractionType as Kind

OPENED, CLICKED, OPTED_OUT = 0.62, 0.25, 0.02
"""Shares: of the mails those that a person opens, of these those clicked, of all the last straw."""
BY_MACHINE, REPLIED, BOUNCED = 0.2, 0.14, 0.012
"""Of the mails those that a program opens at once, those answered by couples not heard of yet, and those that
come back."""
ANSWERED = 0.5
"""Of the couples' first answers those to a sequence's mail, not to what a person wrote."""
PRIVACY = {"reason": "mail_privacy", "agent": "Mozilla/5.0"}
BROWSER = {
    "reason": "browser",
    "agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15",
}
NO_SUCH_BOX = "550 5.1.1 There is no such mailbox"


def come_back(story: Story, enrollment: Row, message: Row, at: datetime) -> None:
    """All that follows an e-mail that left at that moment, up to now."""
    dice = story.dice
    if story.bounces_at(at) and dice.chance(BOUNCED):
        return _bounce(story, message, at + timedelta(seconds=40))
    if dice.chance(BY_MACHINE):
        note(
            story,
            message,
            MessageEventType.OPENED,
            at + timedelta(seconds=3),
            is_human=False,
            details=PRIVACY,
        )
    if dice.chance(OPENED):
        _be_read(story, enrollment, message, at + timedelta(hours=dice.expovariate(0.15)))
    offered = message["message_class"] in OPT_OUT_OFFERED
    if offered and story.is_free(at) and dice.chance(OPTED_OUT):
        return _opt_out(story, message, at + timedelta(hours=dice.uniform(1, 20)))
    if story.replied_at and at < story.replied_at <= story.now and dice.chance(ANSWERED):
        story.answered = message
    elif story.is_silent(at) and dice.chance(REPLIED):
        _reply_late(story, message, at + timedelta(hours=dice.uniform(2, 40)))
    return None


def reply(story: Story, message: Row, at: datetime) -> None:
    """The couple answers that e-mail."""
    said = f"Re: {message['subject']}"
    if story.log(Kind.EMAIL_REPLIED, at, said, content=words.answer(story.dice), **_ids(message)):
        message["replied_at"] = at
        note(story, message, MessageEventType.REPLIED, at, is_human=True)


def note(story: Story, message: Row, event: MessageEventType, at: datetime, **more: object) -> None:
    """An event of the message, unless it is still to come. `more`: is_human, details."""
    row = {"is_human": None, "details": {}} | more
    if at <= story.now:
        story.write("message_events", at, message_id=message["id"], event_type=event, occurred_at=at, **row)


def _ids(message: Row) -> Row:
    return {"message_id": message["id"], "step_id": message["sequence_step_id"]}


def _be_read(story: Story, enrollment: Row, message: Row, at: datetime) -> None:
    if story.log(Kind.EMAIL_OPENED, at, message["subject"], **_ids(message)):
        enrollment["emails_opened"] += 1
        message["opened_at"] = at
        note(story, message, MessageEventType.OPENED, at, is_human=True, details=BROWSER)
    at += timedelta(seconds=50)
    links = "/portfolio" in message["html_body"] and story.dice.chance(CLICKED)
    if links and story.log(Kind.EMAIL_CLICKED, at, message["subject"], **_ids(message)):
        enrollment["emails_clicked"] += 1
        message["clicked_at"] = at
        note(story, message, MessageEventType.CLICKED, at, is_human=True, details=BROWSER)
        story.log(Kind.WEBSITE_VISIT, at, "Looked at the galleries")


def _reply_late(story: Story, message: Row, at: datetime) -> None:
    """A couple that had not been heard of writes back; the team answers within a day."""
    if at >= (story.closed_at or story.now):
        return
    story.replied_at = at
    reply(story, message, at)
    answer_at = story.telling.season.at_work(story.dice, at + timedelta(hours=story.dice.uniform(1, 9)))
    if answer_at < (story.closed_at or story.now):
        story.log(Kind.EMAIL_SENT, answer_at, f"Re: {message['subject']}", user_id=story.member.user_id)


def _bounce(story: Story, message: Row, at: datetime) -> None:
    """The address does not exist: nothing more is sent there, and somebody is to ask for another."""
    if not story.log(Kind.EMAIL_BOUNCED, at, message["subject"], content=NO_SUCH_BOX, **_ids(message)):
        return
    story.bounced_at = message["bounced_at"] = at
    note(
        story,
        message,
        MessageEventType.BOUNCED,
        at,
        is_human=None,
        details={"permanent": True, "reason": NO_SUCH_BOX},
    )
    _suppress(story, message, SuppressionReason.HARD_BOUNCE, at)
    asked_at = story.telling.season.at_work(story.dice, at + timedelta(hours=story.dice.uniform(2, 90)))
    add_task(
        story,
        at,
        title=f"{message['to_address']} of {story.couple.first} & {story.couple.partner} does not work: "
        "ask for another",
        description=f"“{message['subject']}” came back: {NO_SUCH_BOX}. Nothing more is sent there.",
        task_type="address_bounced",
        priority=Priority.HIGH,
        due_at=at,
        completed_at=asked_at if asked_at <= story.now else None,
    )


def _opt_out(story: Story, message: Row, at: datetime) -> None:
    """The couple uses the link at the foot of the mail."""
    if not story.log(Kind.UNSUBSCRIBED, at, message["subject"], **_ids(message)):
        return
    story.lead |= {"opt_out_date": at, "consent_marketing": False}
    note(story, message, MessageEventType.UNSUBSCRIBED, at, is_human=True)
    story.add(
        "consent_events",
        at,
        channel=Channel.EMAIL,
        purpose=ConsentPurpose.MARKETING,
        given=False,
        wording_version=None,
        source="unsubscribe link",
        address=message["to_address"],
        occurred_at=at,
    )
    _suppress(story, message, SuppressionReason.UNSUBSCRIBED, at)


def _suppress(story: Story, message: Row, reason: SuppressionReason, at: datetime) -> None:
    hashed = address_hash(message["supplier_id"], message["to_address"])
    story.write("suppressions", at, channel=Channel.EMAIL, address_hash=hashed, reason=reason, created_at=at)
