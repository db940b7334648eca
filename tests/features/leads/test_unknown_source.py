"""A filter by a source that the supplier does not have reads no lead."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from app.kernel.keyset import order_by
from app.kernel.uow import reading
from app.kernel.zones import zone
from app.leads.filters import LeadFilters, criteria
from app.models.leads import Lead
from tests.cast import House


def plan_of(house: House, source: str) -> str:
    filters = LeadFilters(source=[source])
    page = select(Lead.id).where(*criteria(filters, zone("UTC"))).order_by(*order_by(filters.order)).limit(26)
    sql = page.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    with reading(house.supplier_id) as session:
        found = session.connection().exec_driver_sql(f"explain (analyze, costs off) {sql}".replace("%", "%%"))
        return "\n".join(line for line in found.scalars() if " on leads" in line)


def test_an_unknown_source_reads_no_lead(app: Flask, house: House) -> None:
    with app.app_context():
        assert "never executed" in plan_of(house, "the moon")
        assert "never executed" not in plan_of(house, "website")
