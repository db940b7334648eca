"""What follows when something about leads changed: their scores, and the sequences that want them now.

A building block of every workflow that changes leads, on locked leads, inside its unit of work.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from app.models.leads import Lead
from app.nurture.service import enroll_each
from app.scoring.service import rescore_locked


def follow_leads(
    session: Session,
    leads: Sequence[Lead],
    now: datetime,
    *,
    evaluate: Collection[UUID] = (),
) -> list[str]:
    """Score them; enroll those whose score moved, or that `evaluate` names, wherever they fit now.

    The names of the sequences that were entered. Entering is an entry on the timeline, which rules may count.
    """
    moved = {change.lead_id: change.new for change in rescore_locked(session, [one.id for one in leads], now)}
    for lead in leads:
        if lead.id in moved:
            set_committed_value(lead, "lead_score", moved[lead.id])
    wanted = [lead for lead in leads if lead.id in moved or lead.id in evaluate]
    entered = enroll_each(session, wanted, now) if wanted else {}
    if entered:
        rescore_locked(session, list(entered), now, touched=ENTERING)
    return [name for names in entered.values() for name in names]


ENTERING = frozenset({"total_interactions"})
"""What a rule may ask about that entering a sequence changes."""
