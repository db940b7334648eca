"""What sequences write on a timeline counts for the score in the same transaction."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask

from app.kernel import clock
from app.kernel.uow import reading, unit_of_work
from app.leads.schemas import LeadCreate
from app.models.choices import CriteriaOperator, CriteriaType, StepType
from app.models.scoring import ScoringRule
from app.scoring.queries import explain
from app.workflows.create_lead import create_lead
from app.workflows.deliver_message import deliver_message
from app.workflows.opt_out import opt_out
from app.workflows.run_step import run_step
from tests.cast import House
from tests.factories.nurture import email_step, enrollment, make_sequence, messages

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


def scores(house: House, lead_id: UUID) -> tuple[int, int]:
    """The score that is kept, and the one that the explanation adds up to."""
    with reading(house.supplier_id) as session:
        why = explain(session, lead_id, NOW)
    return why.stored_score, why.score


@pytest.fixture
def lively(app: Flask, house: House) -> None:
    """A house that gives a point for each of the first nine entries on the timeline."""
    with app.app_context(), unit_of_work(house.supplier_id) as session:
        for most in range(9):
            session.add(
                ScoringRule(
                    supplier_id=house.supplier_id,
                    rule_name=f"More than {most} interactions",
                    criteria_type=CriteriaType.ENGAGEMENT,
                    criteria_field="total_interactions",
                    criteria_operator=CriteriaOperator.GREATER_THAN,
                    criteria_value=str(most),
                    score_adjustment=1,
                    rule_weight=Decimal(1),
                    rule_order=10 + most,
                )
            )


@pytest.mark.usefixtures("lively")
def test_the_kept_score_is_the_explained_one_all_along_a_sequence(app: Flask, house: House) -> None:
    with app.app_context(), clock.at(NOW):
        late = {"delay_amount": 1, "delay_unit": "hours"}
        tag = {"step_type": StepType.TAG_ASSIGNMENT, "step_content": '{"remove": ["none"], "add": []}'}
        make_sequence(house, [email_step(house), tag | late])
        data = LeadCreate(lead_source="website", primary_email="ada@example.com", consent_marketing=True)
        lead_id = create_lead(house.owner.actor, data).lead_id
        assert scores(house, lead_id) == (3, 3), "added by hand, assigned, enrolled"
        taken = enrollment(house, lead_id)
        run_step(house.supplier_id, taken.id)
        [message] = messages(house, lead_id)
        deliver_message(house.supplier_id, message.id)
        assert scores(house, lead_id) == (4, 4), "written to"
    with app.app_context(), clock.at(NOW + timedelta(hours=2)):
        run_step(house.supplier_id, taken.id)
        assert scores(house, lead_id) == (5, 5), "the sequence ended"
        opt_out(house.supplier_id, message.id)
        assert scores(house, lead_id) == (6, 6)
