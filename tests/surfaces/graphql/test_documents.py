"""Documents are read once and kept, but never what a couple wrote."""

from typing import Any

import pytest
from graphql import GraphQLError

from app.graphql.documents import MOST, Documents
from app.graphql.schema import schema
from tests.surfaces.graphql.conftest import Caller, Desk


def test_a_document_is_read_once() -> None:
    documents = Documents(schema)
    text = "query ($id: UUID!) { lead(id: $id) { id } }"
    assert documents.get(text, {}) is documents.get(text, {})


def test_the_least_recently_used_gives_way() -> None:
    documents = Documents(schema)
    first = documents.get("{ a0: __typename }", {})
    second = documents.get("{ a1: __typename }", {})
    for number in range(2, MOST):
        documents.get(f"{{ a{number}: __typename }}", {})
    assert documents.get("{ a0: __typename }", {}) is first
    documents.get("{ one_more: __typename }", {})
    assert documents.get("{ a0: __typename }", {}) is first
    assert documents.get("{ a1: __typename }", {}) is not second


def test_a_document_that_is_wrong_is_not_kept() -> None:
    documents = Documents(schema)
    wrong = documents.get("{ nothing }", {})
    assert wrong.errors
    assert documents.get("{ nothing }", {}) is not wrong


def test_a_mutation_with_texts_of_its_own_is_not_kept() -> None:
    documents = Documents(schema)
    said = (
        'mutation { createLead(input: {leadSource: "website", primaryEmail: "ada@example.com"}) { success } }'
    )
    asked = "mutation ($input: LeadCreateInput!) { createLead(input: $input) { success } }"
    assert documents.get(said, {}) is not documents.get(said, {})
    assert documents.get(asked, {}) is documents.get(asked, {})


def test_a_kept_document_is_still_measured_with_each_page_size() -> None:
    documents = Documents(schema)
    entries = (
        "interactions(first: $n) { nodes { id occurredAt userId leadId isSystem createdAt messageId: id } }"
    )
    text = f"query ($n: Int) {{ leads(first: $n) {{ nodes {{ a: {entries} b: {entries} }} }} }}"
    kept = documents.get(text, {"n": 10})
    with pytest.raises(GraphQLError, match="cost"):
        documents.get(text, {"n": 100})
    assert documents.get(text, {"n": 10}) is kept


def test_a_plan_is_compiled_once_for_each_shape(desk: Desk, ask: Caller, statements: Any) -> None:
    desk.lead()
    document = (
        "query ($low: Int, $high: Int) { leads(filter: {scoreMin: $low, scoreMax: $high}) { nodes { id } } }"
    )
    with statements() as sent:
        for low, high in ((1, None), (2, 9), (3, 8), (None, None), (4, None)):
            ask(document, low=low, high=high)
    one, two, again, none, last = sent
    assert one == last
    assert two == again
    assert len({one, two, none}) == 3
