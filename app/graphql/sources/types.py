"""Where leads come from."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from strawberry.scalars import JSON

from app.graphql.accounts.types import Member
from app.graphql.read import one, row
from app.kernel.keyset import Order
from app.models import accounts
from app.models import sources as models
from app.models.choices import Priority, SourceCategory

BY_NAME = Order("source_name", models.LeadSource.source_name, models.LeadSource.id, descending=False)


@row(models.LeadSource)
class LeadSource:
    """A source of leads. Its counters equal a recount; money is in the supplier's currency."""

    id: UUID
    supplier_id: UUID
    source_name: str
    slug: str
    source_category: SourceCategory
    tracking_url: str | None
    utm_parameters: JSON
    conversion_tracking_code: str | None
    total_leads: int
    qualified_leads: int
    converted_leads: int
    total_revenue: Decimal
    cost_per_lead: Decimal | None
    commission_rate: Decimal | None
    is_active: bool
    auto_assign_to_user_id: UUID | None
    auto_assign_to: Member | None = one(accounts.Membership, "auto_assign_to_user_id")
    default_priority: Priority
    created_at: datetime
    updated_at: datetime
