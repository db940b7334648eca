"""Saved views on the pages: save the list as it stands, choose, rename, share, delete."""

import re

from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office

LIST = "/leads?status=new&score_min=20&sort_by=lead_score&columns=status&columns=score"
EDIT = re.compile(r'href="(/leads/views/[^"]+)"')


def keep(browser: Browser, name: str, here: str = LIST, **said: str) -> None:
    answer = browser.post("/leads/views", page=here, name=name, here=here, **said)
    assert (answer.status_code, answer.location) == (303, here), answer.text


def test_the_list_is_saved_as_it_stands_and_chosen_again(office: Office, browser: Browser) -> None:
    office.lead()
    keep(browser, "Hot ones")
    page = browser.get("/leads").text
    [address] = re.findall(r'href="([^"]+)"[^>]*>Hot ones</a>', page)
    chosen = browser.get(address.replace("&amp;", "&")).text
    assert re.search(r'aria-current="true">Hot ones</a>', chosen)
    for said in ("status=new", "score_min=20", "sort_by=lead_score", "columns=score"):
        assert said in address
    assert "Save view" not in chosen
    assert "Save view" in browser.get("/leads?status=won").text


def test_a_view_keeps_the_look_that_one_is_in(office: Office, browser: Browser) -> None:
    office.lead()
    keep(browser, "Hot ones")
    page = browser.get("/leads?view=pipeline").text
    [address] = re.findall(r'href="([^"]+)"[^>]*>Hot ones</a>', page)
    assert "view=pipeline" in address


def test_a_view_of_cards_opens_as_cards(office: Office, browser: Browser) -> None:
    office.lead()
    keep(browser, "Hot cards", here=f"{LIST}&view=cards")
    page = browser.get("/leads").text
    [address] = re.findall(r'href="([^"]+)"[^>]*>Hot cards</a>', page)
    assert "view=cards" in address
    chosen = browser.get(address.replace("&amp;", "&")).text
    assert re.search(r'aria-current="true">Hot cards</a>', chosen)
    [edit] = EDIT.findall(browser.get("/leads/views").text)
    assert "view=cards" in browser.get(edit).text
    assert 'aria-current="true">Hot cards</a>' not in browser.get(LIST).text


def test_a_view_is_shared_renamed_and_deleted(office: Office, browser: Browser) -> None:
    colleague = office.browser(office.house.member)
    keep(browser, "Hot ones")
    assert "Hot ones" not in colleague.get("/leads").text
    [address] = EDIT.findall(browser.get("/leads/views").text)
    here = re.search(r'name="here"[^>]*value="([^"]*)"', browser.get(address).text)
    assert here
    kept = here[1].replace("&amp;", "&")
    browser.post(address, name="Warm ones", is_shared="y", here=kept)
    shown = colleague.get("/leads").text
    assert "Warm ones" in shown
    assert "score_min=20" in shown
    browser.post(f"{address}/delete", page="/leads/views")
    assert "Warm ones" not in colleague.get("/leads").text


def test_what_is_wrong_is_told_beside_the_field(office: Office, browser: Browser) -> None:
    keep(browser, "Hot ones")
    taken = browser.post("/leads/views", page=LIST, name="hot ones", here=LIST)
    assert taken.status_code == 422
    assert 'id="name-error"' in taken.text
    assert "There is a view called &#39;hot ones&#39; already." in taken.text
    assert browser.post("/leads/views", page=LIST, name="", here=LIST).status_code == 422
    forged = browser.post("/leads/views", page=LIST, name="Forged", here="/leads?status=asleep")
    assert forged.status_code == 422
    assert "Forged" not in browser.get("/leads").text


def test_a_viewer_keeps_views_and_shares_none(office: Office) -> None:
    viewer = office.browser(office.house.viewer)
    keep(viewer, "Mine")
    assert "Everybody here sees it" not in viewer.get("/leads?status=new").text
    assert viewer.post("/leads/views", page=LIST, name="Ours", is_shared="y", here=LIST).status_code == 403
    assert "Ours" not in viewer.get("/leads").text


def test_the_page_of_views_teaches_while_there_is_none(browser: Browser) -> None:
    assert "No saved view yet" in browser.get("/leads/views").text
