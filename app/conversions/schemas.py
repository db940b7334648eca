"""What is said when a couple books or pays: the specification's ConvertLeadRequest."""

from typing import Annotated

from pydantic import Field

from app.kernel.schema import Amount, Distinct, Instant, Label, LongText, Schema
from app.models.choices import ConversionType


class ConvertLead(Schema):
    """A milestone of a booking. Booking or contract recognises the value; payments are cash.

    `attributed_sources`, names or slugs, share the value equally under the model `manual`.
    """

    conversion_type: ConversionType
    conversion_value: Amount
    conversion_date: Instant | None = None
    """Now when absent; never in the future."""
    attributed_sources: Annotated[list[Label], Field(max_length=20), Distinct] = Field(default_factory=list)
    notes: LongText | None = None
