"""Compiled reads, kept with the document they belong to, and run with the values of each request.

A plan is found by the field's nodes, the values of the variables in @skip and @include, and the
shapes of the criteria; arguments stay parameters. A document's plans are dropped with it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from graphql.execution.collect_fields import FieldDetailsList
from graphql.execution.executor import Executor
from sqlalchemy import Engine, Select, bindparam, func, literal, select, true

from app.graphql.read.compiler import Compiler, first_of
from app.graphql.read.connection import told_of
from app.graphql.read.rows import Rows, Shape, shape
from app.graphql.read.selection import ROOT, Tree, build, name_rows
from app.graphql.read.sql import SUPPLIER
from app.kernel.reads import DIALECT, fetch_json

MOST_PLANS = 32
"""Of one document: it has a plan for each combination of filters given and left out."""
ACTING = "supplier"
"""The parameter that names the supplier to row level security, as text."""
Processor = Callable[[Any], Any]


@dataclass(frozen=True)
class Plan:
    """A statement as PostgreSQL takes it, with the names of `$1`, `$2` …; the parameters that never
    change, and how others are converted."""

    sql: str
    names: Sequence[str]
    constants: Mapping[str, Any]
    processors: Mapping[str, Processor]


@dataclass
class Plans:
    """The plans of one document. `conditional` names the variables of its @skip and @include."""

    conditional: Sequence[str] = ()
    trees: dict[Any, Tree] = field(default_factory=dict)
    compiled: dict[Any, Plan] = field(default_factory=dict)

    def tree(self, executor: Executor[Any], return_type: Any, details: FieldDetailsList) -> tuple[Any, Tree]:
        """The selection below these nodes, and its key."""
        known = executor.variable_values.coerced
        key = (*(id(detail.node) for detail in details), *(known.get(name) for name in self.conditional))
        tree = self.trees.get(key)
        if tree is None:
            _make_room(self.trees)
            tree = self.trees[key] = build(executor, return_type, details)
        return key, tree

    def read(self, executor: Executor[Any], key: Any, tree: Tree, rows: Rows) -> tuple[Plan, dict[str, Any]]:
        """The plan for these rows, and the parameters of this request."""
        named = {ROOT: rows} | {site: name_rows(executor, found) for site, found in enumerate(tree.sites)}
        shapes = {site: shape(found) for site, found in named.items()}
        identity = (key, *(found.key for found in shapes.values()))
        plan = self.compiled.get(identity)
        if plan is None:
            _make_room(self.compiled)
            plan = self.compiled[identity] = _compile(tree, named, shapes)
        return plan, _parameters(plan, named, shapes)


def run(engine: Engine, supplier_id: UUID, plan: Plan, parameters: dict[str, Any]) -> bytes | None:
    """The JSON that PostgreSQL writes, as that supplier sees its rows; None for no row."""
    given = parameters | {ACTING: str(supplier_id), SUPPLIER: supplier_id}
    return fetch_json(engine, plan.sql, [given[name] for name in plan.names])


def _compile(tree: Tree, rows: Mapping[int, Rows], shapes: Mapping[int, Shape]) -> Plan:
    names = {
        site: {bind: _name(site, i) for i, bind in enumerate(found.binds)} for site, found in shapes.items()
    }
    compiled = _as_supplier(Compiler(rows, names).json(tree.root)).compile(dialect=DIALECT)
    variable = {name for site in names.values() for name in site.values()} | {first_of(site) for site in rows}
    variable |= {told_of(name) for name in rows[ROOT].told}
    processors = {
        name: convert
        for name, bind in compiled.binds.items()
        if (convert := bind.type.dialect_impl(DIALECT).bind_processor(DIALECT))
    }
    constants = {
        name: processors[name](value) if name in processors else value
        for name, value in compiled.params.items()
        if name not in variable
    }
    own = {name: processors[name] for name in variable & processors.keys()}
    return Plan(str(compiled), tuple(compiled.positiontup or ()), constants, own)


def _as_supplier(answer: Any) -> Select[Any]:
    """The answer as the supplier of the parameter sees it.

    The setting is made by the row the answer is computed for, so it stands before any policy asks, and
    `offset 0` keeps the planner from pulling it up. It is local: it ends with the statement.
    """
    supplier = func.set_config(literal("app.supplier_id"), bindparam(ACTING, ""), true())
    return select(answer).select_from(select(supplier).offset(0).subquery("acting"))


def _parameters(plan: Plan, rows: Mapping[int, Rows], shapes: Mapping[int, Shape]) -> dict[str, Any]:
    given = {_name(site, i): value for site, found in shapes.items() for i, value in enumerate(found.values)}
    given |= {first_of(site): found.first for site, found in rows.items() if found.first is not None}
    given |= {told_of(name): orjson.dumps(value).decode() for name, value in rows[ROOT].told.items()}
    converted = {
        name: plan.processors[name](value) for name, value in given.items() if name in plan.processors
    }
    return {**plan.constants, **given, **converted}


def _name(site: int, index: int) -> str:
    return f"value_{'root' if site == ROOT else site}_{index}"


def _make_room(kept: dict[Any, Any]) -> None:
    if len(kept) >= MOST_PLANS:
        kept.clear()
