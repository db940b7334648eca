"""The hosted page: the whole way without JavaScript."""

import re
from datetime import timedelta
from html import unescape

import pytest
from werkzeug.test import TestResponse

from app.kernel import clock, public_keys
from app.models.choices import InquiryChannel, InquiryState
from app.widget.tokens import MAX_AGE
from tests.surfaces.widget.door import Door

UTM = "?utm_source=instagram&utm_campaign=spring"


def hidden(page: TestResponse) -> dict[str, str]:
    """What a browser would send back unseen."""
    found = re.findall(r'<input[^>]* name="(\w+)" type="hidden" value="([^"]*)"', page.text)
    return {name: unescape(value) for name, value in found}


def opened(door: Door, query: str = "", seconds_ago: float = 30, **headers: str) -> dict[str, str]:
    with clock.at(clock.now() - timedelta(seconds=seconds_ago)):
        return hidden(door.client.get(f"/f/{door.key}{query}", headers=headers))


def said(**more: str) -> dict[str, str]:
    return {"your_name": "Emma Clarke", "email": "emma@example.com"} | more


def test_an_inquiry_goes_through_and_ends_on_a_thanks_page(door: Door) -> None:
    door.change(thanks="Lovely, talk soon.")
    form = opened(door, UTM, Referer="https://blog.example/best-photographers")
    answer = door.client.post(
        f"/f/{door.key}{UTM}", data=said(guest_count="120", consent_marketing="y") | form
    )
    assert answer.status_code == 303
    assert "Lovely, talk soon." in door.client.get(answer.location).text

    [inquiry] = door.inquiries()
    first = inquiry.context["first"]
    assert inquiry.state is InquiryState.CAPTURED
    assert inquiry.channel is InquiryChannel.HOSTED_FORM
    assert inquiry.payload["consent_marketing"] is True
    assert first == inquiry.context["last"]
    assert first["utm_source"] == "instagram"
    assert first["referrer"] == "https://blog.example/best-photographers"
    assert first["landing_page"].endswith(UTM)


def test_reloading_the_sent_form_adds_nothing(door: Door) -> None:
    form = said() | opened(door)
    answers = [door.client.post(f"/f/{door.key}", data=form) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]
    assert len(door.inquiries()) == 1


def test_errors_stand_beside_the_fields_and_what_was_typed_stays(door: Door) -> None:
    form = opened(door)
    typed = {"your_name": "", "email": "emma", "budget": "lots", "message": "Dear <you>"}
    page = door.client.post(f"/f/{door.key}", data=typed | form)
    assert page.status_code == 422
    assert 'id="email-error"' in page.text
    assert 'aria-describedby="email-error"' in page.text
    assert "Please fill this in." in page.text
    assert 'value="lots"' in page.text
    assert "Dear &lt;you&gt;" in page.text
    assert hidden(page) == form
    assert door.inquiries() == []


def test_how_to_reach_you_is_asked_at_the_email(door: Door) -> None:
    page = door.client.post(f"/f/{door.key}", data={"your_name": "Emma"} | opened(door))
    assert page.status_code == 422
    assert re.search(r'id="email-error">Give an e-mail address or a phone number', page.text)


def test_ticked_services_stay_ticked(door: Door) -> None:
    door.change(services=["Album", "Prints"])
    page = door.client.post(f"/f/{door.key}", data={"services": ["Album"]} | opened(door))
    assert re.search(r'<input checked [^>]*value="Album"', page.text)
    assert page.text.count("checked") == 1


def test_a_page_left_open_for_a_day_is_sent_by_pressing_again(door: Door) -> None:
    stale = said() | opened(door, seconds_ago=MAX_AGE + 60)
    page = door.client.post(f"/f/{door.key}", data=stale)
    assert page.status_code == 422
    assert "expired" in page.text
    assert 'value="Emma Clarke"' in page.text
    assert door.client.post(f"/f/{door.key}", data=said() | hidden(page)).status_code == 303
    assert door.inquiries()[0].state is InquiryState.CAPTURED


@pytest.mark.parametrize("spoilt", [{"token": "forged"}, {"token": ""}, {"idempotency_key": "x"}])
def test_tampered_hidden_fields_write_nothing(door: Door, spoilt: dict[str, str]) -> None:
    assert door.client.post(f"/f/{door.key}", data=said() | opened(door) | spoilt).status_code == 422
    assert door.inquiries() == []


@pytest.mark.parametrize("spam", [{"website": "https://pills.example"}, {"your_name": "www.casino.example"}])
def test_suspected_spam_sees_the_same_thanks(door: Door, spam: dict[str, str]) -> None:
    answer = door.client.post(f"/f/{door.key}", data=said() | opened(door) | spam)
    assert (answer.status_code, answer.location) == (303, f"/f/{door.key}/thanks")
    assert door.inquiries()[0].state is InquiryState.QUARANTINED


def test_odd_marks_of_the_visit_never_cost_an_inquiry(door: Door) -> None:
    query = f"?utm_source={'x' * 900}&utm_term=a%00b&gclid="
    form = opened(door, query) | {"referrer": "y" * 5000}
    assert door.client.post(f"/f/{door.key}{query}", data=said() | form).status_code == 303
    first = door.inquiries()[0].context["first"]
    assert (len(first["utm_source"]), first["utm_term"], len(first["referrer"])) == (255, "ab", 2000)


def test_only_the_listed_websites_may_frame_it(door: Door) -> None:
    open_to_all = door.client.get(f"/f/{door.key}")
    door.change(allowed_origins=["https://rose.example"])
    listed = door.client.get(f"/f/{door.key}")
    assert open_to_all.headers["Content-Security-Policy"].endswith("frame-ancestors *")
    assert listed.headers["Content-Security-Policy"].endswith("frame-ancestors 'self' https://rose.example")
    assert "X-Frame-Options" not in listed.headers


def test_it_is_a_page_without_script_and_without_cookie(door: Door) -> None:
    page = door.client.get(f"/f/{door.key}")
    assert "<script" not in page.text
    assert "Set-Cookie" not in page.headers


def test_every_field_has_a_label(door: Door) -> None:
    page = door.client.get(f"/f/{door.key}").text
    for name in ("your_name", "email", "phone", "wedding_date", "message"):
        assert f'<label for="{name}">' in page
        assert f'id="{name}"' in page


def test_an_unknown_form_is_a_page_that_says_so(door: Door) -> None:
    page = door.client.get(f"/f/{public_keys.make(door.supplier_id)}")
    assert page.status_code == 404
    assert "This form is not here" in page.text


def test_a_body_too_large_is_a_page_that_says_so(door: Door) -> None:
    page = door.client.post(f"/f/{door.key}", data=said(message="x" * 1_000_000) | opened(door))
    assert page.status_code == 413
    assert "too much text" in page.text
    assert door.inquiries() == []
