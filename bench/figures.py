"""What was measured: figures, how they are summed up, and the table they are printed in."""

import json
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO


@dataclass(frozen=True)
class Figure:
    """One measured value. `better` says which way is good, "less" or "more"; `aim` and `rivals` stand beside it."""

    part: str
    name: str
    value: float
    unit: str
    database: str = ""
    accounts: int = 0
    better: str = "less"
    aim: float | None = None
    rivals: tuple[tuple[str, float], ...] = ()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed; 0 where there is none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def median(values: Sequence[float]) -> float:
    """The middle value; 0 where there is none."""
    return statistics.median(values) if values else 0.0


def write_table(figures: Iterable[Figure], output: TextIO) -> None:
    """A block for each part, database and size; a figure a line, with the aim and the rivals beside it."""
    block = None
    for figure in figures:
        head = (figure.part, figure.database, figure.accounts)
        if head != block:
            block = head
            words = [figure.part, figure.database, f"{figure.accounts:,} accounts" if figure.accounts else ""]
            output.write("\n" + ", ".join(word for word in words if word) + "\n")
        output.write(f"  {figure.name:<46}{_number(figure.value):>9} {figure.unit:<6}{_beside(figure)}".rstrip() + "\n")
    output.flush()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.1f}"


def _beside(figure: Figure) -> str:
    words = []
    if figure.aim is not None:
        met = figure.value >= figure.aim if figure.better == "more" else figure.value <= figure.aim
        words.append(f"aim {'≥' if figure.better == 'more' else '≤'} {figure.aim:g} {'met' if met else 'MISSED'}")
    for name, value in figure.rivals:
        ours, theirs = (figure.value, value) if figure.better == "more" else (value, figure.value)
        words.append(f"{name} {value:g} (×{ours / theirs:.1f})" if theirs else f"{name} {value:g}")
    return "   ".join(words)


def write_json(figures: Iterable[Figure], file: Path) -> None:
    """The same figures for a program."""
    machine = {"python": platform.python_version(), "system": platform.platform()}
    file.write_text(
        json.dumps({"machine": machine, "figures": [asdict(figure) for figure in figures]}, indent=1) + "\n"
    )
