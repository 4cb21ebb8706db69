"""What all trade documents do when they are saved: fill in what the customer and the products say, price, tax, add up."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core import clock, money, tax
from crm_app.core.i18n import Message
from crm_app.core.resource import RESOURCES
from crm_app.models.accounts import Account, AccountAddress, Zone
from crm_app.models.choices import AddressPurpose, Language
from crm_app.models.deliveries import DeliveryKind
from crm_app.models.invoices import Invoice, InvoiceKind
from crm_app.models.products import Product
from crm_app.models.settings import Company
from crm_app.models.trade import LineChoice

from . import currencies, limits, lines, prices, rules, taxes
from .rules import Draft
from .values import resource_of
from .work import Work, column_of

DOCUMENTS = ("quotes", "orders", "deliveries", "invoices")
ZERO = Decimal(0)
ONE = Decimal(1)
RATE = ("rate", "rate_typed", "rate_day", "rate_source")
_READONLY = ("rate_typed", "kind", "corrects", "returns")  # whether a rate follows its day
_BACK = (DeliveryKind.RETURN.value, InvoiceKind.CREDIT_NOTE.value)
AGREED = ("quote_line", "order_line", "delivery_line")  # what was made from these was agreed on before
_TOTALS = ("net", "tax", "rounding", "total", "collected", "withheld", "payable")
_PRICING = ("account", "date", "currency", "rate", "included", "price_list")
_TAXING = ("kind", "corrects", "operation_date")  # a credit note gives back what its invoice charged
_COUNTED = frozenset(("quantity", "tax_class"))  # how much of it, and taxed how: prices that were agreed on stay
_PRICING_LINE = frozenset(("product", "listed")) | _COUNTED
_OFFERED = frozenset(("product", "price", "discount"))


def company(work: Work) -> Company:
    """The company's settings; before the set-up those of nobody in Spain."""
    return rules.settings(work) or Company(name="", country="ES")


def today(work: Work) -> date:
    """The date on the company's wall."""
    return clock.today(company(work).time_zone)


def complete(work: Work, draft: Draft, resource: str) -> None:
    """The rule of every trade document: see the module."""
    account = work.row(Account, draft.values["account"]) if draft.values["account"] else None
    if account is None:
        return
    if draft.coming("account"):
        if not account.active:
            draft.errors["account"] = Message("This customer is not active.")
        _of_account(work, draft, account)
    _of_day(work, draft, account, resource)
    rows = _rows(work, draft, resource)
    if rows is None or draft.errors:
        return
    if draft.id is None and not rows:
        draft.errors["lines"] = Message("Add at least one line.")
        return
    products, agreed = products_of(work, rows), _confirmed_before(work, draft, resource)
    anew = not agreed and _priced_anew(work, draft, resource)
    for number, (row, given, fresh) in enumerate(rows):
        product = products.get(row["product"] or 0)
        if product is not None and (fresh or "product" in given):
            _of_product(work, account, row, given, product)
        row["tax_class"] = row["tax_class"] or "standard"
        old = agreed and not fresh
        _price(work, draft.values, account, row, given - _COUNTED if old else given, product, fresh=fresh, anew=anew)
        settled = old and given.isdisjoint(_OFFERED)
        faults = limits.of_line(row, None, None) if settled else _faults(work, draft.values, account, row, product)
        draft.errors.update({f"lines.{number}.{name}": text for name, text in faults.items()})
    if not draft.errors:
        found = add_up(work, draft.values, account, [row for row, _, _ in rows])
        if max(abs(found.total), abs(draft.values["total_company"])) >= limits.LARGEST:
            draft.errors["lines"] = Message("This amount is too large.")
            return
        _hand_over(draft, [row for row, _, _ in rows])


