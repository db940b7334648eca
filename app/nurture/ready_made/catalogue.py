"""Every ready-made sequence: six for each trade."""

from app.kernel.errors import NotFound
from app.nurture.ready_made.around_wedding import POST_WEDDING, PRE_WEDDING
from app.nurture.ready_made.before_booking import NURTURE, POST_INQUIRY, WELCOME
from app.nurture.ready_made.quiet import RE_ENGAGEMENT
from app.nurture.ready_made.shape import ReadyMade
from app.nurture.ready_made.words import WORDS

KINDS = (WELCOME, NURTURE, POST_INQUIRY, RE_ENGAGEMENT, PRE_WEDDING, POST_WEDDING)
READY_MADE = {
    made.key: made for trade, words in WORDS.items() for made in (kind.of(trade, words) for kind in KINDS)
}


def ready_made(key: str) -> ReadyMade:
    """By its key, such as `florist_welcome`; NotFound."""
    found = READY_MADE.get(key)
    if found is None:
        raise NotFound("ready-made sequence")
    return found
