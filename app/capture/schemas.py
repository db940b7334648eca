"""What a public form may send, what we note about the visit, and how a supplier sets the form up."""

import re
from typing import Annotated

import idna
from pydantic import AfterValidator, Field, model_validator

from app.kernel.schema import (
    Amount,
    Email,
    Guests,
    Label,
    LongText,
    Name,
    Phone,
    Schema,
    ShortText,
    WeddingDate,
)
from app.models.choices import InquiryChannel

IdempotencyKey = Annotated[str, Field(min_length=8, max_length=100, pattern=r"^[A-Za-z0-9_\-]+$")]


class InquiryForm(Schema):
    """The fields of the public form. Names are couple-neutral here and the specification's in the lead."""

    your_name: Name
    partner_name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    wedding_date: WeddingDate | None = None
    venue: ShortText | None = None
    location: ShortText | None = None
    guest_count: Guests | None = None
    budget: Amount | None = None
    services: Annotated[list[Label], Field(max_length=30)] = Field(default_factory=list)
    message: LongText | None = None
    consent_data_processing: bool = False
    consent_marketing: bool = False

    @model_validator(mode="after")
    def _reachable(self) -> "InquiryForm":
        if not (self.email or self.phone):
            raise ValueError("give an e-mail address or a phone number, so that we can answer")
        return self


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())


Mark = Annotated[str, Field(max_length=255), AfterValidator(_printable)]
"""What a link put into the address: an odd character is dropped, as the couple cannot mend it."""


class Touch(Schema):
    """One visit's marks: UTM parameters, click ids, where it came from and landed."""

    utm_source: Mark | None = None
    utm_medium: Mark | None = None
    utm_campaign: Mark | None = None
    utm_term: Mark | None = None
    utm_content: Mark | None = None
    gclid: Mark | None = None
    fbclid: Mark | None = None
    msclkid: Mark | None = None
    referrer: Annotated[str, Field(max_length=2000)] | None = None
    landing_page: Annotated[str, Field(max_length=2000)] | None = None
    at: Annotated[str, Field(max_length=40)] | None = None

    @property
    def is_empty(self) -> bool:
        return not self.model_dump(exclude_none=True, exclude={"at", "landing_page"})


class VisitContext(Schema):
    """First and last touch as the widget saw them."""

    first: Touch = Field(default_factory=Touch)
    last: Touch = Field(default_factory=Touch)


class Submission(Schema):
    """A form as it was sent: what was said, how the visit went, and the marks that tell spam.

    `honeypot` is a field people never see; `seconds_to_fill` comes from the signed form token.
    """

    form: InquiryForm
    visit: VisitContext = Field(default_factory=VisitContext)
    channel: InquiryChannel = InquiryChannel.HOSTED_FORM
    idempotency_key: IdempotencyKey
    honeypot: Annotated[str, Field(max_length=1000)] | None = None
    seconds_to_fill: float | None = None
    ip_address: Annotated[str, Field(max_length=64)] | None = None
    user_agent: Annotated[str, Field(max_length=500)] | None = None


_ADDRESS = re.compile(r"(?:(https?)://)?([^\s/?#@:]+)(:[0-9]{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)


def _origin(website: str) -> str:
    """The web origin (RFC 6454) of what people write: `www.example.com/contact` → `https://www.example.com`."""
    address = _ADDRESS.fullmatch(website)
    try:
        host = idna.encode(address[2], uts46=True).decode() if address else ""
    except idna.IDNAError:
        host = ""
    if address is None or not host:
        raise ValueError(f"{website} is not the address of a website, such as https://www.example.com")
    return f"{(address[1] or 'https').lower()}://{host}{address[3] or ''}"


Website = Annotated[str, Field(max_length=255), AfterValidator(_origin)]
Said = Annotated[str, Field(min_length=1, max_length=500)]


class FormSettings(Schema):
    """How a public form introduces itself, what it offers, and which websites may show it (none: all)."""

    heading: Label
    thanks: Said
    services: Annotated[list[Label], Field(max_length=30)] = Field(default_factory=list)
    consent_wording: Said
    allowed_origins: Annotated[list[Website], Field(max_length=20)] = Field(default_factory=list)
