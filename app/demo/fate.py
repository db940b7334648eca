"""What becomes of a couple: the statuses it goes through, and when, however far that lies ahead."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.demo.plan import Dice, Telling
from app.demo.season import Season
from app.models.choices import LeadStatus

Path = tuple[tuple[LeadStatus, datetime], ...]

# How far couples get who do not book, and why they leave there.
_ENDS: tuple[tuple[LeadStatus, float, tuple[tuple[str, float], ...]], ...] = (
    (LeadStatus.NEW, 0.05, (("no_response", 1.0),)),
    (
        LeadStatus.CONTACTED,
        0.37,
        (("no_response", 0.6), ("date_unavailable", 0.2), ("wedding_cancelled", 0.06), ("other", 0.14)),
    ),
    (LeadStatus.QUALIFIED, 0.2, (("price", 0.45), ("date_unavailable", 0.25), ("chose_competitor", 0.3))),
    (LeadStatus.PROPOSAL_SENT, 0.18, (("price", 0.4), ("chose_competitor", 0.4), ("no_response", 0.2))),
    (LeadStatus.FOLLOW_UP, 0.12, (("no_response", 0.5), ("chose_competitor", 0.5))),
    (LeadStatus.NEGOTIATION, 0.08, (("price", 0.7), ("chose_competitor", 0.3))),
)
_ORDER = tuple(status for status, _, _ in _ENDS)
# Days a lead stays before the next status, at least and at most.
_PAUSES = {
    LeadStatus.CONTACTED: (0.02, 1.4),
    LeadStatus.QUALIFIED: (1, 12),
    LeadStatus.PROPOSAL_SENT: (2, 14),
    LeadStatus.FOLLOW_UP: (5, 18),
    LeadStatus.NEGOTIATION: (3, 16),
    LeadStatus.WON: (4, 25),
    LeadStatus.LOST: (25, 110),
}


@dataclass(frozen=True)
class Fate:
    """The whole path, ahead of `now` too; `replied_at` is when the couple first answers."""

    path: Path
    lost_reason: str | None = None
    replied_at: datetime | None = None

    def status_at(self, moment: datetime) -> LeadStatus:
        return next(status for status, since in reversed(self.path) if since <= moment)

    def reached(self, status: LeadStatus) -> datetime | None:
        return next((since for known, since in self.path if known is status), None)


def fate(telling: Telling, inquired_at: datetime, wedding_on: date | None, odds: float) -> Fate:
    """Booked with those odds, if the day is still free and the story ends before it; else lost some day."""
    dice, season = telling.dice, telling.season
    if dice.chance(odds) and wedding_on:
        if wedding_on in telling.booked:
            return _lost(dice, season, inquired_at, wedding_on, (LeadStatus.CONTACTED, "date_unavailable"))
        path = _walk(dice, season, inquired_at, (*_won_through(dice), LeadStatus.WON))
        if path[-1][1].date() < wedding_on:
            if path[-1][1] <= telling.now:
                telling.booked.add(wedding_on)
            return Fate(path, None, _reply(dice, path, 0.9))
    return _lost(dice, season, inquired_at, wedding_on, _end(dice))


def set_aside(telling: Telling, inquired_at: datetime, status: LeadStatus) -> Fate:
    """Spam or a duplicate: somebody saw it within two days."""
    seen = telling.season.at_work(telling.dice, inquired_at + timedelta(hours=telling.dice.uniform(0.2, 40)))
    return Fate(((LeadStatus.NEW, inquired_at), (status, seen)))


def _end(dice: Dice) -> tuple[LeadStatus, str]:
    status, _, reasons = dice.choices(_ENDS, [share for _, share, _ in _ENDS])[0]
    return status, dice.choices(reasons, [share for _, share in reasons])[0][0]


def _lost(
    dice: Dice, season: Season, inquired_at: datetime, wedding_on: date | None, end: tuple[LeadStatus, str]
) -> Fate:
    last, reason = end
    skipped = {LeadStatus.FOLLOW_UP} if last is LeadStatus.NEGOTIATION and dice.chance(0.5) else set()
    through = tuple(s for s in _ORDER[1 : _ORDER.index(last) + 1] if s not in skipped)
    path = _walk(dice, season, inquired_at, (*through, LeadStatus.LOST))
    if wedding_on and path[-1][1].date() > wedding_on:
        path = _before(path, datetime.combine(wedding_on, time(12), inquired_at.tzinfo))
    return Fate(path, reason, _reply(dice, path, 0.15 if last is LeadStatus.CONTACTED else 0.7))


def _before(path: Path, wedding: datetime) -> Path:
    """Nobody goes on selling after the day: the lead is lost then."""
    kept = tuple((status, at) for status, at in path[:-1] if at < wedding)
    return (*kept, (LeadStatus.LOST, max(wedding, kept[-1][1] + timedelta(hours=1))))


def _won_through(dice: Dice) -> tuple[LeadStatus, ...]:
    extra = {LeadStatus.FOLLOW_UP: 0.45, LeadStatus.NEGOTIATION: 0.55}
    return tuple(status for status in _ORDER[1:] if dice.chance(extra.get(status, 1.0)))


def _walk(dice: Dice, season: Season, start: datetime, through: tuple[LeadStatus, ...]) -> Path:
    path, at = [(LeadStatus.NEW, start)], start
    for status in through:
        least, most = _PAUSES[status]
        at = season.at_work(
            dice, at + timedelta(days=dice.uniform(least, most), seconds=dice.randrange(3600))
        )
        path.append((status, at))
    return tuple(path)


def _reply(dice: Dice, path: Path, odds: float) -> datetime | None:
    """Between the first word to them and what followed it."""
    if len(path) < 3 or not dice.chance(odds):
        return None
    first, following = path[1][1], path[2][1]
    return first + min(following - first, timedelta(days=3)) * dice.uniform(0.3, 0.9)
