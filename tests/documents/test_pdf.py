"""The paper, read back from its PDF: what it says, where its pages end, and that nothing can make it say something else."""

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from io import BytesIO
from itertools import pairwise

import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from crm_app.documents import faces, pdf, snapshot
from tests.support.paper import draw, read, texts
from tests.support.snapshots import CUSTOMER, document, line

TITLES = {
    "quote": ("Cotización", "Quote"),
    "order": ("Pedido", "Sales order"),
    "delivery": ("Nota de entrega", "Delivery note"),
    "return": ("Nota de devolución", "Return note"),
    "invoice": ("Factura", "Invoice"),
    "credit_note": ("Factura rectificativa", "Corrective invoice"),
    "debit_note": ("Nota de débito", "Debit note"),
    "deposit": ("Factura de anticipo", "Deposit invoice"),
}


def drawn(content, **more):
    return pdf.draw(snapshot.from_json(content), **more)


def numbered(count, **more):
    return [line(f"Article {number}", "1", str(number), **more) for number in range(1, count + 1)]


def foot(said):
    """The lines of a page without its running head and its foot."""
    return said[1:-1]


# ---- what it says


def test_an_invoice_says_everything_once():
    said = document(
        lines=[
            line("Taladro percutor\nCon maletín", "2", "80.5", code="TL-1", unit="ud", discount="10"),
            line("Broca", "3", "4.125", code="BR-2", unit="ud"),
        ],
        due="2026-12-23",
        reference="PED-7781",
        salesperson="Ana Beltrán",
        payment_terms="30 días",
        notes="Gracias.",
        terms="Sin devoluciones.",
        origins=[
            {"kind": "order", "number": "P-45", "date": "2026-11-02"},
            {"kind": "order", "number": "P-46", "date": None},
        ],
        instalments=[{"date": "2026-12-23", "amount": "100"}, {"date": "2027-01-22", "amount": "90.31"}],
    )
    [page] = draw(said)
    found = Counter(tuple(row) for row in page)
    for row in (
        ("Factura",),
        ("F-2026-000123",),
        ("NIF B12345674",),
        ("28906 Getafe, Madrid",),
        ("Fecha", "Vencimiento", "Su referencia", "Condiciones de pago"),
        ("23 nov 2026", "23 dic 2026", "PED-7781", "30 días"),
        ("Comercial", "Pedido"),
        ("Ana Beltrán", "P-45 (2 nov 2026),"),
        ("P-46",),
        ("José Núñez e Hijos",),
        ("A la atención de José Núñez",),
        ("Código", "Descripción", "Cantidad", "Precio", "Dto.", "Impuesto", "Importe neto"),
        ("TL-1", "Taladro percutor", "2 ud", "80,50", "10 %", "IVA 21 %", "144,90"),
        ("Con maletín",),
        ("BR-2", "Broca", "3 ud", "4,125", "IVA 21 %", "12,38"),
        ("Importe neto", "157,28"),
        ("IVA 21 % sobre 157,28", "33,03"),
        ("Total", "190,31 €"),
        ("ES91 2100 0418 4502 0005 1332",),
        ("Gracias.",),
        ("Sin devoluciones.",),
        ("Cordillera Suministros, S.L. · B12345674 · cordillera.example", "Página 1 de 1"),
    ):
        assert found[row] == 1, row
    assert {"23 dic 2026", "100,00", "22 ene 2027", "90,31"} <= set(texts([page]))


