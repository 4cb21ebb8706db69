"""Lists, records and the global search as the kernel reads them, without page or server: `python -m bench.kernel` prints it as JSON."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

from bench.figures import Figure, median, percentile
from bench.stores import ROOT, Store, environment
from bench.words import WORDS

REPEATS = 60


def measure(store: Store) -> list[Figure]:
    """Every kind of question, in a process with the settings of that database."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.kernel"],
        cwd=ROOT,
        env=environment(store.environment),
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, list[float]] = json.loads(done.stdout)
    return [
        Figure("Kernel", f"{name}, {word}", value, "ms", store.database, store.accounts)
        for name, times in found.items()
        for word, value in (("median", median(times)), ("p95", percentile(times, 0.95)))
    ]


def _questions(chance: random.Random) -> dict[str, Callable[[], object]]:
    from crm_app.core.query import Filter, Query
    from crm_app.models.accounts import ACCOUNTS
    from crm_app.services import find, records
    from crm_app.services.actors import SYSTEM
    from crm_app.services.work import Work
    from crm_app.state import forms

    def hits(text: str) -> list[find.Hit]:
        with Work(SYSTEM) as work:
            return find.find(work, text)

    def page(query: Query) -> records.Page:
        with Work(SYSTEM) as work:
            return records.page(work, ACCOUNTS, query)

    total = page(Query()).total
    last = -(-total // Query().size)
    letters = sorted({word[0] for word in WORDS if word.isascii()})
    return {
        "first page": lambda: page(Query()),
        "last page": lambda: page(Query(page=last)),
        "one letter": lambda: page(Query(text=chance.choice(letters))),
        "three letters": lambda: page(Query(text=chance.choice(WORDS)[:3])),
        "a word": lambda: page(Query(text=chance.choice(WORDS))),
        "two words": lambda: page(Query(text=" ".join(chance.sample(WORDS, 2)))),
        "a word that nobody has": lambda: page(Query(text=f"zqx{chance.randrange(10**6)}")),
        "filter by city": lambda: page(Query(filters=(Filter("city", "eq", "Sevilla"),))),
        "filter by sector and role": lambda: page(
            Query(filters=(Filter("sector", "eq", str(chance.randrange(1, 20))), Filter("roles", "in", "partner")))
        ),
        "filter by zone and sector": lambda: page(
            Query(filters=tuple(Filter(name, "eq", str(chance.randrange(1, 12))) for name in ("zone", "sector")))
        ),
        "a word and a filter": lambda: page(
            Query(text=chance.choice(WORDS), filters=(Filter("active", "eq", "true"),))
        ),
        **{f"sorted by {name}": partial(page, Query(sort=name)) for name in ("-name", "city", "-city", "-zone")},
        "global search": lambda: hits(chance.choice(WORDS)),
        "open a record": lambda: forms.read(
            SYSTEM, ACCOUNTS, str(chance.randrange(1, 1 + total)), below=False, also={}
        ),
    }


def _times(ask: Callable[[], object]) -> list[float]:
    ask()
    found = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        ask()
        found.append((time.perf_counter() - begun) * 1000)
    return found


if __name__ == "__main__":
    asked = _questions(random.Random(1))  # noqa: S311 - the same questions each time
    print(json.dumps({name: _times(ask) for name, ask in asked.items()}))
