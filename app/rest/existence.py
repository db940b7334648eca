"""An id in an address is looked up before what is wrong with the request is told.

So another supplier's id answers like an unknown one, to the byte, whatever comes with it.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.access import current_actor
from app.conversions.queries import conversion
from app.leads import listing, tasks, views
from app.messaging import suppression_list
from app.messaging.queries import message
from app.messaging.senders import domains
from app.messaging.templates.queries import find
from app.models.nurture import EmailTemplate, SmsTemplate, TaskTemplate
from app.nurture.authoring.desk import find_sequence
from app.nurture.authoring.rows import step_of
from app.nurture.courses import find_enrollment
from app.scoring import groups, rescoring, rules, versions
from app.scoring.queries import find_adjustment


def _view(session: Session, view_id: UUID) -> object:
    return views.view(session, current_actor().user_id, view_id)


LOOKS_UP: Mapping[str, Callable[[Session, Any], object]] = {
    "adjustment_id": find_adjustment,
    "conversion_id": conversion,
    "domain_id": domains.find,
    "email_template_id": lambda session, id: find(session, EmailTemplate, id),
    "enrollment_id": find_enrollment,
    "group_id": groups.find_group,
    "lead_id": listing.lead,
    "message_id": message,
    "merge_id": listing.merge,
    "number": versions.find,
    "rescore_id": rescoring.progress,
    "sequence_id": find_sequence,
    "step_id": step_of,
    "rule_id": rules.find_rule,
    "suppression_id": suppression_list.find,
    "sms_template_id": lambda session, id: find(session, SmsTemplate, id),
    "task_id": tasks.task,
    "task_template_id": lambda session, id: find(session, TaskTemplate, id),
    "view_id": _view,
}
"""How to find what each name in an address stands for; NotFound when it is not there."""


def look_up(session: Session, ids: Mapping[str, Any]) -> None:
    """NotFound when one of the ids of the address is of nothing that this supplier has."""
    for name, id in ids.items():
        LOOKS_UP[name](session, id)
