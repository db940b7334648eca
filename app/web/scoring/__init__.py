"""The pages of scoring: one module a concern, all on one blueprint."""

from app.web.scoring import editor, groups, insight, ready_made, rules, versions
from app.web.scoring.blueprint import blueprint

__all__ = ["blueprint", "editor", "groups", "insight", "ready_made", "rules", "versions"]
