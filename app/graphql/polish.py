"""What is the same for every domain, done to the whole schema once."""

from collections.abc import Iterator

from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
)
from graphql.pyutils import Undefined

from app.graphql.payload import answer_errors


def polish(schema: GraphQLSchema) -> GraphQLSchema:
    """Mutations answer errors in their payload, and an absent input is absent rather than null.

    A Python default of None would be told as `= null`: then a client that leaves a field out could not
    be told from one that clears it.
    """
    for given in _inputs(schema):
        if given.default_value is None:
            given.default_value = Undefined
        if given.default is not None and given.default.value is None and given.default.literal is None:
            given.default = None
    if schema.mutation_type is not None:
        answer_errors(schema.mutation_type)
    return schema


def _inputs(schema: GraphQLSchema) -> Iterator[GraphQLArgument | GraphQLInputField]:
    for named in schema.type_map.values():
        if isinstance(named, GraphQLInputObjectType):
            yield from named.fields.values()
        elif isinstance(named, GraphQLObjectType) and not named.name.startswith("__"):
            for field in named.fields.values():
                yield from field.args.values()
