"""Which product a code or a barcode means."""

from collections.abc import Collection

import sqlalchemy as sa

from crm_app.models.products import Product

from . import records
from .work import Work, column_of


def coded(work: Work, texts: Collection[str]) -> dict[str, tuple[int, str]]:
    """By casefolded code or barcode; a barcode that several products bear names none of them."""
    key, name, code, bar = (column_of(Product, one) for one in ("id", "name", "code", "barcode"))
    written = {form for text in texts for form in (text, text.upper(), text.lower())}
    mine = records.readable(work, records.resource_of("products"))
    rows = work.session.execute(sa.select(key, name, code, bar).where(sa.or_(code.in_(written), bar.in_(texts)), *mine))
    by_code: dict[str, tuple[int, str]] = {}
    by_bar: dict[str, set[tuple[int, str]]] = {}
    for row in rows:
        if row[2]:
            by_code[row[2].casefold()] = (row[0], row[1])
        if row[3]:
            by_bar.setdefault(row[3].casefold(), set()).add((row[0], row[1]))
    return {text: next(iter(found)) for text, found in by_bar.items() if len(found) == 1} | by_code
