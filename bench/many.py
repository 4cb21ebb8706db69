"""Many records at once, without page, wire or server: `python -m bench.many` prints it as JSON."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.figures import Figure
from bench.stores import ROOT, Store, environment

BULK = 10_000
AIMS = {"export of all as CSV": 3.0, "export of all as XLSX": 10.0}
RIVALS = {"export of all as XLSX": (("Odoo 18", 12.7), ("Dolibarr 20", 133.0))}


def measure(store: Store) -> list[Figure]:
    """A bulk change as a job, and both exports, in a process with the settings of that database."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.many"],
        cwd=ROOT,
        env=environment(store.environment),
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    aimed = store.accounts == 100_000
    return [
        Figure(
            "Many at once",
            name,
            value,
            "s",
            store.database,
            store.accounts,
            aim=AIMS.get(name) if aimed else None,
            rivals=RIVALS.get(name, ()) if aimed else (),
        )
        for name, value in found.items()
    ]


def _bulk() -> float:
    """Seconds for a change of 10,000 records: that of all in one sector, as if they were so many."""
    from crm_app.core.query import Filter, Query
    from crm_app.models.accounts import ACCOUNTS
    from crm_app.services import jobs, mass, records
    from crm_app.services.actors import SYSTEM
    from crm_app.services.work import Work

    query = Query(filters=(Filter("sector", "eq", "1"),))
    with Work(SYSTEM) as work:
        count = records.page(work, ACCOUNTS, query, cap=None).total
    begun = time.perf_counter()
    mass.start(SYSTEM, ACCOUNTS, mass.Selection(query), "change", mass.Deed({"payment_days": str(int(begun) % 365)}))
    while jobs.run_once():
        pass
    return (time.perf_counter() - begun) * BULK / count


def _export(name: str) -> float:
    from crm_app.core.query import Query
    from crm_app.models.accounts import ACCOUNTS
    from crm_app.services import exchange
    from crm_app.services.actors import SYSTEM
    from crm_app.services.work import Work

    write = exchange.export_csv if name == "csv" else exchange.export_xlsx
    with tempfile.TemporaryDirectory() as folder, Work(SYSTEM) as work:
        begun = time.perf_counter()
        write(work, ACCOUNTS, Path(folder) / f"all.{name}", Query())
        return time.perf_counter() - begun


if __name__ == "__main__":
    parts: dict[str, Callable[[], float]] = {
        "bulk change of 10,000": _bulk,
        "export of all as CSV": lambda: _export("csv"),
        "export of all as XLSX": lambda: _export("xlsx"),
    }
    print(json.dumps({name: measured() for name, measured in parts.items()}))
