"""What keeps a template from being saved, with its line; and that no template gets around the limits."""

import time

import pytest

from app.messaging.checks import Kind, problems
from app.messaging.liquid import TemplateError, fill_html, fill_text, tokens_of
from app.messaging.sandbox import LONGEST, LONGEST_MARKUP
from app.messaging.tokens import TOKENS

EVERYTHING = " ".join(f"{{{{ {name} }}}}" for name in TOKENS)
X = "{% assign x = 'xxxxxxxxxx' %}"
DOUBLE = "{% assign x = x | append: x %}"
NESTED = "{% capture x %}{{ x }}{% capture y %}{{ x }}{{ x }}{% endcapture %}{{ y }}{% endcapture %}"
LOOP = "{% for i in (1..1000) %}"


@pytest.mark.parametrize("kind", Kind)
def test_every_token_may_stand_in_every_kind(kind: Kind) -> None:
    assert problems(EVERYTHING, kind) == []


def test_a_template_may_choose_and_change_words() -> None:
    source = """{% if couple_names %}Dear {{ couple_names | upcase }}{% else %}Hello{% endif %}
    {% assign wishes = services_needed | split: ", " %}{% for wish in wishes %}- {{ wish }}{% endfor %}"""
    assert problems(source, "text") == []
    assert fill_text(source, {"couple_names": "Anna", "services_needed": "a, b"}).split() == [
        "Dear",
        "ANNA",
        "-",
        "a-",
        "b",
    ]


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("Dear\n{{ brid_name }}", "Line 2: 'brid_name' is not a token; did you mean 'bride_name'?"),
        ("{{ zzz }}", "Line 1: 'zzz' is not a token; these are: couple_names, "),
        ("\n\nScore {{ lead_score }}", "Line 3: 'lead_score' is internal and never leaves in a message."),
        ("{% if false %}{{ lead_score }}{% endif %}", "Line 1: 'lead_score' is internal"),
        ("line\n{% for %}", "Line 2: missing expression"),
        ("{% if bride_name %}\nx\n", "Line 2: the template ends without endif"),
        ("\n{{ bride_name | }}", "Line 2: expected word"),
        ("\n{{ bride_name ", "Line 2: {{ has no }} within"),
        ("{{ '" + "x" * LONGEST_MARKUP + "' }}", "{{ has no }} within"),
        ("\n{{ }}", "Line 2: between {{ and }} there is nothing"),
        ("\n{{ couple_names | safe }}", "Line 2: unknown filter 'safe'"),
        ("{{ 'now' | date: '%Y' }}", "unknown filter 'date'"),
        ("{{ now }}", "'now' is not a token"),
        ("\n{% include 'passwd' %}", "Line 2: unexpected tag 'include'"),
        ("\n{% raw %}x{% endraw %}", "Line 2: unexpected tag 'raw'"),
        ("x" * (LONGEST + 1), f"at most {LONGEST}"),
        ("x" * 5_000_000, f"has 5000000 characters; at most {LONGEST}"),
        ("\n{{ couple_names.secret }}", "Line 2: couple_names.secret is undefined"),
        ("\n{{ 1 | divided_by: 0 }}", "Line 2: divided_by: can't divide by 0"),
        ("\n{{ 'nan' | plus: 1 | ceil }}", "Line 2: a number is too large"),
        ("\n{{ 'nan' | plus: 1 }}", "Line 2: a number is too large"),
        ("Hello\n\x1b[2J", "Line 2: the control character U+001B cannot stand here; take it out."),
    ],
)
def test_what_is_refused_with_its_line(source: str, problem: str) -> None:
    (found,) = problems(source, "text")
    assert problem in found


