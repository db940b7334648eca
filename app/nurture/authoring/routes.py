"""Where leads of an older version go in the newest. Pure."""

from dataclasses import dataclass

from app.nurture.engine.facts import Sequence, Step


@dataclass(frozen=True)
class Route:
    """To `target`, the same step or the first behind those that they have behind them; None: none is left,
    so that they are through. `missed` are steps that stand before it and that they never had. With
    `repeated`, steps that they have behind them and that would come again, they stay where they are."""

    target: Step | None
    missed: tuple[Step, ...] = ()
    repeated: tuple[Step, ...] = ()


def route(old: Sequence, new: Sequence, at: Step) -> Route:
    """For leads at that step of the old version. A step is the same by its key."""
    behind = {step.key for step in old.steps if step.order < at.order}
    target = _target(old, new, at)
    before = [step for step in new.steps if target is None or step.order < target.order]
    ahead = [step for step in new.steps if target is not None and step.order > target.order]
    return Route(
        target,
        missed=tuple(step for step in before if step.is_active and step.key not in behind),
        repeated=tuple(step for step in ahead if step.is_active and step.key in behind),
    )


def _target(old: Sequence, new: Sequence, at: Step) -> Step | None:
    places = {step.key: step for step in new.steps}
    if at.key in places:
        return places[at.key]
    behind = [step.key for step in old.steps if step.order < at.order]
    last = next((places[key].order for key in reversed(behind) if key in places), 0)
    return next((step for step in new.steps if step.order > last and step.key not in behind), None)
