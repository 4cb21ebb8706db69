"""A trade document as one browser sees it: its lines and totals while they are typed, its chain, what became of its lines."""

import asyncio
import dataclasses
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from crm_app.core import units
from crm_app.core.fields import BadValue, Boolean, Choice, Reference
from crm_app.core.i18n import Message, Speech
from crm_app.core.resource import RESOURCES, Resource
from crm_app.core.tax import Part, part_of
from crm_app.models.taxes import TAX_RATES
from crm_app.models.trade import PRICE, RECURRENCE_LABELS, Recurrence
from crm_app.services import credit, previews, records, strip, taxes
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from . import line_facts
from .forms import Also, Read, RecordState
from .guard import SIGNED_IN, on, signed_in
from .heads import amount_text
from .verbs import VerbState

_FORM_LIMIT = 1_000_000
_FILLED = ("description", "unit", "price", "tax_class")
_BESIDE = {
    Part.COLLECTED: "As it is collected from the customer",
    Part.WITHHELD: "As the customer withholds it",
    Part.APART: "As the customer pays it into the account for taxes",
}
_SHOWN = ("quantity", "price", "discount")
_CHARGED = Choice(Recurrence, RECURRENCE_LABELS)


@dataclasses.dataclass
class NodeRow:
    """A document of the chain."""

    address: str = ""
    kind: str = ""
    number: str = ""
    money: str = ""
    text: str = ""
    look: str = "draft"
    here: bool = False


@dataclasses.dataclass
class SumsRow:
    """What became of a line: its quantity, then quoted, ordered, reserved, delivered, returned, invoiced, credited."""

    text: str = ""
    quantity: str = ""
    sums: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class WhyRow:
    """A step towards a price."""

    what: str = ""
    of: str = ""
    price: str = ""


@dataclasses.dataclass
class NoticeRow:
    """What stands against the document's customer."""

    effect: str = ""
    why: str = ""
    lift: str = ""


@dataclasses.dataclass
class Beside:
    """What a reading of a document brings beside the record."""

    nodes: list[NodeRow]
    sums: list[SumsRow]
    sheet: dict[str, Any]
    notices: list[NoticeRow]
    account: int


class TradeState(VerbState, mixin=True):
    """A document with lines. `sheet` is what was computed of them last; `serial` in it says for which typing."""

    resource: ClassVar[Resource]

    sheet: dict[str, Any] = {}
    nodes: list[NodeRow] = []
    sums: list[SumsRow] = []
    why: list[WhyRow] = []
    why_key: str = ""
    facts: dict[str, Any] = {}
    notices: list[NoticeRow] = []
    customer: int = 0

    def _also(self) -> dict[str, Also]:
        return super()._also() | {"beside": beside}

    def _take(self, key: int, found: Read) -> None:
        super()._take(key, found)
        there: Beside = found.also["beside"]
        self.nodes, self.sums, self.sheet = there.nodes, there.sums, there.sheet
        self.notices, self.customer = there.notices, there.account
        self.why, self.why_key, self.facts = [], "", {}

    def _blank(self, actor: Actor) -> None:
        super()._blank(actor)
        self.sheet, self.nodes, self.sums, self.why, self.why_key, self.facts = {}, [], [], [], "", {}
        self.notices, self.customer = [], 0

    @on(SIGNED_IN)
    async def save(self, form: dict[str, Any], record: int, version: int) -> Any:
        """Store the document. What a new one leaves blank is taken from the customer."""
        if not record:
            form = {name: value for name, value in form.items() if value not in ("", None)}
        return await RecordState.save(self, form, record, version)

    @on(SIGNED_IN, supersedes=True)
    async def preview(self, lines: str, head: dict[str, Any], serial: int) -> Any:
        """Compute what is being typed; only the newest typing is answered."""
        actor = await signed_in(self)
        rows = parsed_rows(lines)
        self.sheet = await asyncio.to_thread(sheet_of_typed, actor, self.resource, self.record, head, rows) | {
            "serial": serial
        }
        account = chosen_account(head)
        if account != self.customer:
            self.customer = account
            self.notices = await asyncio.to_thread(notices_of, actor, self.resource, account, self.record)

    @on(SIGNED_IN)
    async def explain(self, key: str, line: str, head: dict[str, Any]) -> Any:
        """Why a line costs what it costs; `key` is the grid's own name of the line, "" closes the answer."""
        actor = await signed_in(self)
        self.why_key = key[:40]
        rows = parsed_rows(f"[{line}]") if key else []
        self.why = await asyncio.to_thread(why_rows, actor, self.resource, self.record, head, rows[0]) if rows else []

    @on(SIGNED_IN)
    async def look(self, key: str, line: str, head: dict[str, Any]) -> Any:
        """What is known of the product of a line that has been opened; `key` is the grid's own name of the line."""
        actor = await signed_in(self)
        rows = parsed_rows(f"[{line}]")
        found = await asyncio.to_thread(line_facts.told, actor, self.resource, head, rows[0]) if rows else {}
        self.facts = found | {"key": key[:40]}


