"""An e-mail that came to our mailbox, as what it says about a message of ours. Pure.

Delivery reports are those of RFC 3464, complaints of RFC 5965; what a program answered by itself is known by
RFC 3834. Which message is meant is said by the address it came to, the messages it answers (RFC 5322
§3.6.4), or the headers that a report gives back.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

import nh3

from app.messaging.plain import to_text
from app.messaging.quoting import answer
from app.messaging.refusals import is_lasting

MOST_HTML = 100_000
_TAGS = {"p", "div", "br", "tr", "li", "ul", "ol", "blockquote", "h1", "h2", "h3"}
"""What parts the lines of an HTML e-mail; its other markup, which nobody can trust, goes first."""
MOST_HEADER = 2_000
"""Characters of a header that are read: what is longer nobody wrote."""
_RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
_OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE)
"""The Message-ID of a message of ours (`app.messaging.envelope`)."""
_MOST_NAMES = 20


class Unreadable(ValueError):
    """It has no header."""


class Kind(StrEnum):
    REPLY = "reply"
    AUTOMATIC = "automatic"
    """Out of office and the like: nobody wrote it."""
    BOUNCE = "bounce"
    DELIVERED = "delivered"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True)
class Incoming:
    """`key` is the same however often the e-mail is read; `recipients` may hold our token, `answered` are
    ids of messages it may be about, the likeliest first."""

    kind: Kind
    key: str
    recipients: tuple[str, ...]
    answered: tuple[UUID, ...]
    sender: str = ""
    subject: str = ""
    text: str = ""
    reason: str = ""
    is_permanent: bool = False


def read(raw: bytes) -> Incoming:
    """Take the e-mail apart, however broken it is. Unreadable when it has no header.

    By the policy that looks at a header no closer than it must: a long one would keep the other busy for
    minutes.
    """
    mail = message_from_bytes(raw, policy=policy.compat32)
    if not mail.keys():
        raise Unreadable("no header")
    kind, reason, is_permanent = _kind(mail)
    return Incoming(
        kind,
        _clean(str(mail.get("Message-ID") or "")).strip() or sha256(raw).hexdigest(),
        _addresses(mail, _RECIPIENTS),
        _answered(mail),
        next(iter(_addresses(mail, ("From",))), ""),
        _header(mail, "Subject"),
        _text(mail) if kind is Kind.REPLY else "",
        _clean(reason)[:200],
        is_permanent,
    )


def _kind(mail: Message) -> tuple[Kind, str, bool]:
    """What it is, the reason it gives, and whether a bounce is for good."""
    if (report := _part(mail, "message/delivery-status")) is not None:
        return _delivery(report)
    if (report := _part(mail, "message/feedback-report")) is not None:
        return _feedback(report)
    automatic = str(mail.get("Auto-Submitted", "no")).partition(";")[0].strip().lower() != "no"
    bulk = str(mail.get("Precedence", "")).strip().lower() in ("bulk", "junk", "auto_reply", "list")
    from_nobody = str(mail.get("Return-Path", "")).strip() == "<>"
    receipt = _part(mail, "message/disposition-notification") is not None
    answered = any(name in mail for name in ("X-Autoreply", "X-Autorespond"))
    if automatic or bulk or from_nobody or receipt or answered:
        return Kind.AUTOMATIC, _header(mail, "Subject"), False
    return Kind.REPLY, "", False


def _delivery(report: Message) -> tuple[Kind, str, bool]:
    """The worst that it says of any recipient: we write to one at a time."""
    blocks = report.get_payload()
    fields = [block for block in blocks if isinstance(block, Message)] if isinstance(blocks, list) else []
    said = {_field(one, "Action"): one for one in fields if one.get("Action")}
    if failed := said.get("failed"):
        status = _field(failed, "Status")
        reason = " ".join(_clean(str(failed.get("Diagnostic-Code") or status)).split())
        return Kind.BOUNCE, reason, is_lasting(status)
    if delayed := said.get("delayed"):
        return Kind.BOUNCE, f"delayed {_field(delayed, 'Status')}".strip(), False
    if "delivered" in said or "relayed" in said:
        return Kind.DELIVERED, "", False
    return Kind.AUTOMATIC, "delivery report", False


def _feedback(report: Message) -> tuple[Kind, str, bool]:
    fields = report.get_payload()
    block = fields[0] if isinstance(fields, list) and fields else report
    written = block if isinstance(block, Message) and block.get("Feedback-Type") else _fields_of(report)
    said = _field(written, "Feedback-Type")
    if said in ("opt-out", "opt-out-list"):
        return Kind.UNSUBSCRIBE, said, False
    return (Kind.COMPLAINT if said in ("abuse", "fraud") else Kind.AUTOMATIC), said, False


def _fields_of(report: Message) -> Message:
    """Python reads `message/feedback-report` as plain text."""
    payload = report.get_payload(decode=True)
    return message_from_bytes(payload.lstrip() if isinstance(payload, bytes) else b"")


def _part(mail: Message, kind: str) -> Message | None:
    return next((part for part in mail.walk() if part.get_content_type() == kind), None)


def _answered(mail: Message) -> tuple[UUID, ...]:
    """Our messages that it names: those of a report's original first, then the latest of the references."""
    named: list[str] = []
    for part in mail.walk():
        if part is not mail and part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            named += _OURS.findall(str(_original(part).get("Message-ID", "")))
    named += _OURS.findall(str(mail.get("In-Reply-To", "")))
    named += reversed(_OURS.findall(str(mail.get("References", ""))))
    return tuple(dict.fromkeys(UUID(one) for one in named[:_MOST_NAMES]))


