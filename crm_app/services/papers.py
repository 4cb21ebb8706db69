"""The paper of a document: drawn from its snapshot, once for an issued one and then kept, anew for a draft."""

import itertools
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO

from crm_app.core import clock
from crm_app.core.errors import Invalid, Missing, NotAllowed
from crm_app.core.i18n import Message, translate
from crm_app.core.resource import Resource
from crm_app.documents.snapshot import from_json
from crm_app.models.deliveries import DeliveryStatus
from crm_app.models.snapshots import DocumentSnapshot

from . import figures, files, ledger, logos, previews, records, snapshots
from .actors import SYSTEM, Actor
from .work import Work, column_of

MEDIA_TYPE = "application/pdf"
MOST = 100  # documents in one bundle
Marks = list[list[Any]]  # of a page: see documents/canvas


@dataclass(frozen=True)
class Paper:
    """A document's file. `content` is there for what is not kept; `sha256` for what is."""

    name: str
    content: bytes
    sha256: str


@dataclass(frozen=True)
class Ready:
    """A line of a record's list of documents: `ready` says that it lies in the store, `size` in bytes (0 until then)."""

    kind: str
    name: str
    size: int
    sha256: str
    ready: bool


def listing(work: Work, resource: Resource, key: object) -> list[Ready]:
    """What is drawn from that record. Raises Missing, NotAllowed."""
    item = records.one(work, resource, key)
    if resource.name not in ledger.HEADS:
        return []
    found = _kept(work, resource, item)
    sha256 = (found.sha256 if found else None) or ""
    path = files.path_of(sha256) if sha256 else None
    size = path.stat().st_size if path is not None and path.is_file() else 0
    return [Ready("pdf", _name(item), size, sha256, size > 0)]


def paper(actor: Actor, resource: Resource, key: object) -> Paper:
    """The document as a PDF. The rendering runs outside every transaction. Raises Missing, NotAllowed."""
    if resource.name not in ledger.HEADS:
        raise Missing("file", "pdf")
    with Work(actor) as work:
        item = records.one(work, resource, key)
        name = _name(item)
        kept = _kept(work, resource, item)
        content = kept.content if kept else _now(work, resource, item.id)
    if kept and kept.sha256 and files.path_of(kept.sha256).is_file():
        return Paper(name, files.path_of(kept.sha256).read_bytes(), kept.sha256)
    from crm_app.documents import pdf  # 30 MB that a server which draws nothing does without

    said = from_json(content)
    drawn = pdf.draw(said, logo=logo_of(said.logo))
    if kept is None:
        return Paper(name, drawn, "")
    with files.Upload() as target:
        target.write(drawn)
        stored = target.keep()
    with Work(SYSTEM, "files.keep") as work:
        row = work.locked_where(DocumentSnapshot, column_of(DocumentSnapshot, "id") == kept.id)
        same = row is not None and row.made_at == kept.made_at  # it may have been changed and confirmed anew meanwhile
        if same and (kept.column == "pdf" or row.signature == content["signature"]):
            setattr(row, kept.column, stored.sha256)
    return Paper(name, drawn, stored.sha256)


def drawn(resource: Resource) -> bool:
    """Whether papers are drawn from such records."""
    return resource.name in ledger.HEADS


def bundle(actor: Actor, resource: Resource, keys: Sequence[object], target: BinaryIO) -> None:
    """The PDFs of these documents, each once, as a ZIP. Raises Missing and NotAllowed before anything is drawn of what the actor may
    not read, Invalid for none or more than MOST.
    """
    if not drawn(resource):
        raise Missing("file", "papers.zip")
    keys = list(dict.fromkeys(keys))
    if not 0 < len(keys) <= MOST:
        raise Invalid({"ids": Message("Send 1 to {count} ids.", count=MOST)})
    with Work(actor) as work:
        keys = [records.reach(work, resource, key) for key in keys]
    names: set[str] = set()
    with zipfile.ZipFile(target, "w") as whole:
        for key in keys:
            add(whole, actor, resource, key, names)


def add(whole: zipfile.ZipFile, actor: Actor, resource: Resource, key: object, names: set[str]) -> None:
    """Put the document's PDF there under a name that is not among these yet. Raises Missing, NotAllowed."""
    one = paper(actor, resource, key)
    day = clock.now().timetuple()[:6]
    whole.writestr(zipfile.ZipInfo(apart(one.name, names), day), one.content)


