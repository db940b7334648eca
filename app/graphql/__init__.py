"""The GraphQL surface. `install` puts it on the app."""

from flask import Flask

from app.accounts.security import csrf
from app.graphql.front import Front
from app.graphql.view import blueprint, runner


def install(app: Flask) -> None:
    csrf.exempt(blueprint)  # the view has a check of its own, for JSON
    app.register_blueprint(blueprint)
    app.wsgi_app = Front(app, runner)  # type: ignore[method-assign]
