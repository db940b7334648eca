"""Publishing a draft, versions compared, moving leads along, and a sequence tried out on a lead."""

import re
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from app.kernel import clock
from app.models.nurture import EmailTemplate, Enrollment, NurtureSequence
from app.nurture.authoring import drafts
from app.nurture.authoring.schemas import StepOrder
from app.workflows.publish_sequence import publish_sequence
from tests.factories.nurture import change, rows
from tests.features.nurture.test_statistics import enrolled
from tests.features.nurture.writing import (
    call,
    email,
    keys,
    names,
    patch,
    sequence,
    steps,
    tag,
    template,
    write,
)
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import NOON, Office
from tests.surfaces.web.test_scoring_editor import FRAGMENT
from tests.surfaces.web.test_sequences import HIDDEN, made, said


def edit(office: Office, one: UUID, at: int, **changes: Any) -> None:
    """A change of a step of the draft."""
    with office.app.app_context():
        drafts.change_step(office.house.owner.actor, one, keys(office.house, one)[at], patch(**changes))


def publish(office: Office, one: UUID) -> None:
    with office.app.app_context():
        publish_sequence(office.house.owner.actor, one)


def standing(office: Office, one: UUID, at: int, **columns: Any) -> UUID:
    """A lead that stands at that step of version 1, with its turn to come."""
    with office.app.app_context():
        step = steps(office.house, one, 1)[at]
        due = {"next_execution_at": clock.now().replace(year=2036)}
        return enrolled(office.house, one, step, **(due | columns))


def versions(office: Office, one: UUID) -> list[int]:
    with office.app.app_context():
        return sorted(row.version for row in rows(office.house, Enrollment, Enrollment.sequence_id == one))


