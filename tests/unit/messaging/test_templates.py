"""Templates that customers write: what they may say, and what becomes of it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.messaging.liquid import fill_text
from app.messaging.plain import to_text
from app.messaging.render import OptOutLinks, one_line, render_email, sanitise
from app.messaging.tokens import TOKENS, Subject, silent, values
from app.models.accounts import Supplier
from app.models.leads import Lead
from app.models.nurture import EmailTemplate

NOW = datetime(2026, 6, 3, 23, 30, tzinfo=UTC)  # already the 4th in London


def about(supplier: dict[str, Any] | None = None, **lead: Any) -> Subject:
    business = {"name": "Rose & Co", "timezone": "Europe/London", "currency": "GBP", "locale": "en-GB"}
    couple: dict[str, Any] = {"created_at": datetime(2026, 6, 1, 12, tzinfo=UTC), "services_needed": []}
    return Subject(Lead(**(couple | lead)), Supplier(**(business | (supplier or {}))), NOW)


def test_every_token_has_something_to_say_about_a_silent_lead() -> None:
    said = values(about())
    assert said["couple_names"] == "there"
    assert said["wedding_date"] == "your special day"
    assert said["wedding_venue"] == "your venue"
    assert said["estimated_budget"] == "your budget"
    assert all(str(said[name]) for name in TOKENS)


def test_dates_and_money_are_in_the_suppliers_language_and_currency() -> None:
    lead = {"wedding_date": date(2027, 6, 12), "estimated_budget": Decimal("3500.00")}
    british, german = values(about(**lead)), values(about({"locale": "de-DE", "currency": "EUR"}, **lead))
    assert (british["wedding_date"], british["estimated_budget"]) == ("12 June 2027", "£3,500")
    assert (german["wedding_date"], german["estimated_budget"]) == ("12. Juni 2027", "3.500\xa0€")
    assert values(about(estimated_budget=Decimal("99.50")))["estimated_budget"] == "£99.50"


def test_days_are_counted_by_the_suppliers_calendar() -> None:
    assert values(about())["days_since_inquiry"] == 3


def test_a_lone_partner_is_named_alone() -> None:
    assert values(about(couple_name_groom="Ben"))["couple_names"] == "Ben"


def test_what_the_lead_does_not_say_is_false_and_gives_way_to_a_default() -> None:
    said = values(about(couple_name_bride="Anna"))
    source = (
        "{% if wedding_date %}{{ wedding_date }}{% else %}soon{% endif %}, {{ bride_name | default: 'you' }}"
    )
    assert fill_text(source, said) == "soon, Anna"
    assert fill_text("{{ groom_name | default: 'you' }}, {{ groom_name }}", said) == "you, there"
    assert fill_text("{{ groom_name | upcase }}{% if days_until_wedding < 90 %}!{% endif %}", said) == "THERE"


def test_numbers_can_be_compared() -> None:
    said = values(about(wedding_date=date(2026, 7, 4), estimated_guest_count=90))
    assert (said["days_until_wedding"], said["weeks_until_wedding"], said["guest_count"]) == (30, 4, 90)
    assert fill_text("{% if days_until_wedding < 60 and guest_count > 50 %}soon{% endif %}", said) == "soon"
    assert (
        str(values(about(wedding_date=date(2026, 6, 3)))["days_until_wedding"]) == "a few"
    )  # it was yesterday


def test_parts_of_the_day_are_in_the_suppliers_language() -> None:
    said = values(about({"locale": "de-DE"}, wedding_date=date(2027, 6, 12)))
    assert (said["wedding_weekday"], said["wedding_month"]) == ("Samstag", "Juni 2027")
    assert said["inquiry_date"] == "1. Juni 2026"


def test_first_names_are_the_first_words() -> None:
    said = values(about(couple_name_bride="Maya Patel", couple_name_groom=" "))
    assert said["first_names"] == "Maya"


def test_which_tokens_fell_back_is_known() -> None:
    assert silent(about(couple_name_bride="Anna"), TOKENS)[:2] == ["groom_name", "wedding_date"]
    assert silent(about(), ["wedding_venue", "supplier_name"]) == ["wedding_venue"]


def test_what_a_couple_typed_cannot_become_html() -> None:
    template = EmailTemplate(subject="For {{ bride_name }}", content="<p>Hello {{ bride_name }}</p>")
    made = render_email(template, about(couple_name_bride="<img src=x onerror=alert(1)>"), None)
    assert "<img" not in made.html
    assert "&lt;img" in made.html
    assert made.subject == "For <img src=x onerror=alert(1)>"  # a subject is text


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<script>alert(1)</script><p>Hi</p>", "<p>Hi</p>"),
        ('<p onclick="x()">Hi</p>', "<p>Hi</p>"),
        ('<a href="javascript:x()">Hi</a>', "<a>Hi</a>"),
        ('<a href="https://x.example/">Hi</a>', '<a href="https://x.example/">Hi</a>'),
        ("<form action='/'><input></form>", ""),
        ("<style>p{}</style><b>Hi</b>", "<b>Hi</b>"),
    ],
)
def test_html_is_sanitised(html: str, kept: str) -> None:
    assert sanitise(html) == kept


def test_a_subject_is_one_line_whatever_is_in_it() -> None:
    assert one_line("Hello\r\nBcc: everybody@example.com\n") == "Hello Bcc: everybody@example.com"
    template = EmailTemplate(subject="For {{ bride_name }}", content="x")
    made = render_email(template, about(couple_name_bride="Anna\r\nBcc: x@example.com" + "y" * 300), None)
    assert "\r" not in made.subject + made.subject
    assert "\n" not in made.subject
    assert len(made.subject) == 255


def test_the_layout_carries_the_way_out_when_there_is_one() -> None:
    template = EmailTemplate(subject="x", content="<p>Body text</p>")
    links = OptOutLinks("https://leads.example/unsubscribe/abc", "https://leads.example/preferences/abc")
    with_links, without = render_email(template, about(), links), render_email(template, about(), None)
    for url in (links.unsubscribe, links.preferences):
        assert f'href="{url}"' in with_links.html
        assert url in with_links.text
    assert "unsubscribe" not in without.html + without.text
    assert "preferences" not in without.html + without.text
    assert "Rose &amp; Co" in without.html
    assert "<p>Body text</p>" in without.html


def test_the_layout_bears_the_suppliers_brand() -> None:
    brand = {
        "brand_color": "#f2c6d0",
        "logo_url": 'https://rosewood.example/logo.png?a="b"',
        "mail_footer": "Rosewood <Ltd>\n1 Mill Lane, Stroud\n",
    }
    made = render_email(EmailTemplate(subject="x", content="<p>Hi</p>"), about(brand), None)
    assert "#f2c6d0" in made.html
    assert 'src="https://rosewood.example/logo.png?a=&#34;b&#34;" alt="Rose &amp; Co"' in made.html
    assert "Rosewood &lt;Ltd&gt;" in made.html
    assert "Rosewood <Ltd>\n1 Mill Lane, Stroud\n" in made.text


def test_the_preview_line_of_a_mail_reader_is_how_the_text_begins() -> None:
    content = "<p>Hello {{ couple_names }},</p><p>" + "word " * 100 + "</p>"
    made = render_email(EmailTemplate(subject="Subject", content=content), about(), None)
    assert "Hello there, word word" in made.html
    assert made.html.index("Hello there, word") < made.html.index("Rose &amp; Co")


def test_the_text_part_is_derived_or_the_suppliers_own() -> None:
    derived = EmailTemplate(subject="x", content="<p>Hello {{ couple_names }},</p><p>yours</p>")
    own = EmailTemplate(subject="x", content="<p>y</p>", text_content="Plain {{ couple_names }}\n")
    assert render_email(derived, about(), None).text.startswith("Hello there,\n\nyours\n")
    assert render_email(own, about(couple_name_bride="A & B"), None).text.startswith("Plain A & B\n")


def test_html_becomes_readable_text() -> None:
    html = '<h1>Hi</h1><p>See <a href="https://x.example/a">this</a>,<br>and</p><ul><li>one</li><li>two</li></ul>'
    table = "<table><tr><th>Day</th><td>£5</td></tr></table>"
    assert to_text(table) == "Day  £5\n"
    assert to_text(html) == "Hi\n\nSee this (https://x.example/a),\nand\n\n- one\n- two\n"
