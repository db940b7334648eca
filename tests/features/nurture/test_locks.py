"""Two couples in the same two sequences: whoever comes second waits, and nobody is turned away."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from uuid import UUID

from flask import Flask
from sqlalchemy import update

from app.kernel import clock
from app.kernel.uow import unit_of_work
from app.models.choices import EnrollmentStatus
from app.models.nurture import Enrollment, NurtureSequence
from app.workflows.opt_out import opt_out
from app.workflows.run_step import run_step
from tests.cast import House
from tests.factories.nurture import email_step, make_lead, make_sequence, messages, rows

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


def test_a_couple_opts_out_while_another_comes_in(app: Flask, house: House) -> None:
    """Both touch the same sequences, whose order by age is not that by name."""
    for name in ("Second by name", "First by name"):
        make_sequence(house, [email_step(house)], sequence_name=name)
    with unit_of_work(house.supplier_id) as session:
        session.execute(update(NurtureSequence).values(is_active=NurtureSequence.sequence_name != "Welcome"))
    start = Barrier(2)

    def leave(lead_id: UUID) -> None:
        with app.app_context():
            for row in rows(house, Enrollment, Enrollment.lead_id == lead_id):
                with clock.at(NOW):
                    run_step(house.supplier_id, row.id)
            message = messages(house, lead_id)[0]
            start.wait(10)
            opt_out(house.supplier_id, message.id)

    def come(_lead_id: UUID) -> None:
        with app.app_context():
            start.wait(10)
            make_lead(house, NOW)

    for _ in range(15):
        lead_id = make_lead(house, NOW)
        with ThreadPoolExecutor(2) as pool:
            done = [pool.submit(each, lead_id) for each in (leave, come)]
            assert [future.exception(30) for future in done] == [None, None]
        ended = rows(house, Enrollment, Enrollment.lead_id == lead_id)
        assert {row.status for row in ended} == {EnrollmentStatus.CANCELLED}
