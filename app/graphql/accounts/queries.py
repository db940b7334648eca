"""`viewer` and `supplier`."""

from app.graphql.accounts.types import Supplier, Viewer
from app.graphql.context import Info
from app.graphql.declare import field, value
from app.graphql.read import Rows
from app.kernel.actor import Permission
from app.models import accounts as models


@value
class AccountQueries:
    @field()
    def viewer(self, info: Info) -> Viewer:
        """Who is asking."""
        actor = info.context.actor
        person = models.Membership.user_id == actor.user_id
        return Viewer(
            kind=actor.kind,
            role=actor.role,
            permissions=[permission for permission in Permission if actor.may(permission)],
            member=Rows(models.Membership, (person,)) if actor.user_id else None,
        )

    @field(Supplier)
    def supplier(self) -> Rows:
        """The business that the viewer works for."""
        return Rows(models.Supplier, standing=True)
