"""Putting a task off: to when, on the supplier's clock. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.kernel.zones import day_of, instant
from app.leads.follow_up import MORNING


class Later(StrEnum):
    TOMORROW = "tomorrow"
    IN_THREE_DAYS = "in_three_days"
    NEXT_WEEK = "next_week"


def until(later: Later, now: datetime, where: ZoneInfo) -> datetime:
    """Nine o'clock of that day; next week begins on Monday."""
    today = day_of(now, where)
    days = {Later.TOMORROW: 1, Later.IN_THREE_DAYS: 3, Later.NEXT_WEEK: 7 - today.weekday()}
    return instant(today + timedelta(days=days[later]), MORNING, where)