@pytest.mark.parametrize("kind", TITLES)
@pytest.mark.parametrize(
    ("language", "country", "place", "day"), [("es", "ES", 0, "23 nov 2026"), ("en", "GB", 1, "23 Nov 2026")]
)
def test_every_kind_speaks_the_customers_language(kind, language, country, place, day):
    said = document(kind, language=language, country=country)
    found = texts(draw(said))
    assert TITLES[kind][place] in found
    assert TITLES[kind][1 - place] not in found
    assert day in found
    amount = {"es": "24,20 €", "en": "€24.20"}[language]
    sign = "−" if kind == "credit_note" else ""
    assert found.count(sign + amount) == 1
    file = read(drawn(said))
    assert file.metadata.title == f"{TITLES[kind][place]} F-2026-000123"
    assert file.metadata.author == "Cordillera Suministros, S.L."
    assert file.root_object["/Lang"] == f"{language}-{country}"
    assert file.root_object["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712 - an object of its own


def test_outside_spain_a_credit_note_is_called_one():
    abroad = {**document()["issuer"], "country": "CO"}
    found = texts(draw(document("credit_note", issuer=abroad)))
    assert "Nota de crédito" in found
    assert "NIT B12345674" in found


def test_in_spain_what_is_given_back_is_a_difference_below_nothing():
    said = document(
        "credit_note",
        [line("Taladro", "2", "10"), line("Portes", "1", "0")],
        due="2026-12-23",
        withholdings=[{"name": "IRPF", "percent": "15", "base": "20", "amount": "3"}],
        withheld="3",
        payable="21.20",
    )
    [page] = draw(said)
    for row in (
        ["Taladro", "−2", "10,00", "IVA 21 %", "−20,00"],
        ["Portes", "−1", "0,00", "IVA 21 %", "0,00"],
        ["Importe neto", "−20,00"],
        ["IVA 21 % sobre −20,00", "−4,20"],
        ["Total", "−24,20 €"],
        ["IRPF 15 % sobre −20,00", "3,00"],
        ["A pagar", "−21,20 €"],
    ):
        assert row in page
    assert "Vencimiento" not in texts([page])
    [abroad] = draw({**said, "issuer": {**said["issuer"], "country": "MX"}})
    assert ["Nota de crédito"] in abroad
    assert ["Taladro", "2", "10,00", "IVA 21 %", "20,00"] in abroad
    assert ["A pagar", "21,20 €"] in abroad


def test_in_spain_a_debit_note_that_corrects_an_invoice_is_a_corrective_invoice():
    [page] = draw(document("debit_note", corrects={"number": "F-118", "date": "2026-11-10"}))
    assert ["Factura rectificativa"] in page
    assert ["Total", "24,20 €"] in page
    assert ["Nota de débito"] in draw(document("debit_note"))[0]


def test_a_credit_note_names_what_it_corrects_and_no_account_to_pay_into():
    found = texts(draw(document("credit_note", corrects={"number": "F-118", "date": "2026-11-10"})))
    assert "Rectifica a" in found
    assert "F-118 (10 nov 2026)" in found
    assert "Cuenta bancaria" not in found


def test_withholdings_lessen_what_is_payable_and_not_the_total():
    kept = [{"name": "IRPF", "percent": "15", "base": "20", "amount": "3"}]
    [page] = draw(document(withholdings=kept, withheld="3", payable="21.20"))
    start = page.index(["Total", "24,20 €"])
    assert page[start : start + 3] == [["Total", "24,20 €"], ["IRPF 15 % sobre 20,00", "−3,00"], ["A pagar", "21,20 €"]]


def test_each_tax_has_its_line_and_a_tax_of_nothing_its_reason():
    taxes = [
        {"name": "IVA 10 %", "percent": "10", "base": "100", "amount": "10", "reason": ""},
        {"name": "Exento", "percent": "0", "base": "50", "amount": "0", "reason": "Artículo 20 de la Ley 37/1992"},
    ]
    [page] = draw(document(taxes=taxes))
    start = page.index(["IVA 10 % sobre 100,00", "10,00"])
    assert page[start + 1 : start + 3] == [["Exento sobre 50,00", "0,00"], ["Artículo 20 de la Ley 37/1992"]]


def test_rounding_is_told_only_where_there_is_some():
    assert "Redondeo" not in texts(draw(document()))
    assert ["Redondeo", "−0,01"] in draw(document(rounding="-0.01"))[0]


def test_a_foreign_currency_stands_with_its_rate_and_the_total_at_home():
    [page] = draw(document(currency="USD", rate="0.92345678", total_company="22.35", language="en", country="US"))
    assert ["Total", "$24.20"] in page
    assert ["Exchange rate", "1 USD = 0.92345678 EUR"] in page
    assert ["Total in EUR", "€22.35"] in page
    assert "Exchange rate" not in texts(draw(document(language="en")))


def test_a_foreign_currency_stands_with_each_tax_at_home():
    taxes = [
        {"name": "IVA 21 %", "percent": "21", "base": "100.05", "amount": "21.01", "reason": ""},
        {"name": "IVA", "percent": "10", "base": "7", "amount": "0.70", "reason": ""},
        {"name": "Exento", "percent": "0", "base": "50", "amount": "0", "reason": ""},
    ]
    [page] = draw(document(currency="USD", rate="0.92345678", total_company="22.35", taxes=taxes))
    start = page.index(["Tipo de cambio", "1 USD = 0,92345678 EUR"])
    assert page[start + 1 : start + 4] == [
        ["IVA 21 % en EUR", "19,40 €"],
        ["IVA 10 % en EUR", "0,65 €"],
        ["Total en EUR", "22,35 €"],
    ]


@pytest.mark.parametrize(
    ("country", "currency", "amount", "shown"),
    [
        ("CL", "CLP", "1234567", "$1.234.567"),
        ("CL", "TND", "7.1", "TND 7,100"),
        ("MX", "MXN", "-5", "−$5.00"),
        ("ES", "CLP", "99", "99 CLP"),
        ("ES", "EUR", "7.1234", "7,1234 €"),
        ("ZZ", "EUR", "1234567.5", "1.234.567,50 €"),
    ],
)
def test_amounts_stand_as_the_customers_country_writes_them(country, currency, amount, shown):
    assert ["Total", shown] in draw(document(currency=currency, country=country, total=amount, payable=amount))[0]


def test_optional_and_alternative_lines_are_marked_and_count_nowhere():
    lines = [line("A", "1", "10"), line("B", "1", "5", choice="optional"), line("C", "1", "7", choice="alternative")]
    [page] = draw(document("quote", [{**part, "group": "Equipo"} for part in lines]))
    assert ["Subtotal · Equipo", "10,00"] in page
    assert page[page.index(["B", "1", "5,00", "IVA 21 %", "5,00"]) + 1] == ["Opcional · no incluida en el total"]
    assert page[page.index(["C", "1", "7,00", "IVA 21 %", "7,00"]) + 1] == ["Alternativa · no incluida en el total"]


def test_what_is_paid_once_and_what_comes_back_are_summed_apart():
    lines = [
        line("Hosting", "3", "25", recurring="monthly"),
        line("Set-up", "1", "350"),
        line("Care", "1", "9", recurring="Cada luna"),
    ]
    lines.append(line("More", "1", "99", recurring="monthly", choice="optional"))
    [page] = draw(document("quote", lines))
    sums = [row for row in page if row[0] in ("Pago único", "Mensual", "Cada luna") and len(row) == 2]
    assert sums == [["Pago único", "350,00"], ["Mensual", "75,00"], ["Cada luna", "9,00"]]


def test_groups_have_their_title_and_their_subtotal():
    lines = [
        line("A", "1", "10", group="Uno"),
        line("B", "1", "5", group="Uno"),
        line("C", "1", "7", group="Dos"),
        line("D", "1", "1"),
    ]
    [page] = draw(document(lines=lines))
    names = [row for row in page if row[0] in ("Uno", "Dos", "A", "B", "C", "D") or row[0].startswith("Subtotal")]
    assert [row[0] for row in names] == ["Uno", "A", "B", "Subtotal · Uno", "Dos", "C", "Subtotal · Dos", "D"]
    assert [row[-1] for row in names if row[0].startswith("Subtotal")] == ["15,00", "7,00"]


def test_an_unvalued_delivery_note_shows_no_price_and_has_room_for_a_signature():
    lines = [line("Taladro", "2", "80.55", code="TL-1", unit="ud", discount="10", group="Obra")]
    said = document("delivery", lines, valued=False, delivery_address={"name": "Obra Macarena", "phone": "600 111 222"})
    [page] = draw(said)
    assert ["TL-1", "Taladro", "2 ud"] in page
    assert ["Código", "Descripción", "Cantidad"] in page
    assert ["Recibido por", "Fecha", "Firma y sello"] in page
    assert {"Obra Macarena", "600 111 222"} <= set(texts([page]))
    assert not any("," in text and text.strip(",.0123456789 €%") == "" for text in texts([page]))
    assert not any(word in text for text in texts([page]) for word in ("Total", "Subtotal", "IVA", "Precio"))


def test_a_long_unit_stands_beside_its_quantity_where_there_are_no_prices():
    found = draw(document("delivery", [line("Tornillo", unit="caja de 12 unidades")], valued=False))
    assert ["Tornillo", "2 caja de 12 unidades"] in [row for page in found for row in page]


def test_a_delivery_address_that_is_the_customers_own_stands_only_on_what_goes_with_the_goods():
    own = {name: CUSTOMER[name] for name in ("name", "street", "postcode", "city", "country")}
    for kind, shown in (("invoice", 1), ("quote", 1), ("delivery", 2), ("return", 2)):
        assert texts(draw(document(kind, delivery_address=own))).count("41001 Sevilla") == shown
    other = {**own, "street": "Muelle 4"}
    assert {"Dirección de entrega", "Muelle 4"} <= set(texts(draw(document(delivery_address=other))))


def test_a_valued_delivery_note_shows_prices_and_the_room_too():
    [page] = draw(document("delivery"))
    assert ["Total", "24,20 €"] in page
    assert ["Recibido por", "Fecha", "Firma y sello"] in page


@pytest.mark.parametrize(("language", "mark"), [("es", "BORRADOR"), ("en", "DRAFT")])
def test_a_draft_says_so_on_every_page(language, mark):
    found = draw(document(lines=numbered(60), draft=True, number="", language=language))
    assert [texts([page]).count(mark) for page in found] == [2, 1, 1]
    assert mark not in texts(draw(document(language=language)))


def test_prices_that_hold_their_taxes_say_so():
    assert "Precio con impuestos" in texts(draw(document(included=True)))
    assert "Precio con impuestos" not in texts(draw(document()))


def test_columns_that_nobody_fills_are_not_there():
    [page] = draw(document(lines=[line("A", tax="")]))
    assert ["Descripción", "Cantidad", "Precio", "Importe neto"] in page


def test_many_origins_stand_below_the_lines_and_all_of_them():
    origins = [{"kind": "delivery", "number": f"N-2026-{number:04}", "date": "2026-11-02"} for number in range(200)]
    found = " ".join(texts(draw(document(origins=origins))))
    assert all(f"N-2026-{number:04}" in found for number in range(200))
    assert found.count("(2 nov 2026)") == 200


@pytest.mark.parametrize(
    ("party", "lines"),
    [
        (
            {"country": "US", "city": "Boston", "region": "MA", "postcode": "02110"},
            ["Boston, MA 02110", "Estados Unidos"],
        ),
        ({"country": "GB", "city": "Leeds", "postcode": "LS1 4AP"}, ["Leeds LS1 4AP", "Reino Unido"]),
        ({"country": "FR", "city": "Lyon", "postcode": "69001"}, ["69001 Lyon", "Francia"]),
        ({"country": "ES", "city": "Madrid", "region": "Madrid", "postcode": "28001"}, ["28001 Madrid"]),
        ({"country": "ES", "city": "Getafe", "region": "Madrid"}, ["Getafe, Madrid"]),
        ({"city": "Ninguna parte"}, ["Ninguna parte"]),
    ],
)
def test_an_address_is_written_as_in_its_country_which_is_named_abroad(party, lines):
    [page] = draw(document(customer={"name": "Client", **party}))
    start = page.index(["Client"]) + 1
    assert page[start : start + len(lines) + 1] == [*([text] for text in lines), page[start + len(lines)]]
    assert page[start + len(lines)][0] == "Descripción"


def test_totals_and_instalments_of_more_than_a_page_are_all_there():
    taxes = [
        {"name": f"Tax {number}", "percent": "0", "base": "1", "amount": f"{number}", "reason": "R"}
        for number in range(60)
    ]
    parts = [
        {"date": f"20{27 + number // 12}-{number % 12 + 1:02}-15", "amount": f"{number}.25"} for number in range(60)
    ]
    found = draw(document(lines=numbered(9), taxes=taxes, instalments=parts))
    rows = [row for page in found for row in page]
    assert [row[0] for row in rows if row[0].startswith("Tax")] == [f"Tax {number} sobre 1,00" for number in range(60)]
    assert [row[1] for row in rows if row[0].startswith("15 ")] == [f"{number},25" for number in range(60)]
    assert rows.count(["Total", "54,45 €"]) == 1


def test_a_document_without_lines_is_still_a_document():
    assert ["Total", "0,00 €"] in draw(document(lines=[]))[0]


# ---- pages


def test_what_a_page_carries_forward_is_the_sum_of_all_lines_so_far():
    lines = [
        line(f"Article {number}", "1", f"{number}.37", choice="optional" if number % 7 == 0 else "")
        for number in range(120)
    ]
    nets = {part["description"]: Decimal(part["net"]) * (not part["choice"]) for part in lines}
    found = draw(document(lines=lines))
    so_far = Decimal(0)
    for number, page in enumerate(found):
        if number:
            assert foot(page)[1] == ["Suma anterior", spanish(so_far)]
        so_far += sum(nets.get(row[0], Decimal(0)) for row in page)
        if number < len(found) - 1:
            assert foot(page)[-1] == ["Suma y sigue", spanish(so_far)]
    assert len(found) == 5
    assert ["Importe neto", spanish(so_far)] in found[-1]
    assert so_far == sum(nets.values())


def spanish(amount):
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def test_every_page_has_the_head_of_the_table_and_its_number():
    found = draw(document(lines=numbered(100)))
    for number, page in enumerate(found, 1):
        assert page[-1][-1] == f"Página {number} de {len(found)}"
        assert page.count(["Descripción", "Cantidad", "Precio", "Impuesto", "Importe neto"]) == 1
        assert number == 1 or page[0] == ["Cordillera", "Factura F-2026-000123"]


@pytest.mark.parametrize("count", range(1, 64, 3))
def test_nothing_is_left_alone_at_the_edge_of_a_page(count):
    lines = [{**part, "group": f"Group {number // 4}"} for number, part in enumerate(numbered(count))]
    found = draw(document(lines=lines))
    for before, after in pairwise(found):
        last, first = foot(before)[-2][0], foot(after)[2][0]
        assert last.startswith(("Article", "Subtotal"))
        assert not first.startswith(("Subtotal", "Importe neto"))
    assert any(row[0].startswith("Article") for row in found[-1])
    assert [row for row in found[-1] if row[0] == "Total"] != []


@pytest.mark.parametrize("notes", ["", "Frágil"])
def test_a_signature_is_never_alone_on_a_page(notes):
    for count in range(15, 35):
        found = draw(document("delivery", numbered(count), valued=False, notes=notes))
        assert ["Recibido por", "Fecha", "Firma y sello"] in found[-1]
        assert any(row[0].startswith("Article") or row == [notes] for row in found[-1]), count


@pytest.mark.parametrize("count", range(1, 15))
def test_the_head_of_the_table_is_never_alone_on_a_page(count):
    long = "word " * 60
    party = {**CUSTOMER, "name": long, "legal_name": long, "street": long, "contact": long, "city": long}
    taxes = [
        {"name": "Tax", "percent": "0", "base": "1", "amount": f"{number}", "reason": ""} for number in range(count)
    ]
    facts = {
        "reference": long,
        "salesperson": long,
        "payment_terms": long,
        "due": "2026-12-23",
        "valid_until": "2026-12-23",
    }
    for page in draw(document(lines=numbered(1), taxes=taxes, customer=party, issuer=party, **facts)):
        assert (["Descripción", "Cantidad", "Precio", "Impuesto", "Importe neto"] in page) == any(
            row[0] == "Article 1" for row in page
        )


@pytest.mark.parametrize("count", range(14, 24))
def test_no_line_of_a_text_is_left_alone_on_a_page(count):
    found = draw(document(lines=numbered(count), notes="\n".join(f"note {number}" for number in range(7))))
    assert 1 not in [sum(row[0].startswith("note") for row in page) for page in found]
    assert sum(row[0].startswith("note") for page in found for row in page) == 7


def test_two_thousand_lines_all_stand_there_in_their_order():
    found = draw(document(lines=numbered(2000)))
    rows = [row for page in found for row in page if row[0].startswith("Article")]
    assert [row[0] for row in rows] == [f"Article {number}" for number in range(1, 2001)]
    assert ["Importe neto", "2.001.000,00"] in found[-1]


def test_a_description_of_twenty_thousand_characters_loses_no_word():
    words = [f"word{number}" for number in range(2400)]
    assert len(" ".join(words)) > 20_000
    found = draw(document(lines=[line(" ".join(words)), line("Article")], notes=" ".join(words), terms=" ".join(words)))
    said = [word for text in texts(found) for word in text.split()]
    assert [word for word in said if word.startswith("word")] == words * 3
    assert ["Article", "2", "10,00", "IVA 21 %", "20,00"] in [row for page in found for row in page]


def test_a_long_description_counts_on_the_page_of_its_number():
    found = draw(document(lines=[line("word " * 3000, "1", "10"), line("Article", "1", "5")]))
    assert len(found) > 2
    assert [foot(page)[1] for page in found[1:-1]] == [["Suma anterior", "10,00"]] * (len(found) - 2)


# ---- what comes from strangers

HOSTILE = [
    "{nb} of {pages}",
    "**bold** __line__ --strike--",
    "<b>tag</b> &amp; <script>alert(1)</script>",
    "\\) Tj ET (x",
    "((unbalanced",
    "%s {0} {name} %(x)d",
    "/Type /Catalog endstream endobj",
    "=1+1",
    "' OR 1=1 --",
    "Łódź Ñandú Ağrı Ελλάδα Москва ₡ ₲ ₱ € ½ №",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_only_ever_a_text(text):
    party = {**CUSTOMER, "name": text, "street": text, "city": "", "postcode": ""}
    found = draw(
        document(
            lines=[line(text, code="C", tax="")], customer=party, notes=text, terms=text, reference=text, number=text
        )
    )
    assert len(found) == 1
    assert texts(found).count(text) >= 5


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Café ไทย!", "Café ???!"),
        ("देव", "??"),
        ("\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f469\U0001f469\U0001f467"),
        ("\U0001f44d\U0001f3fd", "\U0001f44d"),
        ("שָׁלוֹם", "שלום"),
        ("e\u0301 ﬁn １２ 𝐀", "é fin 12 A"),
        ("a\x00b\x07c\u202ed\ufeff", "abcd"),
        ("lone \ud800", "lone ?"),
        ("tab\there", "tab    here"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_what_the_faces_lack_becomes_something_that_can_be_printed(text, shown):
    assert faces.printable(text) == shown
    content = drawn(
        document(lines=[line(text)], customer={**CUSTOMER, "name": text}, issuer={"name": text, "legal_name": text})
    )
    assert read(content).metadata.author == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Nguyễn Văn Phường · Қазақстан", "Nguyễn Văn Phường · Қазақстан"),
        ("Հայաստան · საქართველო", "Հայաստան · საქართველო"),
        (
            "東京都 カタカナ · 北京市 有限公司 · 臺灣 · 서울특별시",
            "東京都 カタカナ · 北京市 有限公司 · 臺灣 · 서울특별시",
        ),
        ("★ ☎ ⇒ ≠ ① ✅ ☕ \U0001f389 \U0001f69a", "★ ☎ ⇒ ≠ ① ✅ ☕ \U0001f389 \U0001f69a"),
        ("שלום (2024) ABC", "ABC (2024) םולש"),  # what is drawn first stands to the left
        ("Casa <שלום>", "Casa <םולש>"),
        ("<שלום>", "<םולש>"),
        ("مرحبا", "ﺎﺒﺣﺮﻣ"),
        ("الشَّرِكَة لا 24", "24 ﻻ ﺔﻛﺮﺸﻟﺍ"),
        ("می\u200cخواهم", "ﻢﻫﺍﻮﺧﯽﻣ"),
    ],
)
def test_what_is_written_in_other_scripts_is_drawn_in_its_order_and_its_forms(text, shown):
    assert "".join(part for _, _, part in faces.runs(faces.printable(text), "")) == shown
    assert faces.unprinted(text) == ""


def test_only_the_faces_that_are_needed_are_embedded():
    def embedded(notes):
        fonts = read(drawn(document(notes=notes))).pages[0]["/Resources"]["/Font"].values()
        return {font["/BaseFont"].partition("+")[2] for font in fonts}

    house = {"Inter", "InterSemiBold"}
    assert embedded("Łódź Москва") == house
    assert embedded("שלום \U0001f389") == house | {"DejaVuSansBook", "NotoEmoji"}
    assert embedded("東京") == house | {"DroidSansFallback"}


def test_the_page_on_the_screen_has_the_same_order():
    [page], _ = pdf.sketch(snapshot.from_json(document(notes="שלום (2024) ABC\nABC")))
    said = [mark[7] for mark in page if mark[0] == "text"]
    assert "\u202dABC (2024) םולש\u202c" in said
    assert "ABC" in said


def test_what_no_face_has_is_told():
    assert faces.unprinted("Café? ไทย ทย 北京 \U0001f389 é\tñ") == "ไทย"


def test_a_line_from_right_to_left_has_an_end_however_long():
    endless = "ש" + "\u200a" * 5000 + "ם"
    assert len(draw(document(notes=endless))) == 1


@pytest.mark.parametrize("field", ["number", "reference", "salesperson", "payment_terms", "notes", "terms"])
@pytest.mark.parametrize("text", ["M" * 3000, "word " * 600, "\n" * 500])
def test_any_length_of_any_text_ends_in_pages(field, text):
    found = draw(document(**{field: text}))
    assert 1 <= len(found) <= 4
    assert [row for page in found for row in page if row == ["Total", "24,20 €"]] == [["Total", "24,20 €"]]


def test_a_name_and_an_address_are_never_cut():
    name, legal, street = (f"{word} larga {'Guadalquivir ' * 11}final" for word in ("Razón", "Sociedad", "Calle"))
    party = {**CUSTOMER, "name": name, "legal_name": legal, "street": street}
    said = " ".join(texts(draw(document(customer=party))))
    assert (said.count(name), said.count(legal), said.count(street)) == (1, 1, 1)


def test_a_number_is_never_cut_however_long():
    huge = "9" * 18 + ".1234567891"
    shown = ".".join(["999"] * 6) + ",1234567891"
    rate = {"name": "Impuesto " * 9, "percent": "21", "base": huge, "amount": huge, "reason": ""}
    part = {**line(), "quantity": huge, "price": huge, "net": huge, "unit": "metros cúbicos " * 5}
    totals = {"net": huge, "total": huge, "payable": huge}
    found = texts(draw({**document(taxes=[rate]), "lines": [part], **totals}))
    assert found.count(shown) == 5  # quantity, price, net of the line; net and tax of the document
    assert f"{shown} €" in found
    assert shown in " ".join(found).partition("Impuesto Impuesto")[2]


# ---- the file


def test_wide_columns_leave_the_description_room_for_its_words():
    text = "Servicio de mantenimiento preventivo integral de instalaciones de climatización"
    wide = line(
        text, "123456.123456", "98765.4321", code="REF-MUY-LARGA-0001-2026/XL-ROJO", unit="metros cuadrados",
        discount="12.5", tax="IVA 21 % + Recargo 5,2 %",
    )  # fmt: skip
    found = texts(draw(document(lines=[wide])))
    assert {"Servicio de mantenimiento", "preventivo integral de", "instalaciones de climatización"} <= set(found)
    assert {"123.456,123456", "metros cuadrados", "98.765,4321", "10.669.047.706,21"} <= set(found)


def test_the_same_snapshot_gives_the_same_bytes_in_any_process():
    said = document(lines=numbered(60), notes="Ñ € \U0001f389 東京 שלום مرحبا")
    first = drawn(said)
    assert drawn(document("quote", language="en")) != first
    assert drawn(said) == first
    script = "import json, sys; from crm_app.documents import pdf, snapshot; sys.stdout.buffer.write(pdf.draw(snapshot.from_json(json.load(sys.stdin))))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(said).encode(),
        env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "PATH": ""},
        stdout=subprocess.PIPE,
        check=True,
    )
    assert done.stdout == first


