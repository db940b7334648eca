"""POST of an inquiry to a durable, scored, enrolled lead, beside the floor of the same database."""

import json
import subprocess
import sys

from app.settings import ROOT
from bench import floor
from bench.house import House, opened
from bench.numbers import Rate, middle
from bench.report import Table

CLIENTS = (1, 8)
ROUNDS = 3
HEAD = ("clients", "floor/s", "floor p99", "capture/s", "p50", "p99", "share of the floor")
NOTE = """\
Capture is a POST through granian (workers = cores) on keep-alive connections; each was answered 201 and
is a lead with its inquiry, score, consent, touchpoint, timeline, assignment and enrollment, counted
afterwards. All of them go to one form and come by one source, so their counters are one hot row. The
floor is one INSERT by pgbench of a row as wide as inquiry and lead, with the indexes of `leads`, in the
same PostgreSQL {version} (defaults, fsync on) at the same concurrency; the two take turns, {rounds}
rounds of {seconds:g} s, medians of the rates and percentiles of all. The load generator runs on the same
cores. No worker runs, except in the last line, where it sends the acknowledgements (to the outbox)
meanwhile. Latencies in ms.
"""


def measure(seconds: float) -> Table:
    """Run floor and capture in turns; raises when an answer was not 201 or a lead is not whole."""
    with opened() as house:
        house.ask(floor.TABLE)
        rows = []
        with house.running("web"):
            posts(house, 2, 1)  # the first requests compile templates and fill pools
            rows += [_compare(house, str(clients), clients, seconds) for clients in CLIENTS]
        with house.running("web", "worker"):
            posts(house, 2, 1)
            rows.append(_compare(house, f"{CLIENTS[-1]}, and a worker", CLIENTS[-1], seconds))
        check(house)
        [version] = house.ask("show server_version")
    return Table(HEAD, rows, NOTE.format(version=version, rounds=ROUNDS, seconds=seconds))


def _compare(house: House, name: str, clients: int, seconds: float) -> tuple[str, ...]:
    floors, captures = [], []
    for _ in range(ROUNDS):
        floors.append(floor.measure(house, clients, seconds))
        captures.append(posts(house, clients, seconds))
    low, high = middle(floors), middle(captures)
    shown = (f"{low.a_second:,.0f}", f"{low.percentile(99):.1f}", f"{high.a_second:,.0f}")
    tail = (f"{high.percentile(50):.1f}", f"{high.percentile(99):.1f}", f"{high.a_second / low.a_second:.1%}")
    return (name, *shown, *tail)


def posts(house: House, clients: int, seconds: float) -> Rate:
    """Inquiries posted by that many clients; raises when one was not answered 201."""
    where = [house.settings.host, str(house.settings.port), house.form_key]
    line = [sys.executable, "-m", "bench.clients", *where, str(clients), str(seconds)]
    said = json.loads(subprocess.run(line, capture_output=True, text=True, check=True, cwd=ROOT).stdout)
    if set(said["answers"]) != {"201"}:
        raise RuntimeError(f"not every inquiry was taken: {said['answers']}")
    return Rate(said["answers"]["201"] / said["seconds"], said["latencies"])


def check(house: House) -> None:
    """Every inquiry is captured, and every lead scored, assigned and enrolled."""
    captured, leads, whole = house.ask("""
        select (select count(*) from inquiries where state = 'captured'), count(*),
               count(*) filter (where lead_score > 0 and not score_stale and assigned_to_user_id is not null
                   and exists (select from lead_nurture_enrollments e where e.lead_id = leads.id)
                   and exists (select from touchpoints t where t.lead_id = leads.id))
        from leads""")
    if not captured == leads == whole:
        raise RuntimeError(f"{captured} inquiries, {leads} leads, {whole} of them whole")
