"""How a visitor found the website: UTM marks, click ids and referrers that `sources.recognise` reads back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.demo.plan import Dice
from app.models.choices import InquiryChannel

SITE = "https://larkspur.example.com"
PAGES = (
    "/",
    "/weddings",
    "/pricing",
    "/portfolio/barn-weddings",
    "/portfolio/city-weddings",
    "/elopements",
    "/about",
)
BROWSERS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36",
)
_MARKS: dict[str, dict[str, str]] = {
    "google_ads": {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "wedding-photographer"},
    "facebook_ads": {"utm_source": "facebook", "utm_medium": "paid_social", "utm_campaign": "newly-engaged"},
    "instagram": {"utm_source": "instagram", "utm_medium": "social", "utm_campaign": "profile-link"},
    "social_media": {"utm_source": "pinterest", "utm_medium": "social", "utm_campaign": "boards"},
    "directory_listing": {"utm_source": "directory_listing", "utm_medium": "listing"},
    "email_marketing": {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "spare-dates"},
    "referral": {"utm_source": "referral", "utm_medium": "past-couple"},
    "wedding_show": {"utm_source": "wedding_show", "utm_medium": "qr", "utm_campaign": "stand-card"},
    "seo_organic": {"referrer": "https://www.google.com/"},
    "website": {},
}
_FIRSTS = ("instagram", "seo_organic", "google_ads", "social_media", "facebook_ads")
"""Where people see a studio long before they write to it."""


@dataclass(frozen=True)
class Visit:
    """The last touch, and the first one when it was another."""

    last_source: str
    last: dict[str, Any]
    first: dict[str, Any]
    first_source: str | None = None
    channel: InquiryChannel = InquiryChannel.WIDGET
    browser: dict[str, str] = field(default_factory=dict)

    @property
    def context(self) -> dict[str, Any]:
        """Both touches, as a lead's `source_details` keeps them."""
        return {"first": self.first, "last": self.last}


def marks(dice: Dice, slug: str, at: datetime) -> Visit:
    """The visit on which a couple that came by this source filled in the form."""
    last = _touch(dice, slug, at - timedelta(minutes=dice.randint(2, 15)))
    channel = InquiryChannel.WIDGET if dice.chance(0.8) else InquiryChannel.HOSTED_FORM
    address = f"203.0.113.{dice.randint(1, 254)}"  # for documentation: RFC 5737
    browser = {"ip_address": address, "user_agent": dice.choice(BROWSERS)}
    if slug == "website" or not dice.chance(0.35):
        return Visit(slug, last, last, None, channel, browser)
    earlier = dice.choice([known for known in _FIRSTS if known != slug])
    first = _touch(dice, earlier, at - timedelta(days=dice.uniform(0.5, 45)))
    return Visit(slug, last, first, earlier, channel, browser)


def _touch(dice: Dice, slug: str, at: datetime) -> dict[str, Any]:
    seen = {**_MARKS[slug], "landing_page": SITE + dice.choice(PAGES), "at": at.isoformat()}
    click_id = {"google_ads": "gclid", "facebook_ads": "fbclid"}.get(slug)
    return seen | {click_id: f"{dice.getrandbits(96):024x}"} if click_id else seen
