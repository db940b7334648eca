"""From a selection set to one statement whose JSON PostgreSQL writes.

Each object is `row_to_json` of a named sub-select, each list `json_agg` over one: a sub-select has no
bound on its columns where `json_build_object` stops at 50 keys, and its aliases are the response keys.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import aliased

from app.graphql.read.adapt import Names, fit, parametrised
from app.graphql.read.connection import ConnectionQuery
from app.graphql.read.fields import Computed, Expression, Relation
from app.graphql.read.rows import Rows
from app.graphql.read.selection import ROOT, Kind, Selected
from app.graphql.read.sql import Around, Place, Scalar, as_list, as_object, of_the_supplier, typename, within


class Compiler:
    """Compiles one read. By site (`ROOT` too), `rows` are the rows and `names` their parameters' names."""

    def __init__(self, rows: Mapping[int, Rows], names: Mapping[int, Names]) -> None:
        self.rows = rows
        self.names = names

    def json(self, selected: Selected, around: Around = (), outer: Any = None) -> Scalar:
        """The JSON of a field that reads rows: an object or null, a list, or a connection."""
        if selected.kind is Kind.CONNECTION:
            return ConnectionQuery(self, selected, around, outer).json()
        place = self.place(selected, around, outer)
        found = place.select(self.columns(selected.children, place.row, place.within))
        return (
            as_object(found, around)
            if selected.kind is Kind.ONE
            else as_list(found.limit(place.size), around)
        )

    def columns(self, fields: Sequence[Selected], row: Any, around: Around) -> list[Scalar]:
        """The fields of an object, each under its response key."""
        return [self.value(selected, row, around).label(selected.key) for selected in fields]

    def value(self, selected: Selected, row: Any, around: Around) -> Scalar:
        """One field of `row`; of a computed one, the object of what it needs."""
        read = selected.read
        if selected.kind is Kind.TYPENAME:
            return typename(selected.parent.name)
        if isinstance(read, Computed):
            return as_object(within(select(*needed(read, row)), around), around)
        if isinstance(read, Relation):
            return self.json(selected, around, row)
        if isinstance(read, Expression):
            found = parametrised(read.sql(row), {})
        else:
            found = getattr(row, selected.python_name)
        return cast(found, Text) if selected.scalar == "Decimal" else found

    def place(self, selected: Selected, around: Around, outer: Any) -> Place:
        """The field's rows under a fresh alias, joined to the row they belong to."""
        rows = selected.rows if selected.site is None else self.rows[selected.site]
        assert rows is not None, "a relation's rows are fixed or have a site"
        names = self.names.get(selected.site, {}) if selected.site is not None else {}
        row = aliased(rows.model) if rows.model is not None else None
        where = tuple(fit(condition, row, names) for condition in rows.where)
        after = (fit(rows.after, row, names),) if rows.after is not None else ()
        if isinstance(selected.read, Relation) and selected.read.join is not None:
            where = (selected.read.join(outer, row), *where)
        where = (*of_the_supplier(row), *where)
        first = None if selected.site is None else first_of(selected.site)
        return Place(rows, row, where, after, around, first, names)


def needed(read: Computed, row: Any) -> list[Scalar]:
    """The columns of `row` that a computed field needs, and what it derives from them."""
    derived = (parametrised(found.sql(row), {}).label(name) for name, found in read.derived.items())
    return [*(getattr(row, name) for name in read.needs), *derived]


def first_of(site: int) -> str:
    """The parameter that carries the page size of a site."""
    return f"first_{'root' if site == ROOT else site}"
