"""Which source brought a visit: decided from the marks the visit carries, nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_CLICK_IDS = {"gclid": "google_ads", "msclkid": "google_ads", "fbclid": "facebook_ads"}
_HOSTS = {
    "google": "seo_organic",
    "bing": "seo_organic",
    "duckduckgo": "seo_organic",
    "instagram": "instagram",
    "facebook": "social_media",
    "pinterest": "social_media",
    "tiktok": "social_media",
    "hitched": "directory_listing",
    "bridebook": "directory_listing",
    "theknot": "directory_listing",
    "weddingwire": "directory_listing",
}
LONGEST = 100
"""Characters of a source's name."""
_PAID = frozenset({"cpc", "ppc", "paid", "paid_social", "paidsocial", "display"})


@dataclass(frozen=True)
class KnownSource:
    """What recognition needs of a source: its slug and the UTM parameters that mean it."""

    slug: str
    utm_parameters: Mapping[str, Any]


def recognise(visit: Mapping[str, Any], known: Sequence[KnownSource]) -> str | None:
    """The slug of the source of `visit` (its UTM, click ids and referrer), or None when nothing tells.

    First that applies: the source whose UTM parameters fit best, a source named by `utm_source`,
    a click id, the UTM medium, the referrer's host.
    """
    configured = [source for source in known if _fits(visit, source.utm_parameters)]
    if configured:
        return max(configured, key=lambda source: len(source.utm_parameters)).slug
    said, medium = _word(visit.get("utm_source")), _word(visit.get("utm_medium"))
    if said in {source.slug for source in known}:
        return said
    for click_id, slug in _CLICK_IDS.items():
        if visit.get(click_id):
            return slug
    return _by_medium(said, medium) or _by_host(visit.get("referrer")) or said[:LONGEST].strip() or None


def _fits(visit: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return bool(wanted) and all(_word(visit.get(key)) == _word(value) for key, value in wanted.items())


def _by_medium(said: str, medium: str) -> str | None:
    if medium in _PAID:
        return {"google": "google_ads", "facebook": "facebook_ads", "instagram": "facebook_ads"}.get(said)
    if medium == "email":
        return "email_marketing"
    return _HOSTS.get(said) if medium in {"organic", "social"} else None


def _by_host(referrer: object) -> str | None:
    labels = (urlsplit(str(referrer)).hostname or "").split(".") if referrer else []
    return next((slug for name, slug in _HOSTS.items() if name in labels), None)


def _word(value: object) -> str:
    return str(value or "").strip().lower()
