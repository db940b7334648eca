"""How a template looks once it is filled in, before it is saved or sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel import tenancy
from app.kernel.errors import FieldError, NotFound
from app.kernel.zones import day_of, zone
from app.messaging.checks import problems
from app.messaging.liquid import TemplateError, fill_text, tokens_of
from app.messaging.render import OptOutLinks, render_email, render_sms
from app.messaging.segments import Counted, count
from app.messaging.templates.schemas import EmailTemplateWrite, SmsTemplateWrite, TemplateWrite
from app.messaging.templates.sorts import SORTS
from app.messaging.tokens import SAMPLES, Subject, silent, values
from app.models.accounts import Supplier
from app.models.leads import Lead
from app.models.nurture import EmailTemplate, SmsTemplate

OWN_LINK = OptOutLinks("#the-couples-own-link", "#the-couples-own-link")
"""Stands for the links that only a message has."""
_BY_WRITE = {sort.write: sort for sort in SORTS.values()}


@dataclass(frozen=True)
class Preview:
    """`subject` of an e-mail, or title of a task; `html` only of an e-mail, `counted` only of a text message.

    `fell_back` are the tokens that the lead does not say. With `problems` there is nothing else.
    """

    problems: list[FieldError] = field(default_factory=list)
    subject: str | None = None
    html: str | None = None
    text: str = ""
    counted: Counted | None = None
    fell_back: list[str] = field(default_factory=list)


def preview(session: Session, data: TemplateWrite, lead_id: UUID | None, now: datetime) -> Preview:
    """The template filled in for the lead, or for a made-up couple that says everything; with the way out
    that follow-ups have. NotFound for the lead."""
    supplier = session.get_one(Supplier, tenancy.supplier_id())
    lead = session.get(Lead, (supplier.id, lead_id)) if lead_id else sample_lead(supplier, now)
    if lead is None:
        raise NotFound("lead")
    kinds = _BY_WRITE[type(data)].texts
    texts = {name: text for name in kinds if (text := getattr(data, name))}
    wrong = [(name, said) for name, text in texts.items() for said in problems(text, kinds[name])]
    if wrong:
        return Preview(problems=[FieldError(name, "template", said) for name, said in wrong])
    about = Subject(lead, supplier, now)
    fell_back = silent(about, [token for text in texts.values() for token in tokens_of(text)])
    try:
        return _filled(data, about, fell_back)
    except TemplateError as error:
        return Preview(problems=[FieldError(_at_fault(texts, about), "template", str(error))])


def _at_fault(texts: Mapping[str, str], about: Subject) -> str:
    """Which text cannot be filled in for this lead; else the content, which comes out too long or empty."""
    words = values(about)
    for name, text in texts.items():
        try:
            fill_text(text, words)
        except TemplateError:
            return name
    return "content"


def sample_lead(supplier: Supplier, now: datetime) -> Lead:
    """A made-up couple that says everything; never saved."""
    return Lead(
        couple_name_bride=SAMPLES["bride_name"],
        couple_name_groom=SAMPLES["groom_name"],
        wedding_date=day_of(now, zone(supplier.timezone)) + timedelta(weeks=40),
        wedding_venue=SAMPLES["wedding_venue"],
        wedding_location=SAMPLES["wedding_location"],
        estimated_guest_count=SAMPLES["guest_count"],
        estimated_budget=3500,
        services_needed=str(SAMPLES["services_needed"]).split(", "),
        created_at=now - timedelta(days=10),
    )


def _filled(data: TemplateWrite, about: Subject, fell_back: list[str]) -> Preview:
    if isinstance(data, EmailTemplateWrite):
        made = render_email(EmailTemplate(**data.model_dump()), about, OWN_LINK)
        return Preview(subject=made.subject, html=made.html, text=made.text, fell_back=fell_back)
    if isinstance(data, SmsTemplateWrite):
        text = render_sms(SmsTemplate(**data.model_dump()), about, offers_opt_out=True)
        return Preview(text=text, counted=count(text), fell_back=fell_back)
    words = values(about)
    title, description = fill_text(data.title, words), fill_text(data.description or "", words)
    return Preview(subject=title, text=description, fell_back=fell_back)