def _of_account(work: Work, draft: Draft, account: Account) -> None:
    """What a document takes over from its customer, where nobody said otherwise."""
    values, given = draft.values, draft.given
    values["account_name"] = account.name
    usual = {
        "currency": account.currency or company(work).currency,
        "price_list": account.price_list or _zone_list(work, account.zone),
        "payment_terms": account.payment_terms,
        "payment_days": account.payment_days,
        "owner": values.get("owner") or account.owner,
    } | _shipping(work, account)
    for name, value in usual.items():
        if name not in given or (values[name] is None and name == "currency"):
            values[name] = value
    if values["price_list"] and "included" not in given:
        values["included"] = bool(_listed(work, values["price_list"]))


def _listed(work: Work, key: int) -> bool | None:
    from crm_app.models.prices import PriceList

    return work.session.scalar(sa.select(column_of(PriceList, "included")).where(column_of(PriceList, "id") == key))


def _zone_list(work: Work, zone: int | None) -> int | None:
    """The price list of the zone, else of the zone above it."""
    for _ in range(20):
        if zone is None:
            return None
        row = work.session.execute(
            sa.select(column_of(Zone, "price_list"), column_of(Zone, "parent")).where(column_of(Zone, "id") == zone)
        ).first()
        if row is None or row[0] is not None:
            return row[0] if row else None
        zone = row[1]
    return None


def _shipping(work: Work, account: Account) -> dict[str, Any]:
    """The usual delivery address, else the fiscal one."""
    table, day = AccountAddress, today(work)
    begins, ends = column_of(table, "valid_from"), column_of(table, "valid_to")
    found = work.session.scalar(
        sa.select(table)
        .where(
            column_of(table, "account") == account.id,
            column_of(table, "purpose") == AddressPurpose.DELIVERY.value,
            sa.or_(begins.is_(None), begins <= day),
            sa.or_(ends.is_(None), ends >= day),
        )
        .order_by(column_of(table, "usual").desc(), column_of(table, "position"), column_of(table, "id"))
        .limit(1)
    )
    source: Any = found or account
    return {
        "ship_name": account.name,
        "ship_street": source.street,
        "ship_postcode": source.postcode,
        "ship_city": source.city,
        "ship_region": source.region,
        "ship_country": source.country,
    }


def rate_of(values: dict[str, Any], found: currencies.Rate | None) -> None:
    """The rate and where it is from into the head; None for one that was typed, which stays until the currency is another."""
    if found is not None:
        values["rate"] = found.rate
    source = found or currencies.Rate(None)
    values |= {"rate_typed": found is None, "rate_day": source.day, "rate_source": source.source}


def rate_of_day(work: Work, values: dict[str, Any]) -> None:
    """Into the head of what is made of another document, or dated anew: the rate of its own day, where that has one. An agreed
    one stays; what gives back keeps that of what it gives back.
    """
    back = any(values.get(name) for name in ("corrects", "returns")) or values.get("kind") in _BACK
    if values["rate_typed"] or back:
        return
    found = currencies.looked_up(work, values["currency"], values["date"])
    if found.rate is not None:
        rate_of(values, found)


def _of_day(work: Work, draft: Draft, account: Account, resource: str) -> None:
    """Date, currency and rate."""
    values = draft.values
    values["date"] = values["date"] or today(work)
    values["currency"] = values["currency"] or account.currency or company(work).currency
    stored = _stored(work, draft, resource)
    other = stored is None or stored.currency != values["currency"] or _corrects_another(work, stored, values)
    if values["currency"] == company(work).currency:
        draft.errors.update(limits.own_rate(draft))
        rate_of(values, currencies.Rate(ONE))
    elif values["rate"] is not None and "rate" in draft.given and (stored is None or stored.rate != values["rate"]):
        rate_of(values, None)
    elif values["rate"] is None or other:
        values |= _of_corrected(work, values)
        if values["rate"] is None:
            rate_of(values, currencies.looked_up(work, values["currency"], values["date"]))
        if values["rate"] is None:
            draft.errors["currency"] = currencies.missing(values["currency"])
    elif stored.date != values["date"]:
        names = [name for name in _READONLY if hasattr(stored, name)]
        values |= {name: getattr(stored, name) for name in names} | values
        rate_of_day(work, values)
    if values["rate"] is not None and values["rate"] <= 0:
        draft.errors["rate"] = Message("Write a number above zero.")