def test_the_identity_names_the_document_and_its_content():
    def identity(**more):
        return [bytes(part.original_bytes) for part in read(drawn(document(**more))).trailer["/ID"]]

    first, changed, other = identity(), identity(notes="New"), identity(number="F-2026-000124")
    assert first[0] == changed[0] != other[0]
    assert first[1] != changed[1]


def test_the_day_of_the_file_is_the_day_of_the_document():
    assert read(drawn(document())).metadata["/CreationDate"] == "D:20261123000000Z"
    assert read(drawn(document(date=None))).metadata["/CreationDate"] == "D:20000101000000Z"


def test_many_at_once_are_drawn_as_one_after_the_other():
    given = [
        document(lines=numbered(number), notes="".join(chr(0x100 + number + shift) for shift in range(40)))
        for number in range(1, 25)
    ]
    alone = [drawn(said) for said in given]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(drawn, given)) == alone


def test_the_fonts_are_embedded_with_the_outlines_that_are_used_and_no_others():
    content = drawn(document(lines=[line("Ǻ ñ 7")]))
    assert len(content) < 20_000
    page = read(content).pages[0]
    whole = TTFont(faces._FOLDER / faces.FILES[""])
    embedded = page["/Resources"]["/Font"]["/F1"]["/DescendantFonts"][0]["/FontDescriptor"]["/FontFile2"].get_data()
    cut = TTFont(BytesIO(embedded))
    names = whole.getBestCmap()
    used = {names[ord(char)] for char in "Ǻñ7"}
    parts = {part for name in used for part in whole["glyf"][name].getComponentNames(whole["glyf"])}
    assert len(parts) == 5  # two letters and their accents, and the tabular figure
    for name in used | parts:
        assert outline(cut, whole.getGlyphID(name)) == outline(whole, whole.getGlyphID(name)) != b""
    unused = whole.getGlyphID(names[ord("Ж")])
    assert outline(cut, unused) == b""


