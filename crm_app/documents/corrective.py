"""How Spain writes a correction: an invoice that states the difference, below nothing where something is given back."""

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from .snapshot import Kind, Snapshot

_OF_DOCUMENT = ("net", "tax", "rounding", "total", "collected", "withheld", "payable", "total_company")
_OF_PART = ("quantity", "net", "base", "amount")  # of a line, a tax, a withholding or an instalment
_PARTS = ("lines", "taxes", "collections", "withholdings", "instalments")


def corrective(snapshot: Snapshot) -> bool:
    """Whether it is a corrective invoice: in Spain what corrects an invoice is one, up or down (RD 1619/2012, art. 15)."""
    if snapshot.issuer.country != "ES":
        return False
    return snapshot.kind is Kind.CREDIT_NOTE or (snapshot.kind is Kind.DEBIT_NOTE and snapshot.corrects is not None)


def as_difference(snapshot: Snapshot) -> Snapshot:
    """What a corrective invoice takes away, with the sign of the difference; any other document as it is."""
    if snapshot.kind is not Kind.CREDIT_NOTE or not corrective(snapshot):
        return snapshot
    turned: dict[str, Any] = {name: -getattr(snapshot, name) for name in _OF_DOCUMENT}
    turned |= {name: tuple(_turned(part) for part in getattr(snapshot, name)) for name in _PARTS}
    return replace(snapshot, **turned)


def _turned(part: Any) -> Any:
    names = {field.name for field in fields(part)} & set(_OF_PART)
    values: dict[str, Decimal] = {name: -getattr(part, name) for name in names}
    return replace(part, **values)
