"""What a credit note may take back of the invoice that it corrects: whose, in which currency, how much, to the cent."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm_app.core import money
from crm_app.core.errors import Invalid
from crm_app.core.fields import BadValue
from crm_app.core.i18n import Message
from crm_app.core.tax import Part, part_of
from crm_app.models.invoices import INVOICES, CorrectionReason, Invoice, InvoiceKind, InvoiceLine, InvoiceStatus

from . import ledger, rules
from .ledger import ZERO
from .work import Work, column_of

_CORRECTING = (InvoiceKind.CREDIT_NOTE.value, InvoiceKind.DEBIT_NOTE.value)
_REASON = ("reason", "reason_text")
_PRICED = ("price", "discount", "tax_class")


@rules.completes("invoices")
def _fits(work: Work, draft: rules.Draft) -> None:
    """What is corrected is an issued invoice of the same customer in the same currency; only what corrects has a reason."""
    if draft.values["corrects"]:
        fault = _fault(work, draft.values)
        if fault is not None:
            draft.errors["corrects"] = fault
    draft.errors.update(_unreasonable(draft.values))


def _unreasonable(values: Mapping[str, Any]) -> dict[str, Message]:
    given = [name for name in _REASON if values[name]]
    if given and values["kind"] not in _CORRECTING:
        return {given[0]: Message("Only a credit note or a debit note has a reason.")}
    if values["reason"] == CorrectionReason.OTHER.value and not values["reason_text"]:
        return {"reason_text": Message("Write what the reason is.")}
    return {}


def reason(work: Work, values: Mapping[str, object]) -> dict[str, Any]:
    """Why the caller of a verb corrects an invoice, as its credit note holds it. Raises Invalid."""
    found: dict[str, Any] = {"kind": InvoiceKind.CREDIT_NOTE.value}
    for name in _REASON:
        try:
            found[name] = INVOICES.fields[name].kind.parse(values.get(name), work.actor.speech)
        except BadValue as bad:
            raise Invalid({name: bad.message}) from None
    faults = _unreasonable(found)
    if faults:
        raise Invalid(faults)
    return found


def _fault(work: Work, values: Mapping[str, Any]) -> Message | None:
    if values["kind"] not in _CORRECTING:
        return Message("Only a credit note or a debit note corrects an invoice.")
    corrected = work.session.get(Invoice, values["corrects"])
    if corrected is None:
        return None
    number = corrected.number or f"#{corrected.id}"
    if corrected.kind == InvoiceKind.CREDIT_NOTE.value:
        return Message("{number} is a credit note itself: name the invoice.", number=number)
    if corrected.status != InvoiceStatus.ISSUED.value:
        return Message("{number} has not been issued: there is nothing to correct.", number=number)
    if corrected.account != values["account"]:
        return Message("{number} is an invoice of another customer.", number=number)
    if corrected.currency != values["currency"]:
        return Message(
            "{number} is in {currency}: write it in that currency.", number=number, currency=corrected.currency
        )
    return None


def findings(work: Work, note: Any, lines: Sequence[Any]) -> dict[str, Message]:
    """What stands against issuing the credit note, by field: what it corrects, quantities, and the amount that is left."""
    found = _over_credited(work, lines)
    if not note.corrects:
        return found
    names = ("kind", "corrects", "account", "currency")
    fault = _fault(work, {name: getattr(note, name) for name in names})
    if fault is not None:
        return found | {"corrects": fault}
    corrected = work.locked(Invoice, note.corrects)
    left = _left(work, corrected, note)
    if not found and note.total > left:
        told = {"most": money.round_money(max(left, ZERO), note.currency), "currency": note.currency}
        found["corrects"] = Message(
            "At most {most} {currency} of {number} is left to credit.",
            number=corrected.number if corrected else "",
            **told,
        )
    return found


def _over_credited(work: Work, lines: Sequence[Any]) -> dict[str, Message]:
    rest = _rest(work, lines)
    return {
        f"lines.{line.position}.quantity": Message(
            "At most {most} is left.", most=money.bare(max(line.quantity + rest[line.credited_line], ZERO))
        )
        for line in lines
        if line.credited_line and rest[line.credited_line] < 0
    }


def _rest(work: Work, lines: Sequence[Any]) -> dict[int, Decimal]:
    """Of the lines that these take back: what is left of each once they have, below nothing where it is too much."""
    keys = [line.credited_line for line in lines if line.credited_line]
    number, quantity = column_of(InvoiceLine, "id"), column_of(InvoiceLine, "quantity")
    whole = dict(work.session.execute(sa.select(number, quantity).where(number.in_(keys))).all())
    done = ledger.sums(work, "invoices", keys)
    return {key: whole[key] - done[key].get("credited", ZERO) for key in keys}


def _left(work: Work, corrected: Any, note: Any) -> Decimal:
    """What of the invoice's total no other issued credit note has taken back."""
    total = column_of(Invoice, "total")
    found: Decimal = corrected.total - (work.session.scalar(_others(sa.func.sum(total), note)) or ZERO)
    return found


