"""The page of sending: whom messages are from, how they look, how many, and the domains."""

from flask import Flask

from app.messaging.senders.domains import measure
from app.models.accounts import Supplier
from app.models.messaging import SenderDomain
from tests.cast import House
from tests.dns_server import DnsServer
from tests.factories.nurture import one
from tests.surfaces.accounts.browser import Browser

PAGE = "/settings/sending"


def test_what_is_saved_is_shown(app: Flask, house: House, browser: Browser) -> None:
    given = {"sender_name": "Olive", "brand_color": "#A0285A", "mail_footer": "1 Mill Lane\r\nStroud"}
    saved = browser.post(PAGE, **given, daily_message_cap="2", weekly_message_cap="5", tracks_messages="y")
    assert (saved.status_code, saved.location) == (303, PAGE)
    page = browser.get(PAGE).text
    assert 'value="#a0285a"' in page
    with app.app_context():
        row = one(house, Supplier)
    assert (row.daily_message_cap, row.tracks_messages) == (2, True)


def test_what_is_wrong_is_said_at_its_field(browser: Browser) -> None:
    given = {"sender_address": "olive@gmail.example", "daily_message_cap": "1", "weekly_message_cap": "3"}
    refused = browser.post(PAGE, **given)
    assert refused.status_code == 422
    assert "Add the domain gmail.example first" in refused.text
    assert browser.post(PAGE, brand_color="red").status_code == 422


def test_a_domain_is_added_checked_and_removed(
    app: Flask, house: House, browser: Browser, dns: DnsServer
) -> None:
    assert browser.post(f"{PAGE}/domains", page=PAGE, domain="Rosewood.example").status_code == 303
    with app.app_context():
        row = one(house, SenderDomain)
        of = measure(row)
    page = browser.get(PAGE).text
    assert of.dkim_name in page
    assert of.dkim_wanted in page
    assert "Not checked yet" in page

    browser.post(f"{PAGE}/domains/{row.id}/check", page=PAGE)
    assert "not there" in browser.get(PAGE).text
    dns.texts[of.dkim_name] = [of.dkim_wanted]
    browser.post(f"{PAGE}/domains/{row.id}/check", page=PAGE)
    page = browser.get(PAGE).text
    assert "It is right" in page
    assert "Signed" in page

    browser.post(PAGE, sender_address="olive@rosewood.example", daily_message_cap="1", weekly_message_cap="3")
    assert "Choose another sender address first" in browser.get(f"{PAGE}/domains/{row.id}/remove").text
    browser.post(f"{PAGE}/domains/{row.id}/remove", page=PAGE)
    assert "Choose another sender address first" in browser.get(PAGE).text
    browser.post(PAGE, sender_address="", daily_message_cap="1", weekly_message_cap="3")
    assert "has to be published anew" in browser.get(f"{PAGE}/domains/{row.id}/remove").text
    assert "rosewood.example</h3>" in browser.get(PAGE).text, "it asks first"
    browser.post(f"{PAGE}/domains/{row.id}/remove", page=PAGE)
    assert "rosewood.example</h3>" not in browser.get(PAGE).text


def test_while_the_senders_domain_is_not_right_it_says_whom_e_mails_are_from(
    app: Flask, house: House, browser: Browser, dns: DnsServer
) -> None:
    browser.post(f"{PAGE}/domains", page=PAGE, domain="rosewood.example")
    browser.post(PAGE, sender_address="olive@rosewood.example", daily_message_cap="1", weekly_message_cap="3")
    said = "rosewood.example is not right, so e-mails are from leads@localhost.localdomain"
    assert said in browser.get(PAGE).text
    with app.app_context():
        row = one(house, SenderDomain)
        of = measure(row)
    dns.failing.add(of.dkim_name)
    browser.post(f"{PAGE}/domains/{row.id}/check", page=PAGE)
    assert "Nobody could say just now" in browser.get(PAGE).text
    dns.failing.clear()
    dns.texts[of.dkim_name] = [of.dkim_wanted]
    browser.post(f"{PAGE}/domains/{row.id}/check", page=PAGE)
    assert said not in browser.get(PAGE).text


def test_a_wrong_domain_is_said_at_its_field(browser: Browser) -> None:
    refused = browser.post(f"{PAGE}/domains", page=PAGE, domain="rosewood")
    assert refused.status_code == 422
    assert "omain has a dot in it" in refused.text
