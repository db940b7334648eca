"""How types and resolvers are declared: as Strawberry does, with the docstring as the description."""

from collections.abc import Callable
from typing import Any, TypeVar, cast, dataclass_transform

import strawberry

C = TypeVar("C", bound=type)
F = TypeVar("F", bound=Callable[..., Any])


@dataclass_transform(kw_only_default=True)
def value(cls: C) -> C:
    """An object type whose values Python makes."""
    return strawberry.type(cls, description=docstring(cls))


@dataclass_transform(kw_only_default=True)
def given(cls: C) -> C:
    """An input type."""
    return strawberry.input(cls, description=docstring(cls))


def field(graphql_type: Any = None, *, cost: int = 1) -> Callable[[F], F]:
    """A resolver. `graphql_type` is the type of the rows it names, `cost` what it counts for in `limits`."""

    def declare(resolver: F) -> F:
        made = strawberry.field(
            resolver, graphql_type=graphql_type, description=docstring(resolver), metadata={"cost": cost}
        )
        return cast(F, made)

    return declare


def mutation(resolver: F, *, cost: int = 1) -> F:
    """A resolver that writes, by exactly one call; `cost` as of `field`."""
    return cast(F, strawberry.mutation(resolver, description=docstring(resolver), metadata={"cost": cost}))


def docstring(declared: Any) -> str | None:
    """What was written; not what a dataclass makes up."""
    words: str | None = declared.__doc__
    return " ".join(words.split()) if words and not words.startswith(f"{declared.__name__}(") else None
