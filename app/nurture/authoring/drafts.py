"""Writing the draft of a sequence: its steps before they are published.

The first change of a published sequence opens a draft, a copy of its steps under their keys. Leads go by the
published version until the draft becomes one.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.kernel.actor import Actor
from app.kernel.errors import Conflict, InvalidInput, NotFound
from app.models.accounts import Membership
from app.models.nurture import (
    DRAFT,
    EmailTemplate,
    NurtureSequence,
    SequenceStep,
    SmsTemplate,
    StepVariant,
    TaskTemplate,
)
from app.nurture.authoring.desk import Desk, Edited, changes_of, edited, editing, note, unchanged
from app.nurture.authoring.rows import (
    COLUMNS,
    Written,
    branches_of,
    put_variants,
    steps_of,
    values_of,
    write_draft,
)
from app.nurture.authoring.schemas import MOST_STEPS, StepOrder, StepPatch, StepWrite
from app.nurture.checks import doer_of, refuse_step

_MODELS: dict[str, type[Any]] = {
    "email_template_id": EmailTemplate,
    "sms_template_id": SmsTemplate,
    "task_template_id": TaskTemplate,
}
_NULLABLE = frozenset({*_MODELS, "step_content", "max_lateness_hours"})
_EMPTY = frozenset({"execution_conditions", "branch_conditions", "send_days", "variants"})


def add_step(actor: Actor, sequence_id: UUID, data: StepWrite, seen: int | None = None) -> Edited:
    """Add the step to the draft; the branches of others follow the steps they name, its own `then` are places
    with the step in place. InvalidInput when it is wrong by itself; Conflict beyond 50 steps; Outdated."""
    with editing(actor, sequence_id, seen) as desk:
        steps = open_draft(desk.session, desk.sequence)
        if len(steps) >= MOST_STEPS:
            raise Conflict(f"A sequence has at most {MOST_STEPS} steps; remove one first.")
        place = min(data.step_order or MOST_STEPS, len(steps) + 1)
        arrange(desk.session, steps, gap=place)
        made = new_step(desk.session, desk.sequence, data, place)
        note(desk, "step_added", after=values_of(made))
        return edited(desk, made.row.step_key)


def change_step(
    actor: Actor, sequence_id: UUID, step_key: UUID, data: StepPatch, seen: int | None = None
) -> Edited:
    """Change what is given of a step of the draft. NotFound; InvalidInput; Outdated."""
    with editing(actor, sequence_id, seen) as desk:
        step = find_step(open_draft(desk.session, desk.sequence), step_key)
        before = values_of(step)
        changes = {name: value for name, value in _wanted(data).items() if before[name] != value}
        if not changes:
            return unchanged(desk, step_key)
        variants = changes.pop("variants", None)
        for name, value in changes.items():
            setattr(step.row, name, value)
        after = Written(step.row, step.variants if variants is None else variants)
        _check(desk.session, after)
        desk.session.flush()
        if variants is not None:
            desk.session.execute(delete(StepVariant).where(StepVariant.step_id == step.row.id))
            put_variants(desk.session, step.row, variants)
        told = values_of(after)
        differing = [name for name in told if told[name] != before[name]]
        note(desk, "step_changed", *({name: one[name] for name in differing} for one in (before, told)))
        return edited(desk, step_key)


def remove_step(actor: Actor, sequence_id: UUID, step_key: UUID, seen: int | None = None) -> Edited:
    """Take the step out of the draft. NotFound; Conflict while a branch leads to it; Outdated."""
    with editing(actor, sequence_id, seen) as desk:
        steps = open_draft(desk.session, desk.sequence)
        step = find_step(steps, step_key)
        for other in steps:
            if any(branch.get("then") == step.row.step_order for branch in branches_of(other.row)):
                named = f"step {other.row.step_order}, “{other.row.step_name}”,"
                raise Conflict(f"A branch of {named} leads here; change that first.")
        note(desk, "step_removed", before=values_of(step))
        steps.remove(step)
        desk.session.delete(step.row)
        desk.session.flush()
        arrange(desk.session, steps)
        return edited(desk, step_key)


def order_steps(actor: Actor, sequence_id: UUID, data: StepOrder, seen: int | None = None) -> Edited:
    """Put the draft's steps in this order; branches follow the steps they name. InvalidInput for a key of no
    step; Outdated."""
    with editing(actor, sequence_id, seen) as desk:
        steps = {step.row.step_key: step for step in open_draft(desk.session, desk.sequence)}
        unknown = [key for key in data.step_keys if key not in steps]
        if unknown:
            raise InvalidInput.of("step_keys", "unknown", f"There is no step {unknown[0]}.")
        wanted = [*data.step_keys, *(key for key in steps if key not in data.step_keys)]
        if wanted == list(steps):
            return unchanged(desk)
        arrange(desk.session, [steps[key] for key in wanted])
        note(desk, "steps_ordered", after={"step_keys": wanted})
        return edited(desk)


def discard_draft(actor: Actor, sequence_id: UUID, seen: int | None = None) -> Edited:
    """Forget what is not published. Conflict when nothing is; Outdated."""
    with editing(actor, sequence_id, seen) as desk:
        if not desk.sequence.published_version:
            raise Conflict("This sequence was never published; delete it instead.")
        if not desk.sequence.has_draft:
            return unchanged(desk)
        drop_draft(desk)
        note(desk, "draft_discarded")
        return edited(desk)


def drop_draft(desk: Desk) -> None:
    draft = (SequenceStep.sequence_id == desk.sequence.id, SequenceStep.version == DRAFT)
    desk.session.execute(delete(SequenceStep).where(*draft))
    desk.session.expire_all()
    desk.sequence.has_draft = False


def open_draft(session: Session, sequence: NurtureSequence) -> list[Written]:
    """The draft's steps in order; a copy of what is published when there is none yet."""
    if sequence.has_draft:
        return steps_of(session, sequence.id, DRAFT)
    sequence.has_draft = True
    return write_draft(session, sequence, steps_of(session, sequence.id, sequence.published_version))


