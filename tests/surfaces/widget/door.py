"""A supplier's public form, as a test stands before it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from app.capture.queries import first_form
from app.kernel import clock
from app.kernel.uow import reading, unit_of_work
from app.models.capture import CaptureForm, Inquiry
from app.models.leads import Lead
from app.widget import tokens
from tests.cast import House


@dataclass(frozen=True)
class Door:
    """A supplier's public form, the way in and what came through."""

    app: Flask
    client: FlaskClient
    supplier_id: UUID
    key: str

    def token(self, age: float = 30) -> str:
        with self.app.app_context(), clock.at(clock.now() - timedelta(seconds=age)):
            return tokens.make(self.key)

    def inquiry(self, **form: Any) -> dict[str, Any]:
        """A good body, with these form fields; None leaves a field out."""
        said = {"your_name": "Emma Clarke", "email": f"emma-{uuid7().hex}@example.com"} | form
        return {
            "form": {k: v for k, v in said.items() if v is not None},
            "visit": {"first": {"utm_source": "instagram"}, "last": {"utm_source": "google"}},
            "idempotency_key": uuid7().hex,
            "token": self.token(),
        }

    def post(self, body: Any, **options: Any) -> TestResponse:
        return self.client.post(f"/f/{self.key}/inquiries", json=body, **options)

    def inquiries(self) -> list[Inquiry]:
        with self.app.app_context(), reading(self.supplier_id) as session:
            rows = list(session.scalars(select(Inquiry).order_by(Inquiry.received_at)))
            session.expunge_all()
            return rows

    def leads(self) -> int:
        with self.app.app_context(), reading(self.supplier_id) as session:
            return session.scalars(select(func.count()).select_from(Lead)).one()

    def change(self, **values: Any) -> None:
        """Set up the form differently."""
        with self.app.app_context(), unit_of_work(self.supplier_id) as session:
            form = session.scalars(select(CaptureForm)).one()
            for name, value in values.items():
                setattr(form, name, value)


def door_of(app: Flask, house: House) -> Door:
    with app.app_context(), reading(house.supplier_id) as session:
        form = first_form(session)
        assert form is not None
        return Door(app, app.test_client(), house.supplier_id, form.key)
