from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import update
from uuid_utils.compat import uuid7

from app.kernel.uow import unit_of_work
from app.models.accounts import Supplier
from app.settings import Settings
from tests.cast import House
from tests.fakes import Mailbox, smtp_server
from tests.features.messaging.hooked import SECRET, TOKEN


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    """A real SMTP server that the app sends through while the test runs."""
    settings: Any = app.extensions["settings"]
    with smtp_server() as box:
        app.extensions["settings"] = settings.model_copy(
            update={"mail_transport": "smtp", "smtp_url": box.url}
        )
        yield box
        app.extensions["settings"] = settings


@pytest.fixture
def provided(app: Flask) -> Iterator[None]:
    """Providers of e-mails and text messages sign what they post."""
    settings: Settings = app.extensions["settings"]
    secrets = {"hook_secret": SecretStr(SECRET), "sms_token": SecretStr(TOKEN)}
    app.extensions["settings"] = settings.model_copy(update=secrets)
    yield
    app.extensions["settings"] = settings


@pytest.fixture
def number(house: House) -> str:
    """The supplier's own, another one each time."""
    mine = f"+4474{uuid7().int % 10**8:08}"
    with unit_of_work(house.supplier_id) as session:
        session.execute(update(Supplier).values(sms_number=mine))
    return mine
