"""`python -m bench`: what is measured, on which databases, at which sizes."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import build, clients, kernel, keystroke, many, paper, save, trade
from bench.figures import Figure, write_json, write_table
from bench.serving import serving
from bench.stores import Store, store

PARTS = ("build", "paper", "kernel", "many", "keystroke", "save", "clients", "trade")
ALONE = {"build", "paper", "trade"}  # these ask no database of many accounts
SELLING = 2_000  # accounts, where it is invoices that are many
LAST = 1.5  # seconds in which the machine comes to rest between two parts


def main() -> None:
    """Measure what the options ask for, and print it as it is found."""
    options = _options()
    found: list[Figure] = []

    def tell(figures: list[Figure]) -> None:
        write_table(figures, sys.stdout)
        found.extend(figures)
        time.sleep(LAST)

    if "build" in options.only:
        tell(build.measure())
    if "paper" in options.only:
        tell(paper.measure())
    for accounts in options.accounts if set(options.only) - ALONE else ():
        for database in options.database:
            with store(database, accounts) as filled:
                _measure(filled, options, tell)
    if "trade" in options.only:
        for database in options.database:
            with store(database, SELLING, options.invoices) as filled, serving(filled) as server:
                tell(trade.measure(filled, server))
    if options.json:
        write_json(found, options.json)


def _measure(filled: Store, options: argparse.Namespace, tell: Callable[[list[Figure]], None]) -> None:
    if "kernel" in options.only:
        tell(kernel.measure(filled))
    if "many" in options.only:
        tell(many.measure(filled))
    if not {"keystroke", "save", "clients"} & set(options.only):
        return
    with serving(filled) as server:
        if "keystroke" in options.only:
            tell(keystroke.measure(filled, server))
        if "save" in options.only:
            tell(save.measure(filled, server))
        if "clients" in options.only:
            for number in options.clients:
                tell(clients.measure(filled, server, number, options.seconds))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--accounts", type=int, nargs="+", default=[100_000], metavar="N", help="e.g. 100000 1000000")
    parser.add_argument("--invoices", type=int, default=500_000, metavar="N", help="for the part trade")
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgres"], choices=["sqlite", "postgres"])
    parser.add_argument("--seconds", type=float, default=30, help="how long the clients work")
    parser.add_argument("--clients", type=int, nargs="+", default=[10, 25, 50], metavar="N")
    parser.add_argument("--only", nargs="+", default=PARTS, choices=PARTS)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    return parser.parse_args()


if __name__ == "__main__":
    main()
