"""The demo: the same from the same seed, and consistent to the last counter, told in full or short."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_security.utils import verify_password
from sqlalchemy import Enum, select, text
from sqlalchemy.orm import Session

from app.accounts.keys import authenticate
from app.accounts.service import add_member
from app.capture.queries import form_by_key
from app.demo import DemoAccess, Plan, demo_is_begun, demo_is_loaded, load, load_demo
from app.demo.credits import credit
from app.demo.people import COLLEAGUES
from app.demo.plan import Dice
from app.demo.season import Season
from app.kernel import public_keys
from app.kernel.actor import Permission, Role
from app.kernel.db import Base, owner_engine
from app.kernel.errors import Conflict
from app.kernel.uow import reading, unit_of_work
from app.models.accounts import User
from app.models.capture import Inquiry
from app.models.leads import Lead
from app.scoring.queries import explain
from app.sources.recognise import KnownSource, recognise
from tests.cast import House
from tests.features.demo_questions import DEMO, RECOUNTS, STORIES

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
FULL = Plan(NOW, leads=60, replace=True)
SHORT = Plan(NOW, leads=90, suppliers=2, replace=True, short=True)
TENANT_TABLES = [table for table in Base.metadata.sorted_tables if "supplier_id" in table.columns]


@dataclass(frozen=True)
class Loaded:
    app: Flask
    plan: Plan
    access: DemoAccess

    @property
    def supplier_id(self) -> UUID:
        return self.access.supplier_id

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """The owner's answer, about the demo's suppliers: `:demo` in the text."""
        with owner_engine(self.app.config["DATABASE_URL"]).connect() as connection:
            asked = text(sql.replace(":demo", DEMO)).bindparams(**({"now": NOW} if ":now" in sql else {}))
            return [tuple(row) for row in connection.execute(asked)]


def _load(app: Flask, plan: Plan) -> Loaded:
    with app.app_context():
        return Loaded(app, plan, load_demo(plan, lambda line: None))


@pytest.fixture(scope="module", params=[FULL, SHORT], ids=["in full", "short"])
def demo(app: Flask, request: pytest.FixtureRequest) -> Loaded:
    return _load(app, request.param)


@pytest.fixture(scope="module")
def full(app: Flask) -> Loaded:
    return _load(app, FULL)


# Consistency, whichever way it is told ---------------------------------------------------------


@pytest.mark.parametrize("counted", RECOUNTS)
def test_every_counter_equals_a_recount(demo: Loaded, counted: str) -> None:
    assert demo.ask(RECOUNTS[counted]) == []


def test_no_row_refers_to_one_that_is_not_there(demo: Loaded) -> None:
    for table in TENANT_TABLES:
        for key in table.foreign_key_constraints:
            pairs = [(element.parent.name, element.column.name) for element in key.elements]
            known = " and ".join(f"o.{theirs} = r.{ours}" for ours, theirs in pairs)
            set_ = " and ".join(f"r.{ours} is not null" for ours, _ in pairs)
            orphans = f"select 1 from {table.name} r where r.supplier_id in :demo and {set_} and not exists"
            assert demo.ask(f"{orphans} (select from {key.referred_table.name} o where {known})") == [], (
                key.name
            )


def test_every_word_is_of_its_vocabulary(demo: Loaded) -> None:
    for table in TENANT_TABLES:
        for column in table.columns:
            if isinstance(column.type, Enum):
                found = demo.ask(
                    f"select distinct {column.name} from {table.name} where supplier_id in :demo"
                )
                assert {word for (word,) in found if word is not None} <= set(column.type.enums), column


@pytest.mark.parametrize("story", STORIES)
def test_stories_hold_together(demo: Loaded, story: str) -> None:
    assert demo.ask(STORIES[story]) == []


def test_scores_are_those_that_the_rules_explain(demo: Loaded) -> None:
    with demo.app.app_context(), reading(demo.supplier_id) as session:
        leads = session.scalars(select(Lead)).all()
        assert len({lead.lead_score for lead in leads}) > 3
        assert [lead.lead_score for lead in leads] == [explain(session, lead.id, NOW).score for lead in leads]


# What a full telling has ----------------------------------------------------------------------

NOT_EMPTY = (
    *("teams", "inquiries", "touchpoints", "consent_events", "messages", "message_events", "tasks"),
    *("lead_nurture_enrollments", "step_decisions", "status_history", "date_entries", "source_costs"),
    *("lead_conversions", "conversion_credits", "lead_analytics_daily"),
)


@pytest.mark.parametrize("table", NOT_EMPTY)
def test_a_full_demo_has(full: Loaded, table: str) -> None:
    assert full.ask(f"select count(*) from {table} where supplier_id in :demo")[0][0]


def test_it_has_all_the_leads_a_team_of_five_and_eighteen_months(full: Loaded) -> None:
    [(leads, first, last)] = full.ask(
        "select count(*), min(created_at), max(created_at) from leads where supplier_id in :demo"
    )
    assert leads == 60
    assert NOW - timedelta(days=548) <= first < NOW - timedelta(days=400)
    assert NOW - timedelta(days=60) < last <= NOW
    roles = full.ask("select role, count(*) from memberships where supplier_id in :demo group by 1")
    assert dict(roles) == {"owner": 1, "admin": 1, "member": 2, "viewer": 1}


def test_each_inquirys_marks_name_the_source_of_its_lead(full: Loaded) -> None:
    with full.app.app_context(), reading(full.supplier_id) as session:
        known = [KnownSource(slug, {}) for (slug,) in session.execute(text("select slug from lead_sources"))]
        told = session.execute(select(Inquiry.context, Inquiry.payload, Lead).join(Inquiry.lead)).all()
        firsts = {lead.id: (context, payload, lead) for context, payload, lead in reversed(told)}
        assert len(firsts) > 30
        for context, payload, lead in firsts.values():
            assert (recognise(context["last"], known) or "website") == lead.lead_source
            assert payload["your_name"] == lead.couple_name_bride
            assert payload["consent_data_processing"] is lead.consent_data_processing


def test_one_signs_in_with_what_it_answers(full: Loaded) -> None:
    with full.app.app_context():
        actor = authenticate(full.access.api_token, datetime.now(UTC))
        assert (actor.supplier_id, actor.role, actor.scopes) == (
            full.supplier_id,
            Role.OWNER,
            frozenset(Permission),
        )
        assert public_keys.supplier_of(full.access.form_key) == full.supplier_id
        with reading(full.supplier_id) as session:
            assert form_by_key(session, full.access.form_key).is_active
            user = session.scalars(select(User).where(User.email == full.access.email)).one()
            assert verify_password(full.access.password, user.password)


def test_it_is_loaded_once_unless_it_is_to_be_replaced(full: Loaded) -> None:
    with full.app.app_context():
        with pytest.raises(Conflict):
            load_demo(Plan(NOW, leads=5), lambda line: None)
        assert demo_is_loaded()
        assert full.ask("select count(*) from leads where supplier_id in :demo") == [(60,)]


def _rows(full: Loaded) -> dict[str, list[str]]:
    """All rows as text, with a name instead of each id that a supplier is opened with."""
    names = dict(
        full.ask("""
        select id::text, 'supplier' from suppliers where id in :demo
        union all select id::text, slug from lead_sources where supplier_id in :demo
        union all select id::text, sequence_name from nurture_sequences where supplier_id in :demo
        union all select id::text, step_name from nurture_sequence_steps where supplier_id in :demo
        union all select id::text, name from teams where supplier_id in :demo
        union all select id::text, name from capture_forms where supplier_id in :demo
        union all select id::text, email from users""")
    )
    seeded = {
        "api_keys",
        "audit_log",
        "capture_forms",
        "email_templates",
        "lead_scoring_rules",
        "lead_sources",
    }
    seeded |= {"memberships", "nurture_sequences", "nurture_sequence_steps", "sequence_versions"}
    seeded |= {"sms_templates", "source_costs"}
    seeded |= {"suppressions", "task_templates", "teams", "sessions"}
    rows = {}
    for table in TENANT_TABLES:
        if table.name not in seeded:
            found = full.ask(
                f"select row_to_json(r)::text from {table.name} r where supplier_id in :demo order by id"
            )
            signed = r"(unsubscribe|preferences)/[\w.~=-]+"
            unsigned = (re.sub(signed, r"\1/…", str(row)) for (row,) in found)
            rows[table.name] = [
                re.sub(r"[0-9a-f-]{36}", lambda m: str(names.get(m[0], m[0])), row) for row in unsigned
            ]
    return rows


def test_the_same_seed_and_moment_give_the_same_rows(app: Flask) -> None:
    first = _load(app, FULL)
    before = _rows(first)
    again = _load(app, FULL)
    assert again.supplier_id != first.supplier_id
    assert _rows(again) == before
    other = _load(app, replace(FULL, seed=1))
    assert not set(_rows(other)["leads"]) & set(before["leads"])


ALIVE = {
    "opened, clicked, answered and come back": (
        "messages",
        "true having least(count(opened_at), count(clicked_at), count(replied_at), count(bounced_at)) > 0",
    ),
    "opened by programs": ("message_events", "event_type = 'opened' and not is_human limit 1"),
    "left with a yes": ("message_events", "event_type = 'approved' limit 1"),
    "held for a yes": ("messages", "state = 'held' limit 1"),
    "not sent to a dead address": ("messages", "state = 'skipped' limit 1"),
    "paused": ("lead_nurture_enrollments", "status = 'paused' limit 1"),
    **{
        f"ended: {reason}": ("lead_nurture_enrollments", f"end_reason = '{reason}' limit 1")
        for reason in ("replied", "lead_won", "lead_lost", "opted_out", "all_steps_done")
    },
}


def test_at_its_usual_size_every_figure_of_a_sequence_is_alive(app: Flask) -> None:
    usual = _load(app, replace(FULL, leads=400))
    for what, (table, where) in ALIVE.items():
        assert usual.ask(f"select 1 from {table} where supplier_id in :demo and {where}"), what
    for contradictions in (RECOUNTS | STORIES).values():
        assert usual.ask(contradictions) == []


def test_a_load_cut_short_is_begun_anew(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with app.app_context():
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(load, "tally", die)
            load_demo(FULL, lambda line: None)
        assert demo_is_begun()
        assert not demo_is_loaded()
        again = _load(app, replace(FULL, replace=False))
        assert demo_is_loaded()
        assert again.ask("select count(*) from leads where supplier_id in :demo") == [(60,)]


def test_other_suppliers_are_left_alone(app: Flask, house: House) -> None:
    def ours(session: Session) -> list[int]:
        return [session.scalar(text(f"select count(*) from {table.name}")) or 0 for table in TENANT_TABLES]

    with app.app_context():
        _load(app, replace(FULL, leads=5))
        with unit_of_work(house.supplier_id) as session:
            colleague = session.scalars(select(User).where(User.email == COLLEAGUES[0][1])).one()
            add_member(session, house.supplier_id, colleague.id, Role.VIEWER)
        with reading(house.supplier_id) as session:
            before = ours(session)
        _load(app, replace(FULL, leads=5))
        with reading(house.supplier_id) as session:
            assert ours(session) == before
            assert session.get(User, colleague.id)


# What is decided without a database -----------------------------------------------------------


def test_couples_write_in_winter_and_marry_on_summer_saturdays() -> None:
    season, dice = Season(NOW, ZoneInfo("Europe/London")), Dice("season")
    written = [season.inquiry(dice) for _ in range(2000)]
    by_month = {
        month: sum(at.month == month for at in written if at > NOW - timedelta(days=365))
        for month in range(1, 13)
    }
    assert min(by_month[1], by_month[2], by_month[3]) > max(by_month[month] for month in range(6, 13))
    weddings = [(at.date(), season.wedding(dice, at)) for at in written]
    assert all(timedelta(days=21) <= wedding - asked <= timedelta(days=1000) for asked, wedding in weddings)
    assert sum(wedding.isoweekday() == 6 for _, wedding in weddings) > 1000
    assert sum(5 <= wedding.month <= 9 for _, wedding in weddings) > 1000


def test_the_studio_works_by_day_and_rests_on_sundays() -> None:
    season, dice = Season(NOW, ZoneInfo("Europe/London")), Dice("work")
    for hours in range(0, 24 * 30, 5):
        moment = NOW - timedelta(days=200) + timedelta(hours=hours)
        at = season.at_work(dice, moment)
        local = at.astimezone(ZoneInfo("Europe/London"))
        assert moment <= at < moment + timedelta(days=2)
        assert local.isoweekday() != 7
        assert 9 <= local.hour < 18


def test_ids_are_version_7_of_their_moment() -> None:
    made = Dice("ids").id_at(NOW)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(NOW.timestamp() * 1000)
    assert made == Dice("ids").id_at(NOW) != Dice("others").id_at(NOW)


def test_credits_follow_the_models() -> None:
    at, value = datetime(2026, 5, 15, tzinfo=UTC), Decimal("1000.01")
    touches = [
        (at, "website"),
        (at - timedelta(days=14), "instagram"),
        (at - timedelta(days=7), "google_ads"),
    ]
    touches.append((at - timedelta(days=366), "too long ago"))
    parts = {(part.model.value, part.slug): part.amount for part in credit(value, touches, at, "referral")}
    assert parts[("first_touch", "instagram")] == value
    assert parts[("last_touch", "website")] == value
    assert [parts[("linear", slug)] for slug in ("instagram", "google_ads", "website")] == [
        Decimal("333.34"),
        Decimal("333.34"),
        Decimal("333.33"),
    ]
    assert [parts[("time_decay", slug)] for slug in ("instagram", "google_ads", "website")] == [
        Decimal("142.86"),
        Decimal("285.72"),
        Decimal("571.43"),
    ]
    assert parts[("position_based", "google_ads")] == Decimal("200.00")


def test_without_a_touch_the_leads_source_has_all() -> None:
    at = datetime(2026, 5, 15, tzinfo=UTC)
    parts = credit(Decimal(100), [], at, "referral")
    assert {(part.slug, part.amount, part.share) for part in parts} == {
        ("referral", Decimal(100), Decimal(1))
    }
    assert len(parts) == 6
