"""The curve from score to booking: against fits by hand, and against histories whose truth is known."""

from decimal import Decimal
from math import exp, log, sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.rates import Rate
from app.scoring.booking_chance import BookingModel, fit


def share(odds: float) -> float:
    return 1 / (1 + exp(-odds))


def learnt(scores: dict[int, tuple[int, int]]) -> BookingModel:
    model = fit({score: Rate(*counts) for score, counts in scores.items()})
    assert model is not None
    return model


@pytest.mark.parametrize("lost", [0, 29])
def test_from_few_nothing_is_learnt(lost: int) -> None:
    assert fit({}) is None
    assert fit({20: Rate(lost + 100, 100)}) is None
    assert fit({20: Rate(lost + 100, lost)}) is None


def test_two_scores_are_met_exactly() -> None:
    """With as many parameters as groups the fit goes through both shares; the log odds of one group of n
    with share p have the variance 1 ÷ np + 1 ÷ n(1-p). The ridge is felt in the third digit."""
    model = learnt({20: (400, 100), 80: (400, 300)})
    assert (model.n, model.won) == (800, 400)
    for score, odds in ((20, -log(3)), (80, log(3))):
        half = 1.959964 * sqrt(1 / 100 + 1 / 300)
        chance = model.at(score)
        assert float(chance.probability) == pytest.approx(share(odds), abs=0.001)
        assert float(chance.low) == pytest.approx(share(odds - half), abs=0.001)
        assert float(chance.high) == pytest.approx(share(odds + half), abs=0.001)
    assert model.at(50).probability == Decimal("0.5000")


def test_where_all_score_the_same_it_is_their_share() -> None:
    model = learnt({40: (120, 30)})
    assert model.at(40).probability == Decimal("0.2500")
    assert (model.at(90).low, model.at(90).high) == (Decimal("0.0000"), Decimal("1.0000"))


def test_a_score_that_parts_them_wholly_stays_finite() -> None:
    model = learnt({10: (500, 0), 20: (500, 0), 21: (500, 500), 100: (500, 500)})
    assert model.at(0).probability < Decimal("0.01")
    assert model.at(100).probability > Decimal("0.99")
    assert Decimal("0.2") < (model.at(20).probability + model.at(21).probability) / 2 < Decimal("0.8")


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """400 histories of 300 leads with a known curve: at each score the 95 % interval holds it about that
    often (the standard error of such a count is 1.1 %)."""
    dice = Random(1999)
    held = dict.fromkeys((20, 50, 80), 0)
    for _ in range(400):
        scores: dict[int, tuple[int, int]] = {}
        for _ in range(300):
            score = dice.randrange(0, 101, 5)
            n, won = scores.get(score, (0, 0))
            scores[score] = n + 1, won + (dice.random() < share(-3 + 0.05 * score))
        model = learnt(scores)
        for score in held:
            chance = model.at(score)
            held[score] += chance.low <= Decimal(share(-3 + 0.05 * score)) <= chance.high
    assert all(0.92 <= count / 400 <= 0.98 for count in held.values()), held


counts = st.integers(0, 300).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))


@given(st.dictionaries(st.integers(0, 100), counts, min_size=1, max_size=20), st.integers(0, 100))
def test_whatever_the_history_it_is_a_probability(scores: dict[int, tuple[int, int]], score: int) -> None:
    scores[50] = (60, 30)
    chance = learnt(scores).at(score)
    assert 0 <= chance.low <= chance.probability <= chance.high <= 1


@given(st.dictionaries(st.integers(0, 100), counts, min_size=1, max_size=20))
def test_the_expected_bookings_are_those_there_were(scores: dict[int, tuple[int, int]]) -> None:
    """Of a logistic regression with a level that nothing holds back."""
    scores[50] = (60, 30)
    model = learnt(scores)
    expected = sum(n * float(model.at(score).probability) for score, (n, _) in scores.items())
    assert expected == pytest.approx(model.won, abs=0.0001 * model.n + 0.01)
