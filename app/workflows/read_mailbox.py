"""The mailbox is read: replies, bounces and complaints become signals of the messages they are about.

May run twice, at once, late or never: each e-mail counts once by its Message-ID, and is marked as read only
after what follows from it is committed.
"""

from datetime import datetime

import structlog
from flask import current_app
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.kernel import clock
from app.messaging import queries
from app.messaging.incoming import Incoming, Kind, read
from app.messaging.links import read_reply_address
from app.messaging.mailbox import Mailbox, Place, opened
from app.messaging.signals import Signal
from app.models.choices import MessageEventType
from app.settings import Settings
from app.workflows.record_signal import record_signal

log = structlog.get_logger(__name__)

BATCH = 100
"""E-mails that one run reads; the next one follows within a minute."""
_KINDS = {
    Kind.REPLY: MessageEventType.REPLIED,
    Kind.AUTOMATIC: MessageEventType.REPLIED,
    Kind.BOUNCE: MessageEventType.BOUNCED,
    Kind.DELIVERED: MessageEventType.DELIVERED,
    Kind.COMPLAINT: MessageEventType.COMPLAINED,
    Kind.UNSUBSCRIBE: MessageEventType.UNSUBSCRIBED,
}


def read_mailbox() -> int:
    """Read what is unread; how many e-mails were about a message of ours. One of `mailbox.FAILURES` when the
    server is away."""
    settings: Settings = current_app.extensions["settings"]
    if settings.imap_url is None:
        return 0
    with opened(Place.of(settings.imap_url.get_secret_value())) as box:
        return sum(_take(box, uid) for uid in box.unread(BATCH))


def _take(box: Mailbox, uid: int) -> bool:
    """One e-mail; what cannot be read, or is about no message of ours, is set aside for a person."""
    try:
        letter = box.fetch(uid)
        if letter is None:
            return False
        is_ours = _hear(read(letter.raw), min(letter.at, clock.now()))
    except (OperationalError, InterfaceError, PoolTimeout):
        raise  # the database is away: the e-mail stays unread
    except Exception:
        log.exception("mail_not_understood", uid=uid)
        is_ours = False
    if is_ours:
        box.done(uid)
    else:
        log.warning("mail_set_aside", uid=uid)
        box.set_aside(uid)
    return is_ours


def _hear(mail: Incoming, at: datetime) -> bool:
    """Tell the first message of ours that it names; False when it names none."""
    named = [read_reply_address(address) for address in mail.recipients]
    for message_id in [*filter(None, named), *mail.answered]:
        if supplier_id := queries.supplier_of(message_id):
            record_signal(supplier_id, message_id, _signal(mail, at))
            return True
    return False


def _signal(mail: Incoming, at: datetime) -> Signal:
    details = {"from": mail.sender[:255]} if mail.sender else {}
    if mail.reason:
        details["reason"] = mail.reason
    return Signal(
        _KINDS[mail.kind],
        at,
        key=f"mail:{mail.key}",
        is_automatic=mail.kind is Kind.AUTOMATIC,
        is_permanent=mail.is_permanent,
        subject=mail.subject,
        text=mail.text,
        source="report to our mailbox",
        details=details,
    )
