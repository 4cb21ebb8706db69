"""Snapshots as the database keeps them, with totals that are right."""

from decimal import Decimal
from typing import Any

CENT = Decimal("0.01")
ISSUER = {
    "name": "Cordillera", "legal_name": "Cordillera Suministros, S.L.", "tax_id": "B12345674",
    "street": "Calle de la Industria, 24", "postcode": "28906", "city": "Getafe", "region": "Madrid", "country": "ES",
    "phone": "+34 910 555 123", "email": "ventas@cordillera.example", "contact": "", "iban": "ES9121000418450200051332",
    "web": "cordillera.example",
}  # fmt: skip
CUSTOMER = {
    "name": "José Núñez e Hijos", "legal_name": "Construcciones Núñez, S.A.", "tax_id": "A58818501",
    "street": "Avenida de la Constitución, 118", "postcode": "41001", "city": "Sevilla", "country": "ES",
    "contact": "José Núñez",
}  # fmt: skip


def line(description: str = "Taladro", quantity: str = "2", price: str = "10", **more: Any) -> dict[str, Any]:
    """A line, its net computed."""
    net = Decimal(quantity) * Decimal(price) * (100 - Decimal(more.get("discount") or 0)) / 100
    given = {"description": description, "quantity": quantity, "price": price, "net": str(net.quantize(CENT))}
    return {
        "group": "",
        "choice": "",
        "code": "",
        "unit": "",
        "discount": "",
        "tax": "IVA 21 %",
        "recurring": "",
        **given,
        **more,
    }


def document(kind: str = "invoice", lines: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """A document at 21 %."""
    lines = [line()] if lines is None else lines
    net = sum((Decimal(part["net"]) for part in lines if not part["choice"]), Decimal(0))
    tax = (net * 21 / 100).quantize(CENT)
    rate = {"name": "IVA", "percent": "21", "base": str(net), "amount": str(tax), "reason": ""}
    head = {
        "kind": kind, "draft": False, "number": "F-2026-000123", "date": "2026-11-23", "operation_date": None, "due": None, "valid_until": None,
        "language": "es", "country": "ES", "currency": "EUR", "rate": "1", "company_currency": "EUR",
        "total_company": str(net + tax), "reference": "", "salesperson": "", "payment_terms": "", "terms": "",
        "notes": "", "included": False, "valued": True, "logo": "", "issuer": ISSUER, "customer": CUSTOMER,
        "delivery_address": None, "signature": None, "corrects": None, "reason": "",
        "reason_text": "", "origins": [],
    }  # fmt: skip
    totals = {
        "taxes": [rate], "collections": [], "withholdings": [], "apart": [], "tax_account": "", "net": str(net), "tax": str(tax), "rounding": "0", "total": str(net + tax),
        "collected": "0", "withheld": "0", "payable": str(net + tax), "instalments": [],
    }  # fmt: skip
    return {**head, "lines": lines, **totals, **more}
