"""How often a document says the same field twice.

Validation compares every two fields that share a response name where they are merged: a thousand times
`source { id }` is half a million comparisons. So the pairs are counted first, fragments written out;
that is called only for documents whose fields were found to be few and whose fragments to end (`limits`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from graphql.language import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
)

Fragments = Mapping[str, FragmentDefinitionNode]


def pairs(selections: SelectionSetNode, fragments: Fragments) -> int:
    """How many pairs of fields share a response name at one place of the answer."""
    count = 0
    waiting: list[list[SelectionSetNode]] = [[selections]]
    while waiting:
        merged: dict[str, list[FieldNode]] = defaultdict(list)
        for node in _fields(waiting.pop(), fragments):
            merged[(node.alias or node.name).value].append(node)
        for same in merged.values():
            count += len(same) * (len(same) - 1) // 2
            below = [node.selection_set for node in same if node.selection_set]
            if below:
                waiting.append(below)
    return count


def _fields(merged: Iterable[SelectionSetNode], fragments: Fragments) -> Iterator[FieldNode]:
    """The fields of selection sets that are merged, through their fragments."""
    waiting = list(merged)
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                waiting.append(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value in fragments:
                waiting.append(fragments[node.name.value].selection_set)
