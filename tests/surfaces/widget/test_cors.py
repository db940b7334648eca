"""Which websites may post: any, or those the form lists; never with credentials."""

import pytest

from app.kernel import public_keys
from tests.surfaces.widget.door import Door

ROSE = "https://rose.example"
OTHER = "https://other.example"


def test_without_a_list_any_website_may_post(door: Door) -> None:
    answer = door.post(door.inquiry(), headers={"Origin": OTHER})
    assert answer.status_code == 201
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_listed_website_may_post(door: Door) -> None:
    door.change(allowed_origins=[ROSE + "/", "https://www.rose.example"])
    answer = door.post(door.inquiry(), headers={"Origin": ROSE})
    assert answer.status_code == 201
    assert answer.headers["Access-Control-Allow-Origin"] == ROSE
    assert "Origin" in answer.headers["Vary"]


def test_another_website_may_not(door: Door) -> None:
    door.change(allowed_origins=[ROSE])
    answer = door.post(door.inquiry(), headers={"Origin": OTHER})
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert OTHER in answer.json["detail"]
    assert door.inquiries() == []


def test_our_own_pages_and_programs_may_always_post(door: Door) -> None:
    door.change(allowed_origins=[ROSE])
    assert door.post(door.inquiry(), headers={"Origin": "http://localhost"}).status_code == 201
    assert door.post(door.inquiry()).status_code == 201


@pytest.mark.parametrize("path", ["inquiries", "config"])
def test_preflight(door: Door, path: str) -> None:
    asked = {
        "Origin": OTHER,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    answer = door.client.options(f"/f/{door.key}/{path}", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert answer.headers["Access-Control-Allow-Headers"] == "Content-Type"
    assert int(answer.headers["Access-Control-Max-Age"]) > 0


def test_preflight_says_no_to_a_website_that_is_not_listed(door: Door) -> None:
    door.change(allowed_origins=[ROSE])
    answers = {
        o: door.client.options(f"/f/{door.key}/inquiries", headers={"Origin": o}) for o in (ROSE, OTHER)
    }
    assert answers[ROSE].headers["Access-Control-Allow-Origin"] == ROSE
    assert "Access-Control-Allow-Origin" not in answers[OTHER].headers


def test_a_page_can_read_why_it_was_refused(door: Door) -> None:
    door.change(allowed_origins=[ROSE])
    answer = door.post({}, headers={"Origin": ROSE})
    assert answer.status_code == 422
    assert answer.headers["Access-Control-Allow-Origin"] == ROSE
    assert answer.headers["Access-Control-Expose-Headers"] == "Retry-After"


def test_a_page_can_read_that_there_is_no_such_form(door: Door) -> None:
    path = f"/f/{public_keys.make(door.supplier_id)}/inquiries"
    answer = door.client.post(path, json={}, headers={"Origin": OTHER})
    assert answer.status_code == 404
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
