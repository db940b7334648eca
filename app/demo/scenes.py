"""What happens at each status, from the first answer to the booking or the loss."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from app.demo import words
from app.demo.answers import reply
from app.demo.bookings import book
from app.demo.inquiries import write_again
from app.demo.story import Story
from app.models.choices import InteractionType as Kind
from app.models.choices import LeadStatus

_HOUR = timedelta(hours=1)


def play(story: Story) -> None:
    """All that happens after the arrival, up to now."""
    if story.telling.is_full and story.dice.chance(0.06):
        _write_again(story)
    for status, at in story.fate.path[1:]:
        if at > story.now:
            break
        story.move(status, at, story.fate.lost_reason if status is LeadStatus.LOST else None)
        SCENES[status](story, at)


def _write_again(story: Story) -> None:
    """A second inquiry, before anything is decided."""
    at = story.created_at + timedelta(days=story.dice.uniform(0.3, 12))
    if at < story.fate.path[-1][1] and at <= story.now and story.lead["lead_source"] != "word_of_mouth":
        write_again(story, at)


def _contacted(story: Story, at: datetime) -> None:
    by, dice = story.member, story.dice
    if story.has_mail and dice.chance(0.7):
        letter = words.first_letter(story.couple, by.name)
        _mail(story, at, "Your wedding photographs", letter, 0.75)
    else:
        _ring(story, at, 0.6)
    if story.fate.replied_at:
        _answer(story, story.fate.replied_at)


def _answer(story: Story, at: datetime) -> None:
    if story.answered:
        reply(story, story.answered, at)
    elif story.lead["primary_email"]:
        story.log(Kind.EMAIL_REPLIED, at, "Re: Your wedding photographs", content=words.answer(story.dice))
    else:
        story.log(Kind.SMS_RECEIVED, at, content=words.answer(story.dice))


def _qualified(story: Story, at: datetime) -> None:
    dice, by = story.dice, story.member.user_id
    _ring(story, at, 1.0)
    story.log(Kind.NOTE_ADDED, at + _HOUR / 4, content=words.after_call(dice), user_id=by)
    story.lead["quality_rating"] = Decimal(dice.choice((25, 30, 35, 40, 45, 50))) / 10
    if dice.chance(0.6):
        meeting = story.telling.season.at_work(dice, at + timedelta(days=dice.uniform(1, 5)))
        said = {"planned_for": meeting.isoformat(), "place": dice.choice(("studio", "video call", "venue"))}
        story.log(Kind.MEETING_SCHEDULED, at + _HOUR / 3, "Meet the couple", metadata=said, user_id=by)
        story.log(
            Kind.MEETING_COMPLETED,
            meeting + _HOUR,
            "Met the couple",
            content=words.after_call(dice),
            user_id=by,
        )


def _proposed(story: Story, at: datetime) -> None:
    dice = story.dice
    story.log(Kind.PROPOSAL_SENT, at, "Your proposal", user_id=story.member.user_id)
    if dice.chance(0.85):
        story.log(Kind.PROPOSAL_VIEWED, at + timedelta(days=dice.uniform(0.05, 3)), "Looked at the proposal")


def _followed_up(story: Story, at: datetime) -> None:
    if story.has_mail and story.dice.chance(0.6):
        _mail(story, at, "Any questions about the proposal?", None, 0.6)
    else:
        _ring(story, at, 0.35)


def _negotiated(story: Story, at: datetime) -> None:
    by = story.member.user_id
    story.log(
        Kind.NOTE_ADDED, at, content="They ask for the album at half price, then they will sign.", user_id=by
    )
    if story.fate.lost_reason is None:
        story.log(Kind.CONTRACT_SENT, at + 20 * _HOUR, "Contract", user_id=by)


def _lost(story: Story, at: datetime) -> None:
    reason = story.fate.lost_reason
    story.lead["lost_reason"], story.lead["lost_details"] = reason, words.lost(reason)


def _set_aside(story: Story, at: datetime) -> None:
    """Spam and duplicates: nothing follows."""


def _mail(story: Story, at: datetime, subject: str, content: str | None, opens: float) -> None:
    dice = story.dice
    story.log(Kind.EMAIL_SENT, at, subject, content=content, user_id=story.member.user_id)
    if dice.chance(opens):
        opened = at + timedelta(hours=dice.expovariate(0.2))
        story.log(Kind.EMAIL_OPENED, opened, subject)
        if dice.chance(0.4) and story.log(Kind.EMAIL_CLICKED, opened + _HOUR / 30, subject):
            story.log(Kind.WEBSITE_VISIT, opened + _HOUR / 30, "Looked at the galleries")


def _ring(story: Story, at: datetime, answers: float) -> None:
    dice, minutes = story.dice, story.dice.randint(3, 25)
    outcome = "answered" if dice.chance(answers) else "voicemail"
    said = {"minutes": minutes if outcome == "answered" else 1}
    story.log(
        Kind.PHONE_CALL, at, "Telephone call", outcome=outcome, metadata=said, user_id=story.member.user_id
    )


SCENES: dict[LeadStatus, Callable[[Story, datetime], None]] = {
    LeadStatus.CONTACTED: _contacted,
    LeadStatus.QUALIFIED: _qualified,
    LeadStatus.PROPOSAL_SENT: _proposed,
    LeadStatus.FOLLOW_UP: _followed_up,
    LeadStatus.NEGOTIATION: _negotiated,
    LeadStatus.WON: book,
    LeadStatus.LOST: _lost,
    LeadStatus.SPAM: _set_aside,
    LeadStatus.DUPLICATE: _set_aside,
}
