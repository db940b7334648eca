"""An invitation is a link in a mail: good for a week, once, and only while its sender may invite."""

import re
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from uuid_utils.compat import uuid7

from app.accounts import invitations, mail, queries, team
from app.accounts.schemas import Invitation, Joining, RoleChange
from app.accounts.service import add_member
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.errors import Conflict, InvalidInput, NotPermitted
from app.kernel.uow import reading, unit_of_work
from tests.cast import House

JOINING = Joining(full_name="Nora New", password="a fine new passphrase")
LINK = re.compile(r"http://localhost/invitation/(\S+)")


@pytest.fixture
def address() -> str:
    return f"nora-{uuid7().hex}@example.com"


def _invite(actor: Actor, email: str, role: Role = Role.MEMBER) -> str:
    """The token in the mail that arrives."""
    invitations.invite(actor, Invitation(email=email, role=role))
    message = next(message for message in mail.kept() if message["To"] == email)
    found = LINK.search(message.get_content())
    assert found
    return found[1]


def _role(house: House, user_id: UUID) -> Role:
    with reading(house.supplier_id) as session:
        return queries.member(session, user_id)[1].role


def test_who_is_new_joins_with_a_password(app: Flask, house: House, address: str) -> None:
    with app.app_context():
        token = _invite(house.admin.actor, address, Role.ADMIN)
        invited = invitations.read(token)
        assert (invited.email, invited.business, invited.user_id) == (address, "Rosewood Photography", None)
        assert _role(house, invitations.join(token, JOINING)) is Role.ADMIN


def test_who_has_an_account_joins_as_they_are(app: Flask, house: House) -> None:
    with app.app_context():
        token = _invite(house.owner.actor, house.stranger.email, Role.VIEWER)
        assert invitations.read(token).user_id == house.stranger.user_id
        invitations.accept(token)
        assert _role(house, house.stranger.user_id) is Role.VIEWER


def test_it_works_once(app: Flask, house: House, address: str) -> None:
    with app.app_context():
        token = _invite(house.owner.actor, address)
        user_id = invitations.join(token, JOINING)
        team.deactivate(house.owner.actor, user_id)
        with pytest.raises(InvalidInput, match="used already"):
            invitations.accept(token)


def test_it_grows_old_in_a_week(app: Flask, house: House, address: str) -> None:
    with app.app_context():
        token = _invite(house.owner.actor, address)
        with (
            clock.at(clock.now() + timedelta(days=7, minutes=1)),
            pytest.raises(InvalidInput, match="expired"),
        ):
            invitations.join(token, JOINING)


def test_it_falls_with_its_sender(app: Flask, house: House, address: str) -> None:
    with app.app_context():
        token = _invite(house.admin.actor, address)
        team.change_role(house.owner.actor, house.admin.user_id, RoleChange(role=Role.MEMBER))
        with pytest.raises(InvalidInput, match="no longer"):
            invitations.join(token, JOINING)
        team.deactivate(house.owner.actor, house.admin.user_id)
        with pytest.raises(InvalidInput, match="has left"):
            invitations.read(token)


def test_a_forged_one_is_refused(app: Flask, house: House, address: str) -> None:
    with app.app_context():
        token = _invite(house.owner.actor, address)
        with pytest.raises(InvalidInput, match="not one of ours"):
            invitations.read("x" + token)


def test_members_are_not_invited_again(app: Flask, house: House) -> None:
    with app.app_context(), pytest.raises(InvalidInput, match="already"):
        invitations.invite(house.owner.actor, Invitation(email=house.viewer.email, role=Role.MEMBER))


def test_an_admin_does_not_invite_owners(app: Flask, house: House, address: str) -> None:
    with app.app_context(), pytest.raises(NotPermitted):
        invitations.invite(house.admin.actor, Invitation(email=address, role=Role.OWNER))


def test_a_stranger_does_not_join_without_saying_who_they_are(app: Flask, house: House, address: str) -> None:
    with app.app_context(), pytest.raises(Conflict):
        invitations.accept(_invite(house.owner.actor, address))


def test_a_link_clicked_twice_at_once_is_used_once(app: Flask, house: House) -> None:
    """The second click waits for the first to commit, and is told then."""
    with app.app_context():
        token = _invite(house.owner.actor, house.stranger.email)

    def accept() -> None:
        with app.app_context():
            invitations.accept(token)

    with ThreadPoolExecutor() as pool, app.app_context():
        with unit_of_work(house.supplier_id) as session:
            add_member(session, house.supplier_id, house.stranger.user_id, Role.MEMBER)
            late = pool.submit(accept)
            wait([late], timeout=0.5)
        with pytest.raises(Conflict, match="used already"):
            late.result()
