"""Reads that stand ready: from the second request on, the key's look-up and the answer are one statement."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update
from uuid_utils.compat import uuid7

from app.accounts.keys import revoke_api_key
from app.accounts.lookup import key_holder
from app.kernel import clock
from app.kernel.actor import Permission
from app.kernel.uow import unit_of_work
from app.models.accounts import ApiKey
from app.models.choices import LeadStatus
from tests.statements import listening
from tests.surfaces.graphql.conftest import Caller, Desk

LEAD = "query ($id: UUID!) { lead(id: $id) { id primaryEmail } }"
LEADS = "query ($first: Int) { leads(first: $first) { nodes { id } } }"
Sending = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def sending() -> Sending:
    """`with sending() as sent:` gathers every statement, the look-up of who asks too."""

    return listening


def test_a_known_read_is_one_statement_with_the_look_up_of_its_key(
    desk: Desk, ask: Caller, sending: Sending
) -> None:
    first, second = desk.lead(), desk.lead()
    ask(LEAD, id=str(first))
    with sending() as sent:
        found = ask(LEAD, id=str(second))
    assert found["lead"]["id"] == str(second)
    assert len(sent) == 1


def test_a_list_without_variables_is_one_statement_too(desk: Desk, ask: Caller, sending: Sending) -> None:
    desk.lead()
    query = "{ leads(first: 5, filter: {status: [NEW]}) { totalCount nodes { id } } }".replace("NEW", "new")
    once = ask(query)
    with sending() as sent:
        assert ask(query) == once
    assert len(sent) == 1


def test_it_answers_byte_for_byte_what_it_answered_before(desk: Desk, ask: Caller) -> None:
    given = {"id": str(desk.lead())}
    first, *others = (ask.send(LEAD, given) for _ in range(3))
    for other in others:
        assert other.data == first.data
        assert other.headers["Content-Type"] == first.headers["Content-Type"]
        assert other.headers["Vary"] == first.headers["Vary"]


def test_every_page_size_gets_its_own_page(desk: Desk, ask: Caller) -> None:
    for _ in range(3):
        desk.lead()
    for _ in range(2):
        assert [len(ask(LEADS, first=size)["leads"]["nodes"]) for size in (1, 2, 3)] == [1, 2, 3]
        assert len(ask(LEADS)["leads"]["nodes"]) == 3


@pytest.mark.parametrize("wrong", [True, "2", 0, 101])
def test_a_wrong_page_size_is_refused_though_a_right_one_stands(desk: Desk, ask: Caller, wrong: Any) -> None:
    desk.lead()
    ask(LEADS, first=1)
    first = ask.refused(LEADS, first=wrong)
    assert ask.refused(LEADS, first=wrong) == first


@pytest.mark.parametrize("given", [{}, {"id": None}, {"id": "x"}, {"id": 7}])
def test_an_id_that_is_none_is_refused_as_before(desk: Desk, app: Flask, ask: Caller, given: Any) -> None:
    fresh = LEAD.replace("query", f"query Fresh{uuid7().hex}")
    before = ask.send(fresh, given).json
    ask(LEAD, id=str(desk.lead()))
    after = ask.send(LEAD, given).json
    assert before is not None
    assert after is not None
    assert [e["message"] for e in after["errors"]] == [e["message"] for e in before["errors"]]


def test_what_stands_for_one_supplier_shows_another_only_their_own(
    desk: Desk, ask: Caller, stranger: Caller
) -> None:
    lead = desk.lead()
    for _ in range(2):
        assert ask(LEAD, id=str(lead))["lead"]
        assert ask(LEADS, first=5)["leads"]["nodes"]
    for _ in range(2):
        assert stranger(LEAD, id=str(lead)) == {"lead": None}
        assert {"id": str(lead)} not in stranger(LEADS, first=5)["leads"]["nodes"]
    theirs, unknown = (stranger.send(LEAD, {"id": str(found)}) for found in (lead, uuid7()))
    assert theirs.data == unknown.data


def test_what_changed_meanwhile_is_seen(desk: Desk, ask: Caller) -> None:
    lead = desk.lead()
    query = "query ($id: UUID!) { lead(id: $id) { leadStatus } }"
    for _ in range(2):
        assert ask(query, id=str(lead)) == {"lead": {"leadStatus": "new"}}
    desk.change(lead, lead_status=LeadStatus.CONTACTED)
    assert ask(query, id=str(lead)) == {"lead": {"leadStatus": "contacted"}}


def test_a_key_that_may_not_read_is_told_so_each_time(desk: Desk, ask: Caller) -> None:
    given = {"id": str(desk.lead())}
    ask(LEAD, **given)
    blind = desk.caller(scopes=[Permission.WRITE_LEADS])
    for _ in range(2):
        error = blind.refused(LEAD, **given)
        assert (error["extensions"]["code"], error["path"]) == ("NOT_PERMITTED", ["lead"])


def test_no_wrong_key_opens_what_stands_ready(app: Flask, desk: Desk, ask: Caller) -> None:
    given = {"id": str(desk.lead())}
    ask(LEAD, **given)
    ask(LEAD, **given)
    fresh = LEAD.replace("query", f"query Fresh{uuid7().hex}")
    other = Caller(app, desk.caller().key[:-4] + "AAAA")
    for wrong in (other, Caller(app, "wsl_"), Caller(app, "")):
        at_once, in_full = wrong.send(LEAD, given), wrong.send(fresh, given)
        assert at_once.status_code == 401
        assert at_once.data == in_full.data
        assert at_once.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_that_was_revoked_or_ran_out_opens_nothing(app: Flask, desk: Desk, ask: Caller) -> None:
    given = {"id": str(desk.lead())}
    revoked, expired = desk.caller(), desk.caller()
    for caller in (revoked, expired):
        ask(LEAD, **given)
        assert caller(LEAD, **given)["lead"]
    with app.app_context():
        revoke_api_key(desk.house.owner.actor, _key_of(desk, revoked))
        _set(desk, expired, expires_at=clock.now() - timedelta(seconds=1))
    for caller in (revoked, expired):
        assert caller.send(LEAD, given).status_code == 401


def test_the_use_of_a_key_is_still_noted(app: Flask, desk: Desk, ask: Caller) -> None:
    given = {"id": str(desk.lead())}
    ask(LEAD, **given)
    with app.app_context():
        _set(desk, ask, last_used_at=None)
        ask(LEAD, **given)
        with unit_of_work(desk.house.supplier_id) as session:
            assert session.get_one(ApiKey, (desk.house.supplier_id, _key_of(desk, ask))).last_used_at


def test_a_document_with_two_operations_runs_the_one_that_is_named(desk: Desk, ask: Caller) -> None:
    desk.lead()
    both = "query One { leads(first: 1) { nodes { id } } } query Two { supplier { id } }"
    for _ in range(2):
        assert "leads" in (ask.send(both, operationName="One").json or {})["data"]
        assert "supplier" in (ask.send(both, operationName="Two").json or {})["data"]
    single = "query One { leads(first: 1) { nodes { id } } }"
    ask(single)
    assert "errors" in (ask.send(single, operationName="Two").json or {})


def test_a_read_that_depends_on_who_asks_or_when_is_run_each_time_and_once(
    ask: Caller, sending: Sending
) -> None:
    ask("{ __typename }")
    for query in ("{ savedViews { name } }", "{ tasks(filter: {isOverdue: true}) { nodes { id } } }"):
        costs = []
        for _ in range(3):
            with sending() as sent:
                ask(query)
            costs.append(len(sent))
        assert costs == [2, 2, 2]


def test_conditions_and_aliases_stand_each_by_itself(desk: Desk, ask: Caller) -> None:
    lead = str(desk.lead())
    query = "query ($id: UUID!, $all: Boolean!) { mine: lead(id: $id) { id leadScore @include(if: $all) } }"
    for _ in range(2):
        assert set(ask(query, id=lead, all=True)["mine"]) == {"id", "leadScore"}
        assert set(ask(query, id=lead, all=False)["mine"]) == {"id"}


def _key_of(desk: Desk, caller: Caller) -> UUID:
    holder = key_holder(caller.key, desk.house.supplier_id)
    assert holder is not None
    return holder.key_id


def _set(desk: Desk, caller: Caller, **values: Any) -> None:
    found = _key_of(desk, caller)
    with unit_of_work(desk.house.supplier_id) as session:
        session.execute(update(ApiKey).where(ApiKey.id == found).values(**values))
