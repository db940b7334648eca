"""What makes a submission suspect. Pure: it names reasons; keeping and quarantining is the caller's.

Suspicion never costs an inquiry, it only makes a person look first. The rules are therefore ones that
a couple trips by accident very seldom.
"""

import re
from datetime import datetime

import phonenumbers

from app.capture.schemas import InquiryForm, Submission

QUICKEST_SECONDS = 2.0
"""Nobody reads and fills a form faster."""
MOST_LINKS = 2
OLDEST_WEDDING_YEARS = 20
"""A wedding longer ago is somebody's birthday, which form-filling programs like to give."""
NO_NUMBER = "no_number"
"""Of a text message whose sender nobody can answer, so that no lead comes of it."""

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_LINK = re.compile(r"https?://|\bwww\.|\[url\b|<a\s", re.IGNORECASE)
_ADDRESS_IN_NAME = re.compile(
    r"https?://|\bwww\.|\w\.(?:com|net|org|info|biz|ru|xyz|top|site|online|shop|io)\b", re.IGNORECASE
)
_CASE_JUMP = re.compile(r"[a-z](?=[A-Z])")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvxz]{8}", re.IGNORECASE)

DISPOSABLE_DOMAINS = frozenset(
    {
        "10minutemail.com",
        "20minutemail.com",
        "burnermail.io",
        "discard.email",
        "dispostable.com",
        "emailondeck.com",
        "fakeinbox.com",
        "getnada.com",
        "grr.la",
        "guerrillamail.com",
        "guerrillamail.net",
        "guerrillamail.org",
        "inboxkitten.com",
        "mailcatch.com",
        "maildrop.cc",
        "mailinator.com",
        "mailnesia.com",
        "mintemail.com",
        "moakt.com",
        "mohmal.com",
        "mytemp.email",
        "sharklasers.com",
        "spamgourmet.com",
        "temp-mail.io",
        "temp-mail.org",
        "tempail.com",
        "tempmail.com",
        "tempr.email",
        "throwawaymail.com",
        "trashmail.com",
        "trashmail.de",
        "yopmail.com",
        "yopmail.fr",
    }
)


def reasons(submission: Submission, now: datetime) -> list[str]:
    """Codes of what is suspect, in a fixed order; empty for an ordinary inquiry.

    A submission without `seconds_to_fill` came from a place that has no form, so time says nothing.
    """
    form, seconds = submission.form, submission.seconds_to_fill
    marks = {
        "honeypot": submission.honeypot is not None,
        "too_fast": seconds is not None and seconds < QUICKEST_SECONDS,
        "many_links": _is_full_of_links(form.message or ""),
        "link_in_name": any(_ADDRESS_IN_NAME.search(name) for name in _names(form)),
        "disposable_address": form.email is not None and is_disposable(form.email),
        "identical_names": len(_names(form)) == 2 and len({name.casefold() for name in _names(form)}) == 1,
        "gibberish": any(is_gibberish(name) for name in _names(form)),
        "date_long_past": form.wedding_date is not None
        and now.year - form.wedding_date.year > OLDEST_WEDDING_YEARS,
    }
    return [code for code, suspect in marks.items() if suspect]


def reasons_of_text(sender: str, message: str) -> list[str]:
    """Codes of what is suspect about a text message of somebody unknown, in a fixed order."""
    marks = {NO_NUMBER: not is_dialled(sender), "many_links": _is_full_of_links(message)}
    return [code for code, suspect in marks.items() if suspect]


def is_dialled(sender: str) -> bool:
    """Is it a telephone number (E.164) as long as those of its country? Short codes and names are none."""
    if not _E164.fullmatch(sender):
        return False
    try:
        number = phonenumbers.parse(sender)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE


def _is_full_of_links(message: str) -> bool:
    return len(_LINK.findall(message)) > MOST_LINKS


def is_disposable(email: str) -> bool:
    """Does the address belong to a throw-away provider, or to a subdomain of one?"""
    labels = email.rpartition("@")[2].lower().split(".")
    return any(".".join(labels[i:]) in DISPOSABLE_DOMAINS for i in range(len(labels) - 1))


def is_gibberish(name: str) -> bool:
    """Letters no name has: capitals jumping about inside one word, or eight consonants in a row."""
    return any(len(_CASE_JUMP.findall(word)) >= 3 or _CONSONANTS.search(word) for word in name.split())


def _names(form: InquiryForm) -> list[str]:
    return [name for name in (form.your_name, form.partner_name) if name]
