"""A document that asks for too much is refused by the name of the bound, at a cost linear in its length."""

import pytest
from graphql import get_introspection_query, parse

from app.graphql import limits
from app.graphql.limits import BOUNDS, Walk
from app.graphql.schema import schema
from tests.surfaces.graphql.conftest import Caller

STEPS = "{ leads(first: 99) { nodes { enrollments(first: 99) { sequence { steps(first: 99) { id } } } } } }"


def bomb(fragments: int, end: str = "__typename") -> str:
    """Each fragment spreads the next one twice: written out, the last stands there 2^n times."""
    chain = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(fragments))
    return f"query {{ ...f0 }} {chain} fragment f{fragments} on Query {{ {end} }}"


def nested_bomb(fragments: int) -> str:
    """As `bomb`, but a level deeper each time."""
    chain = " ".join(
        f"fragment f{n} on Lead {{ a{n}: source {{ id }} ...f{n + 1} b{n}: source {{ id }} ...f{n + 1} }}"
        for n in range(fragments)
    )
    return f"{{ leads {{ nodes {{ ...f0 }} }} }} {chain} fragment f{fragments} on Lead {{ id }}"


def aliased(count: int, field: str = "__typename") -> str:
    return "{ " + " ".join(f"a{n}: {field}" for n in range(count)) + " }"


def staircase(fragments: int, steps: int) -> str:
    """Fragments that each go deeper before they spread the next."""
    stairs = "... on Query { " * steps, " }" * steps
    chain = " ".join(
        f"fragment f{n} on Query {{ {stairs[0]} ...f{n + 1} {stairs[1]} }}" for n in range(fragments)
    )
    return f"{{ ...f0 }} {chain} fragment f{fragments} on Query {{ __typename }}"


@pytest.mark.parametrize(
    ("limit", "maximum", "document"),
    [
        ("depth", 16, "{ __schema { types " + "{ ofType " * 16 + "{ name" + " }" * 19),
        ("nesting", 60, staircase(25, 25)),
        ("nesting", 60, "{ " + "... { " * 100 + "__typename" + " }" * 101),
        ("fields", 1000, bomb(10)),
        ("fields", 1000, nested_bomb(25)),
        ("aliases", 100, aliased(101)),
        ("directives", 50, "{ " + "... @skip(if: true) { __typename } " * 51 + "}"),
        ("definitions", 30, " ".join(f"query q{n} {{ __typename }}" for n in range(31))),
        ("repeated fields", 1000, "{ " + 'lead(id: "x") { id } ' * 47 + "}"),
        ("name length", 63, f"{{ {'a' * 64}: __typename }}"),
        ("characters", 100_000, "{ __typename }" + " " * 100_000),
        ("cost", 100_000, STEPS),
    ],
)
def test_every_bound_has_a_name(ask: Caller, limit: str, maximum: int, document: str) -> None:
    error = ask.refused(document)
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "limit": limit, "maximum": maximum}
    assert f"{maximum:,}" in error["message"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{ " + "__typename " * 4000 + "}", "4000 tokens"),
        ("#\n" * 501 + "{ __typename }", "500 comments"),
        ("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }", "within itself"),
        ("{ leads { nodes { ...a } } } fragment a on Lead { source { id } ...a }", "within itself"),
        ("{ __typename } fragment a on Query { ...a }", "within itself"),
        ("{ a" * 300 + " }" * 300, "nested too deeply"),
    ],
)
def test_what_never_ends_is_refused(ask: Caller, document: str, said: str) -> None:
    error = ask.refused(document)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert said in error["message"]


@pytest.mark.parametrize(
    "document", [aliased(100), "{ " + "__typename " * 40 + "}", get_introspection_query()]
)
def test_what_is_within_the_bounds_runs(ask: Caller, document: str) -> None:
    assert ask(document)


def test_a_bound_holds_for_fragments_that_nobody_spreads(ask: Caller) -> None:
    error = ask.refused("{ __typename } fragment a on Query { " + 'lead(id: "x") { id } ' * 47 + "}")
    assert error["extensions"]["limit"] == "repeated fields"


@pytest.mark.parametrize("fragments", [5, 10, 20])
def test_the_walk_is_linear_whatever_fragments_multiply_to(fragments: int) -> None:
    document = parse(bomb(fragments))
    walk = Walk(schema, document, {})
    measure = walk.operation(document.definitions[0])
    assert measure.fields == 2**fragments
    assert walk.visits == 2 * fragments + 2


def test_a_measure_does_not_grow_without_bound() -> None:
    document = parse(bomb(50))
    assert Walk(schema, document, {}).operation(document.definitions[0]).fields == 10**9


def cost(document: str, **variables: object) -> int:
    parsed = parse(document)
    return Walk(schema, parsed, variables).operation(parsed.definitions[0]).cost


def test_the_cost_is_the_number_of_values_that_the_answer_may_hold() -> None:
    assert cost("{ viewer { kind } }") == 2
    assert cost("{ leads(first: 10) { nodes { id leadScore } } }") == 1 + 10 * (1 + 2)
    assert cost("{ leads { nodes { id } } }") == 1 + 25 * 2
    assert cost("{ leads(first: 10) { edges { node { id } } } }") == 1 + 10 * 3
    assert cost("{ supplier { teams(first: 7) { id name } } }") == 1 + 1 + 7 * 2


def test_the_cost_follows_the_variables() -> None:
    document = "query ($n: Int) { leads(first: $n) { nodes { interactions(first: $n) { nodes { id } } } } }"
    assert cost(document, n=10) == 1 + 10 * (1 + 1 + 10 * 2)
    assert cost(document) == 1 + 25 * (1 + 1 + 25 * 2)
    assert cost(document, n=10**9) == cost(document, n=100)
    assert cost(document, n="ten") == cost(document)
    assert cost(document.replace("$n: Int", "$n: Int = 7")) == cost(document, n=7)


def test_the_cost_of_a_document_is_checked_for_each_page_size(ask: Caller) -> None:
    document = (
        "query ($n: Int) { leads(first: $n) { nodes { interactions(first: $n) { nodes { id occurredAt"
        " user { fullName role email } interactionType interactionSubject message { id state } } } } } }"
    )
    assert ask(document, n=20) == {"leads": {"nodes": []}}
    assert ask.refused(document, n=100)["extensions"]["limit"] == "cost"
    assert ask(document, n=20) == {"leads": {"nodes": []}}


def test_a_fragment_costs_what_it_costs_where_it_is_spread() -> None:
    page = "fragment page on LeadConnection { nodes { id } }"
    assert cost(f"{{ leads(first: 3) {{ ...page }} }} {page}") == 1 + 3 * 2
    assert cost(f"{{ leads(first: 9) {{ ...page }} }} {page}") == 1 + 9 * 2


def test_the_bounds_leave_room_for_the_lead_graph() -> None:
    graph = """{ leads(first: 50) { nodes { id couple source { id sourceName } assignee { fullName }
        interactions(first: 5) { nodes { id interactionType occurredAt } }
        enrollments(first: 5) { status sequence { sequenceName steps(first: 10) { stepName } } } } } }"""
    limits.check(schema, parse(graph), {})
    assert cost(graph) < BOUNDS.cost / 5
