"""Whatever a supplier asks the API, along every relation: no row of another supplier is told."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from app.kernel.db import Base
from app.kernel.uow import reading
from tests.architecture import operations
from tests.architecture.callers import Callers
from tests.architecture.ledger import GUARDED
from tests.architecture.targets import Targets
from tests.cast import House, open_house

ROOTS = [name for name in operations.root_fields() if name.startswith("Query.")]
UUIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WITHOUT_IDS = {
    "Query.analytics",
    "Query.readyMadeRules",
    "Query.readyMadeSequences",
    "Query.scoreCalibration",
    "Query.scoreDistribution",
    "Query.scoringFields",
    "Query.scoringSuggestions",
    "Query.sequenceDifferences",
    "Query.sequenceMoves",
    "Query.sequenceProblems",
    "Query.sequenceStatistics",
    "Query.emailTemplatePreview",
    "Query.smsTemplatePreview",
    "Query.taskTemplatePreview",
    "Query.templateTokens",
    "Query.weddingMoves",
}
"""Figures, previews, steps by their keys alone, and what is the same for all."""
KEYS = {name: "user_id" if name == "memberships" else "id" for name in GUARDED}


@pytest.fixture(scope="module")
def house(app: Flask) -> House:
    """Two suppliers with the same kinds of rows."""
    ours = open_house(app)
    for one in (ours, _as_house_of_the_stranger(ours)):
        Targets(app, one).path(
            "<message_id> <inquiry_id> <team_id> <key_id> <task_id> <shared_view_id> <suppression_id>"
            " <sms_template_id> <task_template_id> <domain_id>",
            None,
        )
    return ours


@pytest.fixture(scope="module")
def callers(app: Flask, house: House) -> Callers:
    return Callers(app, house)


@pytest.mark.parametrize("name", ROOTS)
def test_no_relation_leads_to_another_supplier(app: Flask, callers: Callers, name: str) -> None:
    house = callers.house
    targets = Targets(app, _as_house_of_the_stranger(house))
    document = targets.path(operations.document(name, operations.root_fields()[name], depth=3), None)
    answer = callers.query("stranger", document)
    assert answer.json is not None
    assert "errors" not in answer.json, answer.json["errors"]
    theirs, ours = _ids(app, house), _ids(app, _as_house_of_the_stranger(house))
    told = set(UUIDS.findall(answer.text))
    assert told & theirs == set()
    assert bool(told & ours) is (name not in WITHOUT_IDS)


def _as_house_of_the_stranger(house: House) -> House:
    return replace(house, supplier_id=house.stranger.actor.supplier_id, owner=house.stranger)


def _ids(app: Flask, house: House) -> set[str]:
    """The ids of all rows of the supplier."""
    assert KEYS.keys() <= Base.metadata.tables.keys()
    parts = [f"select {column}::text from {table}" for table, column in KEYS.items()]
    with app.app_context(), reading(house.supplier_id) as session:
        return set(session.scalars(text(" union all ".join(parts))))
