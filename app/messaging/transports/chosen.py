"""Which transports the settings turn on, and which of them a supplier can use."""

from app.messaging.transports import Transport
from app.messaging.transports.outbox import Outbox
from app.messaging.transports.sms import Provider, Sms
from app.messaging.transports.smtp import Smtp
from app.models.accounts import Supplier
from app.models.choices import Channel
from app.settings import Settings


def transport(settings: Settings, channel: str) -> Transport | None:
    """How messages of that channel leave; None when they do not. Where e-mails leave for real, the outbox
    is no way for text messages: they would only seem to be sent."""
    is_rehearsal = settings.mail_transport == "outbox"
    if channel == Channel.EMAIL:
        return Outbox() if is_rehearsal else Smtp(settings.smtp_url or "")
    if settings.sms_transport == "http" and settings.sms_token:
        token = settings.sms_token.get_secret_value()
        reports_to = f"{settings.public_url.rstrip('/')}/hooks/sms/status" if settings.public_url else None
        provider = Provider(
            settings.sms_url, settings.sms_account or "", token, settings.sms_idempotent, reports_to
        )
        return Sms(provider)
    return Outbox() if is_rehearsal else None


def channels(settings: Settings, supplier: Supplier) -> frozenset[str]:
    """How the supplier can write to couples: by text message only from a number of their own."""
    usable = {Channel.EMAIL, Channel.SMS} if supplier.sms_number else {Channel.EMAIL}
    return frozenset(channel for channel in usable if transport(settings, channel))
