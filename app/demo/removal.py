"""Is a demo there, whole or in part, and away with it."""

from uuid import UUID

from sqlalchemy import Delete, delete, select
from sqlalchemy.orm import Session

from app.demo.people import DOMAIN, OWNER
from app.demo.staging import TRUST
from app.kernel import tenancy
from app.kernel.actor import Role
from app.kernel.db import Base, owner_engine
from app.kernel.uow import reading
from app.models.accounts import ApiKey, Membership, Supplier, User

KEY_NAME = "Demo"
"""The API key that is made last: where it stands, the load came to its end."""


def demo_is_loaded() -> bool:
    """Was a demo loaded to its end? Needs an app context."""
    with reading() as session:
        owner_id = session.scalar(select(User.id).where(User.email == OWNER[1]))
    if owner_id is None:
        return False
    with reading(user_id=owner_id) as session:
        supplier_id = session.scalar(select(Membership.supplier_id).where(Membership.user_id == owner_id))
    with reading(supplier_id) as session:
        return session.scalar(select(ApiKey.id).where(ApiKey.name == KEY_NAME)) is not None


def demo_is_begun() -> bool:
    """Did a load begin, and perhaps never end? Needs an app context."""
    with reading() as session:
        return session.scalar(select(User.id).where(User.email.like(f"%@{DOMAIN}")).limit(1)) is not None


def remove(url: str) -> None:
    """Delete the suppliers that demo people own, with all their rows, and the people; nothing there is fine.

    Children go first and each table is its own transaction: what a cascade would look for is gone by then.
    Who works for another supplier too stays.
    """
    with Session(owner_engine(url)) as session:
        people = session.scalars(select(User.id).where(User.email.like(f"%@{DOMAIN}"))).all()
    owned = {supplier for person in people for supplier, role in _places(url, person) if role is Role.OWNER}
    for supplier_id in owned:
        for table in reversed(Base.metadata.sorted_tables):
            if "supplier_id" in table.columns and table.name != "sessions":
                _run(url, supplier_id, delete(table).where(table.c.supplier_id == supplier_id))
        _run(url, supplier_id, delete(Supplier).where(Supplier.id == supplier_id))
    with Session(owner_engine(url)) as session, session.begin():
        leaving = [person for person in people if not _places(url, person)]
        session.execute(delete(User).where(User.id.in_(leaving)))


def _places(url: str, person: UUID) -> list[tuple[UUID, Role]]:
    """Where a person works, and as what."""
    with tenancy.acting_for(None, person), Session(owner_engine(url)) as session:
        mine = select(Membership.supplier_id, Membership.role).where(Membership.user_id == person)
        return [(supplier_id, role) for supplier_id, role in session.execute(mine)]


def _run(url: str, supplier_id: UUID, statement: Delete) -> None:
    """Without foreign keys where that is allowed: nobody is left to refer to what goes."""
    with tenancy.acting_for(supplier_id), Session(owner_engine(url)) as session, session.begin():
        session.execute(TRUST)
        session.execute(statement)
