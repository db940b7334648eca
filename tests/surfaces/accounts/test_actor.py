"""Who acts in a request, and what asking costs."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from flask import Flask

from app.accounts import keys, queries, team
from app.accounts.access import current_actor
from app.accounts.schemas import NewApiKey, RoleChange
from app.kernel.actor import Actor, ActorKind, Permission, Role
from app.kernel.errors import Conflict, NotAuthenticated
from app.kernel.uow import reading
from tests.cast import House, Person
from tests.statements import listening
from tests.surfaces.accounts.browser import Browser, signed_in


def _cookie(browser: Browser) -> dict[str, str]:
    cookie = browser.client.get_cookie("session")
    assert cookie is not None
    return {"Cookie": f"session={cookie.value}"}


def test_a_browser_acts_as_its_person_for_one_statement(app: Flask, house: House) -> None:
    headers = _cookie(signed_in(app, house.admin))
    with app.test_request_context(headers=headers), listening() as statements:
        assert current_actor() == house.admin.actor
        assert current_actor() is current_actor()
    assert len(statements) == 1


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer "])
def test_a_scheme_is_read_in_any_case(app: Flask, house: House, scheme: str) -> None:
    with app.app_context():
        _, text = keys.create_api_key(house.owner.actor, NewApiKey(name="k", scopes=[Permission.READ]))
    with app.test_request_context(headers={"Authorization": f"{scheme} {text}"}):
        assert current_actor().kind is ActorKind.API_KEY


def test_a_key_acts_for_one_statement(app: Flask, house: House) -> None:
    with app.app_context():
        _, text = keys.create_api_key(house.owner.actor, NewApiKey(name="k", scopes=[Permission.READ]))
    headers = {"Authorization": f"Bearer {text}"}
    with app.test_request_context(headers=headers):
        current_actor()  # notes the use
    with app.test_request_context(headers=headers), listening() as statements:
        assert current_actor().kind is ActorKind.API_KEY
    assert len(statements) == 1


def test_a_wrong_key_is_not_made_good_by_a_cookie(app: Flask, house: House) -> None:
    headers = _cookie(signed_in(app, house.owner)) | {"Authorization": "Bearer wsl_wrong"}
    with app.test_request_context(headers=headers), pytest.raises(NotAuthenticated):
        current_actor()


@pytest.mark.parametrize("cookie", ["", "nonsense", "eyJzaWduX2luIjoieCJ9.aaaa.bbbb"])
def test_a_made_up_cookie_is_nobody(app: Flask, cookie: str) -> None:
    with app.test_request_context(headers={"Cookie": f"session={cookie}"}), pytest.raises(NotAuthenticated):
        current_actor()


def test_a_new_role_counts_from_the_next_request(app: Flask, house: House) -> None:
    headers = _cookie(signed_in(app, house.member))
    with app.app_context():
        team.change_role(house.owner.actor, house.member.user_id, RoleChange(role=Role.VIEWER))
    with app.test_request_context(headers=headers):
        assert current_actor().role is Role.VIEWER


def test_two_owners_cannot_push_each_other_out_at_once(app: Flask, house: House) -> None:
    with app.app_context():
        team.change_role(house.owner.actor, house.admin.user_id, RoleChange(role=Role.OWNER))
    refusals: list[Conflict] = []
    together = Barrier(2)

    def push(actor: Actor, whom: Person) -> None:
        with app.app_context():
            together.wait()
            try:
                team.deactivate(actor, whom.user_id)
            except Conflict as refused:
                refusals.append(refused)

    second = replace(house.admin.actor, role=Role.OWNER)
    threads = [
        Thread(target=push, args=pair) for pair in ((house.owner.actor, house.admin), (second, house.owner))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context(), reading(house.supplier_id) as session:
        active = {one.id for one in queries.people(session) if one.is_active}
    assert len(refusals) == 1
    assert len(active & {house.owner.user_id, house.admin.user_id}) == 1
