"""How the page of sending looks with a domain that is not right yet; and what axe says of it."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.messaging.senders.checking import check_domain
from app.messaging.senders.domains import DomainWrite, add_domain
from tests.cast import House
from tests.e2e.conftest import Visit, barriers, picture
from tests.e2e.test_pictures import LOOKS

pytestmark = pytest.mark.browser
Visiting = Callable[..., Visit]


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_how_it_looks(app: Flask, house: House, visiting: Visiting, size: str, scheme: str) -> None:
    with app.app_context():
        domain_id = add_domain(house.owner.actor, DomainWrite(domain="rosewood.invalid"))
        check_domain(house.owner.actor, domain_id)
        long = ".".join([60 * "a", 60 * "b", 60 * "c", "invalid"])
        add_domain(house.owner.actor, DomainWrite(domain=long))
    visit = visiting(size, color_scheme=scheme, bypass_csp=True)
    page = visit.sign_in(house.owner)
    page.goto(f"{visit.url}/settings/sending")
    picture(page, f"sending-{size}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert barriers(page) == []
