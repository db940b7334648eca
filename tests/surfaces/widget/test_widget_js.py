"""The script itself and the configuration it draws from."""

import gzip
import re

from app.capture.schemas import InquiryForm
from tests.surfaces.widget.door import Door

MOST_BYTES = 6 * 1024


def test_the_widget_is_under_six_kilobytes_on_the_wire(door: Door) -> None:
    answer = door.client.get("/widget.js", headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < MOST_BYTES
    assert gzip.decompress(answer.data) == door.client.get("/widget.js").data


def test_it_may_be_kept_and_is_asked_for_by_its_tag(door: Door) -> None:
    first = door.client.get("/widget.js")
    assert first.content_type == "text/javascript; charset=utf-8"
    assert "max-age" in first.headers["Cache-Control"]
    assert first.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = door.client.get("/widget.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_it_needs_nothing_that_a_strict_page_forbids(door: Door) -> None:
    script = door.client.get("/widget.js").text
    forbidden = r"\beval\b|new Function|innerHTML|insertAdjacentHTML|document\.cookie|\.style\b|<style"
    assert re.findall(forbidden, script) == []


def test_the_configuration_describes_every_field_once(door: Door) -> None:
    door.change(heading="Your day", services=["Album"], consent_wording="You may answer me.")
    config = door.client.get(f"/f/{door.key}/config")
    fields = {f["name"]: f for f in config.json["fields"]}
    assert config.headers["Cache-Control"] == "no-store"
    assert config.json["heading"] == "Your day"
    assert config.json["supplier"] == "Rosewood Photography"
    assert fields.keys() == InquiryForm.model_fields.keys()
    assert fields["services"]["choices"] == ["Album"]
    assert fields["consent_data_processing"]["label"] == "You may answer me."
    assert fields["your_name"]["attributes"] == {
        "autocomplete": "name",
        "required": "",
        "maxlength": 255,
        "type": "text",
    }


def test_the_token_of_the_configuration_opens_the_form(door: Door) -> None:
    token = door.client.get(f"/f/{door.key}/config").json["token"]
    assert door.post(door.inquiry() | {"token": token}).status_code == 201


def test_without_services_there_is_no_question_about_them(door: Door) -> None:
    door.change(services=[])
    names = [f["name"] for f in door.client.get(f"/f/{door.key}/config").json["fields"]]
    assert "services" not in names
