"""What stands in the database, so that a test can say that nothing changed."""

from uuid import UUID

from flask import Flask
from sqlalchemy import text

from app.kernel.db import Base
from app.kernel.uow import reading

Ledger = dict[str, str]
SHARED = {"users", "sessions"}
"""Tables outside any supplier, which everybody's ledger has."""
GUARDED = sorted(set(Base.metadata.tables) - SHARED)
"""Tables whose rows belong to one supplier, and the suppliers themselves."""
_NOTED = "array['last_seen_at', 'last_used_at']"
"""When somebody was here is no change."""


def ledger(app: Flask, *suppliers: UUID) -> Ledger:
    """How many rows each table has for each of the suppliers, and a digest of what they say."""
    found: Ledger = {}
    for supplier_id in suppliers:
        with app.app_context(), reading(supplier_id) as session:
            for table, said in session.execute(_QUERY):
                found[table if table in SHARED else f"{table} of {supplier_id}"] = said
    return found


def _count(table: str) -> str:
    return f"""select '{table}', count(*) || ' rows ' ||
               coalesce(sum(hashtextextended((to_jsonb(r) - {_NOTED})::text, 0)), 0) from {table} r"""


_QUERY = text(" union all ".join(_count(table) for table in sorted(Base.metadata.tables)))
