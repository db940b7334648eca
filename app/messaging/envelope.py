"""A message's row as what goes over the line to one address: an Internet Message (RFC 5322), or a text."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from app.messaging.links import reply_address
from app.messaging.render import one_line
from app.messaging.senders.sender import Sender
from app.messaging.transports import Envelope
from app.models.accounts import Supplier
from app.models.choices import Channel, MessageClass
from app.models.messaging import Message

OPT_OUT_OFFERED = frozenset({MessageClass.FOLLOW_UP, MessageClass.MARKETING})
"""The classes that must carry a way out (RFC 8058)."""
_AUTO_SUBMITTED = {MessageClass.ACKNOWLEDGEMENT: "auto-replied", MessageClass.REPLY: None}
_WIRE = SMTP.clone(cte_type="7bit", utf8=False)


def build(
    message: Message, supplier: Supplier, sender: Sender, unsubscribe_url: str, now: datetime
) -> Envelope:
    """The row for the line of its channel, an e-mail signed for its sender. ValueError for a text message of
    a supplier without a number."""
    if message.channel is Channel.SMS:
        if not supplier.sms_number:
            raise ValueError("no number to send text messages from")
        return Envelope(str(message.id), supplier.sms_number, message.to_address, message.text_body.encode())
    made = _email(message, supplier, sender.address, unsubscribe_url, now)
    bounces_to = reply_address(message.id) or sender.bounces_to
    return Envelope(str(message.id), bounces_to, message.to_address, sender.sign(made.as_bytes()))


def _email(
    message: Message, supplier: Supplier, mail_from: str, unsubscribe_url: str, now: datetime
) -> EmailMessage:
    """Text and HTML, its id from the row's, and one-click opt-out where the class needs it."""
    made = EmailMessage(policy=_WIRE if message.to_address.isascii() else _WIRE.clone(utf8=True))
    made["Message-ID"] = f"<{message.id}@{mail_from.rpartition('@')[2]}>"
    made["Date"] = format_datetime(now)
    made["Subject"] = message.subject or ""
    made["From"] = _address(mail_from, one_line(supplier.sender_name or supplier.name))
    made["To"] = _address(message.to_address)
    if answers_to := reply_address(message.id) or supplier.reply_to:
        made["Reply-To"] = _address(answers_to)
    if message.message_class in OPT_OUT_OFFERED:
        made["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if kind := _AUTO_SUBMITTED.get(message.message_class, "auto-generated"):
        made["Auto-Submitted"] = kind
    made.set_content(message.text_body)
    if message.html_body:
        made.add_alternative(message.html_body, subtype="html")
    return made


def _address(written: str, name: str = "") -> Address:
    """In its parts: as a whole, `Address` refuses what RFC 6531 allows before the @."""
    local, _, domain = written.rpartition("@")
    return Address(name, local, domain)
