"""The editor of a sequence's draft: its acts, the forms of steps, what they refuse and where."""

import re
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from app.models.choices import StepType
from app.nurture.authoring.rows import Written
from tests.features.nurture.writing import (
    call,
    email,
    keys,
    names,
    sequence,
    sms_template,
    steps,
    tag,
    template,
)
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office
from tests.surfaces.web.test_scoring_editor import FRAGMENT
from tests.surfaces.web.test_sequences import HIDDEN, made, said

PLAIN = {
    "step_name": "Next",
    "delay_amount": "3",
    "delay_unit": "days",
    "side": "after",
    "anchor": "previous_step",
    "send_time": "10:30",
    "send_days": ["2", "4"],
    "is_active": "y",
}
TAGS: dict[str, Any] = PLAIN | {"step_type": "tag_assignment", "add": "warm, June", "remove": "cold"}


def draft(office: Office, one: UUID) -> list[Written]:
    with office.app.app_context():
        return steps(office.house, one)


def key(office: Office, one: UUID, at: int = 0) -> UUID:
    with office.app.app_context():
        return keys(office.house, one)[at]


def named(office: Office, one: UUID) -> list[str]:
    with office.app.app_context():
        return names(office.house, one)


def test_the_type_is_chosen_first(office: Office, browser: Browser) -> None:
    one = made(office)
    page = browser.get(f"/sequences/{one}/steps/new?step_order=1")
    for kind in StepType:
        assert f"step_type={kind}&amp;step_order=1" in page.text
        form = browser.get(f"/sequences/{one}/steps/new?step_type={kind}")
        assert form.status_code == 200
        assert ("email_template_id" in form.text) is (kind in ("email", "sms"))
        assert ('name="points"' in form.text) is (kind == "score_adjustment")
    for bad in ("step_type=gone", "step_order=0", "step_order=x"):
        assert browser.get(f"/sequences/{one}/steps/new?{bad}").status_code == 422


def test_a_step_of_each_type_is_written(office: Office, browser: Browser) -> None:
    one = made(office, sequence_type="nurture")
    with office.app.app_context():
        mail, other, text = template(office.house), template(office.house), sms_template(office.house)
    kinds: dict[str, dict[str, Any]] = {
        "email": {
            "email_template_id": str(mail), "variant_B": str(other), "variant_C": "", "variant_D": "",
            "variant_E": "", "message_class": "marketing", "needs_approval": "y",
        },
        "sms": {"sms_template_id": str(text), "email_template_id": "", "message_class": "follow_up"},
        "phone_call": {
            "task_template_id": "", "title": "Ring {{ couple_names }}", "description": "Ask.",
            "due_in_days": "1", "priority": "high",
        },
        "task_creation": {"task_template_id": "", "title": "", "description": "", "priority": "medium"},
        "score_adjustment": {"points": "-5", "reason": "Quiet", "expires_in_days": "30"},
        "status_change": {"moves_to": "follow_up"},
        "tag_assignment": {"add": "warm, June", "remove": "cold"},
    }  # fmt: skip
    for kind, given in kinds.items():
        answer = browser.post(
            f"/sequences/{one}/steps/new",
            page=f"/sequences/{one}/steps/new?step_type={kind}",
            step_type=kind, step_order="", **PLAIN | {"step_name": kind}, **given,
        )  # fmt: skip
        assert answer.status_code == 303, said(answer)
    mails, sms, ring, task, score, status, tags = draft(office, one)
    assert (mails.row.email_template_id, mails.variants) == (mail, {"B": other})
    assert (mails.row.needs_approval, mails.row.message_class) == (True, "marketing")
    assert (mails.row.delay_amount, mails.row.delay_unit, str(mails.row.send_time)) == (3, "days", "10:30:00")
    assert mails.row.send_days == [2, 4]
    assert (sms.row.sms_template_id, sms.row.email_template_id) == (text, None)
    assert [step.row.step_content for step in (ring, task, score, status, tags)] == [
        '{"title":"Ring {{ couple_names }}","description":"Ask.","due_in_days":1,"priority":"high"}',
        '{"title":"task_creation"}',
        '{"points":-5,"reason":"Quiet","expires_in_days":30}',
        '{"status":"follow_up"}',
        '{"add":["warm","June"],"remove":["cold"]}',
    ]
    for step in draft(office, one):
        page = f"/sequences/{one}/steps/{step.row.step_key}"
        form = browser.get(page)
        assert form.status_code == 200
        assert f'value="{step.row.step_name}"' in form.text
    shown = said(browser.get(f"/sequences/{one}"))
    assert "2 texts, each for as many leads" in shown
    assert "Changes the score by -5: Quiet, for 30 days." in shown
    assert "Moves the lead to Follow up." in shown
    assert "Adds the tags “warm” and “June” and removes the tag “cold”." in shown


