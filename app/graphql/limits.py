"""What a document may ask for, measured before it is validated.

One walk, linear in the length of the document whatever its fragments multiply to: a fragment is
measured once and its measure remembered. Every bound has a name, which the error carries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, GraphQLField, GraphQLNamedType, GraphQLSchema, get_named_type
from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

from app.graphql.paging import Connection
from app.graphql.repeats import pairs
from app.kernel.paging import MOST

BACKREF = GraphQLCoreConverter.DEFINITION_BACKREF
TOKENS, COMMENTS, CHARACTERS = 4_000, 500, 100_000
NESTING = 60
"""Selection sets within each other, inline fragments too: how deep the walk itself may go."""
DEFINITIONS = 30
"""Operations and fragments of one document."""
NAME = 63
"""Characters of a response name: PostgreSQL cuts longer ones."""
REPEATS = 1_000
"""Pairs of fields with one response name at one place of the answer: validation compares each."""
DEFAULT_SIZE = 25
_MANY = 10**9


@dataclass(frozen=True)
class Measure:
    """Of a selection set with every fragment written out. `per_row` is the cost of a row of a connection."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    cost: int = 0
    per_row: int = 0

    def __add__(self, other: "Measure") -> "Measure":
        return Measure(
            max(self.depth, other.depth),
            min(_MANY, self.fields + other.fields),
            min(_MANY, self.aliases + other.aliases),
            min(_MANY, self.directives + other.directives),
            min(_MANY, self.cost + other.cost),
            min(_MANY, self.per_row + other.per_row),
        )


BOUNDS = Measure(depth=16, fields=1_000, aliases=100, directives=50, cost=100_000)
"""`cost` is the number of values that the answer may hold; what is dearer to find counts for more."""


def exceeded(limit: str, maximum: int, node: Node | None = None) -> GraphQLError:
    """The error for one bound: its name and its value are in the extensions."""
    message = f"The document asks for too much: its {limit} may be at most {maximum:,}."
    return GraphQLError(
        message, node, extensions={"code": "BAD_USER_INPUT", "limit": limit, "maximum": maximum}
    )


def check(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
    """GraphQLError, naming the bound, when an operation or a fragment goes beyond one."""
    if len(document.definitions) > DEFINITIONS:
        raise exceeded("definitions", DEFINITIONS)
    walk = Walk(schema, document, variables)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode | FragmentDefinitionNode):
            _check(walk, node)


def _check(walk: "Walk", node: OperationDefinitionNode | FragmentDefinitionNode) -> None:
    measure = walk.operation(node) if isinstance(node, OperationDefinitionNode) else walk.fragment(node)
    for limit in ("depth", "fields", "aliases", "directives", "cost"):
        if getattr(measure, limit) > getattr(BOUNDS, limit):
            raise exceeded(limit, getattr(BOUNDS, limit), node)
    if pairs(node.selection_set, walk.fragments) > REPEATS:
        raise exceeded("repeated fields", REPEATS, node)


class Walk:
    """One walk over a document not yet known to be valid. `visits` counts the selections it looked at."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self.schema = schema
        self.variables = _defaults(document) | dict(variables)
        self.visits = 0
        self._nesting = 0
        self.fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        self._measured: dict[str, Measure | None] = {}

    def operation(self, node: OperationDefinitionNode) -> Measure:
        root = self.schema.get_root_type(node.operation)
        return Measure(directives=len(node.directives or ())) + self._selections(node.selection_set, root)

    def _selections(self, node: SelectionSetNode, parent: GraphQLNamedType | None) -> Measure:
        if self._nesting >= NESTING:
            raise exceeded("nesting", NESTING, node)
        self._nesting += 1
        total = Measure()
        for selection in node.selections:
            total += self._selection(selection, parent)
        self._nesting -= 1
        return total

    def _selection(self, node: SelectionNode, parent: GraphQLNamedType | None) -> Measure:
        self.visits += 1
        here = Measure(directives=len(node.directives or ()))
        if isinstance(node, FieldNode):
            return here + self._field(node, parent)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            within = self.schema.get_type(condition.name.value) if condition else parent
            return here + self._selections(node.selection_set, within)
        if isinstance(node, FragmentSpreadNode):
            known = self.fragments.get(node.name.value)  # validation says when it is not
            return here + self.fragment(known) if known else here
        return here

    def fragment(self, node: FragmentDefinitionNode) -> Measure:
        """The fragment's measure, remembered; GraphQLError when it contains itself."""
        name = node.name.value
        if name not in self._measured:
            self._measured[name] = None
            within = self.schema.get_type(node.type_condition.name.value)
            self._measured[name] = self._selections(node.selection_set, within)
        measured = self._measured[name]
        if measured is None:
            raise GraphQLError(f"Cannot spread fragment '{name}' within itself.", node)
        return measured

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None) -> Measure:
        if len((node.alias or node.name).value) > NAME:
            raise exceeded("name length", NAME, node)
        definition = getattr(parent, "fields", {}).get(node.name.value)
        weight = _weight(definition)
        below = Measure()
        if node.selection_set:
            below = self._selections(
                node.selection_set, get_named_type(definition.type) if definition else None
            )
        cost = min(_MANY, weight + below.cost + self._size(node, definition) * below.per_row)
        per_row = 0
        if _is_plain_list(definition):
            cost = min(_MANY, weight + self._size(node, definition) * below.cost)
        if _holds_rows(node, parent):
            cost, per_row = 0, cost
        return Measure(
            below.depth + 1,
            min(_MANY, below.fields + 1),
            below.aliases + (node.alias is not None),
            below.directives,
            cost,
            per_row,
        )

    def _size(self, node: FieldNode, definition: GraphQLField | None) -> int:
        """How many rows the field's page may hold; 1 when it is no page."""
        if definition is None or "first" not in definition.args:
            return 1
        given = next((a.value for a in node.arguments or () if a.name.value == "first"), None)
        size: Any = definition.args["first"].default_value if given is None else None
        if isinstance(given, VariableNode):
            size = self.variables.get(given.name.value)
        if isinstance(given, IntValueNode):
            size = int(given.value[:5])
        if isinstance(size, int):
            return max(0, min(size, MOST))
        return DEFAULT_SIZE if _is_connection(get_named_type(definition.type)) else MOST


def _defaults(document: DocumentNode) -> dict[str, Any]:
    """What whole-numbered variables are when a request leaves them out; of several operations, the most."""
    found: dict[str, Any] = {}
    for node in document.definitions:
        for definition in getattr(node, "variable_definitions", None) or ():
            if isinstance(definition.default_value, IntValueNode):
                name, size = definition.variable.name.value, int(definition.default_value.value[:5])
                found[name] = max(size, found.get(name, 0))
    return found


def _weight(definition: GraphQLField | None) -> int:
    declared = definition.extensions.get(BACKREF) if definition else None
    return int(declared.metadata.get("cost", 1)) if declared is not None else 1


def _is_plain_list(definition: GraphQLField | None) -> bool:
    return (
        definition is not None
        and "first" in definition.args
        and not _is_connection(get_named_type(definition.type))
    )


def _holds_rows(node: FieldNode, parent: GraphQLNamedType | None) -> bool:
    return _is_connection(parent) and node.name.value in ("nodes", "edges")


def _is_connection(named: GraphQLNamedType | None) -> bool:
    declared = named.extensions.get(BACKREF) if named is not None else None
    return declared is not None and issubclass(getattr(declared, "origin", object), Connection)
