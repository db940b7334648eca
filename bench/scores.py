"""A million leads scored by twenty rules, beside the same rules written by hand as one UPDATE."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unittest import mock

from sqlalchemy import CTE, false, func, literal_column, select, text, update
from sqlalchemy.orm import Session

from app import create_app
from app.kernel import clock
from app.kernel.actor import Actor, ActorKind, Role
from app.kernel.uow import reading, unit_of_work
from app.models.choices import CriteriaOperator as Op
from app.models.leads import Lead
from app.models.scoring import ScoringRule
from app.scoring import compiler, rescoring, service
from app.scoring.drafts import draft
from app.scoring.queries import as_of, explain, rule_set
from app.scoring.schemas import RuleWrite
from app.workflows.run_rescore import run_rescore
from bench import capture
from bench.house import House, opened
from bench.numbers import middle
from bench.report import Table
from bench.volume import Volume, load

LEADS = 1_000_000
ONE_BY_ONE = 200
PHONE = "primary_phone"
"""Every lead has one: what this rule gives moves every score."""
HEAD = ("what", "ours", "by hand", "ratio")
NOTE = """\
{leads:,} leads of one supplier × 20 rules; all scores move unless it says otherwise. By hand is one
statement over all leads, in the same role under the same row level security, on the same PostgreSQL
{version}: the rules as CASE expressions with their numbers in them, and the adjustments of the lead;
with the log it inserts an entry on the timeline of each lead as well, with the two scores. Ours is the
background job, in batches of {batch:,} leads with a transaction each, its progress, and in the entry of
each lead what gave the points. Without the log, its entries are left out for the measurement. Before a
statement is timed the table is vacuumed and a checkpoint made. Explaining is the median of {one} leads,
with 20 rules. Capture is that of the table above with one client, taken in turns with fifty rules and
with none.
"""


@dataclass(frozen=True)
class Written:
    """A rule, and the condition that an engineer writes for it."""

    field: str
    operator: Op
    value: str
    condition: str
    points: int


def _rules() -> Iterator[Written]:
    for most, points in ((2000, 5), (4000, 7), (6000, 6), (8000, 9)):
        yield Written("estimated_budget", Op.GREATER_THAN, str(most), f"estimated_budget > {most}", points)
    for low, high, points in ((40, 80, 3), (81, 120, 6), (121, 240, -4)):
        asked = f"estimated_guest_count between {low} and {high}"
        yield Written("estimated_guest_count", Op.BETWEEN, f"{low},{high}", asked, points)
    for low, high, points in ((0, 90, -6), (91, 365, 9), (366, 548, 6), (549, 900, 2)):
        asked = f"wedding_date - date '{{today}}' between {low} and {high}"
        yield Written("days_until_wedding", Op.BETWEEN, f"{low},{high}", asked, points)
    for word, points in (("hall", 4), ("barn", 5), ("house", 3)):
        asked = f"strpos(lower(wedding_venue), '{word}') > 0"
        yield Written("wedding_venue", Op.CONTAINS, word, asked, points)
    for word, points in (("vip", 10), ("abroad", -5), ("winter", 3)):
        yield Written("tags", Op.CONTAINS, word, f"'{word}' = any(lower(tags::text)::text[])", points)
    asked = "'album' = any(lower(services_needed::text)::text[])"
    yield Written("services_needed", Op.CONTAINS, "album", asked, 6)
    asked = "lead_status in ('qualified', 'proposal_sent')"
    yield Written("lead_status", Op.IN_LIST, "qualified,proposal_sent", asked, 8)
    yield Written(PHONE, Op.IS_SET, "", "primary_phone is not null", 20)


RULES = tuple(_rules())
GIVEN = """
    coalesce((select sum(a.points) from score_adjustments a where a.supplier_id = leads.supplier_id
              and a.lead_id = leads.id and (a.expires_at is null or a.expires_at > now())), 0)
