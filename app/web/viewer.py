"""Who looks at the page, and the calendar, money and language it is written in."""

from contextlib import ExitStack
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, g

from app.accounts import queries as accounts
from app.accounts.access import current_actor
from app.accounts.access import signed_in as person
from app.kernel.actor import Actor, ActorKind, Permission
from app.kernel.errors import NotAuthenticated
from app.kernel.uow import reading


@dataclass(frozen=True)
class Viewer:
    """The signed-in person at work for one supplier."""

    actor: Actor
    user_id: UUID
    name: str
    supplier_name: str
    zone: ZoneInfo
    currency: str
    locale: str

    @property
    def role(self) -> str:
        return str(self.actor.role)

    def may(self, permission: str) -> bool:
        return self.actor.may(Permission(permission))


def install(app: Flask) -> None:
    app.context_processor(lambda: {"viewer": g.get("viewer")})


def signed_in(blueprint: Blueprint) -> Blueprint:
    """Every page of `blueprint` is for signed-in people and sees their supplier's rows alone."""
    blueprint.before_request(enter)
    blueprint.teardown_request(leave)
    return blueprint


def enter() -> None:
    """Resolve the viewer and show the rows of their supplier until `leave`; NotAuthenticated for nobody."""
    actor = current_actor()
    if actor.kind is not ActorKind.USER:
        raise NotAuthenticated("Sign in to see this page.")
    who = person()
    g.tenancy = ExitStack()
    supplier = accounts.supplier(g.tenancy.enter_context(reading(actor.supplier_id)))
    g.viewer = Viewer(
        actor,
        who.user_id,
        who.full_name or who.email,
        supplier.name,
        ZoneInfo(supplier.timezone),
        supplier.currency,
        supplier.locale,
    )


def leave(_error: BaseException | None) -> None:
    stack = g.pop("tenancy", None)
    if stack is not None:
        stack.close()


def viewer() -> Viewer:
    """The viewer of this request; only on pages of a `signed_in` blueprint."""
    found: Viewer = g.viewer
    return found
