"""The demo website: a stranger's pages that carry the widget under a strict policy."""

import json

import pytest

from app.settings import Settings
from tests.surfaces.widget.door import Door


@pytest.mark.parametrize("page", ["", "contact"])
def test_its_policy_allows_our_host_and_nothing_inline(door: Door, page: str) -> None:
    answer = door.client.get(f"/demo-site/{page}?form={door.key}")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert answer.status_code == 200
    assert policy["default-src"] == "'none'"
    assert {policy[p] for p in ("script-src", "connect-src")} == {"http://localhost"}
    assert {policy[p] for p in ("style-src", "img-src")} == {"'self' http://localhost"}
    assert "style=" not in answer.text


def test_a_forged_host_gets_into_neither_policy_nor_page(door: Door) -> None:
    path = f"/demo-site/contact?form={door.key}"
    answer = door.client.get(path, headers={"Host": "evil.example"})
    assert "evil.example" not in answer.headers["Content-Security-Policy"] + answer.text


def test_the_widget_stands_there_as_a_customer_would_put_it(door: Door) -> None:
    page = door.client.get(f"/demo-site/contact?form={door.key}").text
    assert f'<script src="http://localhost/widget.js" data-form="{door.key}" async></script>' in page
    assert f'<noscript><p><a href="http://localhost/f/{door.key}">' in page


def test_without_a_key_it_shows_the_form_of_the_demo_supplier(door: Door, settings: Settings) -> None:
    noted = settings.var_dir / "run.json"
    noted.write_text(json.dumps({"form_key": door.key}))
    try:
        assert f'data-form="{door.key}"' in door.client.get("/demo-site/contact").text
    finally:
        noted.unlink()


@pytest.mark.parametrize("noted", [None, "", "{", "[]", "{}", '{"form_key": 7}'])
def test_without_a_demo_it_is_404(door: Door, settings: Settings, noted: str | None) -> None:
    path = settings.var_dir / "run.json"
    if noted is not None:
        path.write_text(noted)
    try:
        assert door.client.get("/demo-site/").status_code == 404
    finally:
        path.unlink(missing_ok=True)
