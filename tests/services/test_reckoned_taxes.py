"""Invoices of each country as its adviser reckons them by hand: taxes, what is collected on top, withheld, paid apart; and given back."""

from decimal import Decimal

import pytest

from crm_app.core.i18n import Speech
from crm_app.models.taxes import TaxRate
from crm_app.services import snapshots
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from crm_app.state.trade import totals_of
from tests.support import crm, paper, trade
from tests.support.trade import line, money, of, run, to


def rate_ids(*names):
    key = {name: number for number, name in trade.columns(TaxRate, "id", "name")}
    return [key[name] for name in names]


def billed(country, names, *lines, customer=None, **values):
    """An issued invoice to a customer with these rates in their record."""
    beside = [{"tax_rate": key} for key in rate_ids(*names)]
    account = trade.customer(**{"country": country, "withholdings": beside} | (customer or {}))
    key = trade.document("invoices", account, *(line(*parts[:2], tax_class=parts[2]) for parts in lines), **values)
    run("invoices", "issue", key)
    return of("invoices", key)


def told(bill):
    return [(part["name"], *money(part["base"], part["amount"])) for part in bill.tax_lines]


def content_of(key):
    with Work(SYSTEM) as work:
        return snapshots.stored(work, "invoice", key).content


def rows(*texts):
    return [(name, *money(*amounts.split())) for name, amounts in texts]


