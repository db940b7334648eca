"""A made-up photographer with eighteen months of inquiries: for a first look, or by the million to measure.

Everything is decided from a seed and `now`, so the same two give the same rows. A couple's story is
told in time order (`story`, `scenes`), every entry moving the counters it belongs to, and stops at
`now`; statuses therefore fit the age of a lead, and counters equal a recount. Batches of stories go
through temporary tables, where PostgreSQL scores them, into the real ones (`staging`).

No address or number here belongs to anybody: e-mail ends in example.com, .org or .net (RFC 2606),
telephone numbers are those Ofcom keeps free for drama.
"""

from app.demo.load import DemoAccess, load_demo, renew_access
from app.demo.plan import Plan
from app.demo.removal import demo_is_begun, demo_is_loaded

__all__ = ["DemoAccess", "Plan", "demo_is_begun", "demo_is_loaded", "load_demo", "renew_access"]
