"""Record what a provider said, also when the database blinks: otherwise what left would be uncertain."""

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

log = structlog.get_logger(__name__)

PAUSES = (0.0, 1.0, 5.0, 15.0)
"""Seconds between the tries; together well within a lease."""


T = TypeVar("T")


def write_down(what: str, act: Callable[[], T]) -> T:
    """Do `act`, a unit of work, until it succeeds; what it returns. Raises what the last try raises."""
    for pause in PAUSES:
        try:
            return act()
        except (OperationalError, InterfaceError) as error:
            log.warning("answer_not_recorded", message_id=what, again_in=pause, reason=str(error.orig))
            time.sleep(pause)
    return act()