def chosen_account(head: Mapping[str, Any]) -> int:
    """The customer in the form; 0 for none."""
    try:
        return Reference("accounts").parse(head.get("account")) or 0
    except BadValue:
        return 0


def parsed_rows(text: str) -> list[dict[str, Any]]:
    """The grid's JSON; nothing for what is no list of objects."""
    if len(text) > _FORM_LIMIT:
        return []
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [row for row in rows if isinstance(row, dict)][: previews.LIMIT] if isinstance(rows, list) else []


def beside(work: Work, resource: Resource, item: records.Item) -> Beside:
    """Chain, quantities and totals of a stored document."""
    speech = work.actor.speech
    nodes = [node_row(node, speech) for node in strip.chain_of(work, resource.name, item.id)]
    found = strip.lines_of(work, resource.name, item.id)
    tax_lines = strip.tax_lines(work, resource.name, item.id)
    told = told_of(work, resource, item.values["account"], item.id)
    sums = [sums_row(line, speech) for line in found] if any(line.sums for line in found) else []
    head = dict(item.values) | {"tax_lines": tax_lines, "bases": taxes.bases(work, tax_lines)}
    sheet = sheet_of(head, [line.values for line in item.lines["lines"]], speech)
    fields = next(part for part in RESOURCES.lines(resource) if part.name == "lines").resource.fields
    for row, line in zip(sheet["lines"], item.lines["lines"], strict=True):
        row["shown"] = {name: fields[name].kind.show(line.values[name], speech) for name in _SHOWN}
    return Beside(nodes if len(nodes) > 1 else [], sums, sheet, told, item.values["account"])


def notices_of(actor: Actor, resource: Resource, account: int, record: int) -> list[NoticeRow]:
    """What stands against that customer, who was chosen just now. Runs in a thread."""
    with Work(actor) as work:
        readable = records.names_readable(work, records.resource_of("accounts"), [account])
        return told_of(work, resource, account, record) if readable else []


def told_of(work: Work, resource: Resource, account: int, record: int) -> list[NoticeRow]:
    """The same of a document that the actor reads."""
    say = work.actor.speech.say
    return [
        NoticeRow(say(hold.text), say(hold.why), say(hold.lift))
        for hold in credit.notices(work, resource.name, account, record)
    ]


def node_row(node: strip.Node, speech: Speech) -> NodeRow:
    """A document of the chain in the reader's words."""
    return NodeRow(
        f"/{node.resource}/{node.id}",
        speech.say(node.kind),
        node.number or speech.say("Draft"),
        amount_text(node.money, node.currency, speech) + f" {node.currency}",
        speech.say(node.standing.text),
        node.standing.look,
        node.here,
    )


def sums_row(line: strip.LineSums, speech: Speech) -> SumsRow:
    """What became of a line, in the order of the columns."""
    sums = [quantity_text(line.sums.get(name), speech) for name in strip.SUMS]
    unit = units.in_language(line.unit, speech.language, line.quantity)
    return SumsRow(line.text, f"{quantity_text(line.quantity, speech)} {unit}".strip(), sums)


def quantity_text(value: Decimal | None, speech: Speech) -> str:
    """A quantity without needless decimals; "" for none."""
    return "" if not value else speech.number(Decimal(f"{value.normalize():f}"))


