"""What the pages of sequences share: the blueprint, who may write, and what they saw."""

from flask import Blueprint

from app.kernel.actor import Permission
from app.web.viewer import signed_in, viewer

blueprint = signed_in(Blueprint("sequences", __name__, url_prefix="/sequences"))


def writer() -> None:
    """NotPermitted for who may not write sequences."""
    viewer().actor.require(Permission.WRITE_SEQUENCES)


def revision(said: object) -> int | None:
    """Of the sequence that was on the page; None when none is said, or what is no number."""
    text = str(said or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
