"""Find a lead by what one remembers of it, also when it is misspelt."""

from collections.abc import Callable
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import text
from uuid_utils.compat import uuid7

from app.kernel.keyset import Cut
from app.kernel.uow import reading, unit_of_work
from app.leads import queries
from app.leads.filters import LeadFilters, LeadSort
from app.leads.schemas import LeadCreate
from app.leads.search import excerpt, settle, suggest
from app.models.choices import LeadStatus
from app.models.leads import Lead
from app.workflows.create_lead import create_lead
from tests.cast import House
from tests.statements import listening

UTC = ZoneInfo("UTC")
Make = Callable[..., UUID]


@pytest.fixture
def make(app: Flask, house: House) -> Make:
    """A lead with these fields of LeadCreate."""

    def lead(**given: object) -> UUID:
        fields = {"lead_source": "website", "primary_email": f"{uuid7().hex}@example.com"} | given
        with app.app_context():
            return create_lead(house.owner.actor, LeadCreate(**fields)).lead_id

    return lead


@pytest.fixture
def find(app: Flask, house: House) -> Callable[..., list[str]]:
    """The couples that the list shows for a search, in its order."""

    def couples(search: str, **filters: object) -> list[str]:
        with app.app_context(), reading(house.supplier_id) as session:
            page = queries.page(session, LeadFilters(search=search, **filters), UTC, Cut())
            return [lead.couple for (lead,) in page.rows]

    return couples


@pytest.fixture
def olivia(make: Make) -> None:
    """Olivia, with everything one may look for, among others."""
    make(couple_name_bride="Georgia Hall", wedding_venue="Hall of Mirrors", wedding_location="Bath")
    make(couple_name_bride="Emily Ward", wedding_venue="Ashcombe Manor")
    make(
        couple_name_bride="Olivia Müller",
        couple_name_groom="Zoë O'Brien",
        primary_email="first@olivia.example",
        secondary_email="second@olivia.example",
        primary_phone="+447700900123",
        secondary_phone="+447700900456",
        wedding_venue="Gosfield Hall",
        wedding_location="Halstead, Essex",
        additional_notes="The bride's dog carries the rings.",
        specific_requirements="A drone over the lake",
        tags=["second shooter"],
    )


OLIVIA = ["Olivia Müller & Zoë O'Brien"]


@pytest.mark.parametrize(
    "search",
    [
        "olivia",
        "MULLER",
        "müller",
        "zoe",
        "o'brien",
        "first@olivia.example",
        "second@oli",
        "gosf",
        "essex gosfield",
        "+447700900123",
        "07700 900123",
        "07700900456",
        "+44 (0)7700 900456",
        "dog rings",
        "drone lake",
        "shooter",
        "zoe 07700 900123 hall",
    ],
)
def test_any_part_of_a_lead_finds_it(find: Callable[..., list[str]], olivia: None, search: str) -> None:
    assert find(search) == OLIVIA


@pytest.mark.parametrize(
    "search", ["Olvia", "Gosfeild", "Gosfeild hall", "gosfield hal essecks", "muler", "olivai", "Halsted"]
)
def test_a_slip_of_the_finger_is_forgiven(find: Callable[..., list[str]], olivia: None, search: str) -> None:
    assert find(search)[:1] == OLIVIA


@pytest.mark.parametrize("search", ["zzzz", "07700 900124", "zoq", "100%", "_", "' or 1=1 --", "\\"])
def test_what_resembles_nothing_finds_nothing(
    find: Callable[..., list[str]], olivia: None, search: str
) -> None:
    assert find(search) == []


def test_similar_leads_are_listed_only_when_nothing_matches_exactly(
    find: Callable[..., list[str]], make: Make
) -> None:
    for name in ("Harriet Cole", "Harriett Dole"):
        make(couple_name_bride=name)
    assert find("harriett") == ["Harriett Dole"]
    assert sorted(find("hariett")) == ["Harriet Cole", "Harriett Dole"]


def test_words_that_no_lead_has_together_find_those_that_have_some(
    find: Callable[..., list[str]], make: Make
) -> None:
    make(couple_name_bride="Ada Fenwick", wedding_location="Bath")
    make(couple_name_bride="Ida Fenwick", wedding_location="York Minster")
    make(couple_name_bride="Eve Cole", wedding_location="Leeds")
    assert find("fenwick minster leeds")[0] == "Ida Fenwick"


def test_the_other_filters_hold_for_similar_leads_too(find: Callable[..., list[str]], make: Make) -> None:
    make(couple_name_bride="Olivia Old", tags=["barn"])
    make(couple_name_bride="Olivia New")
    assert find("olvia", tags=["barn"]) == ["Olivia Old"]


