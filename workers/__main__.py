"""`python -m workers [queue …]` runs jobs; `python -m workers ticker` sweeps for what is due."""

import sys

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app import create_app
from app.boot import migration_problem, read_settings, refuse, resolve
from workers import queues, runtime, ticker

log = structlog.get_logger(__name__)


def main(arguments: list[str]) -> None:
    settings = resolve(read_settings())
    flask = create_app(settings, serves=False)
    _check_schema(flask)
    if arguments == ["ticker"]:
        ticker.run(flask, settings.ticker_seconds)
        return
    try:
        names = queues.names(arguments)
    except ValueError as error:
        refuse(str(error))
    runtime.run(flask, names)


def _check_schema(flask: Flask) -> None:
    """A schema of another version stops the process; a database that is away does not: it will be back."""
    with flask.app_context():
        try:
            problem = migration_problem(flask)
        except SQLAlchemyError as error:
            log.warning("database_away", error=type(error).__name__)
            return
    if problem:
        refuse(problem)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
