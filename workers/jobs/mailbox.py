"""What comes back by e-mail."""

import structlog

from app.messaging.mailbox import FAILURES
from app.workflows import read_mailbox as workflow

log = structlog.get_logger(__name__)


def read_mailbox() -> None:
    """A server that is away is asked again within a minute."""
    try:
        workflow.read_mailbox()
    except FAILURES as error:
        log.warning("mailbox_away", reason=str(error)[:200], error=type(error).__name__)
