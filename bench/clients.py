"""Many clients at once: requests a second, how long each waits, errors, and what the server needs for it."""

import json
import subprocess
import sys
from typing import Any

from bench.figures import Figure, median, percentile
from bench.memory import Use, use
from bench.serving import Server
from bench.stores import ROOT, Store
from bench.words import PASSWORD

PER_SECOND = (("Odoo 18", 5.0), ("Dolibarr 20", 15.0))
SLOWEST = (("Odoo 18", 16_000.0), ("Dolibarr 20", 4_800.0))
MEASURED_AT = 50  # clients, for the aim and for the rivals
WARM_SECONDS = 3


def measure(store: Store, server: Server, clients: int, seconds: float) -> list[Figure]:
    """That many clients for so long, after a few seconds that do not count."""
    _load(server, clients, WARM_SECONDS)
    before = use(server.process)
    found = _load(server, clients, seconds)
    after = use(server.process)
    for error in sorted(set(found["errors"]))[:5]:
        print(f"  {error}", file=sys.stderr)
    return _figures(store, clients, found, before, after)


def _load(server: Server, clients: int, seconds: float) -> Any:
    words = [sys.executable, "-m", "bench.load", server.url, PASSWORD, str(clients), str(seconds)]
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, check=True)  # noqa: S603 - our own program
    return json.loads(done.stdout)


def _figures(store: Store, clients: int, found: Any, before: Use, after: Use) -> list[Figure]:
    times = [time for kind in found["times"].values() for time in kind]
    rate = len(times) / found["seconds"]
    aimed = clients == MEASURED_AT and store.accounts == 100_000

    def figure(name: str, value: float, unit: str, better: str = "less", **more: Any) -> Figure:
        return Figure(f"{clients} clients", name, value, unit, store.database, store.accounts, better, **more)

    return [
        figure("requests", rate, "/s", "more", aim=150 if aimed else None, rivals=PER_SECOND if aimed else ()),
        figure("p95", percentile(times, 0.95), "ms", aim=450 if aimed else None, rivals=SLOWEST if aimed else ()),
        *(figure(f"{kind}, median", median(each), "ms") for kind, each in found["times"].items()),
        figure("errors", len(found["errors"]), "", aim=0),
        figure("memory of the serving process, before", before.worker, "MB"),
        figure("memory of the serving process, after", after.worker, "MB", aim=250),
        figure("memory of all its processes", after.total, "MB"),
        figure("server's processor time a request", 1000 * (after.seconds - before.seconds) / max(1, len(times)), "ms"),
        figure("load generator's share of one processor", 100 * found["busy"] / found["seconds"], "%"),
    ]
