"""The read compiler: one statement for whatever is selected, and the answer GraphQL promises for it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from psycopg import RawCursor
from sqlalchemy import event, insert, text
from sqlalchemy.engine import Engine

from app.graphql.paging import Connection
from app.graphql.read.rows import Rows, shape
from app.kernel.db import db, owner_engine
from app.kernel.uow import unit_of_work
from app.models import leads as models
from app.models.choices import InteractionType, LeadStatus
from app.models.leads import LeadInteraction, Task
from tests.surfaces.graphql.conftest import Caller, Desk

GRAPH = """
query Graph($first: Int, $entries: Int) {
  leads(first: $first) {
    totalCount
    summary { totalLeads averageScore }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node {
      id couple leadStatus leadScore
      source { sourceName autoAssignTo { fullName } }
      assignee { fullName role team { name } }
      team { name }
      interactions(first: $entries) {
        totalCount
        nodes { interactionType user { fullName } message { subject } }
      }
      tasks { title assignee { fullName } }
      statusHistory { fromStatus toStatus changedBy { fullName } }
      messages { subject state sequenceStep { stepName } }
      inquiries { channel payload }
      touchpoints { kind source { slug } }
      conversions { conversionValue credits { sourceName amount } }
      enrollments {
        status
        currentStep { stepName }
        sequence { sequenceName steps { stepName emailTemplate { name } } }
      }
    } }
  }
}
"""


def test_a_lead_graph_is_one_statement_whatever_its_depth(desk: Desk, ask: Caller, statements: Any) -> None:
    for _ in range(3):
        desk.lead()
    ask(GRAPH, first=2, entries=1)
    with statements() as sent:
        found = ask(GRAPH, first=2, entries=1)["leads"]
    assert len(sent) == 1
    assert found["totalCount"] == 3
    [first, second] = found["edges"]
    assert first["node"]["enrollments"][0]["sequence"]["steps"][0]["stepName"] == "Acknowledge the inquiry"
    assert second["node"]["interactions"]["totalCount"] > len(second["node"]["interactions"]["nodes"]) == 1


def test_two_fields_of_the_root_are_two_statements(desk: Desk, ask: Caller, statements: Any) -> None:
    lead = str(desk.lead())
    with statements() as sent:
        found = ask("query ($id: UUID!) { a: lead(id: $id) { id } b: leads { nodes { id } } }", id=lead)
    assert found == {"a": {"id": lead}, "b": {"nodes": [{"id": lead}]}}
    assert len(sent) == 2


def test_arguments_stay_parameters(desk: Desk, ask: Caller, statements: Any) -> None:
    """The same document asks with other values by the same statement, lists of other lengths too."""
    desk.lead()
    document = """query ($first: Int, $types: [InteractionType!], $status: [LeadStatus!]) {
        leads(first: $first, filter: {status: $status}) {
            nodes { interactions(first: $first, types: $types) { nodes { interactionType } } } } }"""
    asked: list[Any] = []
    for first, types, status in (
        (1, ["note_added"], ["new"]),
        (2, ["score_updated", "note_added"], ["new", "won"]),
    ):
        with statements() as sent:
            asked.append(
                ask(document, first=first, types=types, status=status)["leads"]["nodes"][0]["interactions"]
            )
        asked.append(sent)
    one, first_sent, two, second_sent = asked
    assert first_sent == second_sent
    assert len(one["nodes"]) == 1
    assert {node["interactionType"] for node in two["nodes"]} <= {"score_updated", "note_added"}


def test_two_suppliers_share_a_plan_and_no_rows(desk: Desk, ask: Caller, stranger: Caller) -> None:
    lead = str(desk.lead())
    document = (
        "query ($id: UUID!) { lead(id: $id) { id source { sourceName } } leads { nodes { id } totalCount } }"
    )
    ours, theirs = ask(document, id=lead), stranger(document, id=lead)
    again = ask(document, id=lead)
    assert ours == again
    assert ours["leads"]["totalCount"] == 1
    assert theirs == {"lead": None, "leads": {"nodes": [], "totalCount": 0}}


def test_a_page_of_many_leads_comes_in_the_order_of_an_index(
    desk: Desk, plan_of: Callable[[str], str]
) -> None:
    """The planner sees how many rows the supplier has: it would else expect one, and sort them all."""
    many = [{"lead_source": "website", "primary_phone": f"020 7946 {n:04}"} for n in range(3_000)]
    with desk.app.app_context(), unit_of_work(desk.house.supplier_id) as session:
        session.execute(insert(models.Lead), [{"supplier_id": desk.house.supplier_id, **one} for one in many])
    with owner_engine(desk.app.config["DATABASE_URL"]).begin() as connection:
        connection.execute(text("analyze leads"))
    for by in ("created_at", "updated_at", "lead_score", "wedding_date", "next_follow_up"):
        for direction in ("asc", "desc"):
            order = f"{{ by: {by}, direction: {direction} }}"
            plan = plan_of(f"{{ leads(first: 25, orderBy: {order}) {{ nodes {{ id couple }} }} }}")
            assert "Index Scan" in plan, order
            assert "Sort" not in plan, order


@pytest.fixture
def plan_of(app: Flask, ask: Caller) -> Callable[[str], str]:
    """How PostgreSQL goes about the statement that a query becomes."""

    def explain(query: str) -> str:
        sent: list[tuple[str, Any]] = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            sent.append((statement, parameters))

        event.listen(Engine, "before_cursor_execute", note)
        try:
            ask(query)
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        statement, parameters = sent[-1]
        with app.app_context(), db.engines["reads"].connect() as connection:
            cursor = RawCursor(connection.connection.driver_connection)
            return "\n".join(line for (line,) in cursor.execute(f"explain {statement}", parameters))

    return explain


def test_aliases_name_the_answer(desk: Desk, ask: Caller) -> None:
    lead = str(desk.lead(couple_name_bride="Ada"))
    long = "a" * 63
    found = ask(
        f"""query ($id: UUID!) {{ {long}: lead(id: $id) {{
            {long}: coupleNameBride  _cursor: leadStatus  select: leadScore  couple couple2: couple
            first: interactions(first: 1) {{ one: nodes {{ id }} two: nodes {{ id interactionType }} }}
            all: interactions {{ edges {{ c: cursor n: node {{ id }} m: node {{ occurredAt }} }} }}
        }} }}""",
        id=lead,
    )[long]
    assert found[long] == "Ada"
    assert found["_cursor"] == "new"
    assert found["couple"] == found["couple2"] == "Ada"
    assert found["first"]["one"][0]["id"] == found["first"]["two"][0]["id"]
    assert set(found["first"]["two"][0]) == {"id", "interactionType"}
    assert [set(edge) for edge in found["all"]["edges"]] == [{"c", "n", "m"}] * len(found["all"]["edges"])


def test_the_answer_has_the_order_of_the_selection(desk: Desk, ask: Caller) -> None:
    desk.lead()
    answer = ask.send(
        "{ leads { totalCount nodes { updatedAt id source { slug id } createdAt } pageInfo { endCursor } } }"
    )
    found = answer.json["data"]["leads"]
    assert list(found) == ["totalCount", "nodes", "pageInfo"]
    assert list(found["nodes"][0]) == ["updatedAt", "id", "source", "createdAt"]
    assert list(found["nodes"][0]["source"]) == ["slug", "id"]


def test_fragments_merge(desk: Desk, ask: Caller) -> None:
    desk.lead()
    found = ask("""
        query { leads { ...page ... on LeadConnection { nodes { leadScore source { slug } } } } }
        fragment page on LeadConnection { __typename nodes { ...names source { ...source id } } }
        fragment names on Lead { id ... { couple } }
        fragment source on LeadSource { sourceName }
    """)["leads"]
    assert found["__typename"] == "LeadConnection"
    assert set(found["nodes"][0]) == {"id", "couple", "source", "leadScore"}
    assert found["nodes"][0]["source"].keys() == {"sourceName", "id", "slug"}


def test_every_object_tells_its_type(desk: Desk, ask: Caller) -> None:
    desk.lead()
    found = ask("""{ __typename leads { __typename pageInfo { __typename } summary { __typename }
        edges { __typename node { __typename source { __typename }
            interactions { __typename edges { __typename node { __typename } } }
            statusHistory { __typename } } } } }""")
    page = found["leads"]
    node = page["edges"][0]["node"]
    assert (found["__typename"], page["__typename"], page["pageInfo"]) == (
        "Query",
        "LeadConnection",
        {"__typename": "PageInfo"},
    )
    assert page["summary"] == {"__typename": "LeadSummary"}
    assert (page["edges"][0]["__typename"], node["__typename"]) == ("LeadEdge", "Lead")
    assert node["source"] == {"__typename": "LeadSource"}
    assert node["interactions"]["__typename"] == "LeadInteractionConnection"
    assert node["interactions"]["edges"][0] == {
        "__typename": "LeadInteractionEdge",
        "node": {"__typename": "LeadInteraction"},
    }
    assert node["statusHistory"] == [{"__typename": "StatusChange"}]


def test_skip_and_include_choose_the_plan(desk: Desk, ask: Caller) -> None:
    desk.lead()
    document = """query ($with: Boolean!, $without: Boolean!) { leads { nodes {
        id
        leadScore @include(if: $with)
        source @skip(if: $without) { id slug @include(if: $with) }
        ... @include(if: $with) { couple }
        ...more @skip(if: true)
    } } } fragment more on Lead { tags }"""

    def keys(**variables: bool) -> set[str]:
        return set(ask(document, **variables)["leads"]["nodes"][0])

    assert keys(**{"with": True, "without": False}) == {"id", "leadScore", "source", "couple"}
    assert keys(**{"with": False, "without": True}) == {"id"}
    assert keys(**{"with": False, "without": False}) == {"id", "source"}
    assert keys(**{"with": True, "without": False}) == {"id", "leadScore", "source", "couple"}


def test_one_document_serves_both_of_its_operations(desk: Desk, ask: Caller) -> None:
    desk.lead()
    document = """
        query A($n: Int = 1) { leads(first: $n) { ...page } }
        query B($n: Int = 2) { leads(first: $n) { ...page totalCount } }
        fragment page on LeadConnection { nodes { interactions(first: $n) { nodes { id } } } }
    """

    def entries(name: str) -> int:
        found = ask.send(document, operationName=name).json["data"]["leads"]
        return len(found["nodes"][0]["interactions"]["nodes"])

    assert [entries("A"), entries("B"), entries("A")] == [1, 2, 1]


def test_an_object_has_more_fields_than_json_build_object_takes(desk: Desk, ask: Caller) -> None:
    desk.lead()
    fields = [f"f{n}: leadScore" for n in range(90)]
    found = ask(f"{{ leads {{ nodes {{ {' '.join(fields)} }} }} }}")["leads"]["nodes"][0]
    assert len(found) == 90


def test_values_are_told_the_same_way_everywhere(desk: Desk, ask: Caller) -> None:
    at = datetime(2026, 7, 1, 9, 30, 15, 120_000, tzinfo=UTC)
    desk.lead(
        at, estimated_budget="2500", wedding_date="2027-06-19", custom_fields={"a": [1, None]}, tags=["x"]
    )
    fields = """createdAt estimatedBudget weddingDate customFields tags leadStatus leadScore
        qualityRating consentMarketing conversionValue"""
    [lead] = ask(f"{{ leads {{ nodes {{ {fields} }} }} }}")["leads"]["nodes"]
    assert lead == {
        "createdAt": "2026-07-01T09:30:15.12+00:00",
        "estimatedBudget": "2500.00",
        "weddingDate": "2027-06-19",
        "customFields": {"a": [1, None]},
        "tags": ["x"],
        "leadStatus": "new",
        "leadScore": lead["leadScore"],
        "qualityRating": None,
        "consentMarketing": False,
        "conversionValue": None,
    }
    assert isinstance(lead["leadScore"], int)


def test_a_missing_relation_is_null_and_an_empty_list_is_empty(desk: Desk, ask: Caller) -> None:
    desk.change(desk.lead(), lead_source_id=None, assigned_to_user_id=None)
    lead = ask("{ leads { nodes { source { id } assignee { fullName } tasks { id } team { id } } } }")[
        "leads"
    ]["nodes"][0]
    assert lead == {"source": None, "assignee": None, "tasks": [], "team": None}


def test_text_comes_back_as_it_is(desk: Desk, ask: Caller) -> None:
    words = "She said \"yes\" & 'no' \\ %s %(x)s :y $1 \u2028 \U0001f492 <b>\n\ttab"
    lead = desk.lead(additional_notes=words)
    assert (
        ask("query ($id: UUID!) { lead(id: $id) { additionalNotes } }", id=str(lead))["lead"][
            "additionalNotes"
        ]
        == words
    )


def test_a_wrong_argument_deep_inside_is_located(desk: Desk, ask: Caller) -> None:
    desk.lead()
    for document in (
        "{ leads { nodes { id interactions(first: 0) { nodes { id } } } } }",
        "query ($n: Int = 101) { leads { nodes { id tasks(first: $n) { id } } } }",
    ):
        error = ask.refused(document)
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert error["extensions"]["fields"][0]["field"] == "first"
        assert error["path"] == ["leads"]
        assert (
            error["locations"][0]["column"]
            == document.index("interactions" if "inter" in document else "tasks") + 1
        )


def test_a_computed_field_is_resolved_on_what_the_statement_brought(desk: Desk, ask: Caller) -> None:
    """The score's explanation is Python's; all around it still comes from the one statement."""
    lead = desk.lead(estimated_budget="9000", lead_source="referral", wedding_date="2030-01-01")
    fields = (
        "id leadScore why: scoreExplanation { score total rules { ruleName matched points } } source { slug }"
    )
    one = ask(f"query ($id: UUID!) {{ lead(id: $id) {{ {fields} }} }}", id=str(lead))["lead"]
    page = ask(
        f"{{ leads(first: 9) {{ edges {{ node {{ {fields} }} }} nodes {{ {fields} }} totalCount }} }}"
    )["leads"]
    assert list(one) == ["id", "leadScore", "why", "source"]
    assert one["why"]["score"] == one["leadScore"] > 0
    assert {rule["ruleName"] for rule in one["why"]["rules"] if rule["matched"]} >= {"Budget over 2,500"}
    assert page["nodes"] == [one]
    assert page["edges"] == [{"node": one}]


def test_the_timeline_of_each_lead_is_its_own(desk: Desk, ask: Caller) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    leads = [desk.lead() for _ in range(2)]
    for number, lead in enumerate(leads):
        entry = LeadInteraction(
            lead_id=lead,
            interaction_type=InteractionType.PHONE_CALL,
            interaction_subject=f"call {number}",
            occurred_at=at,
        )
        desk.add(entry, Task(lead_id=lead, title=f"task {number}"))
    found = ask("""{ leads { nodes { id tasks { title }
        interactions(types: [phone_call]) { nodes { interactionSubject } totalCount } } } }""")["leads"][
        "nodes"
    ]
    said = {lead["id"]: lead for lead in found}
    for number, lead in enumerate(leads):
        assert said[str(lead)]["tasks"] == [{"title": f"task {number}"}]
        entries = said[str(lead)]["interactions"]
        assert entries == {"nodes": [{"interactionSubject": f"call {number}"}], "totalCount": 1}


@pytest.mark.parametrize("status", [LeadStatus.NEW, LeadStatus.WON])
def test_a_shape_has_no_values(status: LeadStatus) -> None:
    asked = shape(Rows(models.Lead, (models.Lead.lead_status == status,)))
    other = shape(Rows(models.Lead, (models.Lead.lead_status == LeadStatus.LOST,)))
    assert asked.key == other.key
    assert asked.values == [status]
    assert shape(Rows(models.Lead, (models.Lead.lead_score == 1,))).key != asked.key


def test_the_connection_type_is_the_one_base_of_all_lists() -> None:
    assert Connection.__strawberry_definition__.is_graphql_generic
