"""The whole load: suppliers, stories, recounts, a way in."""

import secrets
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from uuid import UUID

from flask import current_app
from sqlalchemy import select, text

from app.accounts.keys import create_api_key
from app.accounts.schemas import NewApiKey
from app.accounts.service import set_password
from app.capture.queries import first_form
from app.demo import people
from app.demo.batch import Batch, load
from app.demo.opening import open_house
from app.demo.plan import BATCH, Plan, Report, Stage
from app.demo.removal import KEY_NAME, demo_is_loaded, remove
from app.demo.tally import tally
from app.kernel.actor import Actor, ActorKind, Permission, Role
from app.kernel.db import owner_engine
from app.kernel.errors import Conflict
from app.kernel.uow import reading, unit_of_work
from app.models.accounts import Membership, User
from app.models.capture import CaptureForm

PROCESSES = 2
"""Tell and write side by side; PostgreSQL works as much again."""
_WORDS: tuple[str, ...] = (
    "peony",
    "dahlia",
    "lilac",
    "jasmine",
    "freesia",
    "anemone",
    "camellia",
    "magnolia",
)
_WORDS += ("primrose", "hyacinth", "lavender", "wisteria", "foxglove", "marigold", "snowdrop", "bluebell")
EVERY = 5.0
"""Seconds between two lines of progress."""


@dataclass(frozen=True)
class DemoAccess:
    """How to sign in to the demo, and to its API and form. The password and the token are told only here."""

    email: str
    password: str
    api_token: str
    form_key: str
    supplier_id: UUID


def load_demo(plan: Plan, progress: Report) -> DemoAccess:
    """Load the demo in an app context. What an earlier load left unfinished is removed first.

    Conflict when a demo is there already, unless `plan.replace`. Needs the login role of `DATABASE_URL`
    to own the tables. Up to 5,000 leads each story is told in full; see `Plan.is_short` for more.
    """
    if demo_is_loaded() and not plan.replace:
        raise Conflict("The demo is loaded already; --replace makes it anew.")
    url: str = current_app.config["DATABASE_URL"]
    began = time.monotonic()
    remove(url)
    password = _password()
    stages = [open_house(plan, number, password) for number in range(plan.suppliers)]
    progress(f"demo: suppliers opened in {time.monotonic() - began:.1f} s: {plan.suppliers}")
    _write(list(_batches(url, plan, stages)), progress)
    if plan.is_short:
        progress("demo: freshening the planner's statistics")
        _vacuum(url)
    progress("demo: counting again what rows add up to")
    for stage in stages:
        tally(url, stage.supplier, plan)
    access = _way_in(stages[0], password)
    progress(f"demo: {plan.leads:,} leads ready in {time.monotonic() - began:.1f} s")
    return access


def _password() -> str:
    """Three words of 16 and four figures: easy to type, and nobody else's."""
    return "-".join([*(secrets.choice(_WORDS) for _ in range(3)), str(secrets.randbelow(9000) + 1000)])


def _batches(url: str, plan: Plan, stages: list[Stage]) -> Iterator[Batch]:
    for number, stage in enumerate(stages):
        leads = plan.share(number)
        for first in range(0, leads, BATCH):
            yield Batch(url, plan, stage, f"{plan.seed}/{number}/{first}", first, min(BATCH, leads - first))


def _write(batches: list[Batch], progress: Report) -> None:
    rows: Counter[str] = Counter()
    began = last = time.monotonic()
    for written in _results(batches):
        rows.update(written)
        now = time.monotonic()
        if now - last >= EVERY or rows["leads"] == sum(batch.size for batch in batches):
            last, every = now, rows.total()
            progress(f"demo: {rows['leads']:,} leads, {every:,} rows, {every / (now - began):,.0f} rows/s")


def _results(batches: list[Batch]) -> Iterable[dict[str, int]]:
    """Full stories are told here, as their letters need the app; short ones side by side."""
    if not batches or not batches[0].plan.is_short:
        yield from map(load, batches)
        return
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(load, batch) for batch in batches]):
            yield done.result()


def _vacuum(url: str) -> None:
    with owner_engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum (analyze)"))


def renew_access() -> DemoAccess:
    """A new password and a new token for the demo that is loaded, when the old ones are lost."""
    password = _password()
    with reading() as session:
        owner_id = session.scalars(select(User.id).where(User.email == people.OWNER[1])).one()
    with reading(user_id=owner_id) as session:
        supplier_id = session.scalars(
            select(Membership.supplier_id).where(Membership.user_id == owner_id)
        ).one()
    with unit_of_work(supplier_id) as session:
        set_password(session, owner_id, password)
        form = first_form(session)
        form_key = form.key if form else ""
    owner = Actor(ActorKind.USER, supplier_id, Role.OWNER, owner_id)
    _, token = create_api_key(owner, NewApiKey(name=KEY_NAME, scopes=list(Permission)))
    return DemoAccess(people.OWNER[1], password, token, form_key, supplier_id)


def _way_in(stage: Stage, password: str) -> DemoAccess:
    supplier_id = stage.supplier_id
    with reading(supplier_id) as session:
        owner_id = session.scalars(select(Membership.user_id).where(Membership.role == Role.OWNER)).one()
        form_key = session.scalars(select(CaptureForm.key).where(CaptureForm.id == stage.form_id)).one()
    owner = Actor(ActorKind.USER, supplier_id, Role.OWNER, owner_id)
    _, token = create_api_key(owner, NewApiKey(name=KEY_NAME, scopes=list(Permission)))
    return DemoAccess(people.OWNER[1], password, token, form_key, supplier_id)
