"""`crm record`: make, show, change and remove records, and run their verbs, as the API does but for the operator."""

import argparse
import json
from collections.abc import Callable
from typing import Any

Report = Callable[[argparse.Namespace, dict[str, Any], str], None]


def add_to(commands: Any, command: Callable[..., argparse.ArgumentParser], report: Report) -> None:
    """Add its commands to the parser. `command` makes one, `report` prints what it found."""
    about = commands.add_parser("record", help="single records of any kind")
    inside = about.add_subparsers(required=True, metavar="COMMAND")
    for name, act, text, takes in (
        ("add", _add, "make a record and print its id", ("resource", "values")),
        ("show", _show, "print a record", ("resource", "id")),
        ("change", _change, "set fields of a record", ("resource", "id", "values")),
        ("remove", _remove, "take a record away", ("resource", "id")),
        ("run", _run, "run a verb on a record, e.g. issue", ("resource", "id", "verb", "values")),
    ):
        parser = command(inside, name, lambda options, act=act: act(options, report), text)
        for argument in takes:
            _argument(parser, argument)


def _argument(parser: argparse.ArgumentParser, name: str) -> None:
    if name != "values":
        parser.add_argument(name, metavar=name.upper(), help="e.g. accounts" if name == "resource" else None)
        return
    parser.add_argument(
        "values", metavar="FIELD=VALUE", type=_value, nargs="*", help="or FIELD:=JSON, e.g. roles:='[\"customer\"]'"
    )


def _value(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    raw = name.endswith(":")
    name = name.removesuffix(":")
    if not equals or not name.isidentifier():
        raise argparse.ArgumentTypeError("write it as FIELD=VALUE or FIELD:=JSON")
    if not raw:
        return name, value
    try:
        return name, json.loads(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"what stands behind {name}:= is no JSON") from None


def _act(options: argparse.Namespace, verb: str, key: object) -> Any:
    from crm_app.services import actions, schema
    from crm_app.services.actors import SYSTEM

    schema.migrate()
    return actions.run(SYSTEM, options.resource, verb, key, dict(options.values))


def _add(options: argparse.Namespace, report: Report) -> None:
    made = _act(options, "create", None)
    report(options, {"id": made.id, "change_set": made.change_set}, str(made.id))


def _change(options: argparse.Namespace, report: Report) -> None:
    _done(options, report, _act(options, "change", options.id))


def _run(options: argparse.Namespace, report: Report) -> None:
    _done(options, report, _act(options, options.verb, options.id))


def _remove(options: argparse.Namespace, report: Report) -> None:
    options.values = ()
    _done(options, report, _act(options, "remove", options.id))


def _done(options: argparse.Namespace, report: Report, outcome: Any) -> None:
    result = dict(outcome.result) if outcome.result else None
    told = {"id": outcome.id, "change_set": outcome.change_set, "result": result}
    made = f" It made {result['resource']} {result['id']}." if result else ""
    undo = f" Undo it with: crm revert {outcome.change_set}" if outcome.change_set else ""
    report(options, told, f"Done.{made}{undo}")


def _show(options: argparse.Namespace, report: Report) -> None:
    from crm_app.services import records, schema
    from crm_app.services.actors import SYSTEM
    from crm_app.services.work import Work

    schema.migrate()
    resource = records.resource_of(options.resource)
    with Work(SYSTEM) as work:
        found = records.as_json(resource, records.one(work, resource, options.id))
    shown = (f"{name}: {value if isinstance(value, str) else json.dumps(value)}" for name, value in found.items())
    report(options, found, "\n".join(shown))
