"""What a document would come to, without saving it: lines filled in and priced, taxes, totals; and why a line costs what it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.core.plain import is_id
from crm_app.core.resource import RESOURCES, Resource
from crm_app.models.accounts import Account
from crm_app.models.products import Product

from . import prices, product_codes, records, rules, trade, values
from .work import Work, column_of

LIMIT = 2_000
_FOUND_BY_NAME = 50
_OF_RATE = ("rate_typed", "rate_day", "rate_source")
Numbered = tuple[int | None, dict[str, Any]]


@dataclass(frozen=True)
class Found:
    """What looking for a pasted text came to: the one product (id, name) that it names, none, or `several` that it may mean."""

    product: tuple[int, str] | None = None
    several: bool = False


@dataclass(frozen=True)
class LineView:
    """A line as it would be saved; `faults` what speaks against it, `found` what a pasted text named, None while it is not looked for.

    `margin`: cost (in the document's currency) and what of the net is left over it in percent, None where nothing says.
    """

    values: Mapping[str, Any]
    faults: Mapping[str, Message] = field(default_factory=dict)
    found: Found | None = None
    margin: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True)
class Preview:
    """The head with its totals and `tax_lines`, and the lines in the order in which they were given."""

    head: Mapping[str, Any]
    lines: Sequence[LineView]


def preview(
    work: Work, resource: Resource, head: Mapping[str, object], given: Sequence[object], *, document: int = 0
) -> Preview:
    """Compute a document that somebody is writing. Lines with faults count for nothing; nothing is raised for them.

    `document` is the one that is changed, 0 for a new one: what its head leaves blank is taken from the customer. A line may
    bring the `id` it is stored under, and `find`, a code, a barcode or a name, instead of a product (of many names only the first are
    looked for); with `open` its margin is told to who may read products. Raises Missing, NotAllowed.
    """
    _require(work, resource)
    part = next(found for found in RESOURCES.lines(resource) if found.name == "lines")
    rows = [dict(row) if isinstance(row, dict) else {} for row in given[:LIMIT]]
    found = _find(work, [str(row.pop("find", "") or "")[:200] for row in rows])
    opened = [bool(row.pop("open", False)) for row in rows]
    values.refer_all(work, part.resource, rows)
    views: list[LineView | None] = [None] * len(rows)
    parsed: dict[int, Numbered] = {}
    for number, row in enumerate(rows):
        named = found[number]
        if named is not None and named.product is not None:
            row["product"] = named.product[0]
        try:
            parsed[number] = (_id_of(row), _parsed(work, part.resource, row))
        except Invalid as bad:
            views[number] = LineView({}, bad.fields, found[number])
    values_of_head = _head(work, resource, head, document)
    computed = _computed(work, resource, values_of_head, parsed, document)
    for number, (line, faults) in computed.items():
        asked = (
            work.session.get(Product, line["product"])
            if opened[number] and not faults and line.get("product")
            else None
        )
        margin = _margin(work, values_of_head, line, asked)
        views[number] = LineView(line, faults, found[number], margin)
    return Preview(values_of_head, [view or LineView({}) for view in views])


def around(work: Work, resource: Resource, head: Mapping[str, object]) -> Mapping[str, Any]:
    """What stands around a line that is asked about. Raises NotAllowed."""
    _require(work, resource)
    return _head(work, resource, head)


def _require(work: Work, resource: Resource) -> None:
    """Whoever may write such a document, new or old, may try one."""
    if not work.actor.may(resource.permission("change")):
        work.require(resource.permission("create"))


def _id_of(row: Mapping[str, object]) -> int | None:
    """The line that it is stored as."""
    key = row.get("id")
    return key if is_id(key) else None


def _parsed(work: Work, of: Resource, row: Mapping[str, object]) -> dict[str, Any]:
    return values.parse(work, of, {name: row[name] for name in of.writable if name in row}, creating=True)


def _head(work: Work, resource: Resource, given: Mapping[str, object], document: int = 0) -> dict[str, Any]:
    """What of the head can be read; the rest is as it is stored, or as in a new document."""
    found = {name: spec.default for name, spec in resource.fields.items() if not spec.readonly}
    if document:
        row = work.session.get(resource.table, records.reach(work, resource, document))
        found = {name: getattr(row, name) for name in (*found, *_OF_RATE)}
    for name in resource.writable:
        if name in given:
            try:
                found |= values.parse(work, resource, {name: given[name]}, creating=False)
            except Invalid:
                continue
    return found


def _computed(
    work: Work, resource: Resource, head: dict[str, Any], parsed: Mapping[int, Numbered], document: int
) -> dict[int, tuple[dict[str, Any], Mapping[str, Message]]]:
    """The lines filled in, and the totals put into the head; once more without the lines that have faults."""
    faulty: dict[int, tuple[dict[str, Any], Mapping[str, Message]]] = {}
    while True:
        numbers = [number for number in parsed if number not in faulty]
        rows: list[Numbered] = [(parsed[number][0], dict(parsed[number][1])) for number in numbers]
        draft = rules.Draft(document or None, dict(head), _given(head, stored=bool(document)), {"lines": rows})
        if head.get("account"):
            rules.apply(work, resource.name, draft)
        wrong = _by_line(draft.errors, len(rows))
        if not wrong:
            head |= draft.values
            return faulty | {number: (row, {}) for number, (_, row) in zip(numbers, rows, strict=True)}
        for place, faults in wrong.items():
            faulty[numbers[place]] = (rows[place][1], faults)


def margin_of(work: Work, head: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Decimal | None:
    """What of a computed document's net is left over its costs, in percent; None where a cost is not known or may not be read."""
    counted = [line for line in lines if line.get("net") and line.get("choice", "firm") == "firm"]
    keys = {line["product"] for line in counted if line["product"]}
    products = work.session.scalars(sa.select(Product).where(column_of(Product, "id").in_(keys)))
    by_id = {product.id: product for product in products}
    found = [_margin(work, head, line, by_id.get(line["product"])) for line in counted]
    net = sum((line["net"] for line in counted), Decimal(0))
    if not net or any(one is None for one in found):
        return None
    costs = (one[0] * line["quantity"] for one, line in zip(found, counted, strict=True) if one is not None)
    return (net - sum(costs, Decimal(0))) * 100 / net


def _margin(
    work: Work, head: Mapping[str, Any], line: Mapping[str, Any], product: Product | None
) -> tuple[Decimal, Decimal] | None:
    """Of a computed line; without a cost, an amount or a rate there is none."""
    if product is None or not line.get("net") or not work.actor.may("products.read"):
        return None
    own = product.currency or head["currency"]
    ask = prices.Ask(None, head["currency"], head["date"], head["rate"])
    cost = prices.converted(work, product.cost, own, ask, [])
    if cost is None:
        return None
    return cost, (line["net"] - cost * line["quantity"]) * 100 / line["net"]


def _given(head: Mapping[str, Any], *, stored: bool) -> frozenset[str]:
    return frozenset(name for name, value in head.items() if stored or value not in (None, False))


def _by_line(errors: Mapping[str, Message], count: int) -> dict[int, dict[str, Message]]:
    """The errors at one of so many lines; what is wrong at other parts of the document is none of theirs."""
    found: dict[int, dict[str, Message]] = {}
    for name, text in errors.items():
        place = name.split(".")
        if len(place) == 3 and place[0] == "lines" and int(place[1]) < count:
            found.setdefault(int(place[1]), {})[place[2]] = text
    return found


# ---- pasted rows


def _find(work: Work, wanted: Sequence[str]) -> list[Found | None]:
    """The products with these codes, barcodes or names, codes first; None of the names that are too many to look for at once."""
    texts = list(dict.fromkeys(text.strip() for text in wanted if text.strip()))
    if not texts:
        return [None] * len(wanted)
    known = {text: Found(product) for text, product in product_codes.coded(work, texts).items()}
    for text in [text for text in texts if text.casefold() not in known][:_FOUND_BY_NAME]:
        known[text.casefold()] = _named(work, text)
    return [known.get(text.strip().casefold()) for text in wanted]


def _named(work: Work, text: str) -> Found:
    """What bears that name, else what has its words; mere figures are no words."""
    hits = records.options(work, records.resource_of("products"), text, size=2)
    same = [hit for hit in hits if hit[1].casefold() == text.casefold()]
    if not same and any(char.isalpha() for char in text):
        same = hits
    return Found(same[0] if len(same) == 1 else None, several=len(same) > 1)


# ---- why this price


def why(
    work: Work, resource: Resource, document: int, head: Mapping[str, object], row: Mapping[str, object]
) -> list[tuple[str, str, Decimal]]:
    """(what, of, price) of each step that led to a line's price: as it was stored, while the price is still that one; else as
    it is looked up now. A typed price is the last step after what would be looked up. Raises Invalid, Missing, NotAllowed.
    """
    _require(work, resource)
    part = next(found for found in RESOURCES.lines(resource) if found.name == "lines")
    around = _head(work, resource, head, document)
    numbered = (_id_of(row), _parsed(work, part.resource, row))
    line, _ = _computed(work, resource, around, {0: numbered}, document)[0]
    stored = _stored(work, part, document, row.get("id"))
    steps = line.get("why") if "why" in line or stored is None else stored.why
    if steps:
        return [(step["what"], step.get("of", ""), Decimal(step["price"])) for step in steps]
    product = work.session.get(Product, line["product"]) if line.get("product") else None
    account = work.row(Account, around["account"]) if around["account"] else None
    if product is None or account is None or line["price"] is None:
        return []
    looked_up = trade.asked_price(work, around, account, product, line).steps
    return [*((step.what, step.of, step.price) for step in looked_up), ("Written by hand", "", line["price"])]


def _stored(work: Work, part: Any, document: int, key: object) -> Any:
    """The line as it is stored in that document, which the actor may read."""
    if not document or not isinstance(key, int):
        return None
    owner = next(found for found in RESOURCES if part in RESOURCES.lines(found))
    if all(item.id != key for item in records.one(work, owner, document).lines[part.name]):
        return None
    return work.session.get(part.resource.table, key)
