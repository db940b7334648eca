"""Criteria fitted to their place in a statement: columns of the right alias, values by name.

Features write criteria on the model with the values inside; here the values become parameters named
for their place, so that the next request binds its own. `in_` becomes `= any(:list)`: an expanding IN
would be another statement for each length.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ARRAY, BindParameter, ColumnElement, all_, any_, bindparam, inspect
from sqlalchemy.sql.elements import BinaryExpression
from sqlalchemy.sql.operators import in_op, not_in_op
from sqlalchemy.sql.util import ClauseAdapter
from sqlalchemy.sql.visitors import iterate, replacement_traverse

Names = Mapping[BindParameter[Any], str]


def fit(condition: ColumnElement[Any], row: Any, names: Names) -> ColumnElement[Any]:
    """The condition on the alias `row`; values in `names` become parameters of that name.

    With `names`, RuntimeError for a value that is none of them: a plan that others use would keep it.
    """
    named = parametrised(condition, names)  # first: adapting clones the parameters that `names` knows
    if names and (baked := {bind.key for bind in _binds(named)} - set(names.values())):
        raise RuntimeError(f"values would be baked into a plan that others use: {sorted(baked)}")
    return ClauseAdapter(inspect(row).selectable).traverse(named)


def _binds(condition: ColumnElement[Any]) -> Iterator[BindParameter[Any]]:
    return (element for element in iterate(condition) if isinstance(element, BindParameter))


def parametrised(expression: ColumnElement[Any], names: Names) -> ColumnElement[Any]:
    """The expression with its values by name, and lists as arrays."""

    def replace(element: Any, **_: Any) -> Any:
        if isinstance(element, BinaryExpression) and element.operator in (in_op, not_in_op):
            return _as_array(element, names)
        if isinstance(element, BindParameter) and element in names:
            return bindparam(names[element], type_=element.type)
        return None

    return replacement_traverse(expression, {}, replace)  # type: ignore[no-any-return]


def _as_array(element: BinaryExpression[Any], names: Names) -> ColumnElement[Any] | None:
    listed = element.right
    if not isinstance(listed, BindParameter) or not listed.expanding:
        return None
    kind = ARRAY(listed.type)
    values = (
        bindparam(names[listed], type_=kind) if listed in names else bindparam(None, listed.value, type_=kind)
    )
    left: ColumnElement[Any] = element.left
    return left == any_(values) if element.operator is in_op else left != all_(values)
