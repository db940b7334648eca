"""`addSuppression` and `removeSuppression`."""

from uuid import UUID

import strawberry

from app.graphql.context import Info
from app.graphql.declare import mutation, value
from app.graphql.payload import Payload, row_of
from app.graphql.read import Rows
from app.graphql.suppressions.queries import Suppression
from app.messaging import suppression_list
from app.messaging.suppression_list import SuppressionCreate, SuppressionRemoval
from app.models import messaging as models


@value
class SuppressionPayload(Payload):
    suppression: Rows | None = strawberry.field(graphql_type=Suppression | None, default=None)


@value
class RemoveSuppressionPayload(Payload):
    suppression_id: UUID | None = strawberry.field(default=None, description="Of what is gone from the list.")


@value
class SuppressionMutations:
    @mutation
    def add_suppression(self, info: Info, input: SuppressionCreate) -> SuppressionPayload:
        """Write nothing more to an address, from this moment on."""
        made = suppression_list.add(info.context.actor, input)
        return SuppressionPayload(
            success=True, message="Address added.", suppression=row_of(models.Suppression, made)
        )

    @mutation
    def remove_suppression(
        self, info: Info, id: UUID, input: SuppressionRemoval | None = None
    ) -> RemoveSuppressionPayload:
        """Let an address be written to again. Only an owner may for one that bounced, complained or was
        erased, and only with a reason."""
        suppression_list.remove(info.context.actor, id, input or SuppressionRemoval())
        return RemoveSuppressionPayload(success=True, message="Address removed.", suppression_id=id)
