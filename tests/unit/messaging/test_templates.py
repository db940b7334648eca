"""Templates that customers write: what they may say, and what becomes of it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.messaging.liquid import LONGEST, TemplateError, fill_html, fill_text, problems
from app.messaging.plain import to_text
from app.messaging.render import one_line, render_email, sanitise
from app.messaging.tokens import TOKENS, Subject, values
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
    assert all(said[name] for name in TOKENS)


def test_dates_and_money_are_in_the_suppliers_language_and_currency() -> None:
    lead = {"wedding_date": date(2027, 6, 12), "estimated_budget": Decimal("3500.00")}
    british, german = values(about(**lead)), values(about({"locale": "de-DE", "currency": "EUR"}, **lead))
    assert (british["wedding_date"], british["estimated_budget"]) == ("12 June 2027", "£3,500")
    assert (german["wedding_date"], german["estimated_budget"]) == ("12. Juni 2027", "3.500\xa0€")
    assert values(about(estimated_budget=Decimal("99.50")))["estimated_budget"] == "£99.50"


def test_days_are_counted_by_the_suppliers_calendar() -> None:
    assert values(about())["days_since_inquiry"] == "3"


def test_a_lone_partner_is_named_alone() -> None:
    assert values(about(couple_name_groom="Ben"))["couple_names"] == "Ben"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("Dear {{ brid_name }}", "'brid_name' is not a token"),
        ("Score {{ lead_score }}", "'lead_score' is internal"),
        ("line\n{% for %}", "Line 2"),
        ("{% for i in (1..9999999) %}x{% endfor %}", "loop iteration limit"),
        ("{% assign x = 'xxxxxxxxxx' %}" + "{% assign x = x | append: x %}" * 20, "local namespace limit"),
        ("{{ couple_names | safe }}", "unknown filter 'safe'"),
        ("{{ 'now' | date: '%Y' }}", "unknown filter 'date'"),
        ("{% include 'passwd' %}", "unexpected tag 'include'"),
        ("x" * (LONGEST + 1), f"at most {LONGEST}"),
        ("{{ couple_names.secret }}", "undefined"),
        ("{{ 1 | divided_by: 0 }}", "divide"),
    ],
)
def test_what_keeps_a_template_from_being_published(source: str, problem: str) -> None:
    assert problem in problems(source)[0]
    with pytest.raises(TemplateError):
        fill_html(source, {})


def test_a_template_may_choose_and_change_words() -> None:
    source = "{% if couple_names == 'there' %}Hello{% else %}Dear {{ couple_names | upcase }}{% endif %}"
    assert problems(source) == []
    assert fill_text(source, {"couple_names": "Anna"}) == "Dear ANNA"


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
    url = "https://leads.example/unsubscribe/abc"
    with_link, without = render_email(template, about(), url), render_email(template, about(), None)
    assert f'href="{url}"' in with_link.html
    assert url in with_link.text
    assert "unsubscribe" not in without.html + without.text
    assert "Rose &amp; Co" in without.html
    assert "<p>Body text</p>" in without.html


def test_the_text_part_is_derived_or_the_suppliers_own() -> None:
    derived = EmailTemplate(subject="x", content="<p>Hello {{ couple_names }},</p><p>yours</p>")
    own = EmailTemplate(subject="x", content="<p>y</p>", text_content="Plain {{ couple_names }}\n")
    assert render_email(derived, about(), None).text.startswith("Hello there,\n\nyours\n")
    assert render_email(own, about(couple_name_bride="A & B"), None).text.startswith("Plain A & B\n")


def test_html_becomes_readable_text() -> None:
    html = '<h1>Hi</h1><p>See <a href="https://x.example/a">this</a>,<br>and</p><ul><li>one</li><li>two</li></ul>'
    assert to_text(html) == "Hi\n\nSee this (https://x.example/a),\nand\n\n- one\n- two\n"
