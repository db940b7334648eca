"""The declarative base, the engines, and what every row has in common.

Four engines on one `DATABASE_URL`, which take a PostgreSQL role at connect:

- default: `wedsync_app`, owns nothing, row level security applies;
- `reads`: the same role in AUTOCOMMIT, whose JSON arrives as bytes (GraphQL's one-statement reads);
- `standing`: as `reads`, for statements that are sent over and over: PostgreSQL plans them once a connection,
  for any values, as to plan a large one takes as long as half of running it;
- `sweeper`: `wedsync_sweeper`, sees what is due of every supplier, writes nothing.

Migrations and bulk loads use `owner_engine`, the login role itself.
"""

import enum
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ARRAY,
    Date,
    DateTime,
    Engine,
    Enum,
    ForeignKeyConstraint,
    MetaData,
    Numeric,
    Text,
    Time,
    Uuid,
    create_engine,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from uuid_utils.compat import uuid7

APP_ROLE = "wedsync_app"
SWEEPER_ROLE = "wedsync_sweeper"
NO_SUPPLIER = UUID(int=0)
"""The supplier of a connection nobody set: it matches no row."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table. Python types map to PostgreSQL ones here, so that models only name them."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            UUID: Uuid(),
            datetime: DateTime(timezone=True),
            date: Date(),
            time: Time(),
            Decimal: Numeric(12, 2),
            str: Text(),
            list[str]: ARRAY(Text()),
            dict[str, Any]: JSONB(),
            enum.Enum: Enum(
                enum.Enum,
                native_enum=False,
                create_constraint=True,
                length=50,
                values_callable=lambda kind: [member.value for member in kind],
            ),
        },
    )


db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)


class TenantRow:
    """A row of one supplier: `supplier_id` leads its primary key, so that the schema can be
    distributed by supplier, and row level security guards it (migrations and a schema test see to both)."""

    supplier_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-2)
    id: Mapped[UUID] = mapped_column(
        primary_key=True, default=uuid7, server_default=func.gen_random_uuid(), sort_order=-1
    )


class Created:
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=98)


class Updated(Created):
    updated_at: Mapped[datetime] = mapped_column(
        server_default=func.now(), onupdate=func.now(), sort_order=99
    )


def belongs_to_supplier() -> ForeignKeyConstraint:
    """The tenant's own foreign key; its rows go with the supplier."""
    return ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], ondelete="CASCADE")


def within_supplier(column: str, table: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A reference that cannot cross suppliers: `(supplier_id, column)` → `table`.

    `ondelete="SET NULL"` nulls `column` alone, never `supplier_id`.
    """
    target = "user_id" if table == "memberships" else "id"
    action = f"SET NULL ({column})" if ondelete == "SET NULL" else ondelete
    return ForeignKeyConstraint(
        ["supplier_id", column],
        [f"{table}.supplier_id", f"{table}.{target}"],
        ondelete=action,
    )


def normalise_url(url: str) -> URL:
    """The URL with our driver; `postgres://` and `postgresql://` are both taken. ValueError for others."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    if parsed.get_backend_name() != "postgresql":
        raise ValueError(f"{parsed.drivername} is not PostgreSQL")
    return parsed.set(drivername="postgresql+psycopg")


def engine_options(role: str, *, pool: int, statement_timeout: float) -> dict[str, Any]:
    """Options under which a connection takes `role` and sees no supplier until one is set.

    Every statement asks for rows of one supplier, by an index. With PostgreSQL's own `random_page_cost`,
    which is that of a disk with a head, it reads a table of all suppliers' few rows (sources, sequences)
    from end to end instead, again for each lead.
    """
    startup = (
        f"-c role={role} -c app.supplier_id={NO_SUPPLIER} -c app.user_id={NO_SUPPLIER} -c timezone=UTC"
        f" -c statement_timeout={int(statement_timeout * 1000)} -c idle_in_transaction_session_timeout=60000"
        " -c random_page_cost=1.1"
    )
    return {
        "connect_args": {"options": startup, "connect_timeout": 5, "application_name": role},
        "pool_size": pool,
        "max_overflow": pool,
        "pool_timeout": 5,
        "pool_pre_ping": False,
        "pool_recycle": 1800,
    }


def reading_options(options: dict[str, Any], name: str, *settings: str) -> dict[str, Any]:
    """Those engine options for statements that stand alone: AUTOCOMMIT, JSON as bytes, these server settings.

    There is no transaction to roll back when a connection returns to its pool.
    """
    startup = " ".join((options["connect_args"]["options"], *(f"-c {setting}" for setting in settings)))
    connect = options["connect_args"] | {"application_name": name, "options": startup}
    own = {"isolation_level": "AUTOCOMMIT", "json_deserializer": bytes, "pool_reset_on_return": None}
    return options | own | {"connect_args": connect}


@lru_cache(maxsize=4)
def owner_engine(url: str) -> Engine:
    """The login role's own engine, for migrations, bulk loads and set-up; not for requests."""
    return create_engine(normalise_url(url), pool_size=1, connect_args={"connect_timeout": 5})
