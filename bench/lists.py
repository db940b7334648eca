"""Pages as a person opens them, the thousandth page of a list, and searches among a million leads."""

import json
import re
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from app.kernel.paging import Position, encode
from bench.asks import asked, get, post
from bench.house import OWNER, House, opened
from bench.numbers import Rate
from bench.report import Table
from bench.volume import Volume, load

VOLUME = Volume(leads=1_000_000, largest=10_000, histories=False)
DEEP = 1000
SMALL = 10
"""Leads on a page of the deep list: the thousandth ends with the last."""
SEARCHES = (
    ("two words", "olivia ashcombe"),
    ("two letters", "ol"),
    ("a telephone number as it is typed", "07700 012300"),
    ("nothing like it", "zzqqzz"),
    ("a misspelt name", "olvia"),
    ("a misspelt venue", "kingsmrere hall"),
)
QUERY = "query ($s: String!) { leads(filter: {search: $s}) { nodes { id couple leadStatus weddingVenue } } }"
HEAD = ("what", "p50", "p99", "kB", "kB in gzip")
NOTE = """\
{leads:,} leads of {suppliers} suppliers; the one that asks has {largest:,}. One client, {seconds:g} s each,
in ms from the request to the last byte through granian, with PostgreSQL {version} and the load generator on
the same cores. Pages are asked for without gzip, and once with it for its size. Searches are GraphQL with an
API key: the first 25 leads of the list. Page 1 and page {deep:,} are pages of {small} leads of the list, by
its cursors.
"""


def measure(seconds: float) -> Table:
    """Sign in, and ask for each thing in turn."""
    with opened() as house:
        load(house, VOLUME)
        with house.running("web"):
            cookie, key = _sign_in(house), house.api_key()
            asked_for = {name: get(path, {"Cookie": cookie}) for name, path in _pages(house).items()}
            packed = {
                name: get(path, {"Cookie": cookie, "Accept-Encoding": "gzip"})
                for name, path in _pages(house).items()
            }
            for name, words in SEARCHES:
                body = json.dumps({"query": QUERY, "variables": {"s": words}})
                asked_for[f"search: {name}"] = post("/graphql", body, {"Authorization": f"Bearer {key}"})
            rows = [_row(house, name, one, packed.get(name), seconds) for name, one in asked_for.items()]
        [version] = house.ask("show server_version")
    sizes = {"leads": VOLUME.leads, "suppliers": VOLUME.suppliers, "largest": VOLUME.largest}
    note = NOTE.format(**sizes, seconds=seconds, version=version, deep=DEEP, small=SMALL)
    return Table(HEAD, rows, note)


def _row(house: House, name: str, request: str, packed: str | None, seconds: float) -> tuple[str, ...]:
    port = house.settings.port
    asked(port, [request], 2, 1)
    said = asked(port, [request], 1, seconds)
    rate = Rate(len(said["latencies"]) / said["seconds"], said["latencies"])
    size = f"{said['bytes'] / len(said['latencies']) / 1000:.1f}"
    small = "-"
    if packed:
        once = asked(port, [packed], 1, 0.2)
        small = f"{once['bytes'] / len(once['latencies']) / 1000:.1f}"
    return (name, f"{rate.percentile(50):.1f}", f"{rate.percentile(99):.1f}", size, small)


def _pages(house: House) -> dict[str, str]:
    lead, created, last = house.row(
        """select (select id from leads where supplier_id = %s limit 1) as lead, created_at, id from leads
           where supplier_id = %s order by created_at desc, id desc offset %s limit 1""",
        *(house.supplier_id, house.supplier_id, (DEEP - 1) * SMALL - 1),
    )
    cursor = encode(Position("-created_at", created.isoformat(), last))
    return {
        "dashboard": "/",
        "list page": "/leads",
        "lead page": f"/leads/{lead}",
        "page 1": f"/leads?limit={SMALL}",
        f"page {DEEP:,}": f"/leads?{urlencode({'limit': SMALL, 'after': cursor})}",
    }


def _sign_in(house: House) -> str:
    """The cookie of the owner's session."""
    jar = CookieJar()
    browser, address = build_opener(HTTPCookieProcessor(jar)), f"{house.settings.base_url}/login"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.open(address).read().decode())
    assert token, "the sign-in page has a form"
    fields = {"csrf_token": token[1], "email": OWNER.email, "password": OWNER.password}
    browser.open(address, urlencode(fields).encode()).read()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