def _others(what: Any, note: Any) -> sa.Select[Any]:
    """That of the other issued credit notes of the same invoice."""
    return sa.select(what).where(
        column_of(Invoice, "corrects") == note.corrects,
        column_of(Invoice, "kind") == InvoiceKind.CREDIT_NOTE.value,
        column_of(Invoice, "status") == InvoiceStatus.ISSUED.value,
        column_of(Invoice, "id") != note.id,
    )


def square(work: Work, note: Any, lines: Sequence[Any]) -> None:
    """All credit notes of an invoice come to its total, and give back what it withheld and collected: the one that takes the last
    of it bears the cents that rounding has made, and none takes more than is left.

    Only where nothing but quantities was changed: another price is no rounding.
    """
    corrected = work.session.get(Invoice, note.corrects) if note.corrects else None
    if corrected is None or not _untouched(work, lines):
        return
    cents = (len(lines) + len(note.tax_lines) + 1) * _notes(work, note.corrects)
    most = Decimal(cents).scaleb(-money.minor_units(note.currency))
    last = _last(work, note.corrects)
    difference = _borne(_left(work, corrected, note) - note.total, most, last=last)
    if difference:
        note.rounding += difference
        note.total += difference
        own = rules.company(work, "currency") or note.currency
        note.total_company = money.round_money(note.total * (note.rate or 1), own)
    _square_beside(work, corrected, note, most, last=last)
    note.payable = note.total + note.collected - note.withheld


def _borne(difference: Decimal, most: Decimal, *, last: bool) -> Decimal:
    """What of a difference a note bears: cents, and what is missing only where it is the last."""
    return difference if abs(difference) <= most and (last or difference < 0) else ZERO


def _square_beside(work: Work, corrected: Any, note: Any, most: Decimal, *, last: bool) -> None:
    """The same for all that the invoice withheld and collected."""
    left = {_rate(part): Decimal(part["amount"]) for part in corrected.tax_lines if _is_beside(part)}
    for other in work.session.scalars(_others(column_of(Invoice, "tax_lines"), note)):
        for part in other:
            if _is_beside(part) and _rate(part) in left:
                left[_rate(part)] -= Decimal(part["amount"])
    told = []
    for part in note.tax_lines:
        amount = Decimal(part["amount"])
        missing = left[_rate(part)] - amount if _is_beside(part) and _rate(part) in left else ZERO
        borne = _borne(missing, most, last=last)
        told.append(part | {"amount": str(amount + borne)} if borne else part)
        if part["withheld"]:
            note.withheld += borne
        else:
            note.collected += borne
    note.tax_lines = told


def _is_beside(part: Mapping[str, Any]) -> bool:
    return part_of(part["kind"]) is not Part.TAX


def _rate(part: Mapping[str, Any]) -> tuple[int, str]:
    """Which rate, and what it was then."""
    return part["tax"], part["value"]


def _untouched(work: Work, lines: Sequence[Any]) -> bool:
    origins = {
        row.id: row
        for row in work.session.scalars(
            sa.select(InvoiceLine).where(column_of(InvoiceLine, "id").in_([line.credited_line for line in lines]))
        )
    }
    return all(
        line.credited_line in origins
        and all(getattr(line, name) == getattr(origins[line.credited_line], name) for name in _PRICED)
        for line in lines
    )


def _last(work: Work, invoice: int) -> bool:
    """Whether nothing of any line of the invoice is left, drafts included."""
    mine = sa.select(InvoiceLine).where(column_of(InvoiceLine, "invoice") == invoice)
    whole = {row.id or 0: row.quantity for row in work.session.scalars(mine)}
    done = ledger.sums(work, "invoices", whole)
    return all(quantity == done[key].get("credited", ZERO) for key, quantity in whole.items())


def _notes(work: Work, invoice: int) -> int:
    of = sa.select(sa.func.count()).select_from(Invoice).where(column_of(Invoice, "corrects") == invoice)
    return work.session.scalar(of) or 1
