"""What every resolver is given: who asks, and the engine of the reads."""

from dataclasses import dataclass
from typing import Any

import strawberry
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.kernel.actor import Actor, Permission
from app.kernel.db import db


@dataclass(frozen=True)
class Context:
    actor: Actor
    reads: Engine


Info = strawberry.Info[Context, Any]


def reading(info: Info) -> Session:
    """A session for a resolver that asks a feature's queries; NotPermitted for those who may not read."""
    info.context.actor.require(Permission.READ)
    return db.session()