def _original(part: Message) -> Message:
    """The message, or its headers, that a report gives back."""
    inner = part.get_payload()
    if isinstance(inner, list) and inner and isinstance(inner[0], Message):
        return inner[0]
    payload = part.get_payload(decode=True)
    return message_from_bytes(payload if isinstance(payload, bytes) else b"")


def _text(mail: Message) -> str:
    """What the couple wrote, without what they quote; how many files came along stands behind it."""
    bodies: dict[str, Message] = {}
    files = 0
    for part in mail.walk():
        if part.is_multipart():
            continue
        attached = str(part.get("Content-Disposition", "")).lstrip().lower().startswith("attachment")
        if attached or part.get_content_maintype() != "text":
            files += 1
        else:
            bodies.setdefault(part.get_content_subtype(), part)
    written = ""
    if (plain := bodies.get("plain")) is not None:
        written = _decoded(plain)
    elif (page := bodies.get("html")) is not None:
        written = to_text(nh3.clean(_decoded(page)[:MOST_HTML], tags=_TAGS, attributes={}))
    note = f"\n\n(Files that came with it and stay in the mailbox: {files}.)" if files else ""
    return _clean(answer(written) + note).strip()


def _decoded(body: Message) -> str:
    """In the charset that it names, or as UTF-8 where that is none."""
    payload = body.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    try:
        return data.decode(body.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def _header(mail: Message, name: str) -> str:
    """Decoded (RFC 2047), in one line, at most 255 characters."""
    written = " ".join(_clean(str(mail.get(name, "")))[:MOST_HEADER].split())
    try:
        decoded = str(make_header(decode_header(written)))
    except (ValueError, LookupError, HeaderParseError):
        decoded = written
    return " ".join(_clean(decoded).split())[:255]


def _field(block: Message, name: str) -> str:
    return str(block.get(name, "")).strip().split(" ")[0].lower()


def _addresses(mail: Message, names: tuple[str, ...]) -> tuple[str, ...]:
    values = [value for name in names for value in mail.get_all(name, [])][:50]
    written = [_clean(str(value))[:MOST_HEADER] for value in values]
    return tuple(address for _, address in getaddresses(written) if address)[:50]


def _clean(text: str) -> str:
    """What PostgreSQL takes: no NUL, no half of a surrogate pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
