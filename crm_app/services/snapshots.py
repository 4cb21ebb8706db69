"""What a document says, as a value: kept when it is issued, made anew for a draft. The paper is drawn from nothing else."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core import clock, units
from crm_app.core.i18n import translate
from crm_app.core.tax import Part, part_of
from crm_app.models.accounts import Account
from crm_app.models.contacts import Contact
from crm_app.models.invoices import REASON, CorrectionReason, Invoice
from crm_app.models.prices import PaymentTerms
from crm_app.models.products import Product
from crm_app.models.settings import Company
from crm_app.models.snapshots import DocumentSnapshot
from crm_app.models.users import User

from . import instalments, ledger, logos, taxes, trade
from .work import Work, column_of

_PARTY = ("name", "legal_name", "tax_id", "street", "postcode", "city", "region", "country", "phone", "email")
_KINDS = {"quotes": "quote", "orders": "order"}  # those that are of one kind
_ORIGINS = (("quotes", "quote"), ("orders", "order"), ("deliveries", "delivery"), ("deliveries", "returns"))


def keep(work: Work, resource: str, row: Any, lines: Sequence[Any]) -> None:
    """Store what the document says now, once and for ever."""
    content = content_of(work, resource, row, lines)
    logo = content["logo"] or None
    work.session.add(DocumentSnapshot(entity=str(row.__tablename__), record=row.id, content=content, logo=logo))


def renew(work: Work, kept: DocumentSnapshot, resource: str, row: Any, lines: Sequence[Any]) -> None:
    """The document says something else from now on, and its paper is drawn anew: an order that was changed."""
    content = content_of(work, resource, row, lines)
    kept.content, kept.logo, kept.pdf, kept.made_at = content, content["logo"] or None, None, clock.now()


def sign(work: Work, entity: str, key: int, name: str, strokes: str) -> None:
    """The paper of that issued document bears a signature from now on."""
    row = stored(work, entity, key)
    if row is not None:
        row.signature = {"name": name, "date": trade.today(work).isoformat(), "strokes": strokes}
        row.signed_pdf = None


def stored(work: Work, entity: str, key: int) -> DocumentSnapshot | None:
    """The snapshot of that document, where it has been issued."""
    statement = sa.select(DocumentSnapshot).where(
        column_of(DocumentSnapshot, "entity") == entity, column_of(DocumentSnapshot, "record") == key
    )
    return work.session.scalar(statement)


def content_of(work: Work, resource: str, row: Any, lines: Sequence[Any]) -> dict[str, Any]:
    """The document as documents/snapshot reads it: decimals as text, dates in ISO 8601."""
    company, account = trade.company(work), work.row(Account, row.account)
    language = (account.language if account else None) or company.language
    said = taxes.rates_said(work, language)
    return {
        "kind": _KINDS.get(resource) or row.kind,
        "draft": row.number is None or row.status == "draft",
        "number": row.number or "",
        "date": _day(row.date),
        "due": _day(getattr(row, "due", None)),
        "operation_date": _day(getattr(row, "operation_date", None)),
        "valid_until": _day(getattr(row, "valid_until", None)),
        "language": language,
        "country": (account.country if account else None) or company.country,
        "reference": row.reference or "",
        "salesperson": _name(work, User, row.owner),
        "payment_terms": _name(work, PaymentTerms, row.payment_terms, f"name_{language}", "name"),
        "terms": row.terms or "",
        "notes": row.notes or "",
        "valued": bool(getattr(row, "valued", True)),
        "logo": logos.current(work),
        "issuer": issuer(company),
        "customer": _customer(work, account, row),
        "delivery_address": _shipping(row),
        "corrects": _origin(work, "invoices", getattr(row, "corrects", None)),
        "reason": getattr(row, "reason", None) or "",
        "reason_text": _reason(row, language),
        "origins": [part for name, field in _ORIGINS for part in _origins(work, name, field, row, lines)],
        "lines": _lines(work, lines, _labels(work, row, lines, said), language),
    } | _money(work, company, row, said)


def _money(work: Work, company: Company, row: Any, said: taxes.Said) -> dict[str, Any]:
    """Currency, taxes and totals."""
    names = ("rate", "total_company", "net", "tax", "rounding", "total", "collected", "withheld", "payable")
    parts = {part: [told for told in row.tax_lines if part_of(told["kind"]) is part] for part in Part}
    return {name: _text(getattr(row, name)) for name in names} | {
        "currency": row.currency,
        "company_currency": company.currency,
        "included": bool(row.included),
        "taxes": [_reasoned(part, said) for part in parts[Part.TAX]],
        "collections": [_reasoned(part, said) for part in parts[Part.COLLECTED]],
        "withholdings": [_rate(part, said) for part in parts[Part.WITHHELD]],
        "apart": [_reasoned(part, said) for part in parts[Part.APART]],
        "tax_account": (company.tax_account or "") if parts[Part.APART] else "",
        "instalments": _instalments(work, row),
    }


def _instalments(work: Work, row: Any) -> list[dict[str, Any]]:
    """The parts of an invoice that is due in several: those that are kept, of a draft those that it would have."""
    if not isinstance(row, Invoice):
        return []
    parts = instalments.kept(work, row.id or 0) or instalments.planned(work, instalments.head_of(row))
    return [{"date": _day(day), "amount": _text(amount)} for day, amount in parts] if len(parts) > 1 else []


def _text(value: Decimal | None) -> str:
    return "0" if value is None else f"{value:f}"


def _day(value: Any) -> str | None:
    return value.isoformat() if value is not None else None


def _name(work: Work, table: Any, key: int | None, *names: str) -> str:
    return _told(work, table, {key} if key else set(), *names or ("name",)).get(key or 0, "")


def _told(work: Work, table: Any, keys: set[int], *names: str) -> Mapping[int, str]:
    """Of these records the first of those columns that says something; read once in a transaction, in which a quote and its
    invoice may be kept.
    """
    kept: dict[int, str] = work.session.info.setdefault(("told", table, names), {})
    if missing := keys - kept.keys():
        number, columns = column_of(table, "id"), [column_of(table, name) for name in names]
        rows = work.session.execute(sa.select(number, sa.func.coalesce(*columns, "")).where(number.in_(missing)))
        kept.update((key, str(text)) for key, text in rows)
    return kept


def party(source: Any) -> dict[str, str]:
    """Who they are and where, as documents/snapshot reads a party."""
    return {name: str(getattr(source, name, None) or "") for name in _PARTY} | {"contact": "", "iban": "", "web": ""}


def issuer(company: Company) -> dict[str, str]:
    """The company as the one who issues a paper."""
    return party(company) | {"iban": company.iban or "", "web": company.web or ""}


def _customer(work: Work, account: Account | None, row: Any) -> dict[str, str]:
    return party(account) | {"name": row.account_name or "", "contact": _name(work, Contact, row.contact)}


def _shipping(row: Any) -> dict[str, str] | None:
    if not row.ship_street and not row.ship_city:
        return None
    found = dict.fromkeys((*_PARTY, "contact", "iban", "web"), "")
    return found | {
        name: str(getattr(row, f"ship_{name}") or "")
        for name in ("name", "street", "postcode", "city", "region", "country")
    }


def _origin(work: Work, resource: str, key: int | None) -> dict[str, Any] | None:
    table, _ = ledger.HEADS[resource]
    row = work.session.get(table, key) if key else None
    return None if row is None else _named(resource, row)


def _reason(row: Any, language: str) -> str:
    """Why it corrects, in words: what was chosen, and what was written to it."""
    chosen = getattr(row, "reason", None)
    named = translate(REASON.label(chosen), language) if chosen and chosen != CorrectionReason.OTHER.value else ""
    return ": ".join(filter(None, (named, getattr(row, "reason_text", None))))


def _named(resource: str, row: Any) -> dict[str, Any]:
    return {"kind": _KINDS.get(resource) or row.kind, "number": row.number or "", "date": _day(row.date)}


def _origins(work: Work, resource: str, field: str, row: Any, lines: Sequence[Any]) -> list[dict[str, Any]]:
    """The documents of that kind which it was made from: the one that its head names, or those of its lines, in order."""
    if key := getattr(row, field, None):
        found = _origin(work, resource, key)
        return [found] if found else []
    keys = {key for line in lines if (key := getattr(line, f"{field}_line", None))}
    if not keys:
        return []
    head, line = ledger.HEADS[resource]
    inside = sa.select(column_of(line, line.PARENT)).where(column_of(line, "id").in_(keys))
    made_from = sa.select(head).where(column_of(head, "id").in_(inside))
    rows = work.session.scalars(made_from.order_by(column_of(head, "date"), column_of(head, "id")))
    return [_named(resource, row) for row in rows]


def _labels(work: Work, row: Any, lines: Sequence[Any], said: taxes.Said) -> dict[str, str]:
    """The taxes of each class in words, such as "IVA 21 %"."""
    account = work.row(Account, row.account)
    if account is None:
        return {}

    head = {name: getattr(row, name, None) for name in taxes.DECIDES}
    of_class = taxes.borne(work, account, head)
    return {
        key: " + ".join(taxes.in_words(said, tax.key, tax.name) for tax in of_class(key))
        for key in {line.tax_class for line in lines}
    }


def _lines(work: Work, lines: Sequence[Any], labels: Mapping[str, str], language: str) -> list[dict[str, Any]]:
    keys = {line.product for line in lines if line.product}
    codes = _told(work, Product, keys, "code")
    return [
        {
            "group": line.group or "",
            "choice": "" if getattr(line, "choice", "firm") == "firm" else line.choice,
            "code": codes.get(line.product) or "",
            "description": line.description or "",
            "unit": units.in_language(line.unit or "", language, line.quantity),
            "quantity": _text(line.quantity),
            "price": _text(line.price),
            "discount": _text(line.discount),
            "net": _text(line.net),
            "tax": labels.get(line.tax_class, ""),
            "recurring": "" if getattr(line, "recurrence", "once") == "once" else line.recurrence,
        }
        for line in lines
    ]


def _rate(part: Mapping[str, Any], said: taxes.Said) -> dict[str, str]:
    name = taxes.in_words(said, part["tax"], part["name"])
    return {"name": name, "percent": part["value"], "base": part["base"], "amount": part["amount"]}


def _reasoned(part: Mapping[str, Any], said: taxes.Said) -> dict[str, str]:
    return _rate(part, said) | {"reason": taxes.in_words(said, part["tax"], part["reason"])}


def lines_of(work: Work, resource: str, key: int) -> list[Any]:
    """The rows of a document's lines, in order."""
    _, line = ledger.HEADS[resource]
    statement = sa.select(line).where(column_of(line, line.PARENT) == key)
    return list(work.session.scalars(statement.order_by(column_of(line, "position"), column_of(line, "id"))))
