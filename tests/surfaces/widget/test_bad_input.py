"""Bad input: a clear 4xx that names field and bound, and nothing written."""

from collections.abc import Callable
from typing import Any

import pytest

from app.kernel import public_keys
from app.widget import tokens
from tests.surfaces.widget.door import Door

Refused = Callable[[Any], dict[str, str]]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"form": }',
        b"\xff\xfe",
        b'"\\ud800"',
        b"[" * 100_000,
        b'{"a": NaN}',
        b'{"a": 1} {"b": 2}',
    ],
)
def test_what_is_not_json_is_400(door: Door, body: bytes) -> None:
    answer = door.client.post(f"/f/{door.key}/inquiries", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert "not JSON" in answer.json["detail"]
    assert door.inquiries() == []


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_another_content_type_is_415(door: Door, kind: str) -> None:
    answer = door.client.post(f"/f/{door.key}/inquiries", data=b"{}", content_type=kind)
    assert answer.status_code == 415
    assert "application/json" in answer.json["detail"]


def test_a_body_of_ten_megabytes_is_413(door: Door) -> None:
    answer = door.post(door.inquiry(message="x" * 10_000_000))
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "PAYLOAD_TOO_LARGE"
    assert answer.json["detail"] == "The body may have 256 kB at most."
    assert door.inquiries() == []


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"5", b"null"])
def test_json_that_is_no_object_is_422(door: Door, body: bytes) -> None:
    answer = door.client.post(f"/f/{door.key}/inquiries", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["detail"]) == (422, "The body must be a JSON object.")


@pytest.mark.parametrize("form", [[], "x", None])
def test_a_form_that_is_no_object_is_422(refused: Refused, form: Any) -> None:
    assert refused({"form": form})["form"] == "This must be an object with fields."


def test_an_odd_mark_of_a_link_costs_no_inquiry(door: Door) -> None:
    visit = {"last": {"utm_source": "goo\u202egle", "utm_campaign": "\x07spring\x00"}}
    assert door.post(door.inquiry() | {"visit": visit}).status_code == 201
    assert door.inquiries()[0].context["last"] == {"utm_source": "google", "utm_campaign": "spring"}


@pytest.mark.parametrize(
    ("field", "value", "bound"),
    [
        ("your_name", None, "fill this in"),
        ("your_name", "   ", "fill this in"),
        ("your_name", 7, "string"),
        ("your_name", "x" * 256, "255"),
        ("email", "not an address", "e-mail"),
        ("email", "x" * 250 + "@example.com", "254"),
        ("phone", "ring me", "digits"),
        ("phone", "1" * 21, "20"),
        ("wedding_date", "next June", "date"),
        ("wedding_date", "0027-06-12", "1970"),
        ("wedding_date", 1812758400, "2027-06-12"),
        ("your_name", "Em\u202ema", "U+202E"),
        ("email", "İ@example.com", "lower case"),
        ("venue", "x" * 256, "255"),
        ("location", ["x"], "string"),
        ("guest_count", "many", "number"),
        ("guest_count", True, "figures"),
        ("guest_count", "1_0", "figures"),
        ("guest_count", -1, "0"),
        ("guest_count", 100_001, "100000"),
        ("budget", "lots", "figures"),
        ("budget", "-1", "0"),
        ("budget", "99999999999", "10 digits"),
        ("message", "x" * 10_001, "10000"),
        ("services", ["x"] * 31, "30"),
        ("services", "Album", "list"),
        ("consent_marketing", "perhaps", "boolean"),
        ("nonsense", "x", "no field"),
    ],
)
def test_a_wrong_field_is_named_with_its_bound(
    refused: Refused, door: Door, field: str, value: Any, bound: str
) -> None:
    errors = refused(door.inquiry(**{field: value}))
    assert list(errors) == [f"form.{field}"]
    assert bound in errors[f"form.{field}"]


def test_every_wrong_field_is_named_at_once(refused: Refused, door: Door) -> None:
    assert refused(door.inquiry(your_name=None, email="x", budget="lots")).keys() == {
        "form.your_name",
        "form.email",
        "form.budget",
    }


def test_neither_address_nor_number_is_refused(refused: Refused, door: Door) -> None:
    assert "e-mail address or a phone number" in refused(door.inquiry(email=None))["form"]


@pytest.mark.parametrize("field", ["your_name", "message"])
def test_nul_is_refused(refused: Refused, door: Door, field: str) -> None:
    errors = refused(door.inquiry(**{field: "a\x00b"}))
    assert list(errors) == [f"form.{field}"]
    assert "NUL" in errors[f"form.{field}"]


def test_nul_among_the_services_is_refused(refused: Refused, door: Door) -> None:
    assert "NUL" in refused(door.inquiry(services=["Al\x00bum"]))["form.services.0"]


@pytest.mark.parametrize(
    ("part", "value", "field"),
    [
        ("visit", {"first": {"utm_source": "x" * 256}}, "visit.first.utm_source"),
        ("visit", {"last": {"landing_page": "x" * 2001}}, "visit.last.landing_page"),
        ("visit", {"middle": {}}, "visit.middle"),
        ("idempotency_key", "short", "idempotency_key"),
        ("idempotency_key", "x" * 101, "idempotency_key"),
        ("idempotency_key", "with space", "idempotency_key"),
        ("website", "x" * 1001, "website"),
        ("surprise", 1, "surprise"),
    ],
)
def test_what_stands_beside_the_form_is_checked_too(
    refused: Refused, door: Door, part: str, value: Any, field: str
) -> None:
    assert list(refused(door.inquiry() | {part: value})) == [field]


def test_an_inquiry_needs_its_key(refused: Refused, door: Door) -> None:
    body = door.inquiry()
    del body["idempotency_key"]
    assert list(refused(body)) == ["idempotency_key"]


@pytest.mark.parametrize("token", [None, "", "forged", "x.y.z", "x" * 501])
def test_a_token_that_is_not_ours_is_refused(refused: Refused, door: Door, token: str | None) -> None:
    assert list(refused(door.inquiry() | {"token": token})) == ["token"]


def test_a_token_of_yesterday_is_refused(refused: Refused, door: Door) -> None:
    assert "expired" in refused(door.inquiry() | {"token": door.token(age=tokens.MAX_AGE + 60)})["token"]


def test_a_token_of_another_form_is_refused(refused: Refused, door: Door) -> None:
    with door.app.app_context():
        foreign = tokens.make(public_keys.make(door.supplier_id))
    assert "another form" in refused(door.inquiry() | {"token": foreign})["token"]


def test_an_unknown_form_is_404_whatever_is_sent(door: Door) -> None:
    made_up = [
        public_keys.make(door.supplier_id),
        "x",
        "%00" * 32,
        door.key + "%00",
        door.key + "!",
        "x" * 5000,
    ]
    answers = [door.client.post(f"/f/{key}/inquiries", json=door.inquiry()) for key in made_up]
    assert [a.status_code for a in answers] == [404] * len(made_up)
    assert all(a.content_type == "application/problem+json" for a in answers)


def test_a_form_that_was_closed_is_404(door: Door) -> None:
    door.change(is_active=False)
    assert door.post(door.inquiry()).status_code == 404
    assert door.client.get(f"/f/{door.key}").status_code == 404
