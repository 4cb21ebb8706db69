"""Units of measure are free text: those that everybody knows are said in the customer's language."""

from decimal import Decimal

import pytest

from crm_app.core import units


@pytest.mark.parametrize(
    ("unit", "quantity", "spanish", "english"),
    [
        ("ud", "2", "ud", "pcs"),
        ("ud", "1", "ud", "pc"),
        ("Uds.", "0.5", "Uds.", "pcs"),
        ("pcs", "1", "ud", "pc"),
        ("caja", "2", "cajas", "boxes"),
        ("Caja", "2", "Cajas", "boxes"),
        ("cajas", "1", "caja", "box"),
        ("reams", "1", "resma", "ream"),
        ("sesión", "0.5", "sesiones", "sessions"),
        ("caja", "-1", "caja", "box"),
        ("cajas", "12", "cajas", "boxes"),
        ("box", "12", "cajas", "boxes"),
        ("día", "3", "días", "days"),
        ("dia", "1", "dia", "day"),
        ("hrs", "1.5", "h", "hrs"),
        ("h", "3", "h", "h"),
        ("kg", "3", "kg", "kg"),
        ("pallet", "3", "pallet", "pallets"),
        ("kit", "3", "kit", "kit"),
        ("caja de 12", "3", "caja de 12", "caja de 12"),
        ("", "3", "", ""),
    ],
)
def test_a_known_unit_is_said_in_the_language_and_all_others_stand_as_they_are(unit, quantity, spanish, english):
    said = [units.in_language(unit, language, Decimal(quantity)) for language in ("es", "en")]
    assert said == [spanish, english]
