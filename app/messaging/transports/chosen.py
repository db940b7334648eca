"""Which transports the settings turn on."""

from app.messaging.transports import Transport
from app.messaging.transports.outbox import Outbox
from app.messaging.transports.smtp import Smtp
from app.models.accounts import Supplier
from app.settings import Settings


def transport(settings: Settings, channel: str) -> Transport | None:
    """The transport of that channel; None when there is none, as for SMS until a provider is set."""
    if channel != "email":
        return None
    return Smtp(settings.smtp_url or "") if settings.mail_transport == "smtp" else Outbox()


def channels(settings: Settings, supplier: Supplier) -> frozenset[str]:
    return frozenset(channel for channel in ("email", "sms") if transport(settings, channel))