# what is sold (quantity, price, class); what stands in the customer's record; net, tax, total, collected, withheld, payable; each rate
RECKONED = {
    "ES, a retailer who withholds": (
        ("ES", "EUR"), {"tax_status": "surcharge"}, ("IRPF 15 %",),
        ((3, "33.33", "standard"), (2, "10.05", "reduced"), (1, "7.77", "super_reduced")),
        "127.86 28.84 156.70 0 19.18 137.52",
        (("IVA 21 %", "99.99 21.00"), ("Recargo 5,2 %", "99.99 5.20"), ("IVA 10 %", "20.10 2.01"), ("Recargo 1,4 %", "20.10 0.28"),
         ("IVA 4 %", "7.77 0.31"), ("Recargo 0,5 %", "7.77 0.04"), ("IRPF 15 %", "127.86 19.18")),
    ),
    "ES, within the EU": (
        ("ES", "EUR"), {"country": "FR", "tax_id": "FR40303265045"}, (), ((2, "1234.565", "standard"),),
        "2469.13 0 2469.13 0 0 2469.13", (("Intracomunitario 0 %", "2469.13 0"),),
    ),
    "ES, a builder who owes the tax himself": (
        ("ES", "EUR"), {"tax_status": "reverse"}, ("IRPF 7 %",), ((1, "1000", "standard"), (2, "50.25", "reduced")),
        "1100.50 0 1100.50 0 77.04 1023.46", (("Inversión del sujeto pasivo 0 %", "1100.50 0"), ("IRPF 7 %", "1100.50 77.04")),
    ),
    "DE, a consumer within the EU": (
        ("DE", "EUR"), {"country": "FR"}, (), ((3, "9.99", "standard"), (1, "2.50", "reduced")),
        "32.47 5.87 38.34 0 0 38.34", (("VAT 19 %", "29.97 5.69"), ("VAT 7 %", "2.50 0.18")),
    ),
    "CO, three retes": (
        ("CO", "COP"), {}, ("ReteFuente 11 %", "ReteIVA 15 %", "ReteICA 0,966 %"), ((2, "1250000", "standard"),),
        "2500000 475000 2975000 0 370400 2604600",
        (("IVA 19 %", "2500000 475000"), ("ReteFuente 11 %", "2500000 275000"), ("ReteIVA 15 %", "475000 71250"),
         ("ReteICA 0,966 %", "2500000 24150")),
    ),
    "MX, fees: two thirds of the IVA, also where a part bears none": (
        ("MX", "MXN"), {}, ("ISR 10 %", "Retención de IVA, dos tercios"), ((1, "12345.67", "standard"), (1, "1000", "exempt")),
        "13345.67 1975.31 15320.98 0 2651.44 12669.54",
        (("IVA 16 %", "12345.67 1975.31"), ("Exento de IVA", "1000 0"), ("ISR 10 %", "13345.67 1334.57"),
         ("Retención de IVA, dos tercios", "1975.31 1316.87")),
    ),
    "MX, the IVA stands on price and IEPS": (
        ("MX", "MXN"), {}, (), ((12, "17.50", "special"), (1, "99.99", "standard")),
        "309.99 69.09 379.08 0 0 379.08",
        (("IEPS 8 %", "210 16.80"), ("IVA 16 %", "226.80 36.29"), ("IVA 16 %", "99.99 16.00")),
    ),
    "PE, detracción in whole soles": (
        ("PE", "PEN"), {}, ("Detracción 12 %",), ((1, "4567.89", "standard"),),
        "4567.89 822.22 5390.11 0 0 5390.11", (("IGV 18 %", "4567.89 822.22"), ("Detracción 12 %", "5390.11 647")),
    ),
    "PE, no detracción and no retention of 700 soles": (
        ("PE", "PEN"), {}, ("Detracción 12 %", "Retención de IGV 3 %"), ((1, "593.22", "standard"),),
        "593.22 106.78 700.00 0 0 700.00", (("IGV 18 %", "593.22 106.78"),),
    ),
    "PE, retention of a part of the total": (
        ("PE", "PEN"), {}, ("Retención de IGV 3 %",), ((1, "1234.56", "standard"),),
        "1234.56 222.22 1456.78 0 43.70 1413.08", (("IGV 18 %", "1234.56 222.22"), ("Retención de IGV 3 %", "1456.78 43.70")),
    ),
    "PE, perception": (
        ("PE", "PEN"), {}, ("Percepción de IGV 2 %",), ((1, "1234.56", "standard"),),
        "1234.56 222.22 1456.78 29.14 0 1485.92", (("IGV 18 %", "1234.56 222.22"), ("Percepción de IGV 2 %", "1456.78 29.14")),
    ),
    "CL, fees of 2026": (
        ("CL", "CLP"), {}, ("Retención de honorarios 15,25 %",), ((1, "333333", "exempt"),),
        "333333 0 333333 0 50833 282500", (("Exento de IVA", "333333 0"), ("Retención de honorarios 15,25 %", "333333 50833")),
    ),
    "CL, beverages": (
        ("CL", "CLP"), {}, (), ((7, "1190", "special"),),
        "8330 2416 10746 0 0 10746", (("IVA 19 %", "8330 1583"), ("Impuesto adicional a bebidas 10 %", "8330 833")),
    ),
    "AR, perceptions of IVA by the rate, of gross income on all": (
        ("AR", "ARS"), {}, ("Percepción de IVA 3 %", "Percepción de IVA 1,5 %", "Percepción de IIBB Buenos Aires"),
        ((1, "100000.10", "standard"), (2, "10000.05", "reduced")),
        "120000.20 23100.03 143100.23 6300.01 0 149400.24",
        (("IVA 21 %", "100000.10 21000.02"), ("IVA 10,5 %", "20000.10 2100.01"), ("Percepción de IVA 3 %", "100000.10 3000.00"),
         ("Percepción de IVA 1,5 %", "20000.10 300.00"), ("Percepción de IIBB Buenos Aires", "120000.20 3000.01")),
    ),
    "US, sales tax of a city": (
        ("US", "USD"), {}, (), ((3, "19.99", "standard"), (1, "5", "exempt")),
        "64.97 5.32 70.29 0 0 70.29", (("Sales tax", "59.97 5.32"), ("Exempt", "5 0")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", RECKONED)
def test_an_invoice_comes_to_what_its_adviser_reckons_and_is_given_back_to_the_cent(database, tmp_path, case):
    (country, currency), customer, names, lines, sums, rates = RECKONED[case]
    amounts = ("net", "tax", "total", "collected", "withheld", "payable")
    with crm.using(database, tmp_path), trade.on(2026, 11, 20):
        trade.found(country=country, currency=currency)
        _as_set_by_the_operator(country)
        bill = billed(country, names, *lines, customer=customer)
        assert [getattr(bill, name) for name in amounts] == money(*sums.split())
        assert told(bill) == rows(*rates)
        notes = [to("invoices", "credit", bill.id, issue=True, **more) for more in ({"percent": "33.3333"}, {})]
        back = [of("invoices", key) for key in notes]
        for name in ("total", "collected", "withheld", "payable"):
            assert sum(getattr(note, name) for note in back) == getattr(bill, name), name
        assert trade.owed(bill.account) == {}
        assert trade.disagreements() == []


def _as_set_by_the_operator(country):
    """The percentages that a register or a city sets."""
    if country == "AR":
        run("tax-rates", "change", *rate_ids("Percepción de IIBB Buenos Aires"), value="2.5", active=True)
    if country == "US":
        run("tax-rates", "change", *rate_ids("Sales tax"), value="8.875")


def test_a_detraction_of_an_invoice_in_dollars_is_a_part_of_its_total_and_its_least_amount_is_in_soles(
    database, tmp_path
):
    with crm.using(database, tmp_path):
        trade.found(country="PE", currency="PEN")
        run("settings", "change", 1, tax_account="00-068-123456")
        large, small = (
            billed(
                "PE",
                ("Detracción 12 %",),
                (1, price, "standard"),
                currency="USD",
                rate="3.75",
                customer={"language": "es"},
            )
            for price in ("1000", "150")
        )
        assert told(large)[1:] == rows(("Detracción 12 %", "1180 141.60"))
        assert told(small) == rows(("IGV 18 %", "150 27"))
        credit = of("invoices", to("invoices", "credit", large.id, issue=True))
        assert told(credit) == rows(("IGV 18 %", "1000 180"))
        (page,) = paper.draw(content_of(large.id))
        text = paper.texts([page])
        for said in (
            "Detracción 12 % sobre 1,180.00",
            "Operación sujeta al Sistema de Pago de Obligaciones",
            "00-068-123456",
        ):
            assert said in " ".join(text), said
        assert [part[-1] for part in page if part[0] == "Resto por pagar"] == ["USD 1,038.40"]


def test_what_is_collected_stands_on_the_paper_between_total_and_payable(database, tmp_path):
    with crm.using(database, tmp_path):
        trade.found(country="AR", currency="ARS")
        bill = billed("AR", ("Percepción de IVA 3 %",), (1, "100000", "standard"), customer={"language": "es"})
        content = content_of(bill.id)
        assert (content["collected"], content["collections"][0]["reason"]) == ("3000.0000", "Percepción RG 2408")
        how = {row["label"]: row["how"] for row in totals_of(vars(bill), "ARS", Speech("en"))}
        assert how["Percepción de IVA 3 %"] == (
            "3 % of 100,000.00. As it is collected from the customer. Of the lines of tax class Standard. Percepción RG 2408"
        )
        assert how["Payable"] == "Total and what is collected, less what is withheld"
        (page,) = paper.draw(content)
        said = [(part[0], part[-1]) for part in page if part[0].startswith(("Total", "Percepción", "A pagar"))]
        assert said == [
            ("Total", "$121.000,00"),
            ("Percepción de IVA 3 % sobre 100.000,00", "3.000,00"),
            ("Percepción RG 2408", "Percepción RG 2408"),
            ("A pagar", "$124.000,00"),
        ]


def test_the_rates_are_those_of_the_day_of_the_operation(database, tmp_path):
    """A rate that ended in June is that of what was done in June, whenever it is invoiced; a delivery note tells its day."""
    with crm.using(database, tmp_path), trade.on(2026, 9, 1):
        trade.found()
        summer = {"country": "ES", "tax_class": "special", "kind": "percent"}
        trade.make("tax-rates", name="Junio 5 %", value="5", sequence=11, valid_to="2026-06-30", **summer)
        account = trade.customer(language="es")
        work = line(1, 100, tax_class="special")
        late = trade.document("invoices", account, work)
        assert of("invoices", late).tax == Decimal(21)
        run("invoices", "change", late, operation_date="2026-06-20")
        assert of("invoices", late).tax == Decimal(26)
        run("invoices", "issue", late)
        kept = of("invoices", late)
        assert (kept.tax, kept.operation_date.isoformat(), content_of(late)["operation_date"]) == (
            Decimal(26),
            "2026-06-20",
            "2026-06-20",
        )
        said = paper.texts(paper.draw(content_of(late)))
        assert said[said.index("Fecha de la operación") + 1 :].index("20 jun 2026") >= 0
        with trade.on(2026, 6, 30):
            delivered, other = (trade.document("deliveries", account, work) for _ in range(2))
            for handed_over in (delivered, other):
                run("deliveries", "issue", handed_over)
            at_once = of("invoices", to("deliveries", "invoice", other))
        billed = of("invoices", to("deliveries", "invoice", delivered, issue=True))
        assert (billed.operation_date.isoformat(), billed.tax, at_once.operation_date) == (
            "2026-06-30",
            Decimal(26),
            None,
        )
