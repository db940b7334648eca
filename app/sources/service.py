"""Sources by name: the eleven every supplier starts with, and those that inquiries bring."""

from collections.abc import Sequence
from unicodedata import category, normalize
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.models.choices import SourceCategory as Category
from app.models.sources import LeadSource

STARTING_SOURCES = (
    ("website", "Website", Category.DIRECT),
    ("social_media", "Social media", Category.SOCIAL_MEDIA),
    ("referral", "Referral", Category.REFERRAL),
    ("wedding_show", "Wedding show", Category.EVENT),
    ("google_ads", "Google Ads", Category.PAID_ADVERTISING),
    ("facebook_ads", "Facebook Ads", Category.PAID_ADVERTISING),
    ("instagram", "Instagram", Category.SOCIAL_MEDIA),
    ("directory_listing", "Directory listing", Category.DIRECTORY),
    ("word_of_mouth", "Word of mouth", Category.REFERRAL),
    ("email_marketing", "E-mail marketing", Category.EMAIL_MARKETING),
    ("seo_organic", "Organic search", Category.ORGANIC_SEARCH),
)
"""The specification's eleven lead sources."""


MOST = 500
"""Sources of a supplier that names may make: any link can bring another, and each inquiry reads them all."""
UNKNOWN = "unknown"


def slug_of(name: str) -> str:
    """A name as the API says it: lower case, its words (letters, marks and figures of any script) joined by
    underscores; one without words as it is."""
    lower = normalize("NFC", name).strip().lower()
    words = "".join(c if category(c)[0] in "LMN" else " " for c in lower).split()
    return ("_".join(words) or lower)[:100].strip("_") or UNKNOWN


def seed(session: Session, supplier_id: UUID) -> None:
    """The starting sources; those that exist stay as they are."""
    rows = [
        {"supplier_id": supplier_id, "slug": slug, "source_name": name, "source_category": category}
        for slug, name, category in STARTING_SOURCES
    ]
    session.execute(upsert(LeadSource).on_conflict_do_nothing(), rows)


def resolve(session: Session, supplier_id: UUID, said: str, known: Sequence[LeadSource] = ()) -> LeadSource:
    """The source of that name or slug, looked for in `known` first; an unknown name makes an inactive one.

    Where there are 500 already, it belongs to the one called unknown.
    """
    slug, name = slug_of(said), said.strip().lower()
    wanted = select(LeadSource).where(
        or_(LeadSource.slug == slug, func.lower(LeadSource.source_name) == name)
    )
    at_hand = (source for source in known if slug == source.slug or name == source.source_name.lower())
    found = next(at_hand, None) or session.scalars(wanted.limit(1)).first()
    if found:
        return found
    if slug != UNKNOWN and _are_many(session):
        return resolve(session, supplier_id, UNKNOWN, known)
    fresh = {
        "supplier_id": supplier_id,
        "slug": slug,
        "source_name": said.strip()[:100],
        "source_category": Category.DIRECT,
        "is_active": False,
    }
    session.execute(upsert(LeadSource).values(fresh).on_conflict_do_nothing())
    return session.scalars(wanted.limit(1)).one()


def _are_many(session: Session) -> bool:
    return (session.scalar(select(func.count()).select_from(LeadSource)) or 0) >= MOST
