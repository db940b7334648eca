"""Two people must not overwrite each other: what a writer saw of a lead, and whether it is still so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from app.kernel.errors import Outdated
from app.models.leads import Lead


@dataclass(frozen=True)
class Seen:
    """What the writer saw. A program goes by the whole lead's `updated_at`, a page by the values it edits,
    so that an e-mail opened meanwhile is in nobody's way."""

    updated_at: datetime | None = None
    fingerprint: str | None = None

    def check(self, lead: Lead, fields: Iterable[str]) -> None:
        """Outdated when the lead, or what was shown of `fields`, is different by now."""
        if self.updated_at is not None and lead.updated_at != self.updated_at:
            raise Outdated("The lead was changed meanwhile. Read it again, then send your change once more.")
        if self.fingerprint is not None and fingerprint(lead, fields) != self.fingerprint:
            raise Outdated(
                "Somebody changed this meanwhile, so nothing was saved. Load the page again to see it."
            )


UNSEEN = Seen()
"""Whoever does not ask overwrites."""


def fingerprint(lead: Lead, fields: Iterable[str]) -> str:
    """A short digest of the values of these fields, whatever their order."""
    values = [f"{name}={getattr(lead, name)!r}" for name in sorted(set(fields)) if hasattr(lead, name)]
    return sha256("\n".join(values).encode()).hexdigest()[:24]
