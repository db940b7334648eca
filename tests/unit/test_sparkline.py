"""A row of numbers as a small line."""

import re
from decimal import Decimal

from app.web.sparkline import sparkline


def shapes(values: list[object]) -> list[str]:
    return re.findall(r"<(polyline|circle)", sparkline(values, "Leads"))


def points(values: list[object]) -> list[tuple[float, float]]:
    [line] = re.findall(r'points="([^"]+)"', sparkline(values, "Leads"))
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in line.split())]


def test_the_line_runs_from_edge_to_edge_and_grows_upwards_from_zero() -> None:
    assert points([0, 5, Decimal(10)]) == [(3, 25), (60, 14), (117, 3)]


def test_nothing_at_all_is_a_line_on_the_ground() -> None:
    assert {y for _, y in points([0, 0, 0])} == {25}


def test_what_is_unknown_breaks_the_line() -> None:
    assert shapes([1, 2, None, 3, 4]) == ["polyline", "polyline", "circle"]
    assert shapes([1, None, 2]) == ["circle", "circle", "circle"]
    assert shapes([None, None]) == []


def test_it_says_what_it_shows_and_escapes_it() -> None:
    drawn = sparkline([1, 2], 'Leads "by" week')
    assert 'role="img" aria-label="Leads &#34;by&#34; week"' in drawn