def test_similar_leads_go_on_page_by_page_forwards_and_back(app: Flask, house: House, make: Make) -> None:
    for at in range(5):
        make(couple_name_bride=f"Olivia {'x' * at}")
    with app.app_context(), reading(house.supplier_id) as session:
        search = LeadFilters(search="olvia", sort_by=LeadSort.LEAD_SCORE)
        whole = [lead.id for (lead,) in queries.page(session, search, UTC, Cut()).rows]
        first = queries.page(session, search, UTC, Cut(size=2))
        second = queries.page(session, search, UTC, Cut(size=2, after=first.next))
        back = queries.page(session, search, UTC, Cut(size=2, before=second.previous))
        assert len(whole) == 5
        assert [row[0].id for row in (*first.rows, *second.rows)] == whole[:4]
        assert [row[0].id for row in back.rows] == whole[:2]


def test_many_matches_are_listed_in_the_lists_own_order(app: Flask, house: House, make: Make) -> None:
    made = [make(additional_notes="A marquee on the lawn")]
    with app.app_context():
        with unit_of_work(house.supplier_id) as session:
            session.execute(
                text("""
                    insert into leads (supplier_id, lead_source, primary_email, additional_notes, created_at)
                    select supplier_id, lead_source, n || '@many.example', additional_notes,
                        now() - n * interval '1 day'
                    from leads, generate_series(1, 120) n where id = :id"""),
                {"id": made[0]},
            )
        with reading(house.supplier_id) as session:
            known = settle(session, LeadFilters(search="marquee lawn"))
            page = queries.page(session, known, UTC, Cut(size=100))
            assert [lead.created_at for (lead,) in page.rows] == sorted(
                (lead.created_at for (lead,) in page.rows), reverse=True
            )
            assert page.rows[0][0].id == made[0]
            assert page.next


def test_spam_neither_matches_nor_keeps_similar_leads_away(
    app: Flask, house: House, find: Callable[..., list[str]], make: Make
) -> None:
    spam = make(couple_name_bride="Olvia Spam")
    make(couple_name_bride="Olivia Real")
    with app.app_context(), unit_of_work(house.supplier_id) as session:
        session.get_one(Lead, (house.supplier_id, spam)).lead_status = LeadStatus.SPAM
    assert find("olvia") == ["Olivia Real"]
    assert find("olvia", status=[LeadStatus.SPAM]) == ["Olvia Spam"]


def test_another_suppliers_leads_are_not_found(app: Flask, house: House, olivia: None) -> None:
    with app.app_context(), reading(house.stranger.actor.supplier_id) as session:
        for search in ("olivia", "olvia"):
            assert queries.page(session, LeadFilters(search=search), UTC, Cut()).rows == []
            assert suggest(session, search) == []


def test_a_lead_with_texts_of_any_length_and_script_is_kept_and_found(
    find: Callable[..., list[str]], make: Make
) -> None:
    make(couple_name_bride="花" * 255, couple_name_groom="🎪" * 255, additional_notes="👰🏽" * 5000)
    assert len(find("花花")) == 1


def test_suggestions_say_what_matched(app: Flask, house: House, olivia: None) -> None:
    with app.app_context(), reading(house.supplier_id) as session:
        told = {
            search: [(found.couple, found.status, found.matched) for found in suggest(session, search)][:1]
            for search in ("oliv", "essex", "07700 900", "rings dog", "Gosfeild", "olvia", "")
        }
    assert told == {
        "oliv": [(*OLIVIA, "new", None)],
        "essex": [(*OLIVIA, "new", "Halstead, Essex")],
        "07700 900": [(*OLIVIA, "new", "+447700900123")],
        "rings dog": [(*OLIVIA, "new", "The bride's dog carries the rings.")],
        "Gosfeild": [(*OLIVIA, "new", "Gosfield Hall")],
        "olvia": [(*OLIVIA, "new", None)],
        "": [],
    }


def test_suggestions_are_few_and_cost_two_statements(app: Flask, house: House, make: Make) -> None:
    for at in range(5):
        make(couple_name_bride=f"Olivia {at}")
    with app.app_context(), reading(house.supplier_id) as session:
        session.connection()
        with listening() as sent:
            assert [found.couple for found in suggest(session, "olivia", 3)] == [
                "Olivia 4",
                "Olivia 3",
                "Olivia 2",
            ]
        assert len(sent) == 2


def test_an_excerpt_shows_the_word_and_what_stands_around_it() -> None:
    around = excerpt(f"{'before ' * 20}\n\nNEEDLE {'after ' * 20}", "needle")
    assert around == f"…{'before ' * 4}NEEDLE {'after ' * 4}after…"
