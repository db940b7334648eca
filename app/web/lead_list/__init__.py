"""The leads as list, cards and pipeline: finding, changing and moving them; all under /leads."""

from app.web.lead_list import bulk, changes, index, saved_views
from app.web.leads import blueprint

__all__ = ["blueprint", "bulk", "changes", "index", "saved_views"]