"""


def measure(seconds: float) -> Table:
    """Rescore in both ways, each after the other has left all scores to move; then explain, and capture."""
    with opened() as house:
        load(house, Volume(leads=LEADS, largest=LEADS, suppliers=3, histories=False))
        [version] = house.ask("show server_version")
        with create_app(house.settings).app_context():
            rows = list(_rescores(Bench(house)))
    with opened() as house:
        rows.append(_captures(house, seconds))
    note = NOTE.format(leads=LEADS, version=version, batch=rescoring.BATCH, one=ONE_BY_ONE)
    return Table(HEAD, rows, note)


class Bench:
    """The supplier's rules in the app's hands and in an engineer's."""

    def __init__(self, house: House) -> None:
        self.house, self.supplier_id = house, house.supplier_id
        with unit_of_work(self.supplier_id) as session:
            write_rules(session, self.supplier_id, RULES)
            self.today = as_of(session, clock.now()).today
        self.check(self.by_hand())

    def by_hand(self) -> str:
        """The score of a lead as an engineer writes it."""
        with reading(self.supplier_id) as session:
            kept = {
                rule.criteria_field: rule.score_adjustment for rule in session.scalars(select(ScoringRule))
            }
        points = [kept[PHONE] if rule.field == PHONE else rule.points for rule in RULES]
        asked = [rule.condition.format(today=self.today) for rule in RULES]
        cases = [f"case when {one} then {worth} else 0 end" for one, worth in zip(asked, points, strict=True)]
        return f"greatest(0, least(100, {' + '.join([*cases, GIVEN])}))"

    def check(self, what: str) -> None:
        """What is said of every lead is its score by the rules."""
        with reading(self.supplier_id) as session:
            score = compiler.score(rule_set(session), as_of(session, clock.now()))
            differ = select(func.count()).select_from(Lead).where(score != literal_column(what))
            if found := session.scalar(differ):
                raise RuntimeError(f"of {found} leads it is not the score: {what[:60]}")

    def move(self) -> None:
        """Have every score move by six, and the table as it is after a quiet night."""
        with unit_of_work(self.supplier_id) as session:
            turned = 46 - ScoringRule.score_adjustment
            session.execute(
                update(ScoringRule).where(ScoringRule.criteria_field == PHONE).values(score_adjustment=turned)
            )
        self.rest()

    def rest(self) -> None:
        self.house.ask("vacuum (analyze) leads")
        self.house.ask("checkpoint")

    def run(self, statement: str) -> float:
        """Seconds that a statement of the engineer takes."""
        score = self.by_hand()
        with unit_of_work(self.supplier_id) as session:
            session.execute(text("set local statement_timeout = 0"))
            began = time.perf_counter()
            session.execute(text(statement.format(score=score).replace(":", "\\:")))
        return time.perf_counter() - began

    def rescore(self) -> float:
        """Seconds that the background job takes; raises when it did not look at every lead."""
        actor = Actor(ActorKind.USER, self.supplier_id, Role.OWNER)
        began = time.perf_counter()
        rescore_id = rescoring.ask_rescore(actor)
        done, finished = 0, False
        while not finished:
            run_rescore(self.supplier_id, rescore_id)
            with reading(self.supplier_id) as session:
                row = rescoring.progress(session, rescore_id)
                done, finished = row.done, row.is_second_look
        if done != LEADS:
            raise RuntimeError(f"{done} of {LEADS} leads were scored")
        return time.perf_counter() - began


def write_rules(session: Session, supplier_id: Any, rules: tuple[Written, ...]) -> None:
    session.query(ScoringRule).delete()
    for place, rule in enumerate(rules):
        data = RuleWrite(
            rule_name=f"Rule {place}",
            criteria_field=rule.field,
            criteria_operator=rule.operator,
            criteria_value=rule.value,
            score_adjustment=rule.points,
            rule_order=place,
        )
        session.add(draft(supplier_id, data))


def _rescores(bench: Bench) -> Iterator[tuple[str, ...]]:
    bench.move()
    by_hand = bench.run(UPDATE)
    bench.move()
    with mock.patch.object(service, "_entries", _no_entries):
        yield _row("all scores move, without the log", bench.rescore(), by_hand)
    bench.check("lead_score")
    bench.move()
    by_hand = bench.run(LOGGED)
    bench.move()
    yield _row("all scores move, with the log", bench.rescore(), by_hand)
    bench.check("lead_score")
    bench.rest()
    yield _row("no score moves", bench.rescore(), bench.run(UPDATE))
    yield ("explaining one lead", f"{_explaining(bench):.1f} ms", "", "")


UPDATE = """
    update leads set lead_score = {score}
    where supplier_id = current_setting('app.supplier_id')::uuid and lead_score <> {score}
"""
LOGGED = """
    with due as (
        select supplier_id, id, lead_score as old, {score} as new from leads
        where supplier_id = current_setting('app.supplier_id')::uuid and lead_score <> {score}
    ), scored as (
        update leads set lead_score = due.new from due
        where leads.supplier_id = due.supplier_id and leads.id = due.id
    )
    insert into lead_interactions (supplier_id, id, lead_id, interaction_type, interaction_subject,
                                   interaction_metadata, is_system, occurred_at)
    select supplier_id, gen_random_uuid(), id, 'score_updated', 'Score ' || old || ' → ' || new,
           jsonb_build_object('old_score', old, 'final_score', new), true, now()
    from due where old <> new
"""


def _no_entries(due: CTE, _moved: Any, _by: Any) -> CTE:
    return select(due.c.id).where(false()).cte("entries")


def _row(what: str, ours: float, by_hand: float) -> tuple[str, ...]:
    return (what, f"{ours:.1f} s", f"{by_hand:.1f} s", f"{ours / by_hand:.2f}")


def _explaining(bench: Bench) -> float:
    """Milliseconds of the median lead."""
    taken = []
    with reading(bench.supplier_id) as session:
        for lead_id in session.scalars(select(Lead.id).limit(ONE_BY_ONE)).all():
            began = time.perf_counter()
            explain(session, lead_id, clock.now())
            taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken)


def _captures(house: House, seconds: float) -> tuple[str, ...]:
    """Capture with fifty rules beside capture with none, in turns."""
    fifty = (RULES * 3)[:50]
    rates: dict[int, list[Any]] = {0: [], 50: []}
    with create_app(house.settings).app_context(), house.running("web"):
        capture.posts(house, 2, 1)
        for _ in range(capture.ROUNDS):
            for rules in ((), fifty):
                with unit_of_work(house.supplier_id) as session:
                    write_rules(session, house.supplier_id, rules)
                rates[len(rules)].append(capture.posts(house, 1, seconds))
    none, many = (middle(rates[count]) for count in (0, 50))
    shown = (f"{many.percentile(50):.1f} ms", f"{none.percentile(50):.1f} ms")
    return ("capture with 50 rules, beside none", *shown, f"{many.percentile(50) / none.percentile(50):.2f}")
