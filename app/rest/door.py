"""Who may come in: programs with a key, and our own pages with a sign-in. Then whose rows they see."""

from contextlib import ExitStack

from flask import Blueprint, g, request
from flask_limiter.util import get_remote_address

from app.accounts.access import current_actor, from_our_pages
from app.kernel.actor import ActorKind
from app.kernel.errors import NotPermitted
from app.kernel.limits import limiter
from app.kernel.uow import reading

PER_ACTOR = "1200 per minute"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def _who() -> str:
    """Whose pace it is; an address's, for those who are nobody."""
    try:
        actor = current_actor()
    except Exception:  # also of the database: the limiter would take it for a fault of its storage
        return get_remote_address()
    return str(actor.key_id or actor.user_id)


_paced = limiter.shared_limit(PER_ACTOR, scope="rest", key_func=_who)


def guard(blueprint: Blueprint) -> Blueprint:
    """Every address of `blueprint` is for callers that we know, each at a bounded pace."""
    _paced(blueprint)
    blueprint.before_request(_enter)
    blueprint.teardown_request(_leave)
    return blueprint


def _enter() -> None:
    """A sign-in is a cookie, which browsers also send for others' pages: it must say where it is from."""
    actor = current_actor()
    if actor.kind is not ActorKind.API_KEY and request.method not in SAFE and not from_our_pages():
        raise NotPermitted("With a sign-in, send the token of our forms in X-CSRFToken; or send an API key.")
    g.rest_tenancy = ExitStack()
    g.rest_tenancy.enter_context(reading(actor.supplier_id))


def _leave(_error: BaseException | None) -> None:
    stack = g.pop("rest_tenancy", None)
    if stack is not None:
        stack.close()
