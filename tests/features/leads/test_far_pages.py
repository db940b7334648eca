"""Behind a cursor a list goes on from an index, also by a column that may be null."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from app.kernel.keyset import beyond, order_by, position
from app.kernel.paging import Position, encode
from app.kernel.uow import reading
from app.leads.filters import LeadFilters, LeadSort
from app.models.leads import Lead
from tests.cast import House

MARK = {LeadSort.WEDDING_DATE: "2027-06-12", LeadSort.NEXT_FOLLOW_UP: "2027-06-12T12:00:00+00:00"}


@pytest.mark.parametrize("sort", MARK)
@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("is_null", [False, True], ids=["a value", "null"])
@pytest.mark.parametrize("backwards", [False, True], ids=["forwards", "backwards"])
def test_the_cursor_is_a_condition_of_an_index(
    app: Flask, house: House, sort: LeadSort, direction: str, is_null: bool, backwards: bool
) -> None:
    order = LeadFilters.model_validate({"sort_by": sort, "sort_order": direction}).order
    cursor = encode(Position(order.name, None if is_null else MARK[sort], house.supplier_id))
    past = beyond(order, position(order, cursor), backwards=backwards)
    page = select(Lead.id).where(past).order_by(*order_by(order, backwards=backwards)).limit(26)
    sql = page.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    with app.app_context(), reading(house.supplier_id) as session:
        connection = session.connection()
        connection.exec_driver_sql("set local enable_seqscan = off")
        connection.exec_driver_sql("set local enable_sort = off")
        connection.exec_driver_sql("set local enable_bitmapscan = off")
        plan = "\n".join(connection.exec_driver_sql(f"explain {sql}".replace("%", "%%")).scalars())
    condition = plan.partition("Index Cond")[2].partition("\n")[0]
    assert "ROW(" in condition, plan
    assert "Sort" not in plan, plan
