"""What an e-mail that came back says."""

import time
from email.message import EmailMessage
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messaging.incoming import Kind, Unreadable, read
from app.messaging.quoting import MOST, answer
from tests.unit.messaging.letters import OURS, bounce, complaint, out_of_office, reply


def test_a_reply_is_what_they_wrote() -> None:
    mail = reply(
        "Yes please!\n\nEmma\n\nOn Wed, 3 Jun 2026 at 12:00, Rosewood <a@b.example>\nwrote:\n> Hello\n",
        To="Rosewood <leads+abc@example.com>",
        In_Reply_To=f"<{OURS}@example.com>",
        References=f"<x@y.example> <{OURS}@example.com>",
    )
    found = read(mail.as_bytes())
    assert (found.kind, found.text, found.subject) == (Kind.REPLY, "Yes please!\n\nEmma", "Re: First")
    assert (found.sender, found.recipients) == ("emma@example.com", ("leads+abc@example.com",))
    assert found.answered == (UUID(OURS),)
    assert found.key == "<reply-1@example.com>"


def test_html_alone_becomes_text_and_files_are_named_by_number() -> None:
    mail = EmailMessage()
    mail["Subject"] = "=?utf-8?q?Caf=C3=A9?="
    mail.set_content("<p>Yes,<br>we <b>come</b>.</p><script>x</script>", subtype="html")
    mail.add_attachment(b"x", maintype="image", subtype="png", filename="a.png")
    found = read(mail.as_bytes())
    assert found.subject == "Café"
    assert found.text.startswith("Yes,\nwe come.")
    assert found.text.endswith("(Files that came with it and stay in the mailbox: 1.)")
    assert len(found.key) == 64, "without a Message-ID its contents are its name"


@pytest.mark.parametrize(
    ("status", "is_permanent"),
    [
        *((status, True) for status in ("5.1.1", "5.1.2", "5.1.10", "5.2.1", "5.4.4", "5.0.0")),
        *((status, False) for status in ("5.2.2", "5.7.1", "5.1.8", "4.2.2", "4.4.1", "5", "nonsense")),
    ],
)
def test_a_bounce_is_for_good_when_the_address_is_the_matter(status: str, is_permanent: bool) -> None:
    found = read(bounce(status=status))
    assert (found.kind, found.is_permanent) == (Kind.BOUNCE, is_permanent)
    assert found.reason == "smtp; 550 5.1.1 <emma@example.com> no such user"
    assert found.answered == (UUID(OURS),)


@pytest.mark.parametrize(
    ("action", "kind"), [("delayed", Kind.BOUNCE), ("delivered", Kind.DELIVERED), ("x", Kind.AUTOMATIC)]
)
def test_other_reports_of_delivery(action: str, kind: Kind) -> None:
    found = read(bounce(action=action))
    assert (found.kind, found.is_permanent) == (kind, False)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("abuse", Kind.COMPLAINT),
        ("fraud", Kind.COMPLAINT),
        ("opt-out", Kind.UNSUBSCRIBE),
        ("not-spam", Kind.AUTOMATIC),
        ("virus", Kind.AUTOMATIC),
    ],
)
def test_complaints(said: str, kind: Kind) -> None:
    found = read(complaint(said))
    assert (found.kind, found.answered) == (kind, (UUID(OURS),))


@pytest.mark.parametrize(
    "mail",
    [
        out_of_office(),
        reply(Auto_Submitted="auto-generated; owner=x"),
        reply(Precedence="auto_reply"),
        reply(X_Autoreply="yes"),
        reply(Return_Path="<>"),
    ],
)
def test_what_a_program_answers_is_no_reply(mail: EmailMessage) -> None:
    assert read(mail.as_bytes()).kind is Kind.AUTOMATIC


def test_a_person_who_says_so_is_a_person() -> None:
    assert read(reply(Auto_Submitted="no").as_bytes()).kind is Kind.REPLY


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hallo\n\nAm 3. Juni 2026 um 12:00 schrieb Rosewood <a@b.example>:\n> x", "Hallo"),
        (
            "Great\r\n\r\n____________\r\nFrom: Rose <a@b.example>\r\nSent: Mon\r\n\r\nHi",
            "Great",
        ),
        ("Fine\n-----Original Message-----\nHello", "Fine"),
        ("Fine\n\nFrom: Rose\nSent: Monday\nTo: us\n\nHello", "Fine"),
        ("> When?\nOn Saturday.\n> Where?\nHere.", "On Saturday.\nHere."),
        ("> all quoted", "> all quoted"),
        ("On Monday we can come.\nHe wrote: yes", "On Monday we can come.\nHe wrote: yes"),
        ("x" * (MOST + 1), "x" * MOST),
    ],
)
def test_what_is_quoted_is_cut_off(text: str, said: str) -> None:
    assert answer(text) == said


@pytest.mark.parametrize("line", [">", "\n", "On ", "On x wrote\n", "From: a\n", "____________\n", "a" * 99])
def test_no_text_takes_long(line: str) -> None:
    began = time.perf_counter()
    answer(line * (1_000_000 // len(line)))
    assert time.perf_counter() - began < 2


N = 490_000
SLOW = {
    "parameters": b"Subject: x\r\nContent-Type: text/plain" + b"; a=b" * (N // 5) + b"\r\n\r\nhello",
    "comments": b"Content-Type: text/plain; a=" + b"(" * N + b"\r\n\r\nhello",
    "recipients": b"To: " + b"a@b.c, " * (N // 7) + b"\r\n\r\nhello",
    "words": b"Subject: " + b"=?utf-8?q?a?= " * (N // 14) + b"\r\n\r\nhello",
    "parts": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * (N // 10),
    "markup": b"Content-Type: text/html\r\n\r\n" + b"<p" * (N // 2),
}


@pytest.mark.parametrize("name", SLOW)
def test_no_e_mail_takes_long(name: str) -> None:
    """Where it goes wrong it is minutes; a crowded machine may need some seconds."""
    began = time.perf_counter()
    assert read(SLOW[name]).kind is Kind.REPLY
    assert time.perf_counter() - began < 10


@given(
    st.binary(max_size=400), st.integers(0, 900), st.sampled_from([bounce(), complaint(), reply().as_bytes()])
)
def test_nothing_that_comes_breaks_it(noise: bytes, place: int, mail: bytes) -> None:
    try:
        found = read(mail[:place] + noise + mail[place:])
    except Unreadable:
        return
    for text in (found.text, found.subject, found.reason, found.sender, found.key):
        assert "\x00" not in text
        text.encode()


def test_an_empty_mail_is_none() -> None:
    with pytest.raises(Unreadable):
        read(b"")