def test_the_first_version_is_published(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"), tag("b"), **HIDDEN)
    page = f"/sequences/{one}/publish"
    assert "It is the first version, with 2 steps." in said(browser.get(page))
    assert browser.post(page).status_code == 303
    assert "Version 1 is published." in said(browser.get(f"/sequences/{one}"))
    assert "There is no draft" in said(browser.get(page))
    browser.post(page, page=f"/sequences/{one}")
    assert "Nothing changed." in said(browser.get(f"/sequences/{one}"))


def test_what_changes_is_said_before_it_is_published(office: Office, browser: Browser) -> None:
    branches = {"branches": [{"if": {"min_score": 60}, "then": 2}]}
    one = made(office, tag("a"), tag("b"), tag("c"), publish=True, **HIDDEN)
    edit(
        office,
        one,
        0,
        delay_amount=3,
        send_days=[2],
        branch_conditions=branches,
        step_content='{"add": ["x"]}',
    )
    edit(office, one, 1, execution_conditions={"has_phone": True}, step_name="Ring")
    shown = said(browser.get(f"/sequences/{one}/publish"))
    assert "Changed Tag a When 1 day after the lead enters, 09:00, Mon to Fri → 3 days after" in shown
    assert "What it does Adds the tag “a” → Adds the tag “x”" in shown
    assert "Branches none → if its score is 60 or more on to “Ring”" in shown
    assert "Changed Ring Name Tag b → Ring Only if none → it has a phone number" in shown
    assert "leads are under way" not in shown


def test_what_stands_in_the_way_is_told_and_nothing_is_published(office: Office, browser: Browser) -> None:
    one = made(office, email(None, "Write"))
    page = f"/sequences/{one}/publish"
    assert "What stands in the way Step 1, “Write”: Choose a template." in said(browser.get(page))
    answer = browser.post(page)
    assert answer.status_code == 422
    with office.app.app_context():
        assert sequence(office.house, one).published_version == 0


def test_what_somebody_changed_meanwhile_is_looked_at_first(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"))
    page = f"/sequences/{one}/publish"
    found = re.search(r'name="revision"[^>]*value="(\d+)"', browser.get(page).text)
    assert found
    edit(office, one, 0, step_name="Other")
    answer = browser.post(page, revision=found[1])
    assert answer.status_code == 422
    assert "Somebody changed this sequence meanwhile" in answer.text
    assert browser.post(page, under_way="gone").status_code == 422


def test_leads_go_along_if_that_is_chosen(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"), tag("b"), tag("c"), publish=True, **HIDDEN)
    standing(office, one, 0)
    standing(office, one, 1)
    standing(office, one, 1, next_execution_at=None)
    with office.app.app_context():
        owner = office.house.owner.actor
        drafts.remove_step(owner, one, keys(office.house, one)[1])
        drafts.add_step(owner, one, write(tag("first", step_order=1)))
    page = f"/sequences/{one}/publish"
    shown = said(browser.get(page))
    assert "3 leads are under way" in shown
    assert "1 lead in version 1 at “Tag a” goes on at “Tag a” Without “Tag first”, which stands" in shown
    assert "2 leads in version 1 at “Tag b” go on at “Tag c”" in shown
    assert "1 of them has a message under way and stays until that is settled." in shown
    answer = browser.post(page, under_way="move")
    assert answer.status_code == 303
    assert answer.location.endswith(f"/sequences/{one}")
    assert versions(office, one) == [1, 2, 2]
    assert "2 leads moved to the newest version." in said(browser.get(f"/sequences/{one}"))
    assert "1 lead is under way in an older version." in said(browser.get(f"/sequences/{one}"))


def test_leads_stay_and_are_moved_later(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"), tag("b"), publish=True, **HIDDEN)
    standing(office, one, 0)
    edit(office, one, 1, step_name="Other")
    browser.post(f"/sequences/{one}/publish", under_way="stay")
    assert versions(office, one) == [1]
    page = f"/sequences/{one}/moves"
    assert "Move 1 lead to version 2" in said(browser.get(page))
    assert browser.post(page, version="1").location == page
    assert versions(office, one) == [1]
    assert "Another version was published meanwhile." in said(browser.get(page))
    assert browser.post(page, version="x").status_code == 422
    assert browser.post(page, version="2").status_code == 303
    assert versions(office, one) == [2]
    assert "Everybody who is under way is in version 2." in said(browser.get(page))


def test_who_would_get_a_step_again_stays(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"), tag("b"), publish=True, **HIDDEN)
    standing(office, one, 1)
    with office.app.app_context():
        there = keys(office.house, one)
        drafts.order_steps(office.house.owner.actor, one, StepOrder(step_keys=there[::-1]))
    publish(office, one)
    shown = said(browser.get(f"/sequences/{one}/moves"))
    assert "It stays: “Tag a” would come again." in shown
    assert "Move " not in shown.partition("Under way in older versions")[2]


def test_how_far_a_move_is(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"), tag("b"), publish=True, **HIDDEN)
    standing(office, one, 0)
    edit(office, one, 1, step_name="Other")
    publish(office, one)
    page = f"/sequences/{one}/moves?of=10"
    assert "9 of 10 leads are moved to version 2." in said(browser.get(page))
    part = browser.client.get(page, headers=FRAGMENT)
    assert part.text.strip().startswith('<div id="moving" data-poll')
    assert "Load the page again to see how far it is." in part.text
    browser.post(f"/sequences/{one}/moves", version="2")
    done = browser.client.get(page, headers=FRAGMENT)
    assert "data-poll" not in done.text
    assert "Done: who could be moved is in version 2." in done.text
    for bad in ("of=0", "of=x", "of=999999999999", "nonsense=1"):
        assert browser.get(f"/sequences/{one}/moves?{bad}").status_code == 422


def test_all_leave_a_sequence_that_is_off(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"), tag("b"), publish=True, **HIDDEN)
    for _ in range(2):
        standing(office, one, 0)
    page = f"/sequences/{one}/end"
    assert "2 leads are under way. Switch the sequence off first" in said(browser.get(page))
    assert browser.post(page).status_code == 409
    browser.post(f"/sequences/{one}/switch", page=f"/sequences/{one}")
    shown = said(browser.get(f"/sequences/{one}"))
    assert "It is off: nothing is sent, and 2 leads that are under way wait until it is on again." in shown
    assert "Take all 2 leads out" in said(browser.get(page))
    assert "1 of 3 leads have left." in said(browser.get(f"{page}?of=3"))
    part = browser.client.get(f"{page}?of=3", headers=FRAGMENT)
    assert part.text.strip().startswith('<div id="ending" data-poll')
    answer = browser.post(page)
    assert (answer.status_code, answer.location) == (303, f"/sequences/{one}")
    shown = said(browser.get(f"/sequences/{one}"))
    assert "2 leads left the sequence." in shown
    assert "The sequence was ended for everybody" in shown
    assert "Done: nobody is under way in it any more." in said(browser.get(f"{page}?of=2"))


def test_who_is_under_way_leaves_a_sequence_that_is_archived(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"), publish=True, **HIDDEN)
    standing(office, one, 0)
    with office.app.app_context():
        change(office.house, NurtureSequence, one, total_enrollments=1)
    page = f"/sequences/{one}/delete"
    assert "1 lead is under way: it leaves and gets nothing more of it." in said(browser.get(page))
    assert browser.post(page).status_code == 303
    with office.app.app_context():
        assert [row.end_reason for row in rows(office.house, Enrollment)] == ["sequence_ended"]


def test_versions_are_listed_shown_and_compared(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"), tag("b"), publish=True, **HIDDEN)
    standing(office, one, 0)
    edit(office, one, 0, step_name="Mark", delay_amount=2)
    publish(office, one)
    edit(office, one, 1, step_name="Third")
    page = f"/sequences/{one}/versions"
    shown = said(browser.get(page))
    assert "Version 2: Changed “Mark” (name, delay) Newest" in shown
    assert "Version 1: First version: 2 steps" in shown
    assert "Olive Owner · 1 lead under way in it" in shown
    assert "Compare the draft with version 2" in shown
    second = said(browser.get(f"{page}/2"))
    assert "What it changed Changed Mark Name Tag a → Mark When 1 day" in second
    assert "1. Mark Day 2" in second
    assert "1. Tag a Day 1" in said(browser.get(f"{page}/1"))
    compared = f"/sequences/{one}/compare"
    shown = said(browser.get(f"{compared}?first=1&second=0"))
    assert "From version 1 to the draft" in shown
    assert "Changed Third Name Tag b → Third" in shown
    assert "Nothing is otherwise." in said(browser.get(f"{compared}?first=2&second=2"))
    for number in (0, 3, 2**31, 10**20):
        assert browser.get(f"{page}/{number}").status_code == 404
    assert browser.get(f"{compared}?first=1&second=9").status_code == 404
    for bad in ("first=1", "first=1&second=x", "first=-1&second=1", "first=1&second=99999999999"):
        assert browser.get(f"{compared}?{bad}").status_code == 422


def test_what_a_sentence_leaves_out_is_compared_too(office: Office, browser: Browser) -> None:
    one = made(office, call(step_content='{"title": "Ring", "description": "Ask."}'), publish=True)
    edit(office, one, 0, step_content='{"title": "Ring", "description": "Listen."}')
    shown = said(browser.get(f"/sequences/{one}/compare?first=1&second=0"))
    assert "Content title Ring, description Ask. → title Ring, description Listen." in shown


def test_the_list_of_versions_goes_on(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"), publish=True, **HIDDEN)
    for number in range(26):
        edit(office, one, 0, step_name=f"Name {number}")
        publish(office, one)
    page = f"/sequences/{one}/versions"
    assert f"{page}?below=3" in browser.get(page).text
    shown = said(browser.get(f"{page}?below=3"))
    assert "Version 2:" in shown
    assert "Version 3:" not in shown
    for bad in ("below=0", "below=x", "page=2"):
        assert browser.get(f"{page}?{bad}").status_code == 422


def test_a_sequence_is_tried_out_on_a_lead(office: Office) -> None:
    with office.app.app_context():
        text = template(office.house, "<p>Hello {{ couple_names }}</p>", "For {{ bride_name }}")
        spoilt = template(office.house, "Hello")
        change(office.house, EmailTemplate, spoilt, content="{{ oops }}")
    one = made(
        office,
        email(text, "Thank", delay_amount=0, message_class="acknowledgement", send_days=[]),
        call("Ring", execution_conditions={"has_phone": True}),
        email(spoilt, "Spoilt", needs_approval=True),
        tag("over", anchor="wedding_date", delay_amount=-8, delay_unit="weeks"),
        tag("last"),
        target_lead_status=["contacted"],
    )
    lead_id = office.lead(couple_name_bride="Maya", wedding_date=NOON.date().replace(day=20))
    with clock.at(NOON):
        browser = office.browser()
        shown = said(browser.get(f"/sequences/{one}/try?lead=maya"))
        assert "If Maya entered now By the draft, in the time of Europe/London." in shown
        assert "It would not take this lead in by itself." in shown
        assert "Today, 12:00 1. Thank For Maya Hello Maya" in shown
        assert "Thursday 11 March, 09:00 2. Ring Skipped Its conditions do not hold" in shown
        assert "it is only taken if it has a phone number" in shown
        assert "Friday 12 March, 09:00 3. Spoilt Waits for your yes" in shown
        assert "oops" in shown
        assert "Not at all 4. Tag over Skipped Its day was over" in shown
        assert "5. Tag last Adds the tag “last”." in shown
    browser = office.browser()
    assert "If Maya entered now" in said(browser.get(f"/sequences/{one}/try?lead_id={lead_id}&version=0"))
    with office.app.app_context():
        assert rows(office.house, Enrollment, Enrollment.sequence_id == one) == []


def test_the_lead_is_looked_for(office: Office, browser: Browser) -> None:
    one = made(office, tag("a"), publish=True, **HIDDEN)
    first, second = (office.lead(couple_name_bride="Emma", couple_name_groom=name) for name in ("Lee", "Max"))
    page = f"/sequences/{one}/try"
    assert "Choose a lead" in said(browser.get(page))
    several = browser.get(f"{page}?lead=emma").text
    for lead_id in (first, second):
        assert f"{page}?lead_id={lead_id}" in several
    assert "No lead is called so" in said(browser.get(f"{page}?lead=zzzzqqqq"))
    edit(office, one, 0, step_name="Other")
    page_of = said(browser.get(f"{page}?lead_id={first}&version=1"))
    assert "1. Tag a" in page_of
    assert "By version 1" in page_of
    assert "1. Other" in said(browser.get(f"{page}?lead_id={first}"))
    for missing in (f"lead_id={UUID(int=1)}", f"lead_id={first}&version=2"):
        assert browser.get(f"{page}?{missing}").status_code == 404
    for bad in ("lead_id=x", "version=x", "lead=" + "x" * 101, "nonsense=1"):
        assert browser.get(f"{page}?{bad}").status_code == 422


@pytest.mark.parametrize("person", ["viewer", "member"])
def test_who_may_only_read_publishes_and_moves_nothing(office: Office, person: str) -> None:
    one = made(office, tag("a"), publish=True, **HIDDEN)
    edit(office, one, 0, step_name="Other")
    browser = office.browser(getattr(office.house, person))
    assert browser.get(f"/sequences/{one}/publish").status_code == 403
    for path, given in (("publish", {}), ("moves", {"version": "1"}), ("discard", {}), ("copy", {})):
        assert browser.post(f"/sequences/{one}/{path}", page="/account", **given).status_code == 403
    assert "Discard" not in unescape(browser.get(f"/sequences/{one}").text)
    with office.app.app_context():
        assert names(office.house, one, 1) == ["Tag a"]
