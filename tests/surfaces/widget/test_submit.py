"""POST /f/<key>/inquiries: what is taken, what is answered, and that nothing is ever lost or doubled."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from app.models.choices import InquiryChannel, InquiryState
from app.widget.tokens import MAX_AGE
from app.workflows import capture_lead
from tests.surfaces.widget.door import Door


def test_an_inquiry_becomes_a_lead(door: Door) -> None:
    door.change(thanks="Lovely, talk soon.")
    answer = door.post(door.inquiry(wedding_date="2027-06-12", guest_count="120", services=["Album"]))

    [inquiry] = door.inquiries()
    assert answer.status_code == 201
    assert answer.json == {
        "inquiryId": str(inquiry.id),
        "status": "received",
        "message": "Lovely, talk soon.",
    }
    assert inquiry.state is InquiryState.CAPTURED
    assert inquiry.channel is InquiryChannel.WIDGET
    assert inquiry.payload["guest_count"] == 120
    assert inquiry.context["first"] == {"utm_source": "instagram"}
    assert inquiry.context["ip_address"] == "127.0.0.1"
    assert door.leads() == 1


def test_nobody_gets_a_cookie(door: Door) -> None:
    answers = [
        door.post(door.inquiry()),
        door.client.get(f"/f/{door.key}/config"),
        door.client.get("/widget.js"),
    ]
    assert all("Set-Cookie" not in answer.headers for answer in answers)


def test_the_same_key_again_adds_nothing(door: Door) -> None:
    body = door.inquiry()
    first, again = door.post(body), door.post(body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert len(door.inquiries()) == 1
    assert door.leads() == 1


def test_the_same_key_at_once_is_one_inquiry_and_one_lead(door: Door) -> None:
    body = door.inquiry()
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda _: door.app.test_client().post(f"/f/{door.key}/inquiries", json=body), range(6))
        )
    assert sorted(a.status_code for a in answers) == [200] * 5 + [201]
    assert len({a.json["inquiryId"] for a in answers}) == 1
    assert len(door.inquiries()) == 1
    assert door.leads() == 1


def test_a_couple_that_writes_twice_is_one_lead_with_two_inquiries(door: Door) -> None:
    for _ in range(2):
        assert door.post(door.inquiry(email="same@example.com")).status_code == 201
    assert len(door.inquiries()) == 2
    assert door.leads() == 1


def test_what_cannot_be_captured_now_is_stored_and_answered_202(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("scoring fell over")

    monkeypatch.setattr(capture_lead, "capture", broken)
    body = door.inquiry()
    answer = door.post(body)
    [inquiry] = door.inquiries()
    assert answer.status_code == 202
    assert answer.json["status"] == "received"
    assert inquiry.state is InquiryState.RECEIVED
    assert "scoring fell over" in (inquiry.error or "")
    assert door.post(body).status_code == 200


@pytest.mark.parametrize(
    ("mark", "reason"),
    [("honeypot", "honeypot"), ("speed", "too_fast"), ("address", "disposable_address")],
)
def test_suspicion_answers_like_success_and_keeps_the_inquiry(door: Door, mark: str, reason: str) -> None:
    honest, suspect = door.inquiry(), door.inquiry()
    if mark == "honeypot":
        suspect["website"] = "https://pills.example"
    elif mark == "speed":
        suspect["token"] = door.token(age=0)
    else:
        suspect["form"]["email"] = "x@mailinator.com"
    good, bad = door.post(honest), door.post(suspect)
    stored = {row.id: row for row in door.inquiries()}[UUID(bad.json["inquiryId"])]
    assert bad.status_code == good.status_code == 201
    assert {**bad.json, "inquiryId": None} == {**good.json, "inquiryId": None}
    assert set(bad.headers.keys()) == set(good.headers.keys())
    assert stored.state is InquiryState.QUARANTINED
    assert stored.spam_reasons == [reason]
    assert stored.payload["your_name"] == "Emma Clarke"
    assert door.leads() == 1


@pytest.mark.parametrize(("typed", "meant"), [("£3,500", "3500"), ("3 500", "3500"), ("2.500,50", "2500.50")])
def test_money_is_read_as_people_type_it(door: Door, typed: str, meant: str) -> None:
    assert door.post(door.inquiry(budget=typed)).status_code == 201
    assert door.inquiries()[0].payload["budget"] == meant


def test_a_token_works_until_it_is_a_day_old(door: Door) -> None:
    body = door.inquiry() | {"token": door.token(age=MAX_AGE - 60)}
    assert door.post(body).status_code == 201


def test_an_old_browser_without_a_word_about_the_visit_is_welcome(door: Door) -> None:
    body = door.inquiry()
    del body["visit"]
    assert door.post(body).status_code == 201