def sheet_of_typed(
    actor: Actor, resource: Resource, record: int, head: Mapping[str, Any], rows: list[dict[str, Any]]
) -> dict[str, Any]:
    """What is typed, computed. Runs in a thread."""
    given = {name: value for name, value in head.items() if isinstance(value, str)}
    with Work(actor) as work:
        found = previews.preview(work, resource, given, rows, document=record)
        usual = {} if record else usual_of(work, resource, found.head, given)
        parts = found.head.get("tax_lines") or []
        told = {**found.head, "tax_lines": taxes.told_to(work, parts), "bases": taxes.bases(work, parts)}
    say = actor.speech.say
    sheet = sheet_of(told, [line.values for line in found.lines], actor.speech)
    part = next(part for part in RESOURCES.lines(resource) if part.name == "lines")
    for row, given_row, line in zip(sheet["lines"], rows, found.lines, strict=True):
        row["key"] = str(given_row.get("key", ""))[:40]
        row["faults"] = {name: say(text) for name, text in line.faults.items()}
        for name in _FILLED:
            if name in line.values:
                row[name] = part.resource.fields[name].kind.edit(line.values[name], actor.speech)
        if line.found is not None:
            row |= {"sought": True, "several": line.found.several}
            if line.found.product is not None:
                row["product"], row["product_name"] = str(line.found.product[0]), line.found.product[1]
        if line.margin is not None:
            row["margin"] = line_facts.margin_rows(line.margin, actor.speech)
    return sheet | {"usual": usual}


