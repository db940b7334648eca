"""Asking the DNS for the text records of a name."""

from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

from app.settings import Settings

PATIENCE = 4.0
"""Seconds for one name."""


def texts(settings: Settings, name: str) -> list[str] | None:
    """The TXT records of the name, each in one piece; None when nobody could say."""
    try:
        answer = _resolver(settings).resolve(name, "TXT", lifetime=PATIENCE)
    except (NXDOMAIN, NoAnswer):
        return []
    except (DNSException, OSError):
        return None
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def _resolver(settings: Settings) -> Resolver:
    """The machine's own, or the server of `DNS_SERVER`."""
    if settings.dns_server is None:
        return Resolver()
    host, _, port = settings.dns_server.rpartition(":")
    resolver = Resolver(configure=False)
    resolver.nameservers, resolver.port = [host], int(port)
    return resolver
