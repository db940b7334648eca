"""`/api/leads/bulk`: one action on many leads."""

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.kernel.actor import Permission
from app.leads.schemas import BulkUpdate
from app.rest.answers import answer
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.shapes import bulk as shapes
from app.workflows.bulk_update_leads import bulk_update_leads

blueprint = guard(Blueprint("api_bulk", __name__, url_prefix="/api/leads/bulk"))


@blueprint.post("")
@operation(
    "bulkUpdateLeads",
    tag="Leads",
    answers={200: shapes.BulkUpdateResponse},
    permission=Permission.WRITE_LEADS,
    example={"action": "add_tag", "value": "summer", "filter": {"status": ["new"]}},
)
def update(body: BulkUpdate) -> Response:
    """Act on up to 500 leads. Each is a transaction of its own; deleting needs `delete_leads`, too."""
    results = bulk_update_leads(current_actor(), body)
    failed = sum(not one.success for one in results)
    return answer(
        shapes.BulkUpdateResponse(
            success=failed == 0,
            succeeded=len(results) - failed,
            failed=failed,
            results=[shapes.BulkResult.model_validate(one) for one in results],
        )
    )
