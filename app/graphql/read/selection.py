"""The selection set below a read, resolved once per document: which fields, of which kind, with what rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, cast

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.executor import Executor
from graphql.execution.values import get_argument_values
from graphql.language import ArgumentNode, ValueNode, VariableNode
from graphql.pyutils import Path
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from app.graphql.paging import Connection
from app.graphql.read.fields import READ, Computed, Read, Relation
from app.graphql.read.rows import Rows

BACKREF = GraphQLCoreConverter.DEFINITION_BACKREF


ROOT = -1
"""The site of the root, whose rows the resolver names."""


class Kind(Enum):
    TYPENAME = auto()
    COLUMN = auto()
    ONE = auto()
    LIST = auto()
    CONNECTION = auto()
    COMPUTED = auto()


@dataclass(eq=False)
class Selected:
    """One field of a selection set. `site` numbers those whose rows depend on variables."""

    key: str
    kind: Kind
    parent: GraphQLObjectType
    details: FieldDetailsList
    read: Read | None = None
    python_name: str = ""
    scalar: str = ""
    children: list["Selected"] = field(default_factory=list)
    rows: Rows | None = None
    site: int | None = None
    definition: GraphQLField | None = None
    kinds: Mapping[str, type] = field(default_factory=dict)
    """Of a computed field's needs, once they are known."""

    @property
    def needs_python(self) -> bool:
        return self.kind is Kind.COMPUTED or any(child.needs_python for child in self.children)


@dataclass(eq=False)
class Tree:
    """A read's root and, in the order of their numbers, the fields whose rows depend on variables."""

    root: Selected
    sites: list[Selected]
    needs_python: bool


def build(executor: Executor[Any], return_type: Any, details: FieldDetailsList) -> Tree:
    """The selection below a field that was resolved to Rows."""
    kind, target = kind_of(return_type)
    root = Selected(details[0].node.name.value, kind, target, details)
    root.children = _children(executor, target, details)
    sites = [found for found in _walk(root) if found.site is not None]
    root.site = ROOT
    for number, found in enumerate(sites):
        found.site = number
    return Tree(root, sites, root.needs_python)


def kind_of(return_type: Any) -> tuple[Kind, GraphQLObjectType]:
    """One row, a list or a connection; and the object type in it."""
    bare = return_type.of_type if is_non_null_type(return_type) else return_type
    target = cast(GraphQLObjectType, get_named_type(bare))
    if is_list_type(bare):
        return Kind.LIST, target
    return (Kind.CONNECTION if issubclass(origin_of(target), Connection) else Kind.ONE), target


def origin_of(target: GraphQLObjectType) -> type:
    """The Python class that declares the type."""
    return cast(type, target.extensions[BACKREF].origin)


def name_rows(executor: Executor[Any], selected: Selected) -> Rows:
    """Call the field's function of arguments; errors are located at the field."""
    definition, nodes = selected.definition, [detail.node for detail in selected.details]
    assert definition is not None, "only fields with arguments have a site"
    assert definition.resolve is not None, "a field with arguments has a resolver"
    arguments = get_argument_values(definition, nodes[0], executor.variable_values)
    path = Path(None, selected.key, selected.parent.name)
    try:
        info = executor.build_resolve_info(definition, nodes, selected.parent, path)
        return cast(Rows, definition.resolve(None, info, **arguments))
    except Exception as error:
        raise GraphQLError(str(error), nodes, original_error=error) from error


def _children(
    executor: Executor[Any], parent: GraphQLObjectType, details: FieldDetailsList
) -> list[Selected]:
    grouped = executor.collect_subfields(parent, details).grouped_field_set
    return [_select(executor, parent, key, found) for key, found in grouped.items()]


def _select(
    executor: Executor[Any], parent: GraphQLObjectType, key: str, details: FieldDetailsList
) -> Selected:
    name = details[0].node.name.value
    if name == "__typename":
        return Selected(key, Kind.TYPENAME, parent, details)
    definition = parent.fields[name]
    declared: StrawberryField = definition.extensions[BACKREF]
    read: Read | None = declared.metadata.get(READ)
    selected = Selected(key, Kind.COLUMN, parent, details, read, declared.python_name, definition=definition)
    if isinstance(read, Computed):
        selected.kind = Kind.COMPUTED
    elif details[0].node.selection_set:
        selected.kind, target = kind_of(definition.type)
        selected.children = _children(executor, target, details)
        _find_rows(executor, selected)
    else:
        selected.scalar = get_named_type(definition.type).name
    return selected


def _find_rows(executor: Executor[Any], selected: Selected) -> None:
    """Fix the rows of a relation that no variable changes; leave a number for those it does."""
    if not isinstance(selected.read, Relation):
        return
    if selected.read.rows is not None:
        selected.rows = selected.read.rows
    elif any(_is_variable(argument) for argument in selected.details[0].node.arguments or ()):
        selected.site = 0
    else:
        selected.rows = name_rows(executor, selected)


def _is_variable(node: ArgumentNode | ValueNode | Any) -> bool:
    if isinstance(node, VariableNode):
        return True
    inner = (
        getattr(node, "value", None),
        *(getattr(node, "values", None) or ()),
        *(getattr(node, "fields", None) or ()),
    )
    return any(_is_variable(item) for item in inner if item is not None and not isinstance(item, str | bool))


def _walk(selected: Selected) -> Iterator[Selected]:
    yield selected
    for child in selected.children:
        yield from _walk(child)
