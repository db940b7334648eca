"""The form that gives a lead points, or takes some away."""

from datetime import time
from typing import Any

from wtforms import DateField, IntegerField, StringField
from wtforms.validators import Optional

from app.kernel.zones import instant
from app.web.viewer import viewer
from app.web.write_form import PartForm

LAST = time(23, 59, 59)


class AdjustmentForm(PartForm):
    kind = "adjust"
    points = IntegerField(
        "Points",
        [Optional()],
        description="From -100 to 100; less than 0 takes away.",
        render_kw={"required": True, "min": -100, "max": 100},
    )
    reason = StringField("What for", render_kw={"required": True, "maxlength": 255, "autocomplete": "off"})
    expires_at = DateField(
        "Until", [Optional()], description="They count to the end of that day; empty is for good."
    )

    def values(self) -> dict[str, Any]:
        """The end of a day is its last second on the supplier's clock."""
        said = super().values()
        on = said["expires_at"]
        return said | {"expires_at": on and instant(on, LAST, viewer().zone)}
