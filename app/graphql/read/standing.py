"""Reads that stand ready: what a query will ask PostgreSQL is known before it is run.

A query with one root field, whose rows its arguments alone name (`Rows.standing`), is run as usual once,
and then, up to its statement, with made-up ids in its variables: the parameters that hold those are the
variables'. Twice, as nothing else may change with them. From then on a request is a look-up, its ids, and
one statement.

Other variables must be whole numbers or booleans; each combination of them stands by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import orjson
from graphql import GraphQLOutputType, GraphQLSchema, is_non_null_type
from graphql.execution.collect_fields import FieldDetailsList
from graphql.language import (
    DocumentNode,
    FieldNode,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    TypeNode,
)
from graphql.pyutils import Path

from app.accounts.lookup import beside_holder
from app.graphql.context import Context
from app.graphql.read.executor import ReadExecutor, stands
from app.graphql.read.plans import ACTING, Plan, Plans
from app.graphql.read.rows import Rows
from app.graphql.read.sql import SUPPLIER

MOST_READY = 32
"""Of one document."""
ID = "UUID"
KINDS = frozenset({ID, "Int", "Boolean"})
Variables = Mapping[str, Any]


@dataclass(frozen=True)
class Ready:
    """A statement that answers beside a key's holder, and the values of its `$1`, `$2` … but for those of
    the supplier and of the id variables."""

    sql: str
    values: Sequence[Any]
    acting: Sequence[int]
    """Where the supplier goes as text."""
    suppliers: Sequence[int]
    ids: Mapping[int, str]
    """Where the variables go, by name."""
    key: bytes
    """The field's response key, in JSON."""
    nullable: bool

    def given(self, supplier_id: UUID, ids: Mapping[str, UUID]) -> list[Any]:
        """The values for this request."""
        values = list(self.values)
        for index in self.acting:
            values[index] = str(supplier_id)
        for index in self.suppliers:
            values[index] = supplier_id
        for index, name in self.ids.items():
            values[index] = ids[name]
        return values

    def body(self, found: bytes | None) -> bytes | None:
        """The answer's body; None when there must be a row and is none."""
        if found is None and not self.nullable:
            return None
        return b"".join((b'{"data":{', self.key, b":", found or b"null", b"}}"))


@dataclass
class Standing:
    """What stands ready of a document with one operation, which is a query for one field."""

    document: DocumentNode
    plans: Plans
    name: str | None
    variables: Mapping[str, str]
    """Their types, by name."""
    known: dict[bytes, Ready | None] = field(default_factory=dict)

    @classmethod
    def of(cls, document: DocumentNode, plans: Plans) -> "Standing | None":
        """None for any other document."""
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        if len(operations) != 1 or not _asks_one_field(operations[0]):
            return None
        [operation] = operations
        kinds = {node.variable.name.value: _kind(node.type) for node in operation.variable_definitions or ()}
        name = operation.name.value if operation.name else None
        return cls(document, plans, name, kinds) if KINDS.issuperset(kinds.values()) else None

    def find(self, name: str | None, given: Variables) -> tuple[Ready, dict[str, UUID]] | None:
        """What stands ready for the operation of that name with these variables, and the ids among them."""
        ready = self.known.get(self._key(given)) if name is None or name == self.name else None
        ids = self._ids(given) if ready is not None else None
        return None if ready is None or ids is None else (ready, ids)

    def learn(self, schema: GraphQLSchema, context: Context, given: Variables) -> None:
        """Find out, once, what these variables' statement is. An executor answered them, and it `stands`."""
        key = self._key(given)
        if key in self.known or self._ids(given) is None:
            return
        one, other = (self._try(schema, context, given) for _ in range(2))
        if len(self.known) >= MOST_READY:
            self.known.clear()
        self.known[key] = one if one == other else None

    def _try(self, schema: GraphQLSchema, context: Context, given: Variables) -> Ready | None:
        made_up = {name: uuid4() for name, kind in self.variables.items() if kind == ID}
        values = {**given, **{name: str(value) for name, value in made_up.items()}}
        probe = _Probe.build(
            schema, self.document, context_value=context, raw_variable_values=values, plans=self.plans
        )
        return probe.ready(made_up) if isinstance(probe, _Probe) else None

    def _key(self, given: Variables) -> bytes:
        """The variables that are no ids, exactly as they came."""
        plain = {name: given[name] for name, kind in self.variables.items() if kind != ID and name in given}
        return orjson.dumps(plain)

    def _ids(self, given: Variables) -> dict[str, UUID] | None:
        try:
            return {name: UUID(given[name]) for name, kind in self.variables.items() if kind == ID}
        except (KeyError, ValueError, AttributeError, TypeError):
            return None


class _Probe(ReadExecutor):
    """Runs a query up to its statement."""

    found: tuple[Plan, Variables, bytes, bool] | None = None

    def ready(self, made_up: Mapping[str, UUID]) -> Ready | None:
        """What the query sends, without the made-up ids; None when that may change, or an id is not sent."""
        self.execute_operation()
        if self.found is None:
            return None
        plan, parameters, key, nullable = self.found
        variables = {value: name for name, value in made_up.items()}
        values = [parameters.get(name) for name in plan.names]
        ids = {i: variables[v] for i, v in enumerate(values) if isinstance(v, UUID) and v in variables}
        if set(ids.values()) != set(made_up):
            return None
        values = [None if i in ids else value for i, value in enumerate(values)]
        acting, suppliers = (
            [i for i, name in enumerate(plan.names) if name == wanted] for wanted in (ACTING, SUPPLIER)
        )
        sql = beside_holder(plan.sql, len(values))
        return Ready(sql, values, acting, suppliers, ids, key, nullable)

    def _read(self, return_type: GraphQLOutputType, details: FieldDetailsList, path: Path, rows: Rows) -> Any:
        tree_key, tree = self.plans.tree(self, return_type, details)
        if stands(rows, tree, path):
            plan, parameters = self.plans.read(self, tree_key, tree, rows)
            self.found = plan, parameters, orjson.dumps(path.key), not is_non_null_type(return_type)
        return orjson.Fragment(b"null")


def _asks_one_field(operation: OperationDefinitionNode) -> bool:
    selected = operation.selection_set.selections
    return (
        operation.operation is OperationType.QUERY
        and len(selected) == 1
        and isinstance(selected[0], FieldNode)
    )


def _kind(node: TypeNode) -> str:
    """The type's name; nothing for a list."""
    inner = node.type if isinstance(node, NonNullTypeNode) else node
    return inner.name.value if isinstance(inner, NamedTypeNode) else ""
