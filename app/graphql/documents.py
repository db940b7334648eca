"""Documents, parsed and validated once and kept, with the plans of their reads.

A mutation that carries texts of its own is not kept: what a couple wrote does not outlive the request.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from graphql import GraphQLError, GraphQLSchema, parse, validate
from graphql.language import (
    DirectiveNode,
    DocumentNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    StringValueNode,
    VariableNode,
)

from app.graphql import limits
from app.graphql.read import Plans, Standing

MOST = 200
"""Documents kept by one process."""
_CHECKED = 64


@dataclass
class Document:
    """A parsed document that is valid, or the errors of one that is not."""

    ast: DocumentNode
    errors: list[GraphQLError]
    plans: Plans
    sizes: tuple[str, ...]
    """The variables that say how large a page is: the cost depends on them."""
    carries_text: bool
    standing: Standing | None = None
    checked: set[Any] = field(default_factory=set)

    def check(self, schema: GraphQLSchema, variables: Mapping[str, Any]) -> None:
        """GraphQLError when, with these variables, it asks for too much."""
        sizes = tuple(size if isinstance(size := variables.get(name), int) else None for name in self.sizes)
        if sizes in self.checked:
            return
        limits.check(schema, self.ast, variables)
        if len(self.checked) < _CHECKED:
            self.checked.add(sizes)

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation that runs; None when it is not there or not the only one."""
        found = [d for d in self.ast.definitions if isinstance(d, OperationDefinitionNode)]
        if name is not None:
            found = [d for d in found if d.name and d.name.value == name]
        return found[0] if len(found) == 1 else None


class Documents:
    """The least recently used give way. Safe for threads; two may parse the same text once each."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._lock = Lock()

    def get(self, text: str, variables: Mapping[str, Any]) -> Document:
        """The document of that text; GraphQLError when it is no GraphQL or asks for too much."""
        found = self.kept(text)
        if found is None:
            found = self._read(text, variables)
            if not (found.errors or found.carries_text):
                self._keep(text, found)
        found.check(self.schema, variables)
        return found

    def kept(self, text: str) -> Document | None:
        """The document of that text, if it is kept."""
        with self._lock:
            found = self._kept.get(text)
            if found:
                self._kept.move_to_end(text)
        return found

    def _keep(self, text: str, document: Document) -> None:
        with self._lock:
            self._kept[text] = document
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)

    def _read(self, text: str, variables: Mapping[str, Any]) -> Document:
        if len(text) > limits.CHARACTERS:
            raise limits.exceeded("characters", limits.CHARACTERS)
        ast = parse(
            text,
            max_lexical_tokens=limits.TOKENS,
            max_comments=limits.COMMENTS,
            allow_empty_selection_sets=False,
        )
        nodes = list(_nodes(ast))
        if any(isinstance(node, StringValueNode) and "\x00" in node.value for node in nodes):
            raise GraphQLError("Text must not contain the NUL character.")
        limits.check(self.schema, ast, variables)
        errors = validate(self.schema, ast, max_errors=20, allow_empty_selection_sets=False)
        plans = Plans(_conditional(nodes))
        standing = None if errors else Standing.of(ast, plans)
        return Document(ast, errors, plans, _sizes(nodes), _carries_text(nodes), standing)


def _nodes(node: Node) -> Iterator[Node]:
    """Every node of the document, without recursion."""
    waiting: list[Any] = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Node):
            yield found
            waiting.extend(getattr(found, key) for key in found.keys if key != "loc")
        elif isinstance(found, tuple | list):
            waiting.extend(found)


def _conditional(nodes: list[Node]) -> tuple[str, ...]:
    directives = [node for node in nodes if isinstance(node, DirectiveNode)]
    values = [argument.value for directive in directives for argument in directive.arguments or ()]
    return tuple(sorted({value.name.value for value in values if isinstance(value, VariableNode)}))


def _sizes(nodes: list[Node]) -> tuple[str, ...]:
    values = [node.value for node in nodes if node.kind == "argument" and node.name.value == "first"]  # type: ignore[attr-defined]
    return tuple(sorted({value.name.value for value in values if isinstance(value, VariableNode)}))


def _carries_text(nodes: list[Node]) -> bool:
    changes = any(
        isinstance(n, OperationDefinitionNode) and n.operation is OperationType.MUTATION for n in nodes
    )
    return changes and any(isinstance(node, StringValueNode) for node in nodes)
