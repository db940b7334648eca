"""graphql-core's executor, which answers a field that was resolved to Rows by one statement."""

from typing import Any

import orjson
from graphql import GraphQLOutputType, GraphQLResolveInfo, is_non_null_type
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.executor import Executor
from graphql.pyutils import Path

from app.graphql.context import Context
from app.graphql.read.computed import fill
from app.graphql.read.plans import Plans, run
from app.graphql.read.rows import Rows
from app.graphql.read.selection import Tree
from app.kernel.actor import Permission


def stands(rows: Rows, tree: Tree, path: Path) -> bool:
    """Is this the root of an answer that PostgreSQL alone writes, and always by the same statement?"""
    return rows.standing and path.prev is None and not tree.needs_python


class ReadExecutor(Executor[None]):
    """Fields whose value is Rows become JSON that passes through; all others complete as usual."""

    context_value: Context
    stands = False
    """Was a root field read by a statement that may stand ready (see `standing`)?"""

    def __init__(self, *args: Any, plans: Plans, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plans = plans

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        *rest: Any,
    ) -> Any:
        """As graphql-core completes the resolved value, which is the first of `rest`; or read its Rows."""
        if not isinstance(rest[0], Rows):
            return super().complete_value(return_type, field_details_list, info, path, *rest)
        found = self._read(return_type, field_details_list, path, rest[0])
        if found is None and is_non_null_type(return_type):
            raise TypeError(f"No row for non-nullable field {info.parent_type}.{info.field_name}.")
        return found

    def _read(self, return_type: GraphQLOutputType, details: FieldDetailsList, path: Path, rows: Rows) -> Any:
        """The rows as JSON; as Python values where a field below is computed."""
        actor = self.context_value.actor
        actor.require(Permission.READ)
        key, tree = self.plans.tree(self, return_type, details)
        plan, parameters = self.plans.read(self, key, tree, rows)
        self.stands = stands(rows, tree, path)
        answer = run(self.context_value.reads, actor.supplier_id, plan, parameters)
        if answer is None:
            return None
        return (
            fill(self, tree.root, orjson.loads(answer), path)
            if tree.needs_python
            else orjson.Fragment(answer)
        )
