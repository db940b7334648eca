"""The page of addresses that get nothing."""

from uuid import UUID

from app.kernel.uow import reading, unit_of_work
from app.messaging import suppression_list
from app.messaging.suppression_list import SuppressionAddress
from app.messaging.suppressions import suppress
from app.models.choices import Channel, SuppressionReason
from tests.surfaces.web.conftest import Office
from tests.surfaces.web.test_scoring_rules import words

EMMA = "emma@example.com"


def put(office: Office, reason: SuppressionReason, address: str = EMMA) -> UUID:
    supplier_id = office.house.supplier_id
    with office.app.app_context(), unit_of_work(supplier_id) as session:
        suppress(session, supplier_id, Channel.EMAIL, address, reason)
        found = suppression_list.look_up(session, supplier_id, SuppressionAddress(address=address))
        assert found
        return found.id


def is_there(office: Office, address: str = EMMA) -> bool:
    supplier_id = office.house.supplier_id
    with office.app.app_context(), reading(supplier_id) as session:
        return suppression_list.look_up(session, supplier_id, SuppressionAddress(address=address)) is not None


def test_it_lists_why_and_since_when(office: Office) -> None:
    put(office, SuppressionReason.COMPLAINT)
    owner = office.browser(office.house.owner)
    page = words(owner, "/suppressions")
    assert "Complaint" in page
    assert EMMA not in page
    assert "Nobody here" in words(owner, "/suppressions?reason=manual")
    assert owner.get("/suppressions?reason=bored").status_code == 422
    assert 'href="/suppressions"' in owner.get("/outbox").text


def test_an_address_is_asked_for_added_and_removed(office: Office) -> None:
    owner = office.browser(office.house.owner)
    asked = owner.post("/suppressions/look-up", page="/suppressions", channel="email", address=EMMA)
    assert (asked.status_code, "is not on the list" in asked.text) == (200, True)
    added = owner.post(
        "/suppressions", page="/suppressions", channel="email", address=EMMA, note="On the phone"
    )
    assert added.status_code == 303
    assert is_there(office)
    asked = owner.post("/suppressions/look-up", page="/suppressions", channel="email", address=EMMA.upper())
    assert "is on the list since" in asked.text
    assert "On the phone" in asked.text
    way = asked.text.partition('class="alert-link" href="')[2].partition('"')[0]
    assert owner.post(way, page=way).status_code == 303, "one added by hand needs no reason"
    assert not is_there(office)


def test_what_is_wrong_is_said_at_its_field(office: Office) -> None:
    owner = office.browser(office.house.owner)
    for path in ("/suppressions", "/suppressions/look-up"):
        answer = owner.post(path, page="/suppressions", channel="sms", address="020 7946 0958")
        assert answer.status_code == 422
        assert "country code" in answer.text
    put(office, SuppressionReason.COMPLAINT)
    answer = owner.post("/suppressions", page="/suppressions", channel="email", address=EMMA)
    assert answer.status_code == 422
    assert "on the list already: complaint" in answer.text


def test_a_grave_one_is_the_owners_with_a_reason(office: Office) -> None:
    way = f"/suppressions/{put(office, SuppressionReason.HARD_BOUNCE)}/remove"
    admin, owner = office.browser(office.house.admin), office.browser(office.house.owner)
    assert "Only an owner" in words(admin, way)
    assert "Remove" not in words(admin, "/suppressions")
    assert admin.post(way, page="/suppressions", reason="They wrote").status_code == 403
    answer = owner.post(way, page=way, reason=" ")
    assert (answer.status_code, "Say why" in answer.text) == (422, True)
    assert is_there(office)
    assert owner.post(way, page=way, reason="They wrote").status_code == 303
    assert not is_there(office)


def test_a_viewer_looks_and_changes_nothing(office: Office) -> None:
    row = put(office, SuppressionReason.MANUAL)
    viewer = office.browser(office.house.viewer)
    page = words(viewer, "/suppressions")
    assert "Add an address" not in page
    assert viewer.get(f"/suppressions/{row}/remove").status_code == 403


def test_the_page_is_one_of_many(office: Office) -> None:
    for number in range(4):
        put(office, SuppressionReason.UNSUBSCRIBED, f"couple-{number}@example.com")
    owner = office.browser(office.house.owner)
    first = owner.get("/suppressions?limit=3")
    assert first.text.count('class="list-group-item outbox-line"') == 3
    assert "after=" in first.text