def test_a_step_is_put_before_another(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"), tag("b"))
    page = browser.get(f"/sequences/{one}/steps/new?step_type=tag_assignment&step_order=2")
    assert '<option selected value="2">Before 2. Tag b</option>' in page.text
    assert (
        browser.post(f"/sequences/{one}/steps/new", page="/account", **TAGS, step_order="2").status_code
        == 303
    )
    assert named(office, one) == ["Tag a", "Next", "Tag b"]


def test_a_step_is_changed_and_what_is_not_on_its_form_stays(office: Office, browser: Browser) -> None:
    branches = {"branches": [{"if": {"min_score": 60}, "then": 2}]}
    one = made(
        office,
        tag(branch_conditions=branches, max_lateness_hours=5, delay_amount=-2, anchor="inquiry"),
        tag("b"),
    )
    page = f"/sequences/{one}/steps/{key(office, one)}"
    form = unescape(browser.get(page).text)
    assert re.search(r'name="delay_amount"[^>]*value="2"', form)
    assert '<option selected value="before">before</option>' in form
    assert '<option value="2" selected>2. Tag b</option>' in form
    asked = {"execution_conditions-key": ["has_phone", ""], "execution_conditions-value": ["yes", ""]}
    answer = browser.post(page, **TAGS | asked | {"add": "seen", "max_lateness_hours": ""})
    assert answer.location.endswith(f"#step-{key(office, one)}")
    row = draft(office, one)[0].row
    assert (row.step_name, row.delay_amount, row.anchor) == ("Next", 3, "previous_step")
    assert (row.execution_conditions, row.branch_conditions) == ({"has_phone": True}, {})
    assert row.max_lateness_hours is None


def test_the_first_change_of_what_is_published_opens_a_draft(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"), tag("b"), publish=True, **HIDDEN)
    page = f"/sequences/{one}/edit"
    assert "What is published; the first change opens a draft" in browser.get(page).text
    browser.post(f"/sequences/{one}/steps/{key(office, one)}/move", page=page, to="down")
    assert named(office, one) == ["Tag b", "Tag a"]
    assert "A draft is waiting; leads go by version 1" in said(browser.get(f"/sequences/{one}"))
    assert "Discard the draft" in browser.get(page).text
    assert browser.post(f"/sequences/{one}/discard", page=page).status_code == 303
    assert named(office, one) == ["Tag a", "Tag b"]


def test_the_order_is_dragged_and_the_draft_is_a_fragment(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"), tag("b"), tag("c"))
    page = f"/sequences/{one}/edit"
    wanted = [str(key(office, one, at)) for at in (2, 0, 1)]
    data = {"csrf_token": browser.token(page), "step_keys": wanted}
    answer = browser.client.post(f"/sequences/{one}/steps/order", data=data, headers=FRAGMENT)
    assert answer.text.strip().startswith('<div id="draft"')
    assert named(office, one) == ["Tag c", "Tag a", "Tag b"]
    refused = browser.client.post(f"/sequences/{one}/steps/order", data=data | {"step_keys": ["x"]})
    assert refused.status_code == 422
    move = f"/sequences/{one}/steps/{wanted[0]}/move"
    assert browser.post(move, page=page, to="up").status_code == 303, "the first stays the first"
    assert named(office, one) == ["Tag c", "Tag a", "Tag b"]
    assert browser.post(move, page=page, to="sideways").status_code == 422


def test_a_step_is_removed_unless_a_branch_leads_to_it(office: Office, browser: Browser) -> None:
    branches = {"branches": [{"if": {"min_score": 60}, "then": 3}]}
    one = made(office, tag("a", branch_conditions=branches), tag("b"), tag("c"))
    page = f"/sequences/{one}/steps/{key(office, one, 2)}/remove"
    assert "Remove “Tag c”?" in unescape(browser.get(page).text)
    browser.post(page)
    assert "A branch of step 1, “Tag a”, leads here; change that first." in said(
        browser.get(f"/sequences/{one}/edit")
    )
    browser.post(f"/sequences/{one}/steps/{key(office, one, 1)}/remove")
    assert named(office, one) == ["Tag a", "Tag c"]
    assert browser.get(f"/sequences/{one}/steps/{UUID(int=1)}/remove").status_code == 404


def test_problems_stand_at_their_step_and_forbid_publishing(office: Office, browser: Browser) -> None:
    one = made(office, email(None, "Write"), tag("b"))
    shown = said(browser.get(f"/sequences/{one}/edit"))
    assert "Not ready to publish yet Step 1, “Write”: Choose a template." in shown
    page = browser.get(f"/sequences/{one}/edit").text
    assert f'href="#step-{key(office, one)}"' in page
    assert "stop-wrong" in page
    assert "Publish version 1" not in browser.get(f"/sequences/{one}/publish").text


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({"step_name": " "}, "step_name", "Please fill this in."),
        ({"step_name": "x" * 256}, "step_name", "255"),
        ({"delay_amount": "lots"}, "delay_amount", "Give a whole number"),
        ({"delay_amount": "10001"}, "delay_amount", "10000"),
        ({"side": "before"}, "delay_amount", "Only a step that counts from the inquiry"),
        ({"anchor": "gone"}, "anchor", "Not a valid choice."),
        ({"delay_amount": ""}, "delay_amount", "Say how long; 0 is at once."),
        ({"delay_amount": "10000", "delay_unit": "weeks"}, "delay_amount", "at most ten years"),
        ({"send_time": ""}, "send_time", "Say at what time."),
        ({"send_time": "25:00"}, "send_time", "hour"),
        ({"send_time": "soon"}, "send_time", "Write a time of day as HH:MM"),
        ({"send_days": "8"}, "send_days", "not a valid choice"),
        ({"max_lateness_hours": "721"}, "max_lateness_hours", "720"),
        ({"add": "", "remove": ""}, "add", "Name at least one tag"),
        ({"add": "x" * 101}, "add", "100"),
        (
            {"execution_conditions-key": "min_score", "execution_conditions-value": "lots"},
            "execution_conditions",
            "“Score is at least” takes a whole number, such as 60.",
        ),
        (
            {"execution_conditions-key": "min_score", "execution_conditions-value": "9" * 20},
            "execution_conditions",
            "“Score is at least” takes a whole number up to 36,500",
        ),
        (
            {"execution_conditions-key": "has_phone", "execution_conditions-value": "perhaps"},
            "execution_conditions",
            "takes yes or no",
        ),
        (
            {"execution_conditions-key": "", "execution_conditions-value": "60"},
            "execution_conditions",
            "Say what “60” is about.",
        ),
        (
            {"execution_conditions-key": "min_score", "execution_conditions-value": "101"},
            "execution_conditions",
            "there is none over 100",
        ),
        (
            {"execution_conditions-key": ["min_score"] * 2, "execution_conditions-value": ["1", "2"]},
            "execution_conditions",
            "stands twice",
        ),
        (
            {"execution_conditions-key": "required_status", "execution_conditions-value": "Sunny"},
            "execution_conditions",
            "'Sunny' is not a status",
        ),
        (
            {"branch_conditions-0-key": "min_score", "branch_conditions-0-value": "60"},
            "branch_conditions",
            "Branch 1: say with which step to go on.",
        ),
        (
            {"branch_conditions-0-then": "x"},
            "branch_conditions",
            "Branch 1: there is no such step.",
        ),
        ({"branch_conditions-0-then": "1"}, "branch_conditions", "Branch 1 leads to its own step."),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    office: Office, browser: Browser, given: dict[str, Any], field: str, told: str
) -> None:
    one = made(office, tag("a"), tag("b"))
    before = named(office, one)
    answer = browser.post(f"/sequences/{one}/steps/{key(office, one)}", **TAGS | given)
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert f'href="#{field}"' in page
    assert told in page
    assert named(office, one) == before


@pytest.mark.parametrize(
    ("kind", "given", "field", "told"),
    [
        ("score_adjustment", {"points": "101"}, "points", "100"),
        ("score_adjustment", {"points": ""}, "points", "Please fill this in."),
        ("score_adjustment", {"points": "5", "expires_in_days": "0"}, "expires_in_days", "1"),
        ("status_change", {"moves_to": "won"}, "moves_to", "Not a valid choice."),
        ("phone_call", {"title": "x" * 256, "priority": "high"}, "title", "255"),
        ("phone_call", {"priority": "high", "due_in_days": "366"}, "due_in_days", "365"),
        (
            "email",
            {"email_template_id": str(UUID(int=1)), "message_class": "follow_up"},
            "email_template_id",
            "valid",
        ),
        (
            "sms",
            {"message_class": "follow_up", "send_time": "21:00"},
            "send_time",
            "no day is open to text messages",
        ),
        ("email", {"message_class": "reply"}, "message_class", "Not a valid choice."),
    ],
)
def test_what_a_type_cannot_be(
    office: Office, browser: Browser, kind: str, given: dict[str, str], field: str, told: str
) -> None:
    one = made(office)
    new = f"/sequences/{one}/steps/new"
    answer = browser.post(new, page=f"{new}?step_type={kind}", **PLAIN | {"step_type": kind} | given)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert told in unescape(answer.text)
    assert named(office, one) == []


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"), tag("b"))
    page = f"/sequences/{one}/steps/{key(office, one)}"
    found = re.search(r'name="revision"[^>]*value="(\d+)"', browser.get(page).text)
    assert found
    browser.post(f"/sequences/{one}/steps/{key(office, one)}/move", page=f"/sequences/{one}/edit", to="down")
    answer = browser.post(page, **TAGS, revision=found[1])
    assert answer.status_code == 422
    assert "Somebody changed this sequence meanwhile" in answer.text
    assert named(office, one) == ["Tag b", "Tag a"]


def test_the_preview_says_the_step_in_words_and_writes_nothing(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"), tag("b"), call("Ring"))
    page = f"/sequences/{one}/steps/{key(office, one, 1)}"
    given = TAGS | {"branch_conditions-0-key": "min_score", "branch_conditions-0-value": "60",
                    "branch_conditions-0-then": "3"}  # fmt: skip
    data = given | {"csrf_token": browser.token(page)}
    answer = browser.client.post(f"{page}?preview=yes", data=data, headers=FRAGMENT)
    assert answer.text.strip().startswith('<div id="preview"')
    shown = said(answer)
    assert "2. Next Day 4, 10:30, Tue, Thu Adds the tags" in shown
    assert "3 days after the step before, 10:30, Tue, Thu" in shown
    assert "If its score is 60 or more, on to step 3, “Ring”" in shown
    wrong = browser.client.post(f"{page}?preview=yes", data=data | {"delay_amount": "x"}, headers=FRAGMENT)
    assert "Not yet: How long: Give a whole number" in said(wrong)
    assert browser.post(page, **given, preview="yes").status_code == 200
    new = f"/sequences/{one}/steps/new"
    shown = said(
        browser.post(new, page=f"{new}?step_type=tag_assignment", **TAGS, step_order="1", preview="yes")
    )
    assert "1. Next Day 3" in shown
    assert named(office, one) == ["Tag a", "Tag b", "Ring"]


def test_without_script_a_button_gives_another_row(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"), tag("b"))
    page = f"/sequences/{one}/steps/{key(office, one)}"
    for name, marker in (
        ("execution_conditions", "execution_conditions-key"),
        ("branch_conditions", "-then"),
    ):
        count = browser.get(page).text.count(f'{marker}"')
        answer = browser.post(page, **TAGS | {"step_name": "Half done"}, more=name)
        assert answer.status_code == 200
        assert answer.text.count(f'{marker}"') > count
        assert 'value="Half done"' in answer.text
    assert browser.post(page, **TAGS, more="nonsense").status_code == 200
    assert named(office, one) == ["Tag a", "Tag b"]


SETTINGS = {
    "sequence_name": "Autumn", "sequence_type": "welcome", "priority_level": "7", "is_active": "y",
    "target_lead_status": ["new", "contacted"], "target_lead_sources": "Wedding show, website",
    "least_score": "40", "most_score": "", "reentry_after_days": "30", "ends_on_reply": "y",
    "trigger_conditions-key": ["max_days_until_wedding", ""], "trigger_conditions-value": ["90", ""],
}  # fmt: skip


def test_the_settings_hold_at_once(office: Office, browser: Browser) -> None:
    one = made(office, tag(), publish=True, halts_on_failure=True, **HIDDEN)
    page = f"/sequences/{one}/settings"
    assert 'value="nowhere"' in browser.get(page).text
    assert browser.post(page, **SETTINGS).status_code == 303
    with office.app.app_context():
        row = sequence(office.house, one)
    assert (row.sequence_name, row.sequence_type, row.priority_level) == ("Autumn", "welcome", 7)
    assert (row.target_lead_status, row.target_score_range) == (["new", "contacted"], [40, None])
    assert (row.target_lead_sources, row.trigger_conditions) == (
        ["Wedding show", "website"], {"max_days_until_wedding": 90},
    )  # fmt: skip
    assert (row.reentry_after_days, row.ends_on_reply, row.halts_on_failure) == (30, True, False)
    shown = said(browser.get(f"/sequences/{one}"))
    assert (
        "Takes in a lead when its status is New or Contacted, it came by Wedding show or Website, its score "
        "is 40 or more and the wedding is at most 90 days away. A lead that left may come back after 30 days."
    ) in shown
    form = browser.get(page).text
    assert 'value="Wedding show, website"' in form
    assert 'value="90"' in form


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({"sequence_name": ""}, "sequence_name", "Please fill this in."),
        ({"sequence_name": "welcome"}, "sequence_name", "already"),
        ({"priority_level": "11"}, "priority_level", "10"),
        ({"least_score": "101"}, "least_score", "100"),
        ({"least_score": "60", "most_score": "40"}, "least_score", "turn them"),
        ({"reentry_after_days": "-1"}, "reentry_after_days", "0"),
        ({"target_lead_sources": "x" * 101}, "target_lead_sources", "100"),
        ({"trigger_conditions-value": ["soon", ""]}, "trigger_conditions", "whole number"),
        ({"trigger_conditions-key": ["gone", ""]}, "trigger_conditions", "“gone” is not a condition."),
    ],
)
def test_settings_that_cannot_be(
    office: Office, browser: Browser, given: dict[str, Any], field: str, told: str
) -> None:
    one = made(office, tag(), sequence_name="Fair")
    answer = browser.post(f"/sequences/{one}/settings", **SETTINGS | given)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert told in unescape(answer.text)
    assert "Fair" in said(browser.get("/sequences"))


def test_a_draft_that_was_changed_in_another_tab_is_shown_as_it_is(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"), tag("b"), tag("c"))
    gone, page = key(office, one, 1), f"/sequences/{one}/steps"
    there = [str(key(office, one, at)) for at in range(3)]
    browser.post(f"{page}/{gone}/remove")
    for path, given in ((f"{page}/{gone}/move", {"to": "down"}), (f"{page}/order", {"step_keys": there})):
        data = given | {"csrf_token": browser.token("/account")}
        answer = browser.client.post(path, data=data, headers=FRAGMENT)
        assert answer.status_code == 200
        assert "nothing was moved" in said(answer)
        assert "Tag b" not in said(answer)
        assert answer.text.count('id="draft"') == 1
    assert browser.post(f"{page}/{gone}/move", page="/account", to="down").status_code == 404
    assert browser.post(f"{page}/order", page="/account", step_keys=there).status_code == 422
    assert named(office, one) == ["Tag a", "Tag c"]