def usual_of(work: Work, resource: Resource, head: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """What a new document will take where nothing is written, by field and in words."""
    found = {}
    for name in resource.writable:
        kind, value = resource.fields[name].kind, head.get(name)
        if given.get(name) or value in (None, "") or isinstance(kind, Boolean):
            continue
        if isinstance(kind, Reference):
            target = records.resource_of(kind.resource)
            found[name] = records.names_readable(work, target, [value]).get(value, "")
        else:
            found[name] = kind.show(value, work.actor.speech)
    return {name: text for name, text in found.items() if text}


def sheet_of(head: Mapping[str, Any], lines: list[Mapping[str, Any]], speech: Speech) -> dict[str, Any]:
    """Nets of the lines, subtotals of the groups, totals with the tax per rate, as texts."""
    currency = head.get("currency") or ""
    rows: list[dict[str, Any]] = [{"net": amount_text(line.get("net"), currency, speech)} for line in lines]
    subtotal = Decimal(0)
    for number, line in enumerate(lines):
        subtotal += (line.get("net") or 0) if line.get("choice", "firm") == "firm" else 0
        after = lines[number + 1].get("group") if number + 1 < len(lines) else None
        if line.get("group") and line.get("group") != after:
            rows[number]["subtotal"] = amount_text(subtotal, currency, speech)
        if line.get("group") != after:
            subtotal = Decimal(0)
    totals = [*totals_by_recurrence(lines, currency, speech), *totals_of(head, currency, speech)] if lines else []
    return {"lines": rows, "totals": totals, "currency": currency}


def totals_by_recurrence(lines: list[Mapping[str, Any]], currency: str, speech: Speech) -> list[dict[str, str]]:
    """What is charged once and what comes back, net, where something does: the same as on the paper."""
    nets = dict.fromkeys(Recurrence, Decimal(0))
    firm = [line for line in lines if line.get("choice", "firm") == "firm"]
    for line in firm:
        nets[Recurrence(line.get("recurrence") or "once")] += line.get("net") or 0
    often = {line.get("recurrence") or "once" for line in firm}
    if often <= {"once"}:
        return []
    return [
        {
            "label": speech.say(_CHARGED.label(one.value)),
            "value": amount_text(nets[one], currency, speech),
            "look": "",
            "how": "",
        }
        for one in Recurrence
        if one in often
    ]


def totals_of(head: Mapping[str, Any], currency: str, speech: Speech) -> list[dict[str, str]]:
    """Net, taxes, rounding, total, what is collected and withheld, what is payable and what of it is paid apart; a row that says
    nothing is left out.
    """
    say = speech.say

    def row(label: str, value: Decimal, look: str = "", how: str = "") -> dict[str, str]:
        return {"label": label, "value": amount_text(value, currency, speech), "look": look, "how": how}

    def of_rate(part: Mapping[str, Any]) -> str:
        return derived_tax(part, currency, speech, (head.get("bases") or {}).get(part["tax"], ""))

    charged = head.get("tax_lines") or []
    parts = {part: [told for told in charged if part_of(told["kind"]) is part] for part in Part}
    found = [row(say("Net"), head.get("net") or Decimal(0), how=say("Sum of the lines that count"))]
    found += [row(str(told["name"]), Decimal(told["amount"]), how=of_rate(told)) for told in parts[Part.TAX]]
    if head.get("rounding"):
        found.append(row(say("Rounding"), head["rounding"], how=say("What was typed with taxes, less net and taxes")))
    found.append(
        row(
            f"{say('Total')} {currency}",
            head.get("total") or Decimal(0),
            "total",
            derived_total(head, currency, speech),
        )
    )
    collected = [row(str(told["name"]), Decimal(told["amount"]), how=of_rate(told)) for told in parts[Part.COLLECTED]]
    withheld = [row(str(told["name"]), -Decimal(told["amount"]), how=of_rate(told)) for told in parts[Part.WITHHELD]]
    payable = head.get("payable") or Decimal(0)
    if collected or withheld:
        how = "Total and what is collected, less what is withheld" if collected else "Total less what is withheld"
        found += [*collected, *withheld, row(say("Payable"), payable, "pay", say(how))]
    apart = [row(str(told["name"]), Decimal(told["amount"]), how=of_rate(told)) for told in parts[Part.APART]]
    if apart:
        left = payable - sum(Decimal(told["amount"]) for told in parts[Part.APART])
        found += [*apart, row(say("Left to pay"), left, how=say("Payable less what is paid apart"))]
    return found


def derived_tax(part: Mapping[str, Any], currency: str, speech: Speech, basis: str = "") -> str:
    """How a tax or a withholding comes about, from what was stored of its computing; of which class and for which customers the
    rate is, and why where nothing is charged.
    """
    base, value = amount_text(Decimal(part["base"]), currency, speech), speech.number(Decimal(part["value"]))
    if part["kind"] == "unit":
        told = [speech.say(Message("{value} per unit", value=value))]
    else:
        told = [speech.say(Message("{percent} % of {base}", percent=value, base=base))]
    if basis:
        told.append(basis)
    elif (what := part_of(part["kind"])) is not Part.TAX:
        told.append(speech.say(_BESIDE[what]))
        if part.get("of"):
            of = TAX_RATES.fields["tax_class"].kind.show(part["of"], speech)
            told.append(speech.say(Message("Of the lines of tax class {tax_class}", tax_class=of)))
    return ". ".join([*told, part["reason"]] if part.get("reason") else told)


def derived_total(head: Mapping[str, Any], currency: str, speech: Speech) -> str:
    """What the total is made of; in a foreign currency what it is in the company's, by which rate and whose."""
    told = speech.say("Net, taxes and rounding" if head.get("rounding") else "Net and taxes")
    rate = head.get("rate")
    if not head.get("rate_typed") and not head.get("rate_day"):
        return told
    if head.get("rate_typed"):
        source = speech.say("Exchange rate written by hand")
    else:
        source = ", ".join(filter(None, (speech.day(head["rate_day"]), head.get("rate_source"))))
    worth = amount_text(head.get("total_company"), currency, speech)
    rated = Message(
        "{total} in the company's currency at {rate} ({source})", total=worth, rate=quantity_text(rate, speech), source=source
    )  # fmt: skip
    return f"{told}. {speech.say(rated)}"


def why_rows(
    actor: Actor, resource: Resource, record: int, head: Mapping[str, Any], row: Mapping[str, Any]
) -> list[WhyRow]:
    """The steps towards a price, in words. Runs in a thread."""
    given = {name: value for name, value in head.items() if isinstance(value, str)}
    with Work(actor) as work:
        steps = previews.why(work, resource, record, given, row)
    say = actor.speech.say
    return [WhyRow(say(what), of, PRICE.show(price, actor.speech)) for what, of, price in steps]
