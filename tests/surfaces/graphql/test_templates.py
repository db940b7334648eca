"""Templates over GraphQL: written, copied, previewed, deleted; what is wrong is told at its field."""

import json
from typing import Any

import pytest
from flask import Flask
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from tests.cast import House
from tests.factories.nurture import make_sequence
from tests.surfaces.graphql.conftest import Caller, Desk

TOLD = "success message errors { field code message }"
EMAIL = "template { id name subject content textContent createdAt updatedAt }"
CREATE = (
    f"mutation ($input: EmailTemplateInput!) {{ createEmailTemplate(input: $input) {{ {TOLD} {EMAIL} }} }}"
)
UPDATE = f"""mutation ($id: UUID!, $input: EmailTemplateUpdateInput!) {{
    updateEmailTemplate(id: $id, input: $input) {{ {TOLD} {EMAIL} }} }}"""
COPY = f"mutation ($id: UUID!) {{ copyEmailTemplate(id: $id) {{ {TOLD} {EMAIL} }} }}"
DELETE = f"mutation ($id: UUID!) {{ deleteEmailTemplate(id: $id) {{ {TOLD} templateId }} }}"
PREVIEW = """query ($template: EmailTemplateInput!, $leadId: UUID) {
    emailTemplatePreview(template: $template, leadId: $leadId) {
        subject html text segments fellBack problems { field message } } }"""


def email(**given: Any) -> dict[str, Any]:
    return {"name": uuid7().hex, "subject": "For {{ couple_names }}", "content": "<p>Hello</p>"} | given


def do(ask: Caller, document: str, **variables: Any) -> dict[str, Any]:
    [payload] = ask(document, **variables).values()
    return dict(payload)


@pytest.mark.parametrize("escaped", [r"\ud800", r"\udc00\ud800", r"a\ud800b"])
def test_half_a_letter_is_refused(ask: Caller, escaped: str) -> None:
    """A surrogate alone is no text (Unicode 16, D76), in the variables and in the document."""
    write = "createSmsTemplate(input: {name: %s, content: %s}) { success }"
    by_variable = "mutation ($text: String!) { " + write % ("$text", "$text") + " }"
    document = "mutation { " + write % (f'"{escaped}"', f'"{escaped}"') + " }"
    given = f'{{"query": "{by_variable}", "variables": {{"text": "{escaped}"}}}}'
    for body in (given, json.dumps({"query": document})):
        answer = ask.app.test_client().post(
            "/graphql",
            data=body,
            headers={"Authorization": f"Bearer {ask.key}", "Content-Type": "application/json"},
        )
        assert answer.status_code in (200, 400)
        assert "errors" in (answer.json or {}), answer.text


def test_a_template_is_made_changed_copied_and_deleted(ask: Caller) -> None:
    made = do(ask, CREATE, input=email(name="Spring", textContent="Hello"))
    assert (made["success"], made["message"], made["errors"]) == (True, "Template added.", [])
    template_id = made["template"]["id"]
    changed = do(ask, UPDATE, id=template_id, input={"subject": "New", "textContent": None})
    assert (changed["template"]["subject"], changed["template"]["textContent"]) == ("New", None)
    assert do(ask, UPDATE, id=template_id, input={"subject": "New"})["message"] == "Nothing changed."
    copied = do(ask, COPY, id=template_id)["template"]
    assert (copied["name"], copied["subject"]) == ("Spring (copy)", "New")
    assert do(ask, DELETE, id=template_id)["templateId"] == template_id
    names = ask("{ emailTemplates(first: 100) { totalCount nodes { name } } }")["emailTemplates"]
    assert "Spring (copy)" in [node["name"] for node in names["nodes"]]
    assert "Spring" not in [node["name"] for node in names["nodes"]]
    assert (
        ask("query ($id: UUID!) { emailTemplate(id: $id) { name } }", id=template_id)["emailTemplate"] is None
    )


