"""Which moves between statuses there are, and what each must bring with it. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from app.kernel.errors import Conflict, InvalidInput
from app.models.choices import OPEN_STATUSES, LeadStatus

CLOSED = frozenset({LeadStatus.WON, LeadStatus.LOST, LeadStatus.SPAM})
"""Where a lead may go from any open status, and come back from when a person says so."""


@dataclass(frozen=True)
class Move:
    """A lead's move and what is said with it."""

    before: LeadStatus
    after: LeadStatus
    is_booked: bool = False
    """A booking is recorded for the lead."""
    value_unknown: bool = False
    """It is won, and nobody knows for how much."""
    lost_reason: str | None = None


def check(move: Move, lost_reasons: Collection[str]) -> None:
    """Nothing when the move may be made; else InvalidInput or Conflict, which say what is missing.

    Any open status leads to any open one and to won, lost or spam. Those three lead back to the open
    ones. `duplicate` is entered by a merge and left by undoing it.
    """
    _check_path(move.before, move.after)
    if move.after is LeadStatus.WON and not (move.is_booked or move.value_unknown):
        raise InvalidInput.of(
            "value_unknown",
            "value_missing",
            "A won lead has a booking: convert the lead with its value, or say that the value is unknown.",
        )
    if move.after is LeadStatus.LOST:
        _check_reason(move.lost_reason, lost_reasons)


def _check_path(before: LeadStatus, after: LeadStatus) -> None:
    if LeadStatus.DUPLICATE in (before, after):
        how = "undo the merge" if before is LeadStatus.DUPLICATE else "merge it into the lead it repeats"
        raise Conflict(f"A lead's status does not move from {before} to {after}: {how}.")
    if before in CLOSED and after not in OPEN_STATUSES:
        raise Conflict(f"A lead's status does not move from {before} to {after}: reopen it first.")


def check_loss(status: LeadStatus, values: Mapping[str, Any], lost_reasons: Collection[str]) -> None:
    """Nothing when a lead that stays in its status may be given these values; else InvalidInput.

    A lost lead keeps one of the supplier's reasons, and no other lead has any.
    """
    for name in ("lost_reason", "lost_details"):
        if status is not LeadStatus.LOST and values.get(name) is not None:
            raise InvalidInput.of(name, "not_lost", "Only a lost lead has a reason; move it to lost with it.")
    if status is LeadStatus.LOST and "lost_reason" in values:
        _check_reason(values["lost_reason"], lost_reasons)


def _check_reason(reason: str | None, reasons: Collection[str]) -> None:
    known = ", ".join(reasons)
    if reason is None:
        raise InvalidInput.of(
            "lost_reason", "reason_missing", f"Say why the lead is lost, with one of: {known}."
        )
    if reason not in reasons:
        raise InvalidInput.of(
            "lost_reason", "unknown_reason", f"'{reason}' is not a reason of yours; there is: {known}."
        )
