"""Does the score tell the truth: by the score as it stood while there was something to decide."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from app.kernel.rates import Rate, wilson
from app.kernel.uow import reading
from app.models.choices import LeadStatus
from app.scoring.calibration import Calibration, calibrated, calibration
from app.scoring.decided import scored
from tests.cast import House
from tests.features.scoring.past import NOW, decided
from tests.statements import listening


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def found(house: House) -> dict[int, Rate]:
    with reading(house.supplier_id) as session:
        return scored(session, NOW)


def test_the_bands_are_example_2s_with_what_they_are_worth(house: House) -> None:
    decided(house, [{"won": number < 6, "scores": [(0, 90)]} for number in range(10)])
    decided(house, [{"won": number < 1, "scores": [(0, 30)]} for number in range(4)])
    with reading(house.supplier_id) as session, listening() as sent:
        told = calibration(session, NOW)
    assert len([one for one in sent if "set_config" not in one]) == 1
    assert (told.decided, told.won) == (14, 7)
    assert [(band.low, band.high, band.n, band.won) for band in told.bands] == [
        (0, 20, 0, 0),
        (21, 40, 4, 1),
        (41, 60, 0, 0),
        (61, 80, 0, 0),
        (81, 100, 10, 6),
    ]
    assert (told.bands[0].rate, told.bands[0].interval) == (None, None)
    assert (told.bands[4].rate, told.bands[4].interval) == (Decimal("0.6"), wilson(6, 10))


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ({"scores": [(0, 20), (3, 45), (40, 90)]}, 45),
        ({"scores": [(0, 20), (6.9, 45), (7, 50)]}, 45),
        ({"scores": [(0, 20), (3, 45)], "closed_after": 2}, 20),
        ({"scores": [(0, 20), (2, 90)], "closed_after": 2}, 20),
        ({"scores": [(20, 90)]}, 0),
        ({"scores": []}, 0),
    ],
    ids=[
        "a week",
        "not a moment more",
        "until closed",
        "not by the closing",
        "moved too late",
        "never moved",
    ],
)
def test_the_score_is_that_of_when_there_was_something_to_decide(
    house: House, said: dict[str, Any], score: int
) -> None:
    decided(house, [{"won": True, "lead_score": 77, **said}])
    assert found(house) == {score: Rate(1, 1)}


def test_open_leads_spam_and_other_suppliers_leads_do_not_count(house: House) -> None:
    decided(house, [{"won": False, "lead_status": status} for status in (LeadStatus.SPAM, LeadStatus.NEW)])
    assert found(house) == {}
    decided(house, [{"won": False}, {"won": True, "created_at": NOW + timedelta(days=1)}])
    assert found(house) == {0: Rate(1, 0)}
    with reading(house.stranger.actor.supplier_id) as session:
        assert scored(session, NOW) == {}


def of(**bands: tuple[int, int]) -> Calibration:
    """Leads by score (`s10`): how many, and how many of them won."""
    return calibrated({int(score[1:]): Rate(*counts) for score, counts in bands.items()})


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (of(), "Too few leads are decided to tell: 0 won and 0 lost, and it takes 30 of each."),
        (
            of(s10=(40, 29), s90=(40, 0)),
            "Too few leads are decided to tell: 29 won and 51 lost, and it takes 30 of each.",
        ),
        (
            of(s10=(100, 10), s50=(100, 30), s90=(100, 60)),
            "Higher scores book more often: 10% at 0 to 20, 60% at 81 to 100.",
        ),
        (
            of(s10=(100, 60), s50=(100, 30)),
            "Higher scores book less often: 60% at 0 to 20, 30% at 41 to 60. The rules point the wrong way.",
        ),
        (
            of(s10=(100, 30), s90=(100, 33)),
            "Higher scores do not clearly book more often: 30% at 0 to 20, 33% at 81 to 100.",
        ),
        (
            of(s1=(100, 30), s9=(100, 60)),
            "All decided leads scored in the same range, so nothing can be compared.",
        ),
    ],
    ids=["nobody", "few won", "rising", "falling", "flat", "one range"],
)
def test_the_verdict(told: Calibration, verdict: str) -> None:
    assert told.verdict == verdict
