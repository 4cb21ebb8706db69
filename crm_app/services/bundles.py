"""The papers of many documents in one ZIP file, made by a job that tells how far it is and can be cancelled.

The file lies in the store like any other; nothing but the job refers to it, so that it goes after a few days. Only who asked
for it gets it, and only while they may read such documents.
"""

import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Invalid, Missing
from crm_app.core.i18n import Message, Speech
from crm_app.core.query import Query
from crm_app.core.resource import Resource

from . import actions, files, jobs, mass, papers, records
from .actors import Actor
from .work import Work, column_of

FEW = 20  # documents that nobody has to wait for
MOST = 2_000  # in one file
FILE = "file"  # in the job's result: the file's hash
_STEP = 10
_UNLIMITED = 2**40  # bytes: what the program writes is as large as it is


def start(actor: Actor, resource: Resource, selection: mass.Selection, once: str | None = None) -> actions.Outcome:
    """Ask for the papers of what is selected: the `result` holds the `job` and the `count` of documents.

    Raises Missing where nothing is drawn of such records, NotAllowed, Invalid for none or more than MOST.
    """
    if not papers.drawn(resource):
        raise Missing("file", "papers.zip")

    def run(
        work: Work, _resource: Resource, _key: Any, _values: Mapping[str, object], _version: int | None
    ) -> actions.Outcome:
        count = mass.count(work, resource, selection)
        if not 0 < count <= MOST:
            field = "filter" if selection.ids is None else "ids"
            raise Invalid({field: Message("The papers of 1 to {count} documents go into one file.", count=MOST)})
        args = {
            "resource": resource.name,
            "params": [list(pair) for pair in selection.query.params()],
            "ids": list(selection.ids) if selection.ids is not None else None,
            "limits": list(work.actor.limits),
        }
        return actions.Outcome(None, None, {"count": count, "job": jobs.enqueue(work, "papers", args)})

    found = actions.Action(resource.name, "papers", "Papers", run)
    asked = {"params": selection.query.params(), "ids": selection.ids}
    with Work(actor, resource.permission("read"), label=found.label) as work:
        work.require(resource.permission("read"))
        return actions.run_in(work, found, None, asked, once=once)


def told(result: Mapping[str, Any], speech: Speech) -> str:
    """What came of it, as a sentence."""
    text = speech.say(Message("PDFs in the ZIP file: {count}.", count=speech.number(result["count"])))
    if not result["refused"]:
        return text
    left = Message("Documents that are gone meanwhile: {count}.", count=speech.number(result["refused"]))
    return f"{text} {speech.say(left)}"


@jobs.job(
    "papers",
    lambda _args: Message("Papers as a ZIP file"),
    lambda _args, result, speech: told(result, speech),
)
def bundle(task: jobs.Task, resource: str, params: list[list[str]], ids: list[int] | None, limits: list[str]) -> None:
    """Draw what is not drawn yet, in the order in which the documents were made. What is gone meanwhile is left out and counted."""
    found = records.resource_of(resource)
    selection = mass.Selection(
        Query.from_params([(name, value) for name, value in params]), tuple(ids) if ids is not None else None
    )
    actor = mass.asker(task, found.permission("read"), tuple(limits))
    keys = _keys(actor, found, selection)
    names: set[str] = set()
    with tempfile.TemporaryFile(prefix="crm-papers-") as opened, files.Upload(_UNLIMITED) as target:
        with zipfile.ZipFile(opened, "w") as whole:
            for done, key in enumerate(keys):
                if done % _STEP == 0:
                    task.progress(done, len(keys))
                    actor = mass.asker(task, found.permission("read"), tuple(limits))
                with suppress(Missing):
                    papers.add(whole, actor, found, key, names)
        task.progress(len(keys), len(keys))
        opened.seek(0)
        shutil.copyfileobj(opened, target)
        stored = target.keep()
    name = f"{actor.speech.say(found.many).lower()} {clock.now():%Y-%m-%d}.zip"
    told_of = {"count": len(names), "refused": len(keys) - len(names), "name": name, "size": stored.size}
    task.report(told_of | {FILE: stored.sha256})


def _keys(actor: Actor, resource: Resource, selection: mass.Selection) -> list[int]:
    with Work(actor) as work:
        number = column_of(resource.table, "id")
        found = sa.select(number).where(*mass.conditions(work, resource, selection))
        return list(work.session.scalars(found.order_by(number).limit(MOST)))


def file_of(work: Work, key: int) -> tuple[str, Path]:
    """The name and the place of the file that the job has made. Raises Missing, NotAllowed."""
    found = jobs.one(work, key)
    result = found.result or {}
    sha256 = result.get(FILE, "")
    if found.name != "papers" or not jobs.own(work.actor, found) or not sha256:
        raise Missing("file", key)
    work.require(records.resource_of(found.args["resource"]).permission("read"))
    path = files.path_of(sha256)
    if not path.is_file():
        raise Missing("file", key)
    return result["name"], path
