"""Sources by the name that people give them, in whatever script."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.kernel.uow import unit_of_work
from app.models.sources import LeadSource
from app.sources.service import resolve, slug_of
from tests.cast import House


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Google Ads", "google_ads"),
        ("  Fair (Leeds) 2027! ", "fair_leeds_2027"),
        ("Café Été", "café_été"),
        ("Свадебный журнал", "свадебный_журнал"),
        ("結婚式", "結婚式"),
        ("शादी पत्रिका", "शादी_पत्रिका"),
        ("★", "★"),
        ("___", "unknown"),
    ],
)
def test_a_slug_keeps_the_words_of_any_script(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.usefixtures("inside")
def test_two_names_without_a_latin_letter_are_two_sources(house: House) -> None:
    with unit_of_work(house.supplier_id) as session:
        first, second, again = (
            resolve(session, house.supplier_id, said) for said in ("Журнал", "結婚式", "журнал")
        )
        assert (first.source_name, second.source_name) == ("Журнал", "結婚式")
        assert again is first


@pytest.mark.usefixtures("inside")
def test_made_up_names_do_not_multiply_without_end(house: House) -> None:
    with unit_of_work(house.supplier_id) as session:
        for number in range(600):
            resolve(session, house.supplier_id, f"made up {number}")
        assert session.scalar(select(func.count()).select_from(LeadSource)) == 501
        assert resolve(session, house.supplier_id, "made up 599").slug == "unknown"
        assert resolve(session, house.supplier_id, "made up 7").slug == "made_up_7"


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
