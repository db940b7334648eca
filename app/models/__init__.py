"""Every table, imported here so that the metadata is whole."""

from app.models import (
    accounts,
    analytics,
    capture,
    conversions,
    leads,
    messaging,
    notices,
    nurture,
    privacy,
    saved_views,
    scoring,
    sources,
)

__all__ = [
    "accounts",
    "analytics",
    "capture",
    "conversions",
    "leads",
    "messaging",
    "notices",
    "nurture",
    "privacy",
    "saved_views",
    "scoring",
    "sources",
]
