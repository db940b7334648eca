"""The letters to members, from facts alone."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from app.leads import letters
from app.leads.digest import Digest, Line, Part
from app.leads.letters import ACTIONS, Couple, Reader
from app.leads.next_action import NextAction

LEAD = UUID(int=7)
NOTHING = Part([], 0)


def reader(**said: str) -> Reader:
    return Reader(
        said.get("name", "Mo"), "Rosewood", said.get("locale", "en-GB"), ZoneInfo("UTC"), "https://x"
    )


def couple(names: str = "Ada & Bea", action: NextAction | None = None) -> Couple:
    return Couple(LEAD, names, date(2028, 5, 6), "Referral", 55, action)


def test_every_next_action_has_words() -> None:
    assert set(ACTIONS) == set(NextAction)


@pytest.mark.parametrize("action", NextAction)
def test_it_says_what_to_do_next(action: NextAction) -> None:
    assert f"\n  Next: {ACTIONS[action]}\n" in letters.assigned(reader(), [couple(action=action)]).text


def test_a_date_that_is_not_known_and_a_reader_without_a_name() -> None:
    unknown = Couple(LEAD, "Ada", None, "Website", 0, None)
    said = letters.assigned(reader(name=""), [unknown]).text
    assert said.startswith("Hello,\n\n")
    assert "  Wedding: no date yet\n" in said
    assert "Next:" not in said


@pytest.mark.parametrize(
    ("locale", "day"), [("de-DE", "06.05.2028"), ("en-US", "May 6, 2028"), ("?", "6 May 2028")]
)
def test_days_are_written_as_the_supplier_reads_them(locale: str, day: str) -> None:
    assert f"  Wedding: {day}\n" in letters.assigned(reader(locale=locale), [couple()]).text


def test_more_couples_than_fit_are_counted() -> None:
    letter = letters.assigned(reader(), [couple("Ada"), couple("Bea")], more=3)
    assert letter.subject == "5 couples to look after"
    assert "… and 3 more: https://x/leads" in letter.text


@pytest.mark.parametrize(
    ("found", "subject"),
    [
        (Digest(Part([], 1), NOTHING, NOTHING, NOTHING), "1 task"),
        (Digest(Part([], 1), Part([], 2), NOTHING, NOTHING), "3 tasks"),
        (Digest(NOTHING, NOTHING, Part([], 2), Part([], 1)), "2 couples waiting, 1 new couple"),
    ],
)
def test_the_subject_counts(found: Digest, subject: str) -> None:
    assert letters.digest(reader(), found).subject == f"Today at Rosewood: {subject}"


def test_a_part_without_anything_is_left_out() -> None:
    line = Line(LEAD, "Ada\nOverdue (9)", datetime(2027, 6, 3, 9, 5, tzinfo=UTC), "Call")
    said = letters.digest(reader(), Digest(NOTHING, Part([line], 1), NOTHING, NOTHING)).text
    assert "Due today (1)\n- Call: Ada Overdue (9), at 09:05\n" in said
    assert "\nOverdue" not in said
    assert "New to you" not in said
