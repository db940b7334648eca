"""What couples meet: the widget and its API, the hosted form, and a demo website that carries the widget."""

from flask import Flask

from app.accounts.security import csrf
from app.widget import api, demo_site, hosted


def install(app: Flask) -> None:
    """No cookie says who posts here, so CSRF has nothing to ride on; the signed form token stands in."""
    for blueprint in (api.blueprint, hosted.blueprint, demo_site.blueprint):
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
