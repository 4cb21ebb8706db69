"""The `crm` command. Exit 0 when done, 1 when refused, 2 when used wrongly; a refusal is a sentence, never a traceback."""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crm_app import cli_files, cli_people, cli_records, serving

LANGUAGE = "en"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code. What it writes is its owner's alone to read, and so is what the server writes."""
    os.umask(0o077)
    options = _parser().parse_args(arguments)
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    from crm_app.core.errors import Refusal
    from crm_app.core.settings import Misconfigured
    from crm_app.services.database import unavailable
    from crm_app.services.schema import SchemaTooNew

    try:
        return _carry_out(options)
    except Refusal as refusal:
        return _refuse(_sentences(refusal))
    except (SchemaTooNew, Misconfigured) as refusal:
        return _refuse(str(refusal))
    except SQLAlchemyError as error:
        refusal = unavailable(error)
        if refusal is None:
            raise
        cause = str(error.orig).strip().splitlines() if isinstance(error, DBAPIError) else []
        return _refuse("\n".join([_sentences(refusal), *cause]))
    except BrokenPipeError:  # whoever read what this writes has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as refusal:
        return _refuse(f"{refusal.filename or 'The file'}: {refusal.strerror or refusal}.")
    except KeyboardInterrupt:
        return 1


def _carry_out(options: argparse.Namespace) -> int:
    status = int(options.run(options) or 0)
    sys.stdout.flush()  # here it is told that nobody reads it, not after the end
    return status


def _sentences(refusal: Any) -> str:
    from crm_app.core.errors import Invalid
    from crm_app.core.i18n import Speech

    speech = Speech(LANGUAGE)
    if isinstance(refusal, Invalid) and refusal.fields:
        return "\n".join(
            f"{name}: {speech.say(text)}" if name else speech.say(text) for name, text in refusal.fields.items()
        )
    return speech.say(refusal.message)


def _refuse(reason: str) -> int:
    print(reason, file=sys.stderr)
    return 1


def _tell(options: argparse.Namespace, value: dict[str, Any], sentence: str) -> None:
    """What a command found: for programs with --json, else for people."""
    print(json.dumps(value, ensure_ascii=False) if options.json else sentence)


# ---- the commands and their options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="crm", description="Customers, sales, stock and invoices.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_serving(commands)
    _add_demo(commands)
    cli_people.add_to(commands, _add, _tell)
    cli_records.add_to(commands, _add, _tell)
    _add_keeping(commands)
    cli_files.add_to(commands, _add, _tell)
    return parser


def _add(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int | None], text: str
) -> argparse.ArgumentParser:
    found: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    found.add_argument("--json", action="store_true", help="print data as JSON")
    found.set_defaults(run=run)
    return found


def _add_serving(commands: Any) -> None:
    serve = _add(commands, "serve", _serve, "serve everything on one port, after bringing the database up to date")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=8000)
    _add(commands, "migrate", _migrate, "bring the database up to date")
    _add(commands, "migration", _migration, "write a migration from the models (for developers)").add_argument(
        "message", metavar="MESSAGE"
    )
    jobs = commands.add_parser("jobs", help="work that runs later").add_subparsers(required=True, metavar="COMMAND")
    run = _add(jobs, "run", _jobs_run, "run jobs as they fall due, until stopped")
    run.add_argument("--once", action="store_true", help="stop when none is due")


def _add_demo(commands: Any) -> None:
    demo = _add(commands, "demo", _demo, "fill an empty installation with a demo company")
    demo.add_argument(
        "--accounts",
        type=_count,
        default=2_000,
        metavar="N",
        help="with two contacts each, and a product for every ten",
    )
    demo.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed makes the same company")
    demo.add_argument("--password", help="the demo users' password; without it one is made up and printed")


def _add_keeping(commands: Any) -> None:
    _add(commands, "check", _check, "check database, search index and files; exit 1 on a difference")
    backup = _add(commands, "backup", _backup, "copy database and files into one .tar.gz, while the program runs")
    backup.add_argument("file", metavar="FILE", type=Path, nargs="?")
    restore = _add(commands, "restore", _restore, "put database and files back as such a copy has them")
    restore.add_argument("file", metavar="FILE", type=Path)
    restore.add_argument(
        "--replace", action="store_true", help="even where there is a company already; it is copied first"
    )
    export = _add(commands, "export", _export, "write the records of a list into a .csv or .xlsx file")
    export.add_argument("resource", metavar="RESOURCE")
    export.add_argument("file", metavar="FILE", type=Path)
    export.add_argument(
        "--filter",
        type=_filter,
        action="append",
        default=[],
        metavar="FIELD[OPERATOR]=VALUE",
        help="only these, e.g. roles=customer or city[contains]=ber; may be repeated",
    )
    revert = _add(commands, "revert", _revert, "undo a change set")
    revert.add_argument("change_set", metavar="CHANGESET", type=int)


