"""A row of numbers as a small line, and a share with its interval, drawn here: SVG, no script."""

from collections.abc import Sequence
from decimal import Decimal

from flask import Flask
from markupsafe import Markup

WIDTH, HEIGHT, EDGE = 120, 28, 3
Number = int | float | Decimal
_SVG = Markup(
    '<svg class="sparkline" viewBox="0 0 {} {}" preserveAspectRatio="xMinYMid" role="img" aria-label="{}">'
    "{}</svg>"
)


_SPAN = Markup(
    '<svg class="span" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
    '<path class="span-track" d="M0 6H100"/><path class="span-likely" d="M{} 6H{}"/>'
    '<path class="span-found" d="M{} 1V11"/></svg>'
)


def install(app: Flask) -> None:
    app.jinja_env.filters.update(sparkline=sparkline, span=span)


def span(share: Decimal, low: Decimal, high: Decimal) -> Markup:
    """A share from 0 to 1 on its scale, and the stretch in which it likely is; the numbers stand beside."""
    return _SPAN.format(*(round(float(value) * 100, 1) for value in (low, high, share)))


def sparkline(values: Sequence[Number | None], label: str) -> Markup:
    """The line from zero up, broken where nothing is known, with a dot on the last value; `label` says in
    words what it shows. The page has the numbers in a table."""
    points = [_point(values, at, value) for at, value in enumerate(values)]
    shapes = [_shape(stretch) for stretch in _stretches(points)]
    last = next((point for point in reversed(points) if point), None)
    if last:
        shapes.append(Markup('<circle class="sparkline-now" cx="{}" cy="{}" r="2.5"/>').format(*last))
    return _SVG.format(WIDTH, HEIGHT, label, Markup("").join(shapes))


def _point(values: Sequence[Number | None], at: int, value: Number | None) -> tuple[float, float] | None:
    if value is None:
        return None
    top = float(max(v for v in values if v is not None)) or 1.0
    step = (WIDTH - 2 * EDGE) / max(1, len(values) - 1)
    return round(EDGE + at * step, 1), round(HEIGHT - EDGE - float(value) / top * (HEIGHT - 2 * EDGE), 1)


def _stretches(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    found: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point:
            found[-1].append(point)
        elif found[-1]:
            found.append([])
    return [stretch for stretch in found if stretch]


def _shape(stretch: list[tuple[float, float]]) -> Markup:
    if len(stretch) == 1:
        return Markup('<circle cx="{}" cy="{}" r="1.5"/>').format(*stretch[0])
    return Markup('<polyline points="{}"/>').format(" ".join(f"{x},{y}" for x, y in stretch))
