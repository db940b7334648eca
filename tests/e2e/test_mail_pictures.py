"""How an e-mail looks in narrow and wide readers, light and dark, kept to be looked at; and what axe says."""

from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Browser

from app.messaging.render import OptOutLinks, render_email
from app.messaging.tokens import Subject
from app.models.accounts import Supplier
from app.models.leads import Lead
from app.models.nurture import EmailTemplate
from tests.e2e.conftest import barriers, picture

pytestmark = pytest.mark.browser

CONTENT = """<h2>Hello {{ first_names }},</h2>
<p>Thank you for thinking of {{ supplier_name }} for {{ wedding_date }}.
<a href="https://r.example/p">Our work</a>, all of it:
<a href="https://r.example/">https://r.example/a/very/long/address/without/an/end/or/a/place/to/break</a>.</p>
<ul><li>Full day</li><li>Album</li></ul>
<blockquote>“They were wonderful.”</blockquote>
<table><tr><th>Package</th><th>Price</th></tr><tr><td>Half day</td><td>£1,200</td></tr></table>
<p>Yours,<br>{{ sender_name }}</p>"""
LINKS = OptOutLinks("https://leads.example/unsubscribe/abc", "https://leads.example/preferences/abc")


def html(brand: str) -> str:
    supplier = Supplier(
        name="Rosewood & Sons Photography",
        timezone="Europe/London",
        currency="GBP",
        locale="en-GB",
        brand_color=brand,
        mail_footer="Rosewood Ltd, 1 Mill Lane, Stroud GL5 1AA\nRegistered in England 01234567",
    )
    lead = Lead(
        created_at=datetime(2026, 6, 1, tzinfo=UTC),
        couple_name_bride="Maya Patel",
        couple_name_groom="Leo Brandt",
        wedding_date=date(2027, 6, 12),
        services_needed=[],
    )
    template = EmailTemplate(subject="Your plans for {{ wedding_date }}", content=CONTENT)
    return render_email(template, Subject(lead, supplier, datetime(2026, 6, 3, tzinfo=UTC)), LINKS).html


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1200])
@pytest.mark.parametrize("brand", ["#f2c6d0", "#0a3d2e"])
def test_an_email_fits_and_can_be_read(chromium: Browser, brand: str, width: int, scheme: str) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_content(html(brand), wait_until="domcontentloaded")
    picture(page, f"email-{brand[1:]}-{width}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(page) == []
    context.close()