def outline(font, number):
    return font.reader["glyf"][font["loca"].locations[number] : font["loca"].locations[number + 1]]


def logo(form, size=(1200, 400)):
    file = BytesIO()
    Image.new("RGB", size, (85, 80, 207)).save(file, form)
    return file.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_logo_stands_in_the_head(form):
    [image] = read(drawn(document(), logo=logo(form))).pages[0].images
    assert image.image.size == (720, 240)
    assert drawn(document(), logo=logo(form)) == drawn(document(), logo=logo(form))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        logo("PNG")[:60],
        logo("BMP"),
        logo("PNG", (9000, 5000)),
    ],
    ids=["empty", "text", "svg", "torn", "bmp", "huge"],
)
def test_what_is_no_fit_logo_is_left_out(content):
    assert drawn(document(), logo=content) == drawn(document())


# ---- faces


@pytest.mark.parametrize("room", [5.0, 20.0, 100.0])
def test_no_line_is_wider_than_its_room_and_no_character_is_lost(room):
    text = "Una frase corta y unapalabralarguísimaquenocabeenningúnsitio, y otra.\n\nFin"
    lines = faces.wrapped(text, "B", 9, room)
    assert max(faces.width(part, "B", 9) for part in lines) <= room + 0.001
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")


def test_all_digits_are_as_wide_as_each_other():
    for style in faces.FILES:
        assert {faces.width(digit, style, 9) for digit in "0123456789"} == {faces.width("0", style, 9)}


def test_a_percent_sign_stays_with_its_number():
    [page] = draw(document(lines=[line("Taladro", "1", "10", tax="Exportación 0 %")]))
    assert "0 %" in texts([page])
    assert "%" not in texts([page])
