"""The milestones of a lead and who earned them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from flask import Flask
from uuid_utils.compat import uuid7

from app.conversions.queries import credits_of_lead, of_lead
from app.kernel.uow import reading, unit_of_work
from app.models.choices import AttributionModel, ConversionType
from app.models.conversions import Conversion, ConversionCredit
from tests.cast import House
from tests.factories.nurture import make_lead

NOW = datetime(2027, 3, 10, 12, tzinfo=UTC)


def book(house: House, lead_id: UUID, days: int, **columns: object) -> UUID:
    with unit_of_work(house.supplier_id) as session:
        made = Conversion(
            supplier_id=house.supplier_id,
            id=uuid7(),
            lead_id=lead_id,
            conversion_type=ConversionType.BOOKING_CONFIRMED,
            conversion_value=Decimal(2000),
            conversion_date=NOW + timedelta(days),
            **columns,
        )
        session.add(made)
        return made.id


def test_the_newest_comes_first_and_cancelled_ones_are_kept(app: Flask, house: House) -> None:
    with app.app_context():
        lead_id, other = make_lead(house, NOW), make_lead(house, NOW)
        cancelled, later = book(house, lead_id, 0, cancelled_at=NOW), book(house, lead_id, 3)
        book(house, other, 1)
        with reading(house.supplier_id) as session:
            assert [one.id for one in of_lead(session, lead_id)] == [later, cancelled]
        with reading(house.stranger.actor.supplier_id) as session:
            assert of_lead(session, lead_id) == []


def test_credits_are_those_of_the_model_it_goes_by(app: Flask, house: House) -> None:
    with app.app_context():
        lead_id = make_lead(house, NOW)
        booking = book(house, lead_id, 0, attribution_model=AttributionModel.MANUAL)
        book(house, lead_id, 1)
        parts = (("google", "manual", 500), ("fair", "manual", 1500), ("fair", "last_touch", 2000))
        with unit_of_work(house.supplier_id) as session:
            for name, model, amount in parts:
                share = Decimal(amount) / 2000
                session.add(
                    ConversionCredit(
                        supplier_id=house.supplier_id,
                        conversion_id=booking,
                        model=AttributionModel(model),
                        source_name=name,
                        share=share,
                        amount=Decimal(amount),
                    )
                )
        with reading(house.supplier_id) as session:
            found = credits_of_lead(session, lead_id)
            assert {at: [part.source_name for part in of] for at, of in found.items()} == {
                booking: ["fair", "google"]
            }
