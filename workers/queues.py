"""The queues, as data: what runs in each, in the order in which a worker empties them."""

from typing import NamedTuple


class QueueInfo(NamedTuple):
    name: str
    what: str


_WHAT = "inquiries to capture, leads to assign, steps to take, messages and notices to send"
_LATER = "scores of many leads; rounds of the hour and the morning; looks at the domains of senders"
QUEUES = (QueueInfo("default", _WHAT), QueueInfo("background", _LATER))


def names(wanted: list[str]) -> list[str]:
    """The queues asked for, or all of them. ValueError for one that does not exist."""
    known = [queue.name for queue in QUEUES]
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        raise ValueError(f"no queue named {', '.join(unknown)}; there is: {', '.join(known)}")
    return wanted or known
