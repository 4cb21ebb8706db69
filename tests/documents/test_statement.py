"""The statement of account as a PDF, read back."""

import itertools
from dataclasses import replace
from datetime import date
from decimal import Decimal

from crm_app.documents import faces, statement
from crm_app.documents.snapshot import Party
from tests.support.paper import pages, read, texts

D = Decimal
US = Party(name="Acme", legal_name="Acme S.L.", tax_id="B12345674", country="ES", iban="ES9121000418450200051332")
THEM = Party(name="Núñez", tax_id="B58818501", street="Calle Mayor 1", postcode="28013", city="Madrid", country="ES")


def row(day, what, number, amount, balance, due=None, overdue=0):
    return statement.Row(date(2026, 3, day), what, number, due, D(amount), D(balance), overdue)


MOVED = statement.Part(
    "EUR",
    D(50),
    D("120.25"),
    (
        row(2, "Invoice", "F-1", "121", "171", due=date(2026, 4, 1)),
        row(9, "Payment received", "P-1", "-50.75", "120.25"),
    ),
)
SAID = statement.Statement("es", "ES", US, THEM, date(2026, 3, 1), date(2026, 3, 31), (MOVED,))


def lines(said):
    return [line for page in pages(statement.draw(said)) for line in page]


def test_movements_stand_between_what_was_owed_before_and_after():
    drawn = lines(SAID)
    assert drawn[1] == ["Extracto de cuenta"]
    assert ["1 mar 2026", "31 mar 2026", "120,25 €"] in drawn
    assert ["Saldo inicial", "50,00"] in drawn
    assert ["2 mar 2026", "F-1", "Factura", "1 abr 2026", "121,00", "171,00"] in drawn
    assert ["9 mar 2026", "P-1", "Cobro", "50,75", "120,25"] in drawn
    assert ["Saldo final", "120,25 €"] in drawn
    assert ["ES91 2100 0418 4502 0005 1332"] in drawn
    assert drawn[-1][-1] == "Página 1 de 1"


def test_open_items_say_how_late_each_is_and_how_old_the_whole_is():
    late = row(2, "Invoice", "F-1 1/2", "60.50", "60.50", due=date(2026, 3, 12), overdue=19)
    money = row(9, "Payment received", "P-1", "-50", "-10")
    ages = tuple(
        statement.Age(*age) for age in (("Not yet due", D(0)), ("1-30 days", D("60.50")), ("Not allocated", D(-10)))
    )
    part = statement.Part("EUR", D(0), D("50.50"), (late, money), ages)
    drawn = lines(replace(SAID, language="en", country="US", begin=None, parts=(part,)))
    assert ["Mar 2, 2026", "F-1 1/2", "Invoice", "Mar 12, 2026", "19", "60.50", "60.50"] in drawn
    assert ["Mar 9, 2026", "P-1", "Payment received", "−50.00", "−10.00"] in drawn
    assert ["Not yet due", "1-30 days", "Not allocated"] in drawn
    assert ["0.00", "60.50", "−10.00"] in drawn
    assert not any("Opening balance" in line for line in drawn)


def test_each_page_carries_the_balance_so_far_and_each_currency_begins_anew():
    many = tuple(row(1 + n % 28, "Invoice", f"F-{n}", "10", str(10 * (n + 1))) for n in range(60))
    other = statement.Part(
        "CLP", D(5), D(605), tuple(row(3, "Invoice", f"C-{n}", "10", str(15 + 10 * n)) for n in range(60))
    )
    drawn = pages(statement.draw(replace(SAID, parts=(replace(MOVED, opening=D(0), closing=D(600), rows=many), other))))
    assert len(drawn) == 4
    for before, after in itertools.pairwise(drawn):
        foot, head = before[-2], after[2]
        if foot[0] == "Suma y sigue":
            rows = [line for line in before if line[0].endswith("2026") and len(line) > 4]
            assert foot[1] == rows[-1][-1]
            assert head == ["Suma anterior", foot[1]]
    assert sum(1 for line in drawn if line[-2][0] == "Suma y sigue") >= 2


def test_a_customer_without_movements_is_told_so_and_given_no_account_to_pay_into():
    drawn = texts(pages(statement.draw(replace(SAID, parts=()))))
    assert "Sin movimientos" in drawn
    assert not any("ES91" in text for text in drawn)


def test_the_same_statement_gives_the_same_bytes_and_another_another_identity():
    one, two = statement.draw(SAID), statement.draw(SAID)
    assert one == two
    other = statement.draw(replace(SAID, end=date(2026, 4, 1)))
    assert read(one).trailer["/ID"] != read(other).trailer["/ID"]


def test_hostile_and_huge_words_are_words_and_stay_on_the_page():
    part = replace(MOVED, rows=(row(2, "Invoice", "F-\x00<script>\u202e" + "9" * 400, "9" * 14, "9" * 14),))
    drawn = lines(replace(SAID, customer=replace(THEM, name="🦊 " * 200), parts=(part,)))
    assert any("<script>" in text for line in drawn for text in line)
    assert len(drawn) < 60


def test_the_largest_sums_stand_beside_their_words_and_the_longest_numbers_are_whole():
    number = "FACTURA-RECTIFICATIVA-2026-000000000001"
    many = tuple(row(3, "Invoice", number, "999999999999.99", "999999999999.99") for _ in range(60))
    file = read(statement.draw(replace(SAID, parts=(replace(MOVED, opening=D(0), rows=many),))))
    found: dict[str, tuple[float, float]] = {}
    file.pages[0].extract_text(visitor_text=lambda said, _cm, at, *_: found.update({said.strip(): (at[4], at[5])}))
    assert number in found
    words, height = found["Suma y sigue"]
    [amount] = [x for said, (x, y) in found.items() if y == height and said[:1].isdigit()]
    assert words + faces.width("Suma y sigue", "", 8) / faces.POINT < amount
