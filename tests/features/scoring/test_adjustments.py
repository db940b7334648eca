"""Points that a person gives one lead, beside the rules."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.kernel import clock
from app.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from app.kernel.uow import reading
from app.scoring import rescoring
from app.scoring.queries import explain
from app.scoring.schemas import MOST_ADJUSTMENTS, AdjustmentWrite
from app.workflows.adjust_score import adjust_score, withdraw_adjustment
from tests.cast import House
from tests.features.scoring.test_rules import lead, score


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def points(points: int = 15, **more: Any) -> AdjustmentWrite:
    return AdjustmentWrite(points=points, reason="Met at a fair", **more)


def test_points_count_at_once_and_are_kept_by_the_next_rescore(house: House) -> None:
    lead_id = lead(house)
    given = adjust_score(house.member.actor, lead_id, points())
    assert (given.old_score, given.new_score, score(house, lead_id)) == (0, 15, 15)
    rescoring.ask_rescore(house.owner.actor)
    with reading(house.supplier_id) as session:
        why = explain(session, lead_id, clock.now())
    assert [(one.reason, one.points) for one in why.adjustments] == [("Met at a fair", 15)]
    assert (why.stored_score, why.score) == (15, 15)
    taken = withdraw_adjustment(house.member.actor, given.adjustment_id)
    assert (taken.old_score, taken.new_score, score(house, lead_id)) == (15, 0, 0)


def test_points_that_expire_count_until_then(house: House) -> None:
    lead_id = lead(house)
    adjust_score(house.member.actor, lead_id, points(expires_at=clock.now() + timedelta(days=2)))
    with reading(house.supplier_id) as session:
        later = clock.now() + timedelta(days=2)
        assert explain(session, lead_id, clock.now()).score == 15
        assert explain(session, lead_id, later).score == 0


def test_what_cannot_be_given_is_refused(house: House) -> None:
    lead_id = lead(house)
    with pytest.raises(InvalidInput, match="at least one point"):
        adjust_score(house.member.actor, lead_id, points(0))
    with pytest.raises(InvalidInput, match="name a later time"):
        adjust_score(house.member.actor, lead_id, points(expires_at=clock.now()))
    with pytest.raises(ValueError, match="points"):
        points(101)
    with pytest.raises(NotFound):
        adjust_score(house.stranger.actor, lead_id, points())
    with pytest.raises(NotPermitted):
        adjust_score(house.viewer.actor, lead_id, points())
    for _ in range(MOST_ADJUSTMENTS):
        given = adjust_score(house.member.actor, lead_id, points(1))
    with pytest.raises(Conflict, match="at most 50 adjustments"):
        adjust_score(house.member.actor, lead_id, points(1))
    with pytest.raises(NotFound):
        withdraw_adjustment(house.stranger.actor, given.adjustment_id)
    assert score(house, lead_id) == 50


def test_points_that_expired_leave_room(house: House) -> None:
    lead_id = lead(house)
    for _ in range(MOST_ADJUSTMENTS):
        adjust_score(house.member.actor, lead_id, points(1, expires_at=clock.now() + timedelta(days=1)))
    with clock.at(clock.now() + timedelta(days=1)):
        assert adjust_score(house.member.actor, lead_id, points()).new_score == 15


def test_points_withdrawn_twice_at_once_are_withdrawn_once(app: Flask, house: House) -> None:
    given = adjust_score(house.member.actor, lead(house), points())

    def withdraw(_: int) -> int | str:
        with app.app_context():
            try:
                return withdraw_adjustment(house.member.actor, given.adjustment_id).new_score
            except NotFound as refused:
                return refused.message

    with ThreadPoolExecutor(2) as both:
        told = set(both.map(withdraw, range(2)))
    assert told == {0, "No score adjustment with this id."}
