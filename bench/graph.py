"""GraphQL reads beside two floors, views with the same SQL written by hand, and beside PostGraphile."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.settings import ROOT
from app.supervisor import commands
from bench import documents as ask
from bench.asks import asked, connected, post
from bench.house import House, opened
from bench.numbers import Rate, middle
from bench.report import Table
from bench.volume import Volume, load

CLIENTS = (1, 8)
ROUNDS = 5
SINGLES = 500
"""Leads that are asked for in turn."""
POSTGRAPHILE = Path(__file__).with_name("postgraphile")
NODE = 22
"""The first Node.js that it runs on."""
HEAD = (
    "read",
    "clients",
    "ours/s",
    "p50",
    "p99",
    "by hand/s",
    "bare view/s",
    "PostGraphile/s",
    "of by hand",
    "of the bare view",
    "× PostGraphile",
)
NOTE = """\
{leads:,} leads with five interactions each and {suppliers} suppliers; the one that asks has
{largest:,} leads. Graph: its 50 newest leads with 20 columns, source, assignee, 5 interactions and
the enrollments with their sequence ({graph:.0f} kB). Single: 20 columns of one of {singles} leads.
Ours is POST /graphql with an API key through granian (workers = cores); a known read is answered
in front of Flask (docs/adr/0011). There are two floors, each under the same granian with as large a
pool, which return the same JSON from one statement written by hand under row level security. The bare
view (bench/plain.py) is a Flask app with nothing but the view and the statement, by SQLAlchemy: it
asks for no key, takes no query, and has no hooks, request ids, metrics or security headers. By hand
(bench/written.py) is what a team would write instead: a view in our own app with its hooks, headers
and API keys, which looks the key up and sends the statement as the app sends its other reads.
PostGraphile {postgraphile} runs as many processes on Node.js {node}, in the same role with the
supplier in its pgSettings; it asks for no key either. All connections have the app's
`random_page_cost`. Ours tells PostgreSQL to keep the plan of a query that is known; it plans the
others' graph anew each time, as it does unless it is told. Nobody asks for gzip, and no requests are
limited. All four answered the same data before they were timed. They take turns, {rounds} rounds of
{seconds:g} s each, medians of the rates and percentiles of all; the load generator and PostgreSQL
{version} run on the same cores. Latencies in ms.
"""


@dataclass(frozen=True)
class Side:
    """One of the servers that are compared, and what it is asked by name of the read."""

    port: int
    requests: dict[str, list[str]]

    def rate(self, read: str, clients: int, seconds: float) -> Rate:
        said = asked(self.port, self.requests[read], clients, seconds)
        return Rate(len(said["latencies"]) / said["seconds"], said["latencies"])

    def answer(self, read: str) -> bytes:
        """The body of the first answer."""
        with closing(connected("127.0.0.1", self.port, self.requests[read])) as client:
            client.ask()
            while not client.is_answered():
                continue
            return client.body()


def measure(seconds: float) -> Table:
    """Fill a house, start all beside each other, compare their answers, then time them in turns."""
    volume = Volume()
    seconds *= 0.4  # more rounds, and shorter ones: whoever else uses the machine disturbs all alike
    with opened() as house:
        load(house, volume)
        with _sides(house) as sides:
            size = _compare(sides)
            rows = [
                _row(read, clients, seconds, sides) for read in ("graph", "single") for clients in CLIENTS
            ]
        [version] = house.ask("show server_version")
    note = NOTE.format(
        **{"leads": volume.leads, "suppliers": volume.suppliers, "largest": volume.largest},
        **{
            "graph": size / 1000,
            "singles": SINGLES,
            "rounds": ROUNDS,
            "seconds": seconds,
            "version": version,
        },
        postgraphile=json.loads((POSTGRAPHILE / "package.json").read_text())["dependencies"]["postgraphile"],
        node=_said(_node(), "--version").removeprefix("v"),
    )
    return Table(HEAD, rows, note)


@contextmanager
def _sides(house: House) -> Iterator[tuple[Side, Side, Side, Side]]:
    """Ours, the view by hand, the bare view and PostGraphile."""
    leads = house.column("select id::text from leads where supplier_id = %s order by id limit %s", SINGLES)
    key = {"Authorization": f"Bearer {house.api_key()}"}
    with (
        house.running("web"),
        _floor(house, leads, "bench.written:app", key) as written,
        _floor(house, leads, "bench.plain:app", {}) as bare,
        _postgraphile(house, leads) as other,
    ):
        yield Side(house.settings.port, _ours(leads, key)), written, bare, other


def _row(read: str, clients: int, seconds: float, sides: tuple[Side, ...]) -> tuple[str, ...]:
    for side in sides:
        side.rate(read, clients, 1)  # warm: plans, prepared statements, compiled code
    rounds = [[side.rate(read, clients, seconds) for side in sides] for _ in range(ROUNDS)]
    ours, *others = (middle(list(rates)) for rates in zip(*rounds, strict=True))
    shown = [f"{ours.a_second:,.0f}", f"{ours.percentile(50):.2f}", f"{ours.percentile(99):.2f}"]
    beside = [f"{rate.a_second:,.0f}" for rate in others]
    ratios = [f"{ours.a_second / rate.a_second:.2f}" for rate in others]
    return (read, str(clients), *shown, *beside, *ratios)


def _ours(leads: list[str], headers: dict[str, str]) -> dict[str, list[str]]:
    single = [json.dumps({"query": ask.SINGLE, "variables": {"id": lead}}) for lead in leads]
    return {
        "graph": [post("/graphql", json.dumps({"query": ask.GRAPH}), headers)],
        "single": [post("/graphql", body, headers) for body in single],
    }


@contextmanager
def _floor(house: House, leads: list[str], app: str, headers: dict[str, str]) -> Iterator[Side]:
    line = dict(commands(house.settings))["web"]
    single = [post(f"/lead/{lead}", "", headers) for lead in leads]
    with house.beside([word.replace("wsgi:app", app) for word in line], ROOT) as port:
        yield Side(port, {"graph": [post("/graph", "", headers)], "single": single})


@contextmanager
def _postgraphile(house: House, leads: list[str]) -> Iterator[Side]:
    """Installed from npm into a folder that Git ignores, when it is not there yet."""
    node = _node()
    if not (POSTGRAPHILE / "node_modules").exists():
        subprocess.run(["npm", "install", "--no-package-lock", "--silent"], cwd=POSTGRAPHILE, check=True)
    single = [{"supplier": str(house.supplier_id), "id": lead} for lead in leads]
    bodies = [json.dumps({"query": ask.POSTGRAPHILE_SINGLE, "variables": given}) for given in single]
    with house.beside([node, "server.mjs"], POSTGRAPHILE) as port:
        graph = [post("/graphql", json.dumps({"query": ask.POSTGRAPHILE_GRAPH}))]
        yield Side(port, {"graph": graph, "single": [post("/graphql", body) for body in bodies]})


def _compare(sides: tuple[Side, ...]) -> int:
    """Do all answer the same? The size of the graph in bytes."""
    for read in sides[0].requests:
        answers = [side.answer(read) for side in sides]
        *ours, theirs = (json.loads(answer) for answer in answers)
        if any(found != ours[0] for found in ours) or _plain(ours[0]) != _plain(theirs):
            told = "\n".join(str(answer[:900]) for answer in answers)
            raise RuntimeError(f"the answers to '{read}' differ:\n{told}")
    return len(sides[0].answer("graph"))


def _plain(found: Any) -> Any:
    """Without what only PostGraphile makes: a person within a membership, lists within connections, and
    instants with all of their six decimals."""
    if isinstance(found, str):
        return found.replace(".000000+", "+")
    if isinstance(found, list):
        return [_plain(item) for item in found]
    if not isinstance(found, dict):
        return found
    if set(found) == {"nodes"}:
        return _plain(found["nodes"])
    return {name: _plain(value) for name, value in (found | found.get("user", {})).items() if name != "user"}


def _node() -> str:
    """The machine's Node.js if it will do, else the one of the wheel."""
    found = shutil.which("node")
    if found and int(_said(found, "--version").removeprefix("v").split(".")[0]) >= NODE:
        return found
    subprocess.run(["make", "--silent", ".venv/node.stamp"], cwd=ROOT, check=True)
    return str(ROOT / ".venv" / "bin" / "node")


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
