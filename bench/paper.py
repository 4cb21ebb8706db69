"""How long a document takes to become a PDF, the fonts having been read once before."""

import time

from bench.figures import Figure, median, percentile
from crm_app.documents import pdf, snapshot
from tests.support.snapshots import document, line

SIZES = {1: (60, (("Odoo", 1300), ("Dolibarr", 88))), 50: (150, ()), 2000: (None, ())}  # lines: aim and rivals, ms
SPENT = 3.0  # seconds for each size


def measure() -> list[Figure]:
    """An invoice of one page, one of 50 lines, and one that nobody sends."""
    found = []
    for count, (aim, rivals) in SIZES.items():
        said = snapshot.from_json(
            document(
                lines=[line(f"Broca para hormigón SDS-plus, {number} mm", "3", str(number)) for number in range(count)]
            )
        )
        pdf.draw(said)
        times: list[float] = []
        while sum(times) < SPENT * 1000:
            begun = time.perf_counter()
            pdf.draw(said)
            times.append((time.perf_counter() - begun) * 1000)
        name = f"{count} line{'s' if count > 1 else ''}"
        found.append(Figure("Paper: a PDF", f"{name}, median", median(times), "ms", aim=aim, rivals=rivals))
        found.append(Figure("Paper: a PDF", f"{name}, p95", percentile(times, 0.95), "ms"))
    return found
