"""The pages of sequences: one module a concern, all on one blueprint."""

from app.web.sequences import (
    ending,
    enrolled,
    index,
    moving,
    page,
    publishing,
    ready_made,
    settings,
    step_editor,
    steps,
    trial,
    versions,
)
from app.web.sequences.blueprint import blueprint

__all__ = [
    "blueprint",
    "ending",
    "enrolled",
    "index",
    "moving",
    "page",
    "publishing",
    "ready_made",
    "settings",
    "step_editor",
    "steps",
    "trial",
    "versions",
]
