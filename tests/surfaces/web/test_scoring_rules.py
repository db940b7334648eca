"""The rules as sentences: switched, moved, deleted, grouped, and taken ready-made."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from app.kernel import clock
from app.kernel.uow import reading, unit_of_work
from app.models.choices import RescoreReason
from app.models.scoring import Rescore, RuleGroup, ScoringRule
from app.scoring.groups import create_group
from app.scoring.rules import create_rule, in_order
from app.scoring.schemas import GroupWrite, RuleWrite
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office

BUDGET = {"criteria_field": "estimated_budget", "criteria_operator": "greater_than", "criteria_value": "5000"}


def words(browser: Browser, path: str) -> str:
    """What a person reads on the page."""
    page = browser.get(path)
    assert page.status_code == 200, page.text
    main = page.text[page.text.index("<main") :]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def add_rule(office: Office, name: str = "Big budget", **columns: Any) -> UUID:
    given = {"rule_name": name, "score_adjustment": 15} | BUDGET | columns
    with office.app.app_context():
        made = create_rule(office.house.owner.actor, RuleWrite(**given)).id
    assert made
    return made


def add_group(office: Office, name: str = "Interest", **bounds: int) -> UUID:
    with office.app.app_context():
        made = create_group(office.house.owner.actor, GroupWrite(group_name=name, **bounds)).id
    assert made
    return made


def rules(office: Office) -> list[ScoringRule]:
    with office.app.app_context(), reading(office.house.supplier_id) as session:
        found = list(session.scalars(in_order()))
        session.expunge_all()
        return found


def names(office: Office) -> list[str]:
    return [rule.rule_name for rule in rules(office)]


def test_rules_are_sentences_in_their_groups(office: Office, browser: Browser) -> None:
    group_id = add_group(office, most_points=20)
    add_rule(office, score_adjustment=-20, rule_weight="1.5")
    add_rule(office, "Writes back", rule_group_id=group_id, half_life_weeks=4)
    shown = words(browser, "/scoring")
    assert "Big budget If budget is over £5,000 take 20 × 1.5 away" in shown
    assert "-20 × 1.5" in shown
    assert "Interest Together at most 20" in shown
    assert shown.index("Together at most 20") < shown.index("Writes back")
    assert "add 15, halving every 4 weeks of silence" in shown
    assert re.search(r"\d+ leads are scored by these rules since", shown)


def test_a_rule_that_cannot_be_read_says_why(office: Office, browser: Browser) -> None:
    rule_id = add_rule(office)
    with office.app.app_context(), unit_of_work(office.house.supplier_id) as session:
        session.get_one(ScoringRule, (office.house.supplier_id, rule_id)).criteria_field = "gone"
    assert "It counts for nothing: 'gone' is not a field that can be scored." in words(browser, "/scoring")
    assert browser.get(f"/scoring/rules/{rule_id}").status_code == 200


def test_a_rule_is_switched_off_and_on(office: Office, browser: Browser) -> None:
    rule_id = add_rule(office)
    for is_on in (False, True):
        answer = browser.post(f"/scoring/rules/{rule_id}/switch", page="/scoring")
        assert answer.status_code == 303
        assert next(one for one in rules(office) if one.id == rule_id).is_active is is_on


def test_a_rule_moves_within_its_group(office: Office, browser: Browser) -> None:
    group_id = add_group(office)
    first = add_rule(office, "In the group", rule_group_id=group_id)
    add_rule(office, "Last")
    before = names(office)
    last = rules(office)[-1].id
    assert browser.post(f"/scoring/rules/{last}/move", page="/scoring", to="up").status_code == 303
    moved = [name for name in names(office) if name != "In the group"]
    assert moved[-2:] == ["Last", [name for name in before if name not in ("In the group", "Last")][-1]]
    assert browser.post(f"/scoring/rules/{first}/move", page="/scoring", to="up").status_code == 303
    assert names(office)[-1] == "In the group", "it is the first of its group already"


@pytest.mark.parametrize("to", ["", "sideways"])
def test_a_move_to_nowhere_is_refused(office: Office, browser: Browser, to: str) -> None:
    rule_id = add_rule(office)
    assert browser.post(f"/scoring/rules/{rule_id}/move", page="/scoring", to=to).status_code == 422


def test_rules_are_dragged_into_an_order(office: Office, browser: Browser) -> None:
    add_rule(office)
    wanted = [str(rule.id) for rule in reversed(rules(office))]
    assert browser.post("/scoring/rules/order", page="/scoring", rule_ids=wanted).status_code == 303
    assert [str(rule.id) for rule in rules(office)] == wanted


@pytest.mark.parametrize("ids", [[], ["x"], [str(UUID(int=1))], [str(UUID(int=1))] * 3])
def test_an_order_of_what_is_not_there_is_refused(office: Office, browser: Browser, ids: list[str]) -> None:
    before = names(office)
    assert browser.post("/scoring/rules/order", page="/scoring", rule_ids=ids).status_code == 422
    assert names(office) == before


def test_htmx_gets_the_rules_alone(office: Office, browser: Browser) -> None:
    rule_id = add_rule(office)
    told = {"HX-Request": "true", "HX-Request-Type": "partial"}
    data = {"csrf_token": browser.token("/scoring")}
    answer = browser.client.post(f"/scoring/rules/{rule_id}/switch", data=data, headers=told)
    assert answer.status_code == 200
    assert answer.text.strip().startswith('<div id="rules"')
    assert 'aria-checked="false"' in answer.text


def test_a_rule_is_deleted_after_a_question(office: Office, browser: Browser) -> None:
    rule_id = add_rule(office)
    path = f"/scoring/rules/{rule_id}/delete"
    assert "Delete “Big budget”? If budget is over £5,000 add 15." in words(browser, path)
    assert browser.post(path).status_code == 303
    assert "Big budget" not in names(office)
    assert "Deleted “Big budget”" in words(browser, "/scoring")
    assert browser.get(path).status_code == 404


def test_a_group_is_added_changed_and_deleted(office: Office, browser: Browser) -> None:
    assert browser.post("/scoring/groups/new", group_name="Money", most_points="40").status_code == 303
    with office.app.app_context(), reading(office.house.supplier_id) as session:
        group_id = session.query(RuleGroup.id).filter_by(group_name="Money").scalar()
    rule_id = add_rule(office, rule_group_id=group_id)
    path = f"/scoring/groups/{group_id}"
    changed = {"group_name": "Money", "most_points": "", "least_points": "-10"}
    assert browser.post(path, **changed).status_code == 303
    assert "Money Together at least -10" in words(browser, "/scoring")
    assert "they count together at least -10" in words(browser, f"{path}/delete").replace("in the group ", "")
    assert browser.post(f"{path}/delete").status_code == 303
    assert next(rule for rule in rules(office) if rule.id == rule_id).rule_group_id is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"group_name": ""}, "Please fill this in."),
        ({"group_name": "Taken"}, "There is a group called 'Taken' already."),
        ({"group_name": "New", "most_points": "1001"}, "less than or equal to 1000"),
        ({"group_name": "New", "most_points": "many"}, "Give a whole number"),
        ({"group_name": "New", "least_points": "5"}, "less than or equal to 0"),
    ],
)
def test_a_group_that_cannot_be_is_refused_at_its_field(
    office: Office, browser: Browser, given: dict[str, str], said: str
) -> None:
    add_group(office, "Taken")
    answer = browser.post("/scoring/groups/new", **given)
    assert answer.status_code == 422
    assert said in unescape(answer.text)


def test_a_ready_made_set_is_added_or_taken_instead(office: Office, browser: Browser) -> None:
    assert "For a florist" in words(browser, "/scoring/ready-made")
    path = "/scoring/ready-made/venue"
    before = names(office)
    assert "If the guest count is between 50 and 150 add 20" in words(browser, path)
    assert "Interest Together 0 to 20" in words(browser, path)
    assert browser.post(path, how="add").status_code == 303
    assert names(office)[: len(before)] == before
    assert browser.post(path, how="instead").status_code == 303
    assert names(office)[0] == "The date is free"
    assert browser.post(path, how="perhaps").status_code == 422
    assert browser.get("/scoring/ready-made/nobody").status_code == 404


def test_all_leads_are_scored_again(office: Office, browser: Browser) -> None:
    office.lead()
    assert browser.post("/scoring/rescoring", page="/scoring").status_code == 303
    assert "1 lead is scored by these rules since" in words(browser, "/scoring")
    assert browser.get("/scoring/rescoring").status_code == 302


def test_a_page_tells_how_far_the_scores_are(office: Office, browser: Browser) -> None:
    now = clock.now()
    office.add(Rescore(reason=RescoreReason.RULES, due_at=now, total=40_000, done=12_000))
    shown = words(browser, "/scoring")
    assert (
        "12,000 of 40,000 leads are scored by these rules; the others still have the score of before."
        in shown
    )
    assert "Load the page again to see how far it is." in shown
    assert 'hx-trigger="every 2s"' in browser.get("/scoring").text
    told = {"HX-Request": "true", "HX-Request-Type": "partial"}
    part = browser.client.get("/scoring/rescoring", headers=told).text
    assert part.strip().startswith('<div id="rescoring"')
    assert 'value="12000" max="40000"' in part
    office.add(Rescore(reason=RescoreReason.RULES, due_at=now, total=40_000, done=40_000, finished_at=now))
    part = browser.client.get("/scoring/rescoring", headers=told).text
    assert "40,000 leads are scored" in part
    assert "every 2s" not in part, "it polls no more"


def test_the_page_costs_the_same_statements_however_many_rules(
    office: Office, browser: Browser, statements: Callable[[], Any]
) -> None:
    group_id = add_group(office)
    with statements() as few:
        browser.get("/scoring")
    for place in range(8):
        add_rule(office, f"Rule {place}", rule_group_id=group_id if place % 2 else None)
    with statements() as many:
        browser.get("/scoring")
    assert len(many) == len(few) <= 9, many


def test_a_viewer_reads_and_changes_nothing(office: Office) -> None:
    rule_id, group_id = add_rule(office), add_group(office)
    viewer = office.browser(office.house.viewer)
    page = viewer.get("/scoring").text
    assert "If budget is over £5,000 add 15" in page
    assert "/switch" not in page
    assert "Add a rule" not in page
    for path in (f"rules/{rule_id}", f"groups/{group_id}", "rules/new", "groups/new", "ready-made/venue"):
        assert viewer.get(f"/scoring/{path}").status_code == 403
    for path in (f"rules/{rule_id}/switch", f"rules/{rule_id}/move", f"rules/{rule_id}/delete", "rescoring"):
        assert viewer.post(f"/scoring/{path}", page="/account", to="up").status_code == 403


def test_what_rules_say_cannot_carry_markup(office: Office, browser: Browser) -> None:
    attack = "<script>alert(1)</script>"
    group_id = add_group(office, attack)
    told = {"criteria_field": "wedding_venue", "criteria_operator": "contains", "criteria_value": attack}
    rule_id = add_rule(office, attack, rule_description=attack, rule_group_id=group_id, **told)
    for path in ("", f"/rules/{rule_id}", f"/rules/{rule_id}/delete", f"/groups/{group_id}/delete"):
        page = browser.get(f"/scoring{path}")
        assert page.status_code == 200
        assert attack not in page.text