def _corrects_another(work: Work, stored: Any, values: Mapping[str, Any]) -> bool:
    """Whether a stored one is told now which invoice it corrects, and its rate was not typed but for that of the one before."""
    earlier = getattr(stored, "corrects", None)
    if values.get("corrects") in (None, earlier):
        return False
    before = {"corrects": earlier, "currency": stored.currency}
    return not stored.rate_typed or bool(_of_corrected(work, before)["rate"] == stored.rate)


def _of_corrected(work: Work, values: Mapping[str, Any]) -> dict[str, Any]:
    """The rate of the invoice that this one corrects, in the same currency: what is given back is worth what it was."""
    found = work.row(Invoice, values["corrects"]) if values.get("corrects") else None
    if found is None or found.currency != values["currency"]:
        return {"rate": None}
    return {name: getattr(found, name) for name in RATE}


Row = tuple[dict[str, Any], frozenset[str], bool]


def _rows(work: Work, draft: Draft, resource: str) -> list[Row] | None:
    """The lines as they will be: (values, what of them changes now, whether the line is new). None: nothing about them changes."""
    if "lines" not in draft.lines and draft.id is not None and draft.given.isdisjoint((*_PRICING, *_TAXING)):
        return None
    part = next(found for found in RESOURCES.lines(resource_of(resource)) if found.name == "lines")
    there = {item.id: item.values for item in lines.read(work, part, draft.id)} if draft.id is not None else {}
    if "lines" not in draft.lines:
        draft.lines["lines"] = [(key, {}) for key in there]  # type: ignore[index]
    blank = {name: spec.default for name, spec in part.resource.fields.items()}
    found: list[Row] = []
    for key, values in draft.lines["lines"]:
        before = there.get(key or 0, {})
        changed = frozenset(name for name, value in values.items() if name not in before or before[name] != value)
        found.append((blank | before | values, changed, not before))
    return found


def _hand_over(draft: Draft, rows: Sequence[dict[str, Any]]) -> None:
    """What was computed goes back to the lines that are saved."""
    for (_, values), row in zip(draft.lines["lines"], rows, strict=True):
        values.update(row)


def products_of(work: Work, rows: Sequence[Row]) -> dict[int, Product]:
    """The products that the lines name."""
    keys = {row["product"] for row, _, _ in rows if row["product"]}
    if not keys:
        return {}
    return {
        row.id or 0: row for row in work.session.scalars(sa.select(Product).where(column_of(Product, "id").in_(keys)))
    }


def _of_product(work: Work, account: Account, row: dict[str, Any], given: frozenset[str], product: Product) -> None:
    """Fill a line in from its product."""
    row.update({name: None for name in ("description", "unit", "tax_class", "price") if name not in given})
    spanish = (account.language or company(work).language) == Language.ES.value
    row["cost"] = product.cost
    for name, value in {
        "description": _description(product, spanish=spanish),
        "unit": product.unit,
        "tax_class": product.tax_class,
    }.items():
        if not row[name]:
            row[name] = value


def _stored(work: Work, draft: Draft, resource: str) -> Any:
    """The head as it is stored; None for a new document."""
    return None if draft.id is None else work.session.get(resource_of(resource).table, draft.id)


def _confirmed_before(work: Work, draft: Draft, resource: str) -> bool:
    """Whether it is an order that was reopened: only such drafts have a number."""
    stored = _stored(work, draft, resource)
    return stored is not None and stored.number is not None


def _priced_anew(work: Work, draft: Draft, resource: str) -> bool:
    """Whether the head of a stored document changes in what prices depend on."""
    stored = _stored(work, draft, resource)
    return stored is not None and any(getattr(stored, name) != draft.values[name] for name in _PRICING)


