"""Reads as one statement: types declare what they read, resolvers name rows, PostgreSQL writes the JSON."""

from app.graphql.read.executor import ReadExecutor
from app.graphql.read.fields import computed, expression, many, one, record, row, told, totals
from app.graphql.read.plans import Plans
from app.graphql.read.rows import Rows, page, top
from app.graphql.read.standing import Ready, Standing

__all__ = [
    "Plans",
    "ReadExecutor",
    "Ready",
    "Rows",
    "Standing",
    "computed",
    "expression",
    "many",
    "one",
    "page",
    "record",
    "row",
    "told",
    "top",
    "totals",
]
