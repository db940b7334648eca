"""A little photographer's website with the widget on it, set up as a customer would set it up.

Its form is that of `?form=KEY`, or the one that `flask up` notes in `var/run.json`.
"""

import json

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.widget import gate, troubles

blueprint = Blueprint("demo_site", __name__, url_prefix="/demo-site")
troubles.install(blueprint)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    return _page("demo_site/home.html")


@blueprint.get("/contact")
def contact() -> ResponseReturnValue:
    return _page("demo_site/contact.html")


def _page(template: str) -> Response:
    """The page under the policy of a careful customer, who allows our host and nothing inline."""
    host = current_app.extensions["settings"].base_url
    key = request.args.get("form") or _noted_key()
    form = gate.open_form(key)
    answer = make_response(render_template(template, host=host, form=form, chosen=request.args.get("form")))
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src {host}; connect-src {host}; "
        f"style-src 'self' {host}; img-src 'self' {host}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return answer


def _noted_key() -> str:
    """The demo supplier's form key; empty when no demo was set up here."""
    try:
        noted = json.loads((current_app.extensions["settings"].var_dir / "run.json").read_text())
        return str(noted["form_key"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
