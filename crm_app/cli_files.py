"""`crm rates` and `crm stock`: files of rows, told beforehand or written."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

Report = Callable[[argparse.Namespace, dict[str, Any], str], None]


def add_to(commands: Any, command: Callable[..., argparse.ArgumentParser], report: Report) -> None:
    """Add its commands to the parser. `command` makes one, `report` prints what it found."""
    text = "write the exchange rates of a .csv file, or of the ECB's eurofxref-hist.csv"
    rates = _takes_file(command(commands, "rates", lambda options: _rates(options, report), text))
    rates.add_argument("--since", metavar="DAY", default="", help="leave out what is older, e.g. 2026-01-01")
    rates.add_argument(
        "--inverse", action="store_true", help="its rates are what one unit of the company's currency buys"
    )
    text = "take what was counted (code, warehouse, quantity) from a .csv file; what is different becomes stock moves"
    stock = _takes_file(command(commands, "stock", lambda options: _stock(options, report), text))
    stock.add_argument("--day", metavar="DAY", default="", help="when it was counted, at the end of the day; today")


def _takes_file(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--rehearse", action="store_true", help="only tell what it would do")
    return parser


def _rates(options: argparse.Namespace, report: Report) -> int:
    from crm_app.services import rate_files

    name, content, since = _file(options, "since")
    file = rate_files.File(name, content, since, options.inverse)
    told = _call(options, rate_files, file)
    counts = f"{told.new} new, {told.changed} changed, {told.same} the same, {told.wrong} refused."
    return _told(options, report, told, counts)


def _stock(options: argparse.Namespace, report: Report) -> int:
    from crm_app.services import stock_files

    told = _call(options, stock_files, stock_files.File(*_file(options, "day")))
    counts = f"{told.new} moves, {told.same} right already, {told.wrong} refused."
    return _told(options, report, told, counts)


def _call(options: argparse.Namespace, service: Any, file: Any) -> Any:
    from crm_app.services import schema
    from crm_app.services.actors import SYSTEM

    schema.migrate()
    return (service.rehearse if options.rehearse else service.import_file)(SYSTEM, file)


def _file(options: argparse.Namespace, name: str) -> tuple[str, bytes, Any]:
    """The file's name and content, and the day that the option says. Raises Invalid for no day, and for a file that is too large."""
    from crm_app.core.errors import Invalid
    from crm_app.core.fields import BadValue, Day
    from crm_app.core.i18n import Message
    from crm_app.core.settings import ROWS_LIMIT

    try:
        day = Day().parse(getattr(options, name))
    except BadValue as bad:
        raise Invalid({name: bad.message}) from None
    if options.file.stat().st_size > ROWS_LIMIT:
        raise Invalid({"file": Message("It is too large: at most {limit}.", limit=f"{ROWS_LIMIT // 1_000_000} MB")})
    return options.file.name, options.file.read_bytes(), day


def _told(options: argparse.Namespace, report: Report, told: Any, counts: str) -> int:
    from dataclasses import asdict

    from crm_app.cli import LANGUAGE
    from crm_app.core.i18n import Speech

    say = Speech(LANGUAGE).say
    lines = [(one.line, say(one.why)) for one in told.refused]
    found = asdict(told) | {
        "refused": lines,
        "first": told.first and str(told.first),
        "last": told.last and str(told.last),
    }
    if "text" in found:
        found["text"] = say(told.text)
    undo = f"Undo it with: crm revert {told.change_set}" if told.change_set else ""
    sentences = (found.get("text"), counts, *(f"line {number}: {why}" for number, why in lines), undo)
    report(options, found, "\n".join(filter(None, sentences)))
    return 1 if told.wrong else 0