@pytest.mark.parametrize(
    ("source", "kind", "problem"),
    [
        ("Hello\r\nBcc: everybody@example.com", "subject", "Line 2: a subject is one line"),
        ("Hello\n", "subject", None),
        ("Call\nthem", "title", "Line 2: a title is one line"),
        (" ", "subject", "The subject is empty."),
        ("{% comment %}x{% endcomment %}", "text", "The text is empty."),
        ("<script>alert(1)</script>", "html", "The e-mail is empty."),
        ('<p>\n<a href="www.rosewood.example">us</a>', "html", "Line 2: the link 'www.rosewood.example'"),
        ("<a href='/prices'>us</a>", "html", "Line 1: the link '/prices' leads nowhere in an e-mail"),
        ("<img src=//rosewood.example/a.png>", "html", "Line 1: the link '//rosewood.example/a.png'"),
        ('<a href="{{ couple_names }}">us</a>', "html", "the link 'Maya Patel & Leo Brandt' leads nowhere"),
        ('<a href="HTTPS://rosewood.example?a=1&b=2" title="/x">us</a>', "html", None),
        (
            '<a href="mailto:{{ supplier_email }}">us</a> <a href="tel:+44">us</a> <a href="#">x</a>',
            "html",
            None,
        ),
        ('<a href="javascript:alert(1)">us</a>', "html", None),
        ("<p><b></b></p>" * 3, "html", "The e-mail is empty."),
        ("<table><tr><td>&nbsp;</td></tr></table>", "html", "The e-mail is empty."),
        ('<img src="https://rosewood.example/card.png">', "html", None),
        ("<hr>", "html", "The e-mail is empty."),
        ("Pay \u202egpj.exe", "subject", "Line 1: the control character U+202E cannot stand here"),
        ("Hi \x07", "title", "Line 1: the control character U+0007"),
        ("\u202b\u05d0\u05d1\u202c", "text", None),
        ("a\x0bb", "sms", "Line 1: the control character U+000B"),
        ("{% if bride_name %}Hi{% endif %}", "sms", "The text message is empty for a lead that says nothing"),
        ("x" * 1_507, "sms", None),
        ("x" * 1_509, "sms", "The text message has 11 parts; at most 10 are sent."),
    ],
)
def test_what_a_kind_does_not_allow(source: str, kind: str, problem: str | None) -> None:
    found = problems(source, kind)
    assert (problem in found[0]) if problem else found == []


FULL = LONGEST - 200
ATTACKS = {
    "one endless loop": "{% for i in (1..999999999) %}x{% endfor %}",
    "loops in loops": "{% for i in (1..40) %}{% for j in (1..40) %}x{% endfor %}{% endfor %}",
    "loop after loop": (LOOP + "{% endfor %}") * (FULL // 40),
    "a loop around much": "{% for i in (1..900) %}" + "{%if 1%}{%endif%}" * (FULL // 17) + "{% endfor %}",
    "a loop that writes": "{% for i in (1..20) %}" + "{{'xxxxx'}}" * (FULL // 11) + "{% endfor %}",
    "a loop of filters": "{% for i in (1..20) %}" + "{{1|abs}}" * (FULL // 9) + "{% endfor %}",
    "doubling": X + DOUBLE * 40,
    "captures in captures": X + NESTED * 30,
    "a list joined by itself": X + DOUBLE * 9 + "{% assign l = x | split: '' %}{{ l | join: x }}",
    "each letter replaced": X + DOUBLE * 13 + "{{ x | replace: 'x', x }}",
    "between the letters": X + DOUBLE * 13 + "{{ x | replace: '', x }}",
    "a range as a list": "{{ (1..100000000) | join: ',' }}",
    "a number squared": "{% assign n = 9 %}" + "{% assign n = n | times: n %}" * 60 + "{{ n }}",
    "many names": "".join(f"{{% assign a{n} = 1 %}}" for n in range(4_000)),
    "deep blocks": "{% if 1 %}" * 5_000,
    "deep brackets": ("{{ " + "a[" * 300 + "a" + "]" * 300 + " }}") * 100,
    "braces without end": "{{" * (FULL // 2),
    "raws without end": "{% raw %}" * (FULL // 9),
    "braces within": "{% {{ %}" * (FULL // 8),
    "spaces": ("{% a" + " " * 990 + "%}") * 100,
    "quotes": "{{ '" + "'" * 900 + "}}",
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_no_template_gets_around_the_limits(name: str) -> None:
    started = time.process_time()
    with pytest.raises(TemplateError):
        fill_html(ATTACKS[name], {"a": "x"})
    assert problems(ATTACKS[name], "html")
    assert time.process_time() - started < 8, "on a slow machine it takes a second or two"


def test_the_largest_template_that_is_allowed_is_quick_enough() -> None:
    source = "<p>Dear {{ couple_names | default: 'you' }}, see you on {{ wedding_date }}.</p>\n"
    source *= LONGEST // len(source)
    started = time.process_time()
    assert problems(source, "html") == []
    assert time.process_time() - started < 8


def test_the_words_of_a_template_come_with_their_first_line() -> None:
    source = "{{ bride_name }}\n{% assign x = groom_name %}{{ x }}\n{{ groom_name }}"
    assert tokens_of(source) == {"bride_name": 1, "groom_name": 2}