def _filter(text: str) -> tuple[str, str]:
    """A filter as a parameter of an address."""
    name, equals, value = text.partition("=")
    field, bracket, operator = name.partition("[")
    if not equals or not field.isidentifier():
        raise argparse.ArgumentTypeError("write it as FIELD=VALUE or FIELD[OPERATOR]=VALUE")
    return f"filter[{field}]{bracket}{operator}", value


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > 5_000_000:
        raise argparse.ArgumentTypeError("write a number from 0 to 5000000")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise argparse.ArgumentTypeError("write a number from 1 to 65535")
    return int(text)


# ---- what they do


def _serve(options: argparse.Namespace) -> int | None:
    obstacle = serving.obstacle(options.host, options.port)
    if obstacle:
        return _refuse(obstacle)
    from crm_app.services import folder, jobs, schema

    folder.close_to_others()
    schema.migrate()
    jobs.let_go()
    return serving.serve(options.host, options.port)


def _migrate(options: argparse.Namespace) -> None:
    from crm_app.services import schema

    made = schema.migrate()
    _tell(options, {"migrations": made}, f"{made} migrations made." if made else "The database is up to date.")


def _migration(options: argparse.Namespace) -> None:
    from crm_app.services import schema

    schema.migrate()
    schema.make_migration(options.message)


def _jobs_run(options: argparse.Namespace) -> None:
    from crm_app.services import jobs, schema, tidying

    schema.migrate()
    if options.once:
        done = 0
        while jobs.run_once():
            done += 1
        _tell(options, {"jobs": done}, f"{done} jobs run.")
        return
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    jobs.run_forever(stop, first=tidying.ensure_daily)


def _demo(options: argparse.Namespace) -> None:
    from crm_app.services import demo, schema

    schema.migrate()
    made = demo.make(options.accounts, options.seed, options.password)
    counts = {"accounts": made.accounts, "contacts": made.contacts, "products": made.products}
    found = counts | {"users": list(made.users), "password": made.password}
    lines = [
        (
            f"{made.accounts} accounts, {made.contacts} contacts and {made.products} products made. "
            f"Sign in as one of these, with the password {made.password}"
        ),
        *(f"  {email}" for email in made.users),
    ]
    _tell(options, found, "\n".join(lines))


def _check(options: argparse.Namespace) -> int:
    from crm_app.services import checks

    findings = list(checks.integrity())
    found = [{"check": finding.name, "well": finding.well, "detail": finding.detail} for finding in findings]
    width = max(len(finding.name) for finding in findings)
    lines = [f"{'ok ' if finding.well else 'NO '} {finding.name:<{width}}  {finding.detail}" for finding in findings]
    well = all(finding.well for finding in findings)
    _tell(options, {"well": well, "checks": found}, "\n".join(lines))
    return 0 if well else 1


def _backup(options: argparse.Namespace) -> None:
    from crm_app.services import backups

    target = backups.make(options.file)
    size = target.stat().st_size
    _tell(options, {"file": str(target), "size": size}, f"{target} ({size / 1_000_000:.1f} MB)")


def _restore(options: argparse.Namespace) -> None:
    from crm_app.services import backups

    done = backups.restore(options.file, replace=options.replace)
    before = f" What was there before is in {done.before}." if done.before else ""
    told = {"file": str(options.file), "files": done.files, "before": str(done.before) if done.before else None}
    _tell(
        options, told, f"The database and {done.files} files are as in {options.file}.{before} Start the program anew."
    )


def _export(options: argparse.Namespace) -> int | None:
    from dataclasses import replace

    from crm_app.core.query import Query
    from crm_app.services import exchange, records, schema
    from crm_app.services.actors import SYSTEM
    from crm_app.services.work import Work

    write = {".csv": exchange.export_csv, ".xlsx": exchange.export_xlsx}.get(options.file.suffix.lower())
    if write is None:
        return _refuse("The file's name must end in .csv or .xlsx.")
    schema.migrate()
    resource = records.resource_of(options.resource)
    query = replace(Query.from_params(options.filter), columns=tuple(resource.fields))
    with Work(SYSTEM) as work:
        count = write(work, resource, options.file, query)
    _tell(options, {"file": str(options.file), "records": count}, f"{count} records written to {options.file}.")
    return None


def _revert(options: argparse.Namespace) -> None:
    from crm_app.services import actions, schema
    from crm_app.services.actors import SYSTEM

    schema.migrate()
    outcome = actions.undo(SYSTEM, options.change_set)
    _tell(options, {"change_set": outcome.change_set}, f"Undone, as change set {outcome.change_set}.")


if __name__ == "__main__":
    sys.exit(main())
