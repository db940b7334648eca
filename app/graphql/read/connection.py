"""The SQL of a Relay connection: the page, its cursors, the totals of all pages, each only when selected."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sqlalchemy import (
    ARRAY,
    Integer,
    Select,
    Subquery,
    Text,
    bindparam,
    cast,
    false,
    func,
    literal_column,
    null,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSON

from app.graphql.paging import MOST_COUNTED
from app.graphql.read.fields import Told, Totals
from app.graphql.read.selection import Kind, Selected
from app.graphql.read.sql import EMPTY_LIST, Around, Place, Scalar, as_object, typename, within

CURSOR, MORE = "cursor?", "more?"
"""Our own columns among the response names: no name of GraphQL looks like these."""


class Compiler(Protocol):
    """What is needed of the compiler."""

    def place(self, selected: Selected, around: Around, outer: Any) -> Place: ...

    def columns(self, fields: Sequence[Selected], row: Any, around: Around) -> list[Scalar]: ...


@dataclass(frozen=True)
class ConnectionQuery:
    """One connection being compiled: the field, the rows around it, and the row it belongs to."""

    compiler: Compiler
    selected: Selected
    around: Around
    outer: Any

    def json(self) -> Scalar:
        """The connection object. One scan of the page gives nodes, edges and page info."""
        page = self._page()
        fields = select(*(self._field(child, page).label(child.key) for child in self.selected.children))
        whole = fields if page is None else fields.select_from(page)
        return as_object(within(whole, self.around), self.around)

    def _field(self, child: Selected, page: Subquery | None) -> Scalar:
        if child.kind is Kind.TYPENAME:
            return typename(child.parent.name)
        if isinstance(child.read, Totals):
            return self._totals(child)
        if isinstance(child.read, Told):
            return cast(bindparam(told_of(child.python_name), "null", type_=Text), JSON)
        if child.python_name == "total_count":
            return self._count()
        assert page is not None, "the page is made when one of its fields is selected"
        if child.python_name == "page_info":
            info = [self._page_info(field, page).label(field.key) for field in child.children]
            return as_object(within(select(*info), (*self.around, page)), self.around)
        return page.c[child.key]

    def _page(self) -> Subquery | None:
        """The lists of the page as one row; None when nothing of the page is selected."""
        lists = [child for child in self.selected.children if child.python_name in ("nodes", "edges")]
        info = {field.python_name for field in self._below("page_info")}
        if not lists and not info:
            return None
        place, more = self._place(), "has_next_page" in info
        items = [self._item(child, place).label(child.key) for child in lists]
        items.append((cursor(place) if info & {"start_cursor", "end_cursor"} else null()).label(CURSOR))
        rows = place.select(items).limit(place.size + (1 if more else 0)).subquery()
        spare = cast(func.greatest(func.count() - place.size, 0), Integer) if more else None
        columns = [_listed(rows.c[child.key], spare).label(child.key) for child in lists]
        cursors = _trimmed(func.array_agg(rows.c[CURSOR], type_=ARRAY(Text)), spare)
        return select(*columns, cursors.label(CURSOR), (func.count() > place.size).label(MORE)).subquery()

    def _item(self, child: Selected, place: Place) -> Scalar:
        """A node, or an edge around one."""
        if child.python_name == "nodes":
            columns = self.compiler.columns(child.children, place.row, place.within)
        else:
            columns = [self._edge(field, place).label(field.key) for field in child.children]
        return as_object(within(select(*columns), place.within), place.within)

    def _edge(self, field: Selected, place: Place) -> Scalar:
        if field.kind is Kind.TYPENAME:
            return typename(field.parent.name)
        return cursor(place) if field.python_name == "cursor" else self._item(_as_nodes(field), place)

    def _page_info(self, field: Selected, page: Subquery) -> Scalar:
        if field.kind is Kind.TYPENAME:
            return typename(field.parent.name)
        cursors = page.c[CURSOR]
        read: dict[str, Scalar] = {
            "has_next_page": page.c[MORE],
            "has_previous_page": true() if self._place().after else false(),
            "start_cursor": cursors[1],
            "end_cursor": cursors[func.cardinality(cursors)],
        }
        return read[field.python_name]

    def _totals(self, child: Selected) -> Scalar:
        place = self._place()
        columns = self.compiler.columns(child.children, place.row, place.within)
        if all(field.kind is Kind.TYPENAME for field in child.children):  # no aggregate makes it one row
            return as_object(within(select(*columns), self.around), self.around)
        return as_object(self._all(place, columns), self.around)

    def _count(self) -> Scalar:
        bounded = self._all(self._place(), [literal_column("1")]).limit(MOST_COUNTED + 1).subquery()
        return within(select(func.count()).select_from(bounded), self.around).scalar_subquery()

    def _place(self) -> Place:
        return self.compiler.place(self.selected, self.around, self.outer)

    def _below(self, name: str) -> list[Selected]:
        return [
            field for child in self.selected.children if child.python_name == name for field in child.children
        ]

    def _all(self, place: Place, columns: Sequence[Scalar]) -> Select[Any]:
        """The columns over the rows of every page."""
        return within(select(*columns), self.around).select_from(place.row).where(*place.where)


def _as_nodes(field: Selected) -> Selected:
    """The node of an edge, read like one of `nodes`."""
    return replace(field, python_name="nodes")


def told_of(name: str) -> str:
    """The parameter that carries what a resolver says itself."""
    return f"told_{name}"


def cursor(place: Place) -> Scalar:
    """The row's cursor, in the form of `kernel.paging`: base64url, without padding, of `[sort,value,id]`."""
    order = place.rows.order
    assert order is not None, "a connection has an order"
    value, row_id = place.fit(order.by), getattr(place.row, order.id.key)
    plain = func.concat(
        literal_column(f"'[\"{order.name}\",'"),
        func.coalesce(cast(func.to_json(value), Text), literal_column("'null'")),
        literal_column("',\"'"),
        row_id,
        literal_column("'\"]'"),
    )
    encoded = func.encode(func.convert_to(plain, literal_column("'UTF8'")), literal_column("'base64'"))
    return func.rtrim(
        func.translate(encoded, literal_column("E'+/\\n'"), literal_column("'-_'")), literal_column("'='")
    )


def _listed(items: Scalar, spare: Scalar | None) -> Scalar:
    """The items as a JSON array, without the spare ones that only tell whether there are more."""
    if spare is None:
        return func.coalesce(func.json_agg(items), EMPTY_LIST)
    return func.coalesce(func.to_json(_trimmed(func.array_agg(items, type_=ARRAY(JSON)), spare)), EMPTY_LIST)


def _trimmed(array: Scalar, spare: Scalar | None) -> Scalar:
    return array if spare is None else func.trim_array(array, spare, type_=array.type)
