"""Consent is a ledger; the lead's consent columns are what the ledger says last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models.choices import ConsentPurpose
from app.models.leads import Lead
from app.models.privacy import ConsentEvent


@dataclass(frozen=True)
class ConsentGiven:
    """What a person agreed to, in which words and through what."""

    marketing: bool
    data_processing: bool
    channel: str
    source: str
    wording_version: str | None = None


def record(session: Session, lead: Lead, given: ConsentGiven, now: datetime) -> None:
    """Append what was agreed to. An unticked box is silence, not a withdrawal.

    An opt-out stands: anybody can type an address into a form, so a tick there is written down but does
    not undo it.
    """
    for purpose, agreed in (
        (ConsentPurpose.MARKETING, given.marketing),
        (ConsentPurpose.DATA_PROCESSING, given.data_processing),
    ):
        if agreed:
            session.add(
                ConsentEvent(
                    supplier_id=lead.supplier_id,
                    lead_id=lead.id,
                    channel=given.channel,
                    purpose=purpose,
                    given=True,
                    wording_version=given.wording_version,
                    source=given.source,
                    address=lead.primary_email or lead.primary_phone,
                    occurred_at=now,
                )
            )
    if given.marketing and lead.opt_out_date is None:
        lead.consent_marketing = True
    if given.data_processing:
        lead.consent_data_processing = True
        lead.gdpr_consent_date = lead.gdpr_consent_date or now


@dataclass(frozen=True)
class Said:
    """Through what a person said so, and for which address, as the ledger keeps it."""

    channel: str
    source: str
    address: str | None


def set_marketing(session: Session, lead: Lead, said: Said, now: datetime, *, agreed: bool) -> bool:
    """The couple itself agreed to news and offers, or no longer does; the ledger says so either way. False
    when that is no change."""
    changed, lead.consent_marketing = lead.consent_marketing is not agreed, agreed
    session.add(
        ConsentEvent(
            supplier_id=lead.supplier_id,
            lead_id=lead.id,
            channel=said.channel,
            purpose=ConsentPurpose.MARKETING,
            given=agreed,
            source=said.source[:100],
            address=said.address,
            occurred_at=now,
        )
    )
    return changed


def columns(given: ConsentGiven, now: datetime) -> dict[str, Any]:
    """The consent columns of a lead that is made with these words."""
    return {
        "consent_marketing": given.marketing,
        "consent_data_processing": given.data_processing,
        "gdpr_consent_date": now if given.data_processing else None,
    }


def forget_address(session: Session, lead: Lead, channel: str, now: datetime) -> None:
    """The lead has another e-mail address: what was agreed to for the old one does not hold for it.

    An opt-out stays, as it was the person's, and so does what is suppressed: that follows the address.
    """
    for purpose in ConsentPurpose:
        if getattr(lead, f"consent_{purpose}"):
            setattr(lead, f"consent_{purpose}", False)
            session.add(
                ConsentEvent(
                    supplier_id=lead.supplier_id,
                    lead_id=lead.id,
                    channel=channel,
                    purpose=purpose,
                    given=False,
                    source="address corrected",
                    address=lead.primary_email,
                    occurred_at=now,
                )
            )


def inherit_opt_out(session: Session, lead: Lead, other: Lead) -> None:
    """The two are one person, and that person wants no messages."""
    if other.opt_out_date is None or lead.opt_out_date is not None:
        return
    lead.opt_out_date, lead.consent_marketing = other.opt_out_date, False
    session.add(
        ConsentEvent(
            supplier_id=lead.supplier_id,
            lead_id=lead.id,
            channel="merge",
            purpose=ConsentPurpose.MARKETING,
            given=False,
            source="opt-out of a merged lead",
            address=other.primary_email,
            occurred_at=other.opt_out_date,
        )
    )
