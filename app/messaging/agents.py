"""Was it a person who opened an e-mail or followed its link? Nothing proves it, so each answer has a reason.

What is known: Apple's Mail Privacy Protection loads every picture when the e-mail arrives, under the bare
name `Mozilla/5.0`; the picture proxies of Gmail and Yahoo load one when a person opens it; security scanners
follow all links at once, within seconds of the delivery, often under the name of a browser.
"""

from dataclasses import dataclass
from datetime import timedelta

from crawleruseragents import is_crawler

TOO_SOON = timedelta(seconds=5)
"""So soon after the e-mail left nobody has read it."""
AT_ONCE = timedelta(seconds=1)
"""Who follows several links of one e-mail within this does not read."""
MAIL_PRIVACY = "Mozilla/5.0"
PROXIES = ("GoogleImageProxy", "YahooMailProxy")
SCANNERS = (
    "barracuda",
    "cloudmark",
    "fireeye",
    "forcepoint",
    "ironport",
    "mimecast",
    "proofpoint",
    "safelinks",
    "sophos",
    "symantec",
    "trendmicro",
)
"""Of security scanners that say who they are; crawlers and programs are known by a list that others keep."""


@dataclass(frozen=True)
class Visit:
    """Somebody asked for our pixel or one of our links. `is_ahead`: loaded in case it is wanted."""

    method: str = "GET"
    agent: str = ""
    is_ahead: bool = False


@dataclass(frozen=True)
class Moment:
    """When that was: how long after the message left (None: it has not), and whether another link of it was
    followed within a second."""

    since_sent: timedelta | None
    among_others: bool = False


@dataclass(frozen=True)
class Judgement:
    """`reason` is a code, kept with the event."""

    is_human: bool
    reason: str


def judge(visit: Visit, moment: Moment) -> Judgement:
    """Person or machine, with the reason."""
    if reason := _by_name(visit) or _by_time(moment):
        return Judgement(False, reason)
    return Judgement(True, "image_proxy" if _is_proxy(visit) else "browser")


def _by_name(visit: Visit) -> str | None:
    agent = visit.agent.strip()
    if visit.method != "GET":
        return "head"
    if not agent:
        return "no_user_agent"
    if visit.is_ahead:
        return "loaded_ahead"
    if agent == MAIL_PRIVACY:
        return "mail_privacy"
    if any(name in agent.lower() for name in SCANNERS):
        return "scanner"
    return "program" if is_crawler(agent) and not _is_proxy(visit) else None


def _by_time(moment: Moment) -> str | None:
    if moment.since_sent is None:
        return "before_sent"
    if moment.since_sent < TOO_SOON:
        return "too_soon"
    return "many_at_once" if moment.among_others else None


def _is_proxy(visit: Visit) -> bool:
    return any(name in visit.agent for name in PROXIES)
