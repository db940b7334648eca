"""What answers over HTTP and at the command line, and what stands before all of it."""

from flask import Flask

from app import boot, cli, graphql, health, rest, web, widget
from app.accounts import access
from app.kernel import bodies, compression, headers, limits, observe
from app.rest.errors import problem


def install(flask: Flask) -> None:
    flask.extensions["problem"] = problem
    before = (observe, boot, bodies, limits, access, compression, headers)
    for part in (*before, web, widget, graphql, rest, health, cli):
        part.install(flask)
