"""Where a person goes after an act that several pages offer: back to the page they were on."""

from urllib.parse import urlsplit

from flask import flash, redirect, request
from werkzeug.wrappers import Response


def back(otherwise: str) -> Response:
    """To our page that the post came from, else to `otherwise`; never to another site."""
    came_from = urlsplit(request.referrer or "")
    here = f"{came_from.path}{'?' if came_from.query else ''}{came_from.query}"
    is_ours = came_from.netloc == request.host and here.startswith("/") and not here.startswith("//")
    return redirect(here if is_ours else otherwise, 303)


def flash_undo(text: str, url: str) -> None:
    """Say what was done, with a button that posts to `url` to undo it."""
    flash(f"{url} {text}", "undo")
