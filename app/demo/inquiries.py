"""The form a couple sends: the inquiry as it was kept, its touchpoints, and the consent it gave."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.demo import words
from app.demo.plan import Telling
from app.demo.story import Story
from app.demo.visits import Visit, marks
from app.models.choices import ConsentPurpose, InquiryState, TouchpointKind
from app.models.choices import InteractionType as Kind

ASKED = {
    "your_name": "couple_name_bride",
    "partner_name": "couple_name_groom",
    "email": "primary_email",
    "phone": "primary_phone",
    "wedding_date": "wedding_date",
    "venue": "wedding_venue",
    "location": "wedding_location",
    "guest_count": "estimated_guest_count",
    "budget": "estimated_budget",
    "services": "services_needed",
    "message": "additional_notes",
    "consent_data_processing": "consent_data_processing",
    "consent_marketing": "consent_marketing",
}
"""The form's fields and the lead's."""


def fill_in_form(story: Story, at: datetime, visit: Visit, message: str) -> None:
    """The couple sends the form, for the first time or again."""
    subject = f"Inquiry through {story.telling.stage.form_name}"
    metadata: dict[str, Any] = {"source": visit.last_source}
    if story.telling.is_full:
        inquiry_id = _keep(story, at, visit, message)
        metadata["inquiry_id"] = str(inquiry_id)
        if visit.first_source:
            seen_at = datetime.fromisoformat(visit.first["at"])
            touch(
                story,
                seen_at,
                TouchpointKind.VISIT,
                visit.first_source,
                inquiry_id=inquiry_id,
                details=visit.first,
            )
        touch(story, at, TouchpointKind.FORM, visit.last_source, inquiry_id=inquiry_id, details=visit.last)
    story.log(Kind.FORM_SUBMITTED, at, subject, content=message, metadata=metadata)


def write_again(story: Story, at: datetime) -> None:
    """The couple uses the form a second time, coming by the website itself."""
    visit = marks(story.dice, "website", at)
    fill_in_form(story, at, visit, words.answer(story.dice))


def _keep(story: Story, at: datetime, visit: Visit, message: str) -> UUID:
    lead = story.lead | {"additional_notes": message}
    kept = _inquiry(story.telling, at, visit, lead) | {"state": InquiryState.CAPTURED}
    row_id: UUID = story.add("inquiries", at, **kept)["id"]
    return row_id


def _inquiry(telling: Telling, at: datetime, visit: Visit, lead: dict[str, Any]) -> dict[str, Any]:
    said = {asked: _json(lead[column]) for asked, column in ASKED.items() if lead[column] is not None}
    return {
        "channel": visit.channel,
        "form_id": telling.stage.form_id,
        "idempotency_key": f"{telling.dice.getrandbits(128):032x}",
        "payload": said,
        "context": visit.context | visit.browser,
        "spam_reasons": [],
        **dict.fromkeys(("received_at", "retry_at", "captured_at"), at),
    }


def _json(value: Any) -> Any:
    return (
        value
        if isinstance(value, bool | int | list)
        else value.isoformat()
        if isinstance(value, date)
        else str(value)
    )


def touch(story: Story, at: datetime, kind: TouchpointKind, slug: str, **about: Any) -> None:
    """A contact that may earn credit. `about`: inquiry_id and the visit's details, when it was one."""
    source_id = story.telling.stage.sources[slug].id
    row = {"inquiry_id": None, "details": {}} | about
    story.touches.append((at, slug))
    story.add("touchpoints", at, source_id=source_id, kind=kind, occurred_at=at, **row)


def agree(story: Story, at: datetime, channel: str, marketing: float) -> None:
    """The consent given on the way in, in the ledger and in the lead's columns. `marketing`: the odds."""
    if not story.telling.is_full:
        return
    lead, stage = story.lead, story.telling.stage
    purposes = [ConsentPurpose.DATA_PROCESSING] + [ConsentPurpose.MARKETING] * story.dice.chance(marketing)
    for purpose in purposes:
        lead[f"consent_{purpose}"] = True
        story.add(
            "consent_events",
            at,
            channel=channel,
            purpose=purpose,
            given=True,
            wording_version=stage.wording_version,
            source=f"Inquiry through {stage.form_name}" if channel != "user" else "Lead added by hand",
            address=lead["primary_email"] or lead["primary_phone"],
            occurred_at=at,
        )
    lead["gdpr_consent_date"] = at


def quarantine(telling: Telling, at: datetime) -> None:
    """A program filled in the form faster than anybody can: kept, marked, and nobody's lead."""
    visit = marks(telling.dice, "website", at)
    asked = dict.fromkeys(ASKED.values()) | {
        "couple_name_bride": telling.dice.choice(("Best SEO Offer", "Fast Loan Desk", "Followers Shop")),
        "primary_email": f"offer{telling.dice.getrandbits(24)}@example.net",
        "additional_notes": telling.dice.choice(words.SPAM),
    }
    row = {
        "supplier_id": telling.stage.supplier_id,
        "id": telling.dice.id_at(at),
        "lead_id": None,
        **_inquiry(telling, at, visit, asked),
        "state": InquiryState.QUARANTINED,
    }
    row |= {"spam_reasons": ["honeypot", "too_fast"], "captured_at": None}
    telling.pages.setdefault("inquiries", []).append(row)
