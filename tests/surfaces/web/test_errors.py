"""What people see when something goes wrong, and what programs get instead."""

import gzip
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from uuid_utils.compat import uuid7

from app import create_app
from app.kernel import public_keys
from app.kernel.errors import Conflict, NotPermitted, RateLimited, TooLarge
from app.settings import Settings
from tests.cast import House
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office


@pytest.fixture
def broken(app: Flask, settings: Settings) -> FlaskClient:
    """Another app on the migrated database, with addresses that fail."""
    flask = create_app(settings)
    failures = {
        "conflict": Conflict("Somebody was faster."),
        "forbidden": NotPermitted("The role 'viewer' may not."),
        "limited": RateLimited("Slowly.", retry_after=30),
        "large": TooLarge("At most 256 kB."),
        "database": OperationalError("select 1", {}, Exception("connection refused")),
        "bug": ZeroDivisionError("secret detail"),
    }

    def fail(what: str) -> str:
        raise failures[what]

    flask.add_url_rule("/fail/<what>", view_func=fail)
    flask.add_url_rule("/api/fail/<what>", endpoint="api_fail", view_func=fail)
    return flask.test_client()


@pytest.mark.parametrize(
    ("what", "status", "said"),
    [
        ("conflict", 409, "Somebody was faster."),
        ("forbidden", 403, "Not allowed"),
        ("limited", 429, "Too many requests"),
        ("large", 413, "Too large"),
        ("database", 503, "Back in a moment"),
        ("bug", 500, "Something went wrong"),
    ],
)
def test_each_error_is_a_page_that_says_what_to_do(
    broken: FlaskClient, what: str, status: int, said: str
) -> None:
    page = broken.get(f"/fail/{what}")
    assert page.status_code == status
    assert said in page.text
    assert f"<code>{page.headers['X-Request-ID']}</code>" in page.text
    assert "secret detail" not in page.text
    assert "select 1" not in page.text


def test_a_wait_is_said_in_the_header_too(broken: FlaskClient) -> None:
    assert broken.get("/fail/limited").headers["Retry-After"] == "30"
    assert int(broken.get("/fail/database").headers["Retry-After"]) > 0


@pytest.mark.parametrize(("what", "status"), [("conflict", 409), ("database", 503), ("bug", 500)])
def test_programs_get_a_problem_document(broken: FlaskClient, what: str, status: int) -> None:
    for answer in (
        broken.get(f"/api/fail/{what}"),
        broken.get(f"/fail/{what}", headers={"Accept": "text/csv"}),
    ):
        assert answer.status_code == status
        assert answer.content_type == "application/problem+json"


def test_the_page_that_says_the_database_is_away_needs_no_database(settings: Settings) -> None:
    nowhere = settings.model_copy(update={"database_url": "postgresql://postgres@127.0.0.1:1/gone"})
    client = create_app(nowhere).test_client()
    with client.session_transaction() as session:
        session["sign_in"], session["_user_id"] = public_keys.make(uuid7(), random_bytes=32), "somebody"
    page = client.get("/leads")
    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) > 0
    assert "Back in a moment" in page.text


def test_what_is_not_there_and_what_is_not_possible(client: FlaskClient) -> None:
    assert client.get("/nothing").status_code == 404
    assert "Nothing is at this address" in client.get("/nothing").text
    refused = client.delete("/")
    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]


@pytest.mark.parametrize("path", ["/leads", "/outbox", "/inquiries"])
def test_a_filter_that_a_page_lacks_is_named(browser: Browser, path: str) -> None:
    page = browser.get(f"{path}?q=emma&pretty=1")
    assert page.status_code == 422
    said = unescape(page.text)
    assert "This page has no filter called 'q'." in said
    assert "This page has no filter called 'pretty'." in said
    assert "Extra inputs" not in said
    part = browser.client.get(f"{path}?q=emma", headers={"HX-Request-Type": "partial"})
    assert "This page has no filter called 'q'." in unescape(part.text)


def test_the_sign_in_form_spells_like_we_do(client: FlaskClient) -> None:
    page = client.get("/login").text
    assert "E-mail</label>" in page
    assert "Email Address" not in page


def test_the_editor_of_the_api_leads_back(browser: Browser) -> None:
    page = browser.client.get("/graphql", headers={"Accept": "text/html"})
    assert '<a href="/leads">Back to leads</a>' in page.text


def test_a_body_over_the_bound_is_413(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    answer = browser.client.post(f"/leads/{lead_id}/entries", data={"interaction_content": "x" * 300_000})
    assert answer.status_code == 413
    assert "Too large" in answer.text


@pytest.mark.parametrize("path", ["/leads", "/outbox", "/leads?status=new&sort_by=lead_score"])
def test_somebody_who_is_not_signed_in_signs_in_and_comes_back(house: House, app: Flask, path: str) -> None:
    browser = Browser(app)
    sent = browser.get(path)
    assert sent.status_code == 302
    assert sent.location.startswith("/login?next=")
    token = browser.token(sent.location)
    owner = house.owner
    back = browser.client.post(
        sent.location, data={"csrf_token": token, "email": owner.email, "password": owner.password}
    )
    assert back.status_code == 302
    assert back.location == path


def test_htmx_is_sent_to_sign_in_as_a_whole_page(client: FlaskClient) -> None:
    answer = client.get("/leads", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert answer.headers["HX-Redirect"] == "/login"


def test_an_api_key_opens_no_page(client: FlaskClient) -> None:
    assert client.get("/leads", headers={"Authorization": "Bearer nonsense"}).status_code in (302, 401)


def test_every_answer_carries_the_security_headers(browser: Browser) -> None:
    for path in ("/", "/leads", "/nothing", "/login", "/static/app.css"):
        headers = browser.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "'unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Referrer-Policy" in headers
    assert "no-store" in browser.get("/leads").headers["Cache-Control"]


def test_https_is_insisted_on_where_it_is_used(settings: Settings) -> None:
    secure = create_app(settings.model_copy(update={"public_url": "https://leads.example"}))
    assert "max-age=31536000" in secure.test_client().get("/").headers["Strict-Transport-Security"]
    plain = create_app(settings)
    assert "Strict-Transport-Security" not in plain.test_client().get("/").headers


def test_no_page_needs_inline_script_or_style(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    for path in ("/", "/leads", f"/leads/{lead_id}", "/outbox", "/nothing"):
        page = browser.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page), path


def test_a_static_file_may_be_kept_for_ever_under_its_version(browser: Browser) -> None:
    [address] = re.findall(r'href="(/static/app\.css\?v=[^"]+)"', browser.get("/leads").text)
    assert "immutable" in browser.get(address).headers["Cache-Control"]
    assert "immutable" not in browser.get("/static/app.css").headers["Cache-Control"]


def test_a_large_static_file_goes_out_packed(client: FlaskClient) -> None:
    packed = client.get("/static/vendor/tabler.min.css", headers={"Accept-Encoding": "gzip, br"})
    plain = client.get("/static/vendor/tabler.min.css", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.mimetype == plain.mimetype == "text/css"
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]


@pytest.mark.parametrize("name", ["a" * 300, "a/" * 3000])
def test_a_name_no_file_can_have_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_a_host_no_name_can_be_is_a_bad_request(client: FlaskClient) -> None:
    answer = client.get("/login", headers={"Host": "x" * 64, "Accept": "text/html"})
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/account/password", "/account/second-factor", "/account/recovery-codes"])
def test_no_page_about_secrets_is_kept(browser: Browser, path: str) -> None:
    assert browser.get(path).headers["Cache-Control"] == "no-store"
