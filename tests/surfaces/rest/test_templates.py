"""`/api/templates`: made, read, changed, copied, previewed, deleted."""

from typing import Any

import pytest
from flask import Flask
from uuid_utils.compat import uuid7

from tests.cast import House
from tests.factories.nurture import make_sequence
from tests.surfaces.rest.conftest import Program, problem

SORTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "email": ({"subject": "Hello", "content": "<p>Dear {{ first_names }}</p>"}, {"subject": "New"}),
    "sms": ({"content": "Dear {{ first_names }}"}, {"content": "New"}),
    "task": ({"title": "Call", "due_in_days": 2, "priority": "high"}, {"title": "New"}),
}


@pytest.mark.parametrize("sort", SORTS)
def test_a_template_of_each_sort(api: Program, sort: str) -> None:
    given, change = SORTS[sort]
    made = api.post(f"/templates/{sort}", {"name": "Spring"} | given)
    assert (made.status_code, made.json["message"]) == (201, "Template added.")
    template = made.json["template"]
    assert template.items() >= given.items()
    assert template["used_in"] == []
    address = f"/templates/{sort}/{template['id']}"
    assert api.get(address).json == template
    assert api.send("PATCH", address, json=change).json["template"].items() >= change.items()
    assert api.send("PATCH", address, json=change).json["message"] == "Nothing changed."
    copied = api.post(f"{address}/copy", None)
    assert (copied.status_code, copied.json["template"]["name"]) == (201, "Spring (copy)")
    assert api.send("DELETE", address).status_code == 204
    problem(api.get(address), 404)
    listed = api.get(f"/templates/{sort}").json["templates"]
    assert "Spring (copy)" in [one["name"] for one in listed]
    assert all("content" not in one and "description" not in one for one in listed)


def test_a_wrong_text_is_refused_with_its_line(api: Program) -> None:
    body = {"name": "x", "subject": "a\r\nb", "content": "<p>\n{{ lead_score }}"}
    told = problem(api.post("/templates/email", body), 422)
    assert [(one["field"], one["message"][:7]) for one in told["errors"]] == [
        ("subject", "Line 2:"),
        ("content", "Line 2:"),
    ]


def test_one_in_use_stays(app: Flask, house: House, api: Program) -> None:
    given, _ = SORTS["email"]
    template_id = api.post("/templates/email", {"name": uuid7().hex} | given).json["template"]["id"]
    with app.app_context():
        step = {"step_type": "email", "email_template_id": template_id, "step_name": "Hello"}
        sequence_id = make_sequence(house, [step], sequence_name="Spring fair")
    use = {
        "sequence_id": str(sequence_id),
        "sequence_name": "Spring fair",
        "step_name": "Hello",
        "version": 1,
    }
    assert api.get(f"/templates/email/{template_id}").json["used_in"] == [use]
    told = problem(api.send("DELETE", f"/templates/email/{template_id}"), 409)
    assert "“Spring fair”" in told["detail"]


def test_a_preview(api: Program) -> None:
    template = {"name": "x", "content": "Hi {{ first_names }}"}
    seen = api.post("/templates/sms/preview", {"template": template}).json
    assert (seen["text"], seen["segments"], seen["foreign"]) == (
        "Hi Maya & Leo Reply STOP to opt out.",
        1,
        "",
    )
    assert (seen["problems"], seen["fell_back"]) == ([], [])
    wrong = api.post("/templates/sms/preview", {"template": template | {"content": "{{ x }}"}}).json
    assert wrong["problems"][0]["field"] == "content"
    problem(api.post("/templates/sms/preview", {"template": template, "lead_id": str(uuid7())}), 404)


def test_the_tokens(api: Program) -> None:
    tokens = api.get("/templates/tokens").json["tokens"]
    assert {
        "name": "days_until_wedding",
        "says": "Days to go",
        "fallback": "a few",
        "sample": "150",
    } in tokens
