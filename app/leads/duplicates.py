"""Leads that may be the same couple: BEHAVIOUR §1. They are proposed with the reason; a person decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.kernel import tenancy
from app.kernel.errors import NotFound
from app.models.choices import UNCOUNTED_STATUSES
from app.models.leads import Lead, LeadMerge

CONSIDERED = 20
"""Candidates looked at for each kind of likeness."""


@dataclass(frozen=True)
class Likeness:
    """Another lead that may be the same couple, and why, a few words each."""

    lead: Lead
    reasons: list[str]


def likely(session: Session, lead_id: UUID, most: int = 5) -> list[Likeness]:
    """The leads most like it, those with most reasons first; NotFound.

    Spam, merged leads, and those whose merge with it was undone are left out. Each kind of likeness is
    looked up in an index and bounded, in one statement for all of them.
    """
    lead = session.get(Lead, (tenancy.supplier_id(), lead_id))
    if lead is None:
        raise NotFound("lead")
    lookups = [_candidates(lead, kind) for kind in _kinds(lead)]
    if not lookups:
        return []
    found = session.scalars(select(Lead).where(Lead.id.in_(union_all(*lookups))))
    like = [Likeness(other, reasons) for other in found if (reasons := why(lead, other))]
    return sorted(like, key=lambda one: (-len(one.reasons), one.lead.created_at))[:most]


def why(lead: Lead, other: Lead) -> list[str]:
    """What the two have in common that makes them likely to be the same couple. Pure."""
    reasons = []
    if _phones(lead) & _phones(other):
        reasons.append("Same phone number")
    if lead.wedding_date is not None and lead.wedding_date == other.wedding_date:
        if _surnames(lead) & _surnames(other):
            reasons.append("Same wedding date and surname")
        if _venue(lead) and _venue(lead) == _venue(other):
            reasons.append("Same wedding date and venue")
    if _emails(lead) & _emails(other):
        reasons.append("One has the other's e-mail address as a second one")
    return reasons


def _kinds(lead: Lead) -> Iterable[ColumnElement[bool]]:
    """The conditions that another lead may fulfil, each of which an index answers."""
    if phones := _phones(lead):
        yield Lead.primary_phone.in_(sorted(phones))
    if emails := _emails(lead):
        yield or_(Lead.primary_email.in_(sorted(emails)), Lead.secondary_email.in_(sorted(emails)))
    if lead.wedding_date is not None and (_surnames(lead) or _venue(lead)):
        its_names = (_last_word(Lead.couple_name_bride), _last_word(Lead.couple_name_groom))
        shared: list[ColumnElement[bool]] = [name.in_(sorted(_surnames(lead))) for name in its_names]
        if venue := _venue(lead):
            shared.append(func.lower(func.btrim(Lead.wedding_venue)) == venue)
        yield and_(Lead.wedding_date == lead.wedding_date, or_(*shared))


def _candidates(lead: Lead, kind: ColumnElement[bool]) -> Select[UUID]:
    told_apart = select(LeadMerge.id).where(
        LeadMerge.undone_at.is_not(None),
        or_(
            and_(LeadMerge.winner_id == lead.id, LeadMerge.loser_id == Lead.id),
            and_(LeadMerge.loser_id == lead.id, LeadMerge.winner_id == Lead.id),
        ),
    )
    counted = Lead.lead_status.not_in(sorted(UNCOUNTED_STATUSES))
    return select(Lead.id).where(kind, Lead.id != lead.id, counted, ~told_apart.exists()).limit(CONSIDERED)


def _phones(lead: Lead) -> set[str]:
    return {phone for phone in (lead.primary_phone, lead.secondary_phone) if phone}


def _emails(lead: Lead) -> set[str]:
    return {email for email in (lead.primary_email, lead.secondary_email) if email}


def _surnames(lead: Lead) -> set[str]:
    """The last word of each name that has two or more, in lower case."""
    names = ((name or "").split() for name in (lead.couple_name_bride, lead.couple_name_groom))
    return {words[-1].lower() for words in names if len(words) > 1}


def _venue(lead: Lead) -> str | None:
    return (lead.wedding_venue or "").strip().lower() or None


def _last_word(column: InstrumentedAttribute[str | None]) -> ColumnElement[str | None]:
    return func.lower(func.substring(func.btrim(column), r"\s(\S+)$"))
