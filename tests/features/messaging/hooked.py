"""What providers post to us, signed."""

from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from app.kernel import clock
from app.kernel.uow import unit_of_work
from app.messaging import texts
from app.messaging.suppressions import reason_for
from app.models.choices import Channel
from tests.cast import House
from tests.features.messaging.signalling import NOW

SECRET, TOKEN = "a secret of twenty-four characters", "sms-token"
PHONE = "+447400123456"
LATER = NOW + timedelta(hours=2)


def twilio(client: FlaskClient, path: str, fields: dict[str, str], token: str = TOKEN) -> Any:
    signature = texts.sign(
        token, f"http://localhost{path}", {name: [value] for name, value in fields.items()}
    )
    with clock.at(LATER):
        return client.post(path, data=fields, headers={"X-Twilio-Signature": signature})


def inbound(client: FlaskClient, number: str, body: str, sid: str = "SM1", **more: str) -> Any:
    """A text message, of `PHONE` unless it says another `From`."""
    return twilio(
        client, "/hooks/sms/inbound", {"From": PHONE, "To": number, "Body": body, "MessageSid": sid} | more
    )


def barred(house: House) -> str | None:
    with unit_of_work(house.supplier_id) as session:
        return reason_for(session, house.supplier_id, Channel.SMS, PHONE)
