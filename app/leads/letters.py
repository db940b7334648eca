"""What members are told by e-mail: pure, from facts to a subject and a plain text.

English, like the pages; dates follow the supplier's locale. A letter says who sends it and how to stop it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time

from app.leads.digest import Digest, Line, Part
from app.leads.next_action import NextAction

MOST_COUPLES = 20
"""As many couples stand in one letter; of more it tells how many."""
ACTIONS = {
    NextAction.REPLY_TO_INQUIRY: "Reply to their inquiry",
    NextAction.ANSWER_REPLY: "Answer what they wrote",
    NextAction.CONFIRM_HOLD: "Confirm or release the date you hold for them",
    NextAction.ASK_FOR_DATE: "Ask for their wedding date",
    NextAction.ASK_FOR_BUDGET: "Ask for their budget",
    NextAction.CHASE_PROPOSAL: "Ask what they think of the proposal",
    NextAction.RECONNECT: "Get in touch again",
}


@dataclass(frozen=True)
class Letter:
    """A subject of one line and a plain text."""

    subject: str
    text: str


@dataclass(frozen=True)
class Reader:
    """To whom, for which business, and how they read: locale (BCP 47) and zone of the supplier."""

    name: str
    business: str
    locale: str
    zone: ZoneInfo
    base_url: str

    def lead(self, lead_id: UUID) -> str:
        return f"{self.base_url}/leads/{lead_id}"

    def day(self, on: date) -> str:
        return format_date(on, "medium", locale=self._locale)

    def time(self, at: datetime) -> str:
        return format_time(at.astimezone(self.zone), "short", locale=self._locale)

    def day_of(self, at: datetime) -> str:
        return self.day(at.astimezone(self.zone).date())

    @property
    def _locale(self) -> Locale:
        try:
            return Locale.parse(self.locale, sep="-")
        except (ValueError, UnknownLocaleError):
            return Locale("en", "GB")


@dataclass(frozen=True)
class Couple:
    """What a letter says about a lead."""

    lead_id: UUID
    names: str
    wedding_date: date | None
    source: str
    score: int
    next_action: NextAction | None


def assigned(reader: Reader, couples: Sequence[Couple], more: int = 0) -> Letter:
    """These couples were given to the reader, and `more` that are not named."""
    number = len(couples) + more
    if number == 1:
        subject, start = f"Yours to look after: {_line(couples[0].names)}", "This couple is now"
    else:
        subject, start = f"{number} couples to look after", f"These {number} couples are now"
    parts = [f"{start} yours to look after at {reader.business}:"]
    parts += ["\n".join(_about(reader, couple)) for couple in couples]
    if more:
        parts.append(f"… and {more} more: {reader.base_url}/leads")
    return Letter(subject, _signed(reader, parts, f"leads of {reader.business} are given to you"))


def answered(reader: Reader, lead_id: UUID, names: str, subject: str | None, said: str) -> Letter:
    """The couple answered a message: what they wrote, quoted."""
    about = [f"About: {_line(subject)}"] if subject else []
    quoted = "\n".join(f"> {line}".rstrip() for line in said.splitlines()) or "> (no words)"
    parts = [f"{_line(names)} wrote to {reader.business}:", *about, quoted]
    parts.append(f"Answer from their page, so that it stands in their history:\n  {reader.lead(lead_id)}")
    why = f"you look after this couple at {reader.business}"
    return Letter(f"{_line(names)} answered", _signed(reader, parts, why))


def domain(reader: Reader, name: str, records: Sequence[tuple[str, str, str]], instead: str | None) -> Letter:
    """Records of a domain that e-mails are from are not right any more: the name, the text and what to do of
    each; `instead` is whom e-mails are from until then."""
    start = f"{reader.business} sends e-mails from {name}. In its DNS this is no longer right:"
    listed = [f"Name: {place}\nText (TXT): {text}\nTo do: {to_do}" for place, text, to_do in records]
    then = [f"Until it is mended, your e-mails are from {instead}, with your name."] if instead else []
    check = f"Look at it again, once it is mended:\n  {reader.base_url}/settings/sending#domains"
    why = f"you look after the settings of {reader.business}"
    subject = f"{name}: what makes your e-mails yours is not right any more"
    return Letter(subject, _signed(reader, [start, *listed, *then, check], why))


def digest(reader: Reader, found: Digest) -> Letter:
    """The reader's day: tasks, couples who wait, and what is new."""

    def since(line: Line) -> str:
        return f", since {reader.day_of(line.at)}"

    parts = [
        *_part(reader, "Overdue", found.overdue, since),
        *_part(reader, "Due today", found.today, lambda line: f", at {reader.time(line.at)}"),
        *_part(reader, "Waiting for an answer", found.waiting, since),
        *_part(reader, "New to you", found.assigned, lambda _: ""),
    ]
    why = f"you work with the leads of {reader.business}"
    return Letter(f"Today at {reader.business}: {_counted(found)}", _signed(reader, parts, why))


def _about(reader: Reader, couple: Couple) -> Iterator[str]:
    yield _line(couple.names)
    yield f"  Wedding: {reader.day(couple.wedding_date) if couple.wedding_date else 'no date yet'}"
    yield f"  Came by: {couple.source}"
    yield f"  Score: {couple.score} of 100"
    if couple.next_action:
        yield f"  Next: {ACTIONS[couple.next_action]}"
    yield f"  {reader.lead(couple.lead_id)}"


def _part(reader: Reader, title: str, part: Part, when: Callable[[Line], str]) -> Iterator[str]:
    if not part.total:
        return
    lines = [f"{title} ({part.total})"]
    for line in part.lines:
        task = f"{line.title}: " if line.title else ""
        lines += [f"- {_line(task + line.couple)}{when(line)}", f"  {reader.lead(line.lead_id)}"]
    if part.total > len(part.lines):
        lines.append(f"- … and {part.total - len(part.lines)} more")
    yield "\n".join(lines)


def _line(text: str) -> str:
    """In one line: what a couple wrote must not look like ours."""
    return " ".join(text.split())


def _counted(found: Digest) -> str:
    counts = (
        (found.overdue.total + found.today.total, "task", "tasks"),
        (found.waiting.total, "couple waiting", "couples waiting"),
        (found.assigned.total, "new couple", "new couples"),
    )
    return ", ".join(f"{number} {one if number == 1 else many}" for number, one, many in counts if number)


def _signed(reader: Reader, parts: Sequence[str], why: str) -> str:
    footer = (
        f"-- \nWedSync Leads sends you this because {why}.\n"
        f"Choose what you are sent, or nothing: {reader.base_url}/account#e-mails\n"
    )
    return "\n\n".join([f"Hello {reader.name}," if reader.name else "Hello,", *parts, footer])
