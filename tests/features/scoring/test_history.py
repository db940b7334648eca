"""How a score moved, by the entries of the timeline."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from app.kernel.uow import reading, unit_of_work
from app.models.leads import Lead, LeadInteraction
from app.models.scoring import ScoreAdjustment
from app.scoring.history import MovedBy, ScoreStep, history
from app.scoring.service import rescore
from tests.cast import House
from tests.features.scoring.past import NOW, decided
from tests.statements import listening


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def steps(house: House, lead_id: UUID, **page: object) -> list[ScoreStep]:
    with reading(house.supplier_id) as session:
        return history(session, lead_id, **page)


def test_each_change_says_what_moved_it(house: House) -> None:
    soon = NOW.date() + timedelta(days=100)
    with unit_of_work(house.supplier_id) as session:
        lead = Lead(
            supplier_id=house.supplier_id, lead_source="fair", primary_email="c@x.example", wedding_date=soon
        )
        session.add(lead)
        session.flush()
        lead_id = lead.id
        rescore(session, lead_id, NOW)
    with unit_of_work(house.supplier_id) as session:
        lead = session.get_one(Lead, (house.supplier_id, lead_id))
        lead.estimated_budget, lead.wedding_date = Decimal(4000), None
        given = {"points": 7, "reason": "met at the fair"}
        session.add(ScoreAdjustment(supplier_id=house.supplier_id, lead_id=lead_id, **given))
        rescore(session, lead_id, NOW + timedelta(hours=1))
    assert steps(house, lead_id) == [
        ScoreStep(
            NOW + timedelta(hours=1),
            25,
            37,
            "change",
            [
                MovedBy("Budget over 2,500", Decimal(0), Decimal(30)),
                MovedBy("Wedding within 18 months", Decimal(25), Decimal(0)),
                MovedBy("Given by hand or by a sequence", Decimal(0), Decimal(7)),
            ],
        ),
        ScoreStep(NOW, 0, 25, "change", [MovedBy("Wedding within 18 months", Decimal(0), Decimal(25))]),
    ]


def test_entries_of_before_say_only_the_scores(house: House) -> None:
    [lead_id] = decided(house, [{"won": True, "scores": [(0, 20), (3, 45)]}])
    assert [(step.old_score, step.new_score, step.cause, step.moved) for step in steps(house, lead_id)] == [
        (20, 45, "", []),
        (0, 20, "", []),
    ]


def points(**given: float) -> list[dict[str, Any]]:
    return [{"rule_name": name, "adjustment": adjustment} for name, adjustment in given.items()]


def moves(step: ScoreStep) -> list[tuple[str, Decimal, Decimal]]:
    return [(one.name, one.before, one.after) for one in step.moved]


def test_points_are_compared_by_the_name_that_gave_them(house: House) -> None:
    two = [*points(barn=5, faded=12.5), {"rule_name": "barn", "adjustment": 2}]
    [lead_id] = decided(
        house,
        [{"won": True, "scores": [(0, 20, two), (1, 16, points(barn=7, faded=8.84)), (2, 30), (3, 31, two)]}],
    )
    third, second, first, zeroth = steps(house, lead_id)
    assert moves(zeroth) == [
        ("faded", Decimal(0), Decimal("12.5")),
        ("barn", Decimal(0), Decimal(7)),
    ]
    assert moves(first) == [("faded", Decimal("12.5"), Decimal("8.84"))]
    assert (moves(second), moves(third)) == ([], []), "one does not say what gave it"


def test_a_merge_brings_entries_that_do_not_follow_from_each_other(house: House) -> None:
    winner, loser = decided(
        house,
        [
            {"won": True, "scores": [(0, 20, points(barn=20)), (3, 50, points(barn=50))]},
            {"won": True, "scores": [(1, 70, points(fair=70))]},
        ],
    )
    with unit_of_work(house.supplier_id) as session:
        theirs = update(LeadInteraction).where(LeadInteraction.lead_id == loser)
        session.execute(theirs.values(lead_id=winner))
    assert [(step.new_score, moves(step)) for step in steps(house, winner)] == [
        (50, []),
        (70, []),
        (20, [("barn", Decimal(0), Decimal(20))]),
    ]


def test_it_is_paged_by_the_moment_and_bounded(house: House) -> None:
    [lead_id] = decided(house, [{"won": True, "scores": [(day, 10 + day) for day in range(120)]}])
    assert len(steps(house, lead_id)) == 20
    assert len(steps(house, lead_id, most=1000)) == 100
    first = steps(house, lead_id, most=3)
    second = steps(house, lead_id, most=3, before=first[-1].occurred_at)
    assert [step.new_score for step in first + second] == [129, 128, 127, 126, 125, 124]
    with reading(house.supplier_id) as session, listening() as sent:
        history(session, lead_id)
    assert len([one for one in sent if "set_config" not in one]) == 1


def test_changes_of_one_moment_are_not_parted(house: House) -> None:
    [lead_id] = decided(house, [{"won": True, "scores": [(0, 10), (1, 20), (1, 30), (2, 40)]}])
    first = steps(house, lead_id, most=2)
    assert [step.new_score for step in first] == [40, 30, 20]
    assert [step.new_score for step in steps(house, lead_id, before=first[-1].occurred_at)] == [10]


def test_others_have_none_of_it(house: House) -> None:
    [lead_id] = decided(house, [{"won": True, "scores": [(0, 10)]}])
    with reading(house.stranger.actor.supplier_id) as session:
        assert history(session, lead_id) == []
