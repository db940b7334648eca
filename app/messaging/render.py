"""A template, a lead and our base layout become the three texts of an e-mail."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

import nh3
from liquid import BoundTemplate, Environment
from markupsafe import Markup, escape
from mjml import mjml2html

from app.messaging.colors import readable
from app.messaging.links import preferences_url, unsubscribe_url
from app.messaging.liquid import TemplateError, fill_html, fill_text
from app.messaging.plain import to_text
from app.messaging.segments import MOST_SEGMENTS, count
from app.messaging.tokens import Subject, values
from app.models.nurture import EmailTemplate, SmsTemplate

LAYOUT = Path(__file__).parent.parent / "templates" / "messages" / "base.mjml"
SUBJECT_LENGTH = 255
PREHEADER_LENGTH = 120
BRAND, LIGHT, DARK = "#0b5ed7", "#ffffff", "#1f2937"
"""The colour of a supplier without one, and what text stands on in the layout, by day and in the dark."""
OPT_OUT_WORDS = " Reply STOP to opt out."
_SAYS_STOP = re.compile(r"\bSTOP\b")
_WORDS = {"a", "abbr", "b", "code", "em", "i", "s", "small", "span", "strong", "sub", "sup", "u", "br", "img"}
_BLOCKS = {"blockquote", "h1", "h2", "h3", "hr", "li", "ol", "p", "pre", "ul"}
_TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
_TAGS = _WORDS | _BLOCKS | _TABLES
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "width", "height"}, "td": {"colspan"}}
_SCHEMES = {"http", "https", "mailto", "tel"}


@dataclass(frozen=True)
class Rendered:
    """Ready to send; `subject` is one line."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True)
class OptOutLinks:
    """Where whoever got a message stops such messages, or chooses which they get."""

    unsubscribe: str
    preferences: str

    @classmethod
    def of(cls, supplier_id: UUID, message_id: UUID) -> "OptOutLinks":
        return cls(unsubscribe_url(supplier_id, message_id), preferences_url(supplier_id, message_id))


def render_email(template: EmailTemplate, about: Subject, links: OptOutLinks | None) -> Rendered:
    """Fill the template, sanitise it, lay it out, and derive its text part. TemplateError."""
    words = values(about)
    subject = one_line(fill_text(template.subject, words))
    body = sanitise(fill_html(template.content, words))
    text = fill_text(template.text_content, words) if template.text_content else to_text(body)
    return _finished(subject, body, text, about, links)


def render_letter(subject: str, text: str, about: Subject) -> Rendered:
    """What a person wrote, as it is: nothing in it is a token or markup. Blank lines part paragraphs."""
    said = text.strip().replace("\r\n", "\n")
    paragraphs = [str(escape(part)).replace("\n", "<br>") for part in re.split(r"\n\s*\n", said)]
    body = sanitise("".join(f"<p>{part}</p>" for part in paragraphs))
    return _finished(one_line(subject), body, said + "\n", about, None)


def render_sms(template: SmsTemplate, about: Subject, *, offers_opt_out: bool) -> str:
    """Fill the template; say how to stop such messages unless it says so itself. TemplateError, also when
    the text is empty or has more parts than are sent."""
    text = fill_text(template.content, values(about)).strip().replace("\r\n", "\n").replace("\t", " ")
    if not text:
        raise TemplateError("The text message is empty.")
    if offers_opt_out and not _SAYS_STOP.search(text):
        text += OPT_OUT_WORDS
    parts = count(text).segments
    if parts > MOST_SEGMENTS:
        raise TemplateError(f"The text message has {parts} parts; at most {MOST_SEGMENTS} are sent.")
    return text


def _finished(subject: str, body: str, text: str, about: Subject, links: OptOutLinks | None) -> Rendered:
    """Our layout and our footer around a body that is sanitised, and around its text."""
    supplier = about.supplier
    brand = supplier.brand_color or BRAND
    footer = (supplier.mail_footer or "").strip().splitlines()
    html = _layout().render(
        subject=subject,
        preheader=one_line(text)[:PREHEADER_LENGTH],
        body=Markup(body),  # noqa: S704 - sanitised by the caller
        supplier_name=supplier.name,
        language=supplier.locale,
        brand=brand,
        accent=readable(brand, LIGHT),
        accent_dark=readable(brand, DARK),
        logo=supplier.logo_url,
        footer=footer,
        unsubscribe=links and links.unsubscribe,
        preferences=links and links.preferences,
    )
    return Rendered(subject, html, text.rstrip() + "\n" + _text_footer(about, footer, links))


def one_line(subject: str) -> str:
    """White space of any kind, line breaks too, becomes single spaces; at most 255 characters."""
    return " ".join(subject.split())[:SUBJECT_LENGTH]


def sanitise(html: str) -> str:
    """Formatting, links, lists, tables and pictures stay; scripts, styles, forms and handlers go."""
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)


def _text_footer(about: Subject, footer: list[str], links: OptOutLinks | None) -> str:
    lines = ["", "-- ", f"You receive this because you asked {about.supplier.name} about your wedding."]
    lines += footer
    if links:
        lines += [f"No more messages like this: {links.unsubscribe}"]
        lines += [f"Choose what you get: {links.preferences}"]
    return "\n".join(lines) + "\n"


@cache
def _layout() -> BoundTemplate:
    """Our own layout, so without the limits of customers' templates."""
    compiled = mjml2html(LAYOUT.read_text(), disable_comments=False, fonts={})
    return Environment(autoescape=True).from_string(compiled)