@pytest.mark.parametrize(
    ("kind", "given", "change"),
    [
        ("Sms", {"content": "Hi {{ first_names }}"}, {"content": "Hello"}),
        ("Task", {"title": "Call", "dueInDays": 2, "priority": "high"}, {"title": "Write"}),
    ],
)
def test_the_other_sorts_too(ask: Caller, kind: str, given: dict[str, Any], change: dict[str, Any]) -> None:
    shown = f"template {{ id name {' '.join(given)} }}"
    named = f"$input: {kind}TemplateInput!"
    one = f"mutation ({named}) {{ it: create{kind}Template(input: $input) {{ {TOLD} {shown} }} }}"
    made = do(ask, one, input={"name": f"{kind} one"} | given)
    assert made["template"] == {"id": made["template"]["id"], "name": f"{kind} one"} | given
    named = f"$id: UUID!, $input: {kind}TemplateUpdateInput!"
    two = f"mutation ({named}) {{ it: update{kind}Template(id: $id, input: $input) {{ {TOLD} {shown} }} }}"
    assert do(ask, two, id=made["template"]["id"], input=change)["template"].items() >= change.items()
    for act, told in (("copy", "Template copied."), ("delete", "Template deleted.")):
        document = f"mutation ($id: UUID!) {{ it: {act}{kind}Template(id: $id) {{ {TOLD} }} }}"
        assert do(ask, document, id=made["template"]["id"])["message"] == told
    listed = ask(f"{{ it: {kind.lower()}Templates(first: 100) {{ nodes {{ name }} }} }}")["it"]["nodes"]
    assert f"{kind} one (copy)" in [node["name"] for node in listed]


@pytest.mark.parametrize(
    ("given", "field", "code", "problem"),
    [
        ({"subject": "Hi\r\nBcc: all@example.com"}, "subject", "template", "a subject is one line"),
        ({"content": "<p>\n{{ lead_score }}</p>"}, "content", "template", "Line 2: 'lead_score' is internal"),
        ({"textContent": "{{ x }}"}, "textContent", "template", "'x' is not a token"),
        ({"content": "x" * 100_001}, "content", "string_too_long", "100000"),
        ({"name": " "}, "name", "missing", ""),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_written(
    ask: Caller, given: dict[str, Any], field: str, code: str, problem: str
) -> None:
    before = ask("{ emailTemplates { totalCount } }")
    told = do(ask, CREATE, input=email(**given))
    assert told["success"] is False
    assert told["template"] is None
    [error] = told["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert problem in error["message"]
    assert ask("{ emailTemplates { totalCount } }") == before


def test_a_template_in_use_stays_and_its_uses_are_told(app: Flask, house: House, ask: Caller) -> None:
    template_id = do(ask, CREATE, input=email())["template"]["id"]
    step = {"step_type": "email", "email_template_id": template_id, "step_name": "Hello"}
    with app.app_context():
        sequence_id = make_sequence(house, [step], sequence_name="Spring fair")
    told = do(ask, DELETE, id=template_id)
    assert [error["code"] for error in told["errors"]] == ["CONFLICT"]
    assert "“Spring fair”" in told["errors"][0]["message"]
    uses = ask("{ templateUses(kind: email) { templateId sequenceId sequenceName stepName version } }")
    expected = {
        "templateId": template_id,
        "sequenceId": str(sequence_id),
        "sequenceName": "Spring fair",
        "stepName": "Hello",
        "version": 1,
    }
    assert expected in uses["templateUses"]


def test_a_preview_is_for_a_lead_or_a_made_up_couple(desk: Desk, ask: Caller) -> None:
    template = email(content="<p>{{ bride_name }} {{ wedding_venue }}</p>")
    lead_id = str(desk.lead(couple_name_bride="Änne"))
    seen = do(ask, PREVIEW, template=template, leadId=lead_id)
    assert seen["subject"] == "For Änne"
    assert "Änne your venue" in seen["html"]
    assert (seen["fellBack"], seen["problems"], seen["segments"]) == (["wedding_venue"], [], None)
    assert do(ask, PREVIEW, template=template)["subject"] == "For Maya Patel & Leo Brandt"
    [problem] = do(ask, PREVIEW, template=email(textContent="{{ x }}"))["problems"]
    assert problem["field"] == "textContent"
    text = '{ it: smsTemplatePreview(template: {name: "x", content: "Hi \u2019"}) { segments foreign text } }'
    assert ask(text)["it"] == {
        "segments": 1,
        "foreign": "\u2019",
        "text": "Hi \u2019 Reply STOP to opt out.",
    }


def test_the_tokens_are_told(ask: Caller) -> None:
    [first, *others] = ask("{ templateTokens { name says fallback sample } }")["templateTokens"]
    assert first == {
        "name": "couple_names",
        "says": "Both names, joined by &",
        "fallback": "there",
        "sample": "Maya Patel & Leo Brandt",
    }
    assert "lead_score" not in [token["name"] for token in others]


def test_a_key_that_only_reads_writes_none(desk: Desk) -> None:
    reader = desk.caller(scopes=[Permission.READ])
    assert do(reader, CREATE, input=email())["errors"][0]["code"] == "NOT_PERMITTED"
