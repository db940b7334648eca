"""Errors of the form's API as problem details (RFC 9457), in words that a couple can read beside a field."""

from typing import Any

import structlog
from flask import Blueprint, current_app
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from app.kernel.errors import AppError, InvalidInput, Unavailable
from app.kernel.wording import for_people

log = structlog.get_logger(__name__)

RETRY_SECONDS = 5
DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)


def install(blueprint: Blueprint) -> None:
    blueprint.register_error_handler(AppError, _answer)
    blueprint.register_error_handler(HTTPException, _answer)
    blueprint.register_error_handler(InvalidInput, _invalid)
    blueprint.register_error_handler(Exception, _surprise)
    for kind in DATABASE_AWAY:
        blueprint.register_error_handler(kind, _database_away)


def _answer(error: Exception) -> Any:
    return current_app.extensions["problem"](error)


def _invalid(error: InvalidInput) -> Any:
    fields = [for_people(problem) for problem in error.fields]
    return _answer(InvalidInput(fields[0].message if fields else error.message, fields=fields))


def _database_away(error: Exception) -> Any:
    log.error("database_away", reason=str(error).splitlines()[0])
    advice = "The inquiry could not be stored. Send it again with the same idempotency key."
    return _answer(Unavailable(advice, retry_after=RETRY_SECONDS))


def _surprise(error: Exception) -> Any:
    log.exception("unhandled")
    return _answer(error)
