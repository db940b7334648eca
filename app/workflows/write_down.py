"""Record what a provider said, also when the database blinks: otherwise what left would be uncertain."""

import time
from collections.abc import Callable

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

log = structlog.get_logger(__name__)

PAUSES = (0.0, 1.0, 5.0, 15.0)
"""Seconds between the tries; together well within a lease."""


def write_down(what: str, act: Callable[[], None]) -> None:
    """Do `act`, a unit of work, until it succeeds; raises what the last try raises."""
    for pause in PAUSES:
        try:
            act()
            return
        except (OperationalError, InterfaceError) as error:
            log.warning("answer_not_recorded", message_id=what, again_in=pause, reason=str(error.orig))
            time.sleep(pause)
    act()
