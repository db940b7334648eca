"""Where inquiries come from, what that costs, and what couples mean to spend."""

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from app.models.choices import ContactMethod


@dataclass(frozen=True)
class Habit:
    """How a source behaves: its share of inquiries, the odds of a booking, £ a month, and in which months."""

    weight: float
    odds: float
    monthly: int = 0
    months: tuple[int, ...] = tuple(range(1, 13))


HABITS: dict[str, Habit] = {
    "website": Habit(18, 0.21, 45),
    "seo_organic": Habit(14, 0.22),
    "instagram": Habit(14, 0.17, 60),
    "directory_listing": Habit(12, 0.14, 95),
    "google_ads": Habit(11, 0.16, 320),
    "referral": Habit(8, 0.38),
    "facebook_ads": Habit(6, 0.09, 180),
    "word_of_mouth": Habit(6, 0.36),
    "wedding_show": Habit(6, 0.2, 460, (1, 2, 9, 10)),
    "social_media": Habit(3, 0.1),
    "email_marketing": Habit(2, 0.24, 18),
}
"""By slug; a source that is not here brings nobody."""

EXTRAS = ("Second photographer", "Album", "Engagement shoot")
TAGS = (
    "barn",
    "city",
    "elopement",
    "large wedding",
    "summer",
    "winter wedding",
    "weekday",
    "album",
    "past client's friend",
)
STYLES = ("documentary", "editorial", "classic", "film")
BUDGET_RANGES = ("under_1000", "1000_2500", "2500_5000", "5000_10000")
METHODS = (
    (ContactMethod.EMAIL,) * 6 + (ContactMethod.PHONE,) * 2 + (ContactMethod.WHATSAPP, ContactMethod.TEXT)
)


def budget(dice: Random, dearness: float) -> Decimal | None:
    """Pounds, log-normal about 2,400 in steps of 50; a fourth of the couples do not say."""
    if dice.random() < 0.25:
        return None
    pounds = dice.lognormvariate(math.log(2400 * dearness), 0.42)
    return Decimal(50 * round(min(max(pounds, 600), 14_000) / 50))


def odds(slug: str, said: Decimal | None) -> float:
    """Of a booking, by the source, and by what they mean to spend: who looks for less than a day costs goes
    elsewhere."""
    if said is None:
        return HABITS[slug].odds * 0.9
    return HABITS[slug].odds * (1.6 if said > 2500 else 0.6)


def guests(dice: Random) -> int | None:
    """Log-normal about 85; one in eight does not know yet."""
    if dice.random() < 0.12:
        return None
    return min(max(round(dice.lognormvariate(math.log(85), 0.45)), 2), 400)


def price(dice: Random, said: Decimal | None) -> Decimal:
    """What a booking comes to: near what they meant to spend, to the penny."""
    about = float(said or 2300) * dice.uniform(0.82, 1.18)
    return Decimal(round(about / 5) * 500 + dice.choice((0, 0, 0, 50, 99))) / 100


def monthly_cost(dice: Random, habit: Habit, month: date) -> Decimal | None:
    """What was spent on the source in that month, or None: nothing is known to have been."""
    if not habit.monthly or month.month not in habit.months:
        return None
    return Decimal(round(habit.monthly * dice.uniform(0.85, 1.2) * 100)) / 100
