"""The queues, as data: what runs in each, in the order in which a worker empties them."""

from typing import NamedTuple


class QueueInfo(NamedTuple):
    name: str
    what: str


QUEUES = (QueueInfo("default", "inquiries to capture, steps to take, messages to deliver, scores to renew"),)


def names(wanted: list[str]) -> list[str]:
    """The queues asked for, or all of them. ValueError for one that does not exist."""
    known = [queue.name for queue in QUEUES]
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        raise ValueError(f"no queue named {', '.join(unknown)}; there is: {', '.join(known)}")
    return wanted or known