def _price(
    work: Work,
    head: Mapping[str, Any],
    account: Account,
    row: dict[str, Any],
    given: frozenset[str],
    product: Product | None,
    *,
    fresh: bool,
    anew: bool,
) -> None:
    """A price that comes is a typed one and stays. One that is listed is looked up again whenever that changes on which it
    depends; an empty one always.
    """
    if product is None:
        row["listed"] = False
    asked = product is not None and row["price"] is None
    if not asked and ((not fresh and "price" in given) or not row["listed"]):
        if given & {"price", "listed"}:
            row |= {"listed": False, "why": None}  # a typed price follows from nothing
        return
    if product is not None and (asked or fresh or anew or given & _PRICING_LINE):
        found = asked_price(work, head, account, product, row)
        steps = [{"what": step.what, "price": str(step.price), "of": step.of} for step in found.steps]
        row |= {"price": found.price, "listed": True, "why": steps}


def asked_price(
    work: Work, head: Mapping[str, Any], account: Account, product: Product, row: Mapping[str, Any]
) -> prices.Priced:
    """What the line's product costs in this document, and why."""
    borne = taxes.borne(work, account, head)(row["tax_class"])
    ask = prices.Ask(head["price_list"], head["currency"], head["date"], head["rate"], borne, bool(head["included"]))
    return prices.price_of(work, ask, product, row["quantity"])


def _description(product: Product, *, spanish: bool) -> str:
    name = (product.name_es if spanish else product.name_en) or product.name
    text = product.description_es if spanish else product.description_en
    return f"{name}\n{text}" if text else name


def _faults(
    work: Work, head: Mapping[str, Any], account: Account, row: Mapping[str, Any], product: Product | None
) -> dict[str, Message]:
    found = limits.of_line(row, product, company(work).max_discount)
    return found or _too_cheap(work, head, account, row, product)


def _too_cheap(
    work: Work, head: Mapping[str, Any], account: Account, row: Mapping[str, Any], product: Product | None
) -> dict[str, Message]:
    """A price below what may be given, where it was written by hand: what was agreed on before, or comes back, stays."""
    if product is None or row["listed"] or any(row.get(name) for name in AGREED) or head.get("kind") in _BACK:
        return {}
    found = below_list(work, head, account, product, row)
    return {"price": found} if found is not None else {}


def below_list(
    work: Work, head: Mapping[str, Any], account: Account, product: Product, row: Mapping[str, Any]
) -> Message | None:
    """What is wrong with the line's price and discount by the list price on the document's day; None where nobody set a limit."""
    most = company(work).max_discount
    return None if most is None else limits.fault(row, asked_price(work, head, account, product, row).price, most)


def add_up(work: Work, head: dict[str, Any], account: Account, rows: Sequence[dict[str, Any]]) -> tax.Totals:
    """Nets into the rows, totals and taxes into the head."""
    of_class = taxes.borne(work, account, head)
    parts = [
        tax.TaxedLine(
            row["quantity"], row["price"], row["discount"], of_class(row["tax_class"]),
            row.get("choice", LineChoice.FIRM.value) == LineChoice.FIRM.value, row["tax_class"] or "",
        )
        for row in rows
    ]  # fmt: skip
    beside = taxes.beside(work, account, head)
    found = tax.compute(parts, head["currency"], included=bool(head["included"]), beside=beside)
    for row, net in zip(rows, found.nets, strict=True):
        row["net"] = net
    head |= {name: getattr(found, name) for name in _TOTALS}
    rate, own = head["rate"] or ONE, company(work).currency
    head["net_company"] = money.round_money(found.net * rate, own)
    head["total_company"] = money.round_money(found.total * rate, own)
    head["tax_lines"] = [_told(part) for part in (*found.taxes, *found.beside)]
    return found


def _told(part: tax.TaxAmount) -> dict[str, Any]:
    of = part.tax
    return {
        "tax": of.key, "name": of.name, "kind": of.kind.value, "value": f"{of.value.normalize():f}",
        "category": of.category, "reason": of.reason, "base": str(part.base), "amount": str(part.amount),
        "withheld": tax.part_of(of.kind) is tax.Part.WITHHELD,
    } | ({"of": of.of} if of.of else {})  # fmt: skip


def _register(resource: str) -> None:
    @rules.completes(resource)
    def _complete(work: Work, draft: Draft) -> None:
        complete(work, draft, resource)


for _resource in DOCUMENTS:
    _register(_resource)