def new_step(session: Session, sequence: NurtureSequence, data: StepWrite, order: int) -> Written:
    """A step of the draft at that free place. InvalidInput when it is wrong by itself."""
    row = SequenceStep(
        supplier_id=sequence.supplier_id,
        id=uuid7(),
        sequence_id=sequence.id,
        version=DRAFT,
        step_key=uuid7(),
        step_order=order,
        **{name: getattr(data, name) for name in COLUMNS},
    )
    step = Written(row, {one.label: one.email_template_id for one in data.variants})
    _check(session, step)
    session.add(row)
    session.flush()
    put_variants(session, row, step.variants)
    return step


def find_step(steps: Sequence[Written], step_key: UUID) -> Written:
    """NotFound."""
    found = next((step for step in steps if step.row.step_key == step_key), None)
    if found is None:
        raise NotFound("step")
    return found


def arrange(session: Session, steps: Sequence[Written], *, gap: int | None = None) -> None:
    """Number the steps from 1 in this order, leaving out the place `gap`; branches keep leading where they
    led."""
    places = [place + (gap is not None and place >= gap) for place in range(1, len(steps) + 1)]
    moved: dict[Any, int] = {step.row.step_order: place for step, place in zip(steps, places, strict=True)}
    for step in steps:
        branches = [
            branch | {"then": moved.get(branch.get("then"), branch.get("then"))}
            for branch in branches_of(step.row)
        ]
        if branches != branches_of(step.row):
            step.row.branch_conditions = {"branches": branches}
    for sign in (-1, 1):  # no two steps have one place, not even in passing
        for step, place in zip(steps, places, strict=True):
            step.row.step_order = sign * place
        session.flush()


def _wanted(data: StepPatch) -> dict[str, Any]:
    """The changes as the columns have them."""
    changes = changes_of(data, _NULLABLE, _EMPTY)
    if "variants" in changes:
        changes["variants"] = {one.label: one.email_template_id for one in changes["variants"]}
    return changes


def _check(session: Session, step: Written) -> None:
    """InvalidInput when the step is wrong by itself, or names a template or a member that there is not."""
    named = [(column, model, getattr(step.row, column)) for column, model in _MODELS.items()]
    named += [("variants", EmailTemplate, template_id) for template_id in step.variants.values()]
    with session.no_autoflush:
        for column, model, template_id in named:
            its = select(model.id).where(model.id == template_id).with_for_update(read=True, key_share=True)
            if template_id and session.scalar(its) is None:  # who deletes it is waited for
                raise InvalidInput.of(column, "unknown", f"There is no template {template_id}.")
    refuse_step(step.row, len(step.variants))
    doer = doer_of(step.row)
    active = select(Membership.user_id).where(Membership.user_id == doer, Membership.is_active)
    with session.no_autoflush:
        if doer and session.scalar(active) is None:
            raise InvalidInput.of("step_content", "unknown", f"Nobody of your team is {doer}.")