def apart(name: str, names: set[str]) -> str:
    """The name, numbered where it is among these already, which it joins: "A/1" and "A-1" are one name of a file."""
    stem, dot, ending = name.rpartition(".")
    tries = (f"{stem} ({count}){dot}{ending}" for count in itertools.count(2))
    free = next(one for one in itertools.chain((name,), tries) if one not in names)
    names.add(free)
    return free


@dataclass(frozen=True)
class _Kept:
    """What an issued document says, and the hash of its paper with the column that it is kept in: a signed one has a second."""

    id: int
    content: Mapping[str, Any]
    column: str
    sha256: str | None
    made_at: datetime


def _kept(work: Work, resource: Resource, item: records.Item) -> _Kept | None:
    """What it said when it left the house; of an order that is being changed that is no longer so."""
    row = snapshots.stored(work, resource.table.__tablename__, item.id)
    if row is None or row.id is None or item.values["status"] == "draft":
        return None
    if row.signature is None or item.values["status"] != DeliveryStatus.SIGNED.value:
        return _Kept(row.id, row.content, "pdf", row.pdf, row.made_at)
    return _Kept(row.id, row.content | {"signature": row.signature}, "signed_pdf", row.signed_pdf, row.made_at)


@dataclass(frozen=True)
class Sketch:
    """What a document says, to be drawn for a screen; of one that is being written what of its net is left over its costs, in
    percent, and what its customer owes, as far as the actor may know these.
    """

    content: Mapping[str, Any] | None
    margin: Decimal | None = None
    owing: tuple[figures.Figure, ...] = ()


def sketch(work: Work, resource: Resource, key: object) -> Sketch:
    """What that record says. Raises Missing, NotAllowed."""
    item = records.one(work, resource, key)
    kept = _kept(work, resource, item)
    return Sketch(kept.content if kept else _now(work, resource, item.id))


def sketch_typed(
    work: Work, resource: Resource, head: Mapping[str, object], given: Sequence[object], *, document: int = 0
) -> Sketch:
    """The same of a document that somebody is writing, as in previews.preview; without content while it has no customer or no
    line without a fault. Raises Missing, NotAllowed.
    """
    found = previews.preview(work, resource, head, given, document=document)
    lines = [line.values for line in found.lines if line.values.get("net") is not None]
    owing = _owing(work, found.head.get("account"))
    if not lines or found.head.get("total") is None:
        return Sketch(None, owing=owing)
    table, line_table = ledger.HEADS[resource.name]
    stored = work.session.get(table, document) if document else None
    told = {name: getattr(stored, name) for name in table.model_fields if stored} | dict(found.head)
    row = table(**{name: told[name] for name in table.model_fields if name in told})
    rows = [line_table(**{name: line[name] for name in line_table.model_fields if name in line}) for line in lines]
    content = snapshots.content_of(work, resource.name, row, rows)
    return Sketch(content, previews.margin_of(work, found.head, lines), owing)


def _owing(work: Work, account: object) -> tuple[figures.Figure, ...]:
    try:
        return figures.owing(work, records.one(work, records.resource_of("accounts"), account)) if account else ()
    except (Missing, NotAllowed):
        return ()


def pages_of(found: Sketch, most: int | None = None) -> tuple[list[Marks], int]:
    """The marks of its first `most` pages, and how many pages there are. It takes its time: no Work is to be open meanwhile."""
    if found.content is None:
        return [], 0
    from crm_app.documents import pdf  # 30 MB that a server which draws nothing does without

    said = from_json(found.content)
    return pdf.sketch(said, logo=logo_of(said.logo), address=logos.address(said.logo), most=most)


def unprinted(found: Sketch) -> str:
    """The characters in it that no font of the paper has, each once: it shows "?" for them."""
    from crm_app.documents import faces  # as above

    return faces.unprinted(json.dumps(found.content, ensure_ascii=False))


def logo_of(sha256: str) -> bytes | None:
    """A logo's bytes, None for "" and for one that is not there."""
    path = files.path_of(sha256) if sha256 else None
    return path.read_bytes() if path is not None and path.is_file() else None


def _now(work: Work, resource: Resource, key: int) -> dict[str, Any]:
    """What a draft says now."""
    row = work.session.get(resource.table, key)
    return snapshots.content_of(work, resource.name, row, snapshots.lines_of(work, resource.name, key))


def _name(item: records.Item) -> str:
    number = item.values["number"] or f"{translate('Draft', 'es')}-{item.id}"
    return files.clean_name(f"{number.replace('/', '-')}.pdf")
