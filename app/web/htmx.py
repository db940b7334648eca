"""Which requests htmx made and what it wants back (the headers of htmx 4)."""

from flask import request


def is_fragment() -> bool:
    """Does htmx swap the answer into a part of the page? Restoring history it wants the whole."""
    return request.headers.get("HX-Request-Type") == "partial"
