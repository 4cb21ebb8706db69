"""The OpenAPI paths of what is owed: statements, ageing, who is held, instalments, allocations, taxes by their rates; of stock too."""

from typing import Any

from crm_app.core.tax import Part
from crm_app.services import strip

from .exports import XLSX
from .paths import in_query, operation, page_of, reads, refusals, shape_of, use
from .schemas import COUNT, TEXT

DOCUMENTS = ("quotes", "orders", "deliveries", "invoices")


def money_paths() -> dict[str, Any]:
    """All of them."""
    number = use("id")
    day = {"type": "string", "format": "date"}
    between = [in_query("from", day, "First day."), in_query("to", day, "Last day.")]
    rows = shape_of(items={"type": "array", "items": {"type": "object"}})
    may_miss = {"type": "boolean", "description": "Accounts are left out of which the caller may not read everything."}
    told = shape_of(partial=may_miss, items={"type": "array", "items": {"type": "object"}})
    aged = shape_of(date=day, group=TEXT, **told["properties"])
    left = shape_of(date=day, **rows["properties"])
    at = [in_query("date", day, "At the end of that day."), in_query("account", COUNT, "Of one account only.")]
    return {
        "/accounts/{id}/statement": reads("accounts", "statement", "Statement of account", rows, [*number, *between]),
        "/accounts/{id}/open-items": reads("accounts", "open_items", "What is not settled", left, [*number, at[0]]),
        "/ageing": reads("accounts", "ageing", "What is owed, by days overdue", aged, [*at, *_ageing_asked()]),
        "/held": reads("accounts", "held", "Who is held and why", told, []),
        "/products/{id}/stock": reads("products", "stock", "What lies in stock", _stock(), number),
        "/invoices/{id}/instalments": reads("invoices", "instalments", "The parts of an invoice", rows, number),
        **_files("/accounts/{id}/statement", "statement", "Statement of account", [*number, *between], paper=True),
        **_files("/accounts/{id}/open-items", "open_items", "What is not settled", [*number, at[0]], paper=True),
        **_files("/ageing", "ageing", "What is owed, by days overdue", [at[0], *_ageing_asked()]),
        **_files("/held", "held", "Who is held and why", []),
        **_allocation_paths([*number, *use("page", "size")]),
        **_tax_paths(number),
        **_chain_paths(number),
    }


def _stock() -> dict[str, Any]:
    """Null where no stock is kept of the product."""
    counted = {"type": ["string", "null"]}
    there = {"type": "array", "items": shape_of(warehouse=COUNT, name=TEXT, on_hand=TEXT)}
    return shape_of(on_hand=counted, reserved=counted, available=counted, warehouses=there)


def _files(path: str, name: str, told: str, asked: list[Any], *, paper: bool = False) -> dict[str, Any]:
    """The same as a workbook in the caller's language and, where there is a paper, as a PDF in the customer's."""
    kinds = {"xlsx": XLSX, **({"pdf": "application/pdf"} if paper else {})}
    words = {"xlsx": "as a workbook", "pdf": "as a PDF"}
    shown = {"pdf": [in_query("inline", {"type": "string", "enum": ["1"]}, "To be seen, not saved.")]}
    return {
        f"{path}.{kind}": {
            "get": operation(
                "accounts",
                f"accounts.{name}.{kind}",
                f"{told}, {words[kind]}",
                [*asked, *shown.get(kind, [])],
                {"200": {"description": "The file.", "content": {media: {}}}, **refusals("403", "404", "422")},
            )
        }
        for kind, media in kinds.items()
    }


def _tax_paths(number: list[Any]) -> dict[str, Any]:
    """Of trade documents: their taxes and what is withheld, rate by rate."""
    of_rate = shape_of(
        tax=COUNT,
        name=TEXT,
        kind=TEXT,
        value=TEXT | {"description": "Percent, or an amount per unit."},
        base=TEXT | {"description": "What the rate is taken of, in the document's currency."},
        amount=TEXT,
        withheld={"type": "boolean", "description": "It lessens what is payable, not the total."},
        part={
            "type": "string",
            "enum": [part.value for part in Part],
            "description": "A tax in the total, or what is collected on top of it, withheld from it, or paid apart of it.",
        },
        category=TEXT | {"description": "Of EN 16931."},
        reason=TEXT,
    )
    rows = shape_of(items={"type": "array", "items": of_rate})
    told = "The taxes of a document by their rates"
    return {f"/{name}/{{id}}/taxes": reads(name, "taxes", told, rows, number) for name in DOCUMENTS}


def _chain_paths(number: list[Any]) -> dict[str, Any]:
    """Of documents: those around them, and what became of their lines."""
    day = {"type": ["string", "null"], "format": "date"}
    node = shape_of(
        resource=TEXT,
        id=COUNT,
        number=TEXT | {"description": "Empty for a draft."},
        kind=TEXT | {"description": "What it is, in the caller's language."},
        date=day,
        money=TEXT,
        currency=TEXT,
        standing=TEXT | {"description": "How it stands, in the caller's language."},
        here={"type": "boolean", "description": "Whether it is the one asked for."},
    )
    line = shape_of(line=COUNT, description=TEXT, unit=TEXT, quantity=TEXT, **dict.fromkeys(strip.SUMS, TEXT))
    chain, ledger = (shape_of(items={"type": "array", "items": one}) for one in (node, line))
    around, became = "The documents around this one, as far as you may read them", "What became of each line"
    return {
        f"/{name}/{{id}}/chain": reads(name, "chain", around, chain, number) for name in (*DOCUMENTS, "payments")
    } | {f"/{name}/{{id}}/ledger": reads(name, "ledger", became, ledger, number) for name in DOCUMENTS}


def _ageing_asked() -> list[Any]:
    groups = {"type": "string", "enum": ["customer", "salesperson", "zone"]}
    return [
        in_query(
            "salesperson", TEXT, "Of the customers of that user: an id, `me`, or `none` for those of nobody.", "me"
        ),
        in_query("zone", TEXT, "Of the customers in that zone and below it: an id, or `none` for those in none.", "4"),
        in_query("itself", {"type": "boolean"}, "Only of the zone itself."),
        in_query("group", groups, "By what the sums are told."),
        in_query("q", TEXT, "Of those whose names hold these words."),
    ]


def _allocation_paths(asked: list[Any]) -> dict[str, Any]:
    """Of payments and of invoices; the document is the one on the other side."""
    day = {"type": "string", "format": "date"}
    back = {"type": ["string", "null"], "format": "date", "description": "Since when it counts no more."}
    row = shape_of(
        id=COUNT,
        resource={"type": "string", "enum": ["invoices", "payments"]},
        document=COUNT,
        number=TEXT,
        date=day,
        until=back,
        amount=TEXT | {"description": "In the currency of what is settled."},
        currency=TEXT,
        taken=TEXT | {"description": "In the currency of the payment or credit note."},
        taken_currency=TEXT,
        difference=TEXT | {"description": "Of exchange, in the company's currency; positive is a gain."},
        company_currency=TEXT,
    )
    told = (
        ("invoices", "What settles an invoice or is settled by a credit note"),
        ("payments", "What a payment settles, and what pays it back"),
    )
    return {
        f"/{name}/{{id}}/allocations": reads(name, "allocations", summary, page_of(row), asked)
        for name, summary in told
    }
