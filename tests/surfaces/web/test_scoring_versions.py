"""Versions of the rules: listed, compared, and gone back to."""

import pytest

from app.scoring.rules import delete_rule, update_rule
from app.scoring.schemas import RulePatch
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office
from tests.surfaces.web.test_scoring_rules import add_group, add_rule, names, words


def test_before_the_first_change_there_is_none(browser: Browser) -> None:
    assert "No version yet" in words(browser, "/scoring/versions")


def test_versions_are_listed_and_compared(office: Office, browser: Browser) -> None:
    rule_id = add_rule(office)
    add_group(office, most_points=20)
    with office.app.app_context():
        update_rule(office.house.owner.actor, rule_id, RulePatch(score_adjustment=30, criteria_value="6000"))
        delete_rule(office.house.owner.actor, rule_id)
    shown = words(browser, "/scoring/versions")
    assert "Version 5 : Removed “Big budget” In force" in shown
    assert "Version 1 : The rules as they were" in shown
    assert "Olive Owner · 4 rules" in shown
    third = words(browser, "/scoring/versions/3")
    assert "What it changed Group “Interest” added" in third
    assert "What changed since “Big budget” removed" in third
    fourth = words(browser, "/scoring/versions/4")
    assert "“Big budget” changed: value, points Before: If budget is over" in fourth
    assert "After: If budget is over" in fourth
    assert "If budget is over £6,000 add 30" in fourth
    assert "What changed since" not in words(browser, "/scoring/versions/5")


def test_one_click_goes_back(office: Office, browser: Browser) -> None:
    before = names(office)
    add_rule(office)
    answer = browser.post("/scoring/versions/1/restore", page="/scoring/versions")
    assert answer.status_code == 303
    assert names(office) == before
    assert "The rules are those of version 1 again." in words(browser, "/scoring")
    browser.post("/scoring/versions/1/restore", page="/scoring/versions")
    assert "Nothing to change." in words(browser, "/scoring")


@pytest.mark.parametrize("number", ["0", "99", "99999999999999999999"])
def test_a_version_that_is_not_there(office: Office, browser: Browser, number: str) -> None:
    add_rule(office)
    assert browser.get(f"/scoring/versions/{number}").status_code == 404
    assert browser.post(f"/scoring/versions/{number}/restore", page="/scoring").status_code == 404


def test_the_list_goes_on(office: Office, browser: Browser) -> None:
    for place in range(27):
        add_group(office, f"Group {place}")
    assert "/scoring/versions?below=4" in browser.get("/scoring/versions").text
    shown = words(browser, "/scoring/versions?below=4")
    assert "Version 3 :" in shown
    assert "Version 4 :" not in shown
    for bad in ("below=0", "below=x", "below=99999999999", "page=2"):
        assert browser.get(f"/scoring/versions?{bad}").status_code == 422


def test_a_viewer_sees_them_and_goes_back_to_none(office: Office) -> None:
    add_rule(office)
    viewer = office.browser(office.house.viewer)
    assert "Go back to this" not in words(viewer, "/scoring/versions/1")
    assert viewer.post("/scoring/versions/1/restore", page="/account").status_code == 403
