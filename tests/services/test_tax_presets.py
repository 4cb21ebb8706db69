"""A company that has just been founded, wherever it is, can invoice products of every class to every kind of customer."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from crm_app.models.choices import TaxClass
from crm_app.models.prices import PaymentTerms
from crm_app.models.taxes import TaxRate
from crm_app.services import find
from crm_app.services.actors import SYSTEM
from crm_app.services.database import engine_for
from crm_app.services.work import Work
from tests.support import crm, trade
from tests.support.trade import line, of

# percent of standard, reduced, super-reduced, zero, exempt, special at home; a customer abroad; one elsewhere in the EU
CHARGED = {
    "ES": ("21 10 4 0 0 21", "MX", "FR"), "DE": ("19 7 7 0 0 19", "MX", "FR"), "FI": ("25.5 13.5 10 0 0 25.5", "MX", "FR"), "CO": ("19 5 5 0 0 8", "ES", None),
    "MX": ("16 16 16 0 0 25.28", "ES", None), "PE": ("18 18 18 0 0 18", "ES", None), "CL": ("19 19 19 0 0 29", "ES", None),
    "AR": ("21 10.5 10.5 0 0 27", "ES", None), "US": ("0 0 0 0 0 0", "ES", None), "JP": ("0 0 0 0 0 0", "ES", None),
}  # fmt: skip


@pytest.mark.parametrize("country", CHARGED)
def test_every_class_is_invoiced_to_every_kind_of_customer_from_the_first_day(database, tmp_path, country):
    percents, abroad, union = CHARGED[country]
    at_home = [Decimal(percent) for percent in percents.split()]
    nothing = [Decimal(0)] * len(TaxClass)
    surcharged = [a + Decimal(b) for a, b in zip(at_home, ("5.2", "1.4", "0.5", "0", "0", "1.75"), strict=True)]
    with crm.using(database, tmp_path):
        trade.found(country=country, currency="EUR")
        prices = [100 * 2**place for place in range(len(TaxClass))]
        goods = [trade.product(price, tax_class=name.value) for price, name in zip(prices, TaxClass, strict=True)]
        kinds = [
            ({"country": country}, at_home), ({"country": None}, at_home), ({"country": abroad}, nothing),
            ({"country": country, "tax_status": "export"}, nothing), ({"country": country, "tax_status": "exempt"}, nothing), ({"country": abroad, "tax_status": "exempt"}, nothing),
            ({"country": country, "tax_status": "surcharge"}, surcharged if country == "ES" else at_home),
        ]  # fmt: skip
        if union:
            kinds += [({"country": country, "tax_status": "reverse"}, nothing)]
            kinds += [({"country": union, "tax_id": "FR40303265045"}, nothing), ({"country": union}, at_home)]
        for values, charged in kinds:
            account = trade.customer(**values)
            bill = of("invoices", trade.invoice(account, *(line(1, product=thing) for thing in goods)))
            due = sum(price * percent / 100 for price, percent in zip(prices, charged, strict=True))
            assert (bill.net, bill.tax, bill.total) == (sum(prices), due, sum(prices) + due), values
            assert sum(Decimal(told["base"]) for told in bill.tax_lines) >= sum(prices), "a tax of nothing is told, too"


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("country", CHARGED)
def test_what_a_company_begins_with_is_named_in_both_languages(database, tmp_path, country, language):
    """A text stands once: as the name, and in the other language. Peru's tax is called by its letters in both."""
    with crm.using(database, tmp_path):
        crm.founded(country=country, currency="EUR", language=language)
        rates = trade.columns(TaxRate, "name", "name_es", "name_en", "reason", "reason_es", "reason_en")
        terms = trade.columns(PaymentTerms, "name", "name_es", "name_en")
    for text, spanish, english in [*terms, *(row[:3] for row in rates), *(row[3:] for row in rates if row[3])]:
        assert (spanish is None) != (english is None) or text == "IGV 18 %", text
    of_language = {name for name, *_ in terms}
    assert ("30 días" in of_language, "30 days" in of_language) == (language == "es", language == "en")
    spanish = country not in ("DE", "FI", "US", "JP")
    assert {row[1] is None for row in rates} == {spanish}


# country, currency: what is withheld, in which order; net, tax, total, each withholding, what is payable, all reckoned by hand from
# three at 33.33 of the standard class and one at 10.05 of the reduced one
WORKED = {
    ("ES", "EUR"): (("IRPF 15 %",), "110.04 22.01 132.05", "16.51", "115.54"),
    ("CO", "COP"): (("ReteFuente 2,5 %", "ReteIVA 15 %", "ReteICA 0,966 %"), "110.04 19.50 129.54", "2.75 2.93 1.06", "122.80"),
    ("MX", "MXN"): (("ISR 10 %", "Retención de IVA, dos tercios"), "110.04 17.61 127.65", "11.00 11.74", "104.91"),
    ("PE", "PEN"): (("Retención de IGV 3 %",), "110.04 19.81 129.85", "", "129.85"),
    ("CL", "CLP"): (("Retención de honorarios 15,25 %",), "110 21 131", "17", "114"),
    ("AR", "ARS"): (("Retención de Ganancias 2 %",), "110.04 22.06 132.10", "2.20", "129.90"),
    ("DE", "EUR"): ((), "110.04 19.70 129.74", "", "129.74"),
    ("US", "USD"): ((), "110.04 0 110.04", "", "110.04"),
}  # fmt: skip


@pytest.mark.parametrize(("country", "currency"), WORKED)
def test_an_invoice_of_each_country_comes_to_what_an_accountant_reckons(database, tmp_path, country, currency):
    names, sums, kept, payable = WORKED[country, currency]
    with crm.using(database, tmp_path):
        trade.found(country=country, currency=currency)
        key = {name: number for number, name in trade.columns(TaxRate, "id", "name")}
        account = trade.customer(country=country, withholdings=[{"tax_rate": key[name]} for name in names])
        goods = [trade.product(price, tax_class=of) for price, of in (("33.33", "standard"), ("10.05", "reduced"))]
        bill = of("invoices", trade.invoice(account, line(3, product=goods[0]), line(1, product=goods[1])))
        assert [bill.net, bill.tax, bill.total] == trade.money(*sums.split())
        withheld = {told["name"]: Decimal(told["amount"]) for told in bill.tax_lines if told["withheld"]}
        assert withheld == dict(zip(names[: len(kept.split())], trade.money(*kept.split()), strict=True))
        assert bill.payable == Decimal(payable)


def test_a_tax_per_unit_stands_under_the_tax_on_top_of_it(database, tmp_path):
    """Mexico's IEPS on sweet drinks, so much a bottle, and the IVA on price and IEPS."""
    with crm.using(database, tmp_path):
        trade.found(country="MX", currency="MXN")
        for number, name in trade.columns(TaxRate, "id", "name"):
            if (name, dict(trade.columns(TaxRate, "id", "tax_class"))[number]) == ("IVA 16 %", "reduced"):
                trade.run("tax-rates", "change", number, kind="compound", sequence=20)
        trade.make(
            "tax-rates", name="IEPS", country="MX", tax_class="reduced", kind="unit", value="3.0818", sequence=10
        )
        soda, water = trade.product("10", tax_class="reduced"), trade.product("8", tax_class="standard")
        bill = of(
            "invoices", trade.invoice(trade.customer(country="MX"), line(24, product=soda), line(2, product=water))
        )
        told = {
            (part["name"], part["kind"]): (Decimal(part["base"]), Decimal(part["amount"])) for part in bill.tax_lines
        }
        assert told == {
            ("IEPS", "unit"): tuple(trade.money("240", "73.96")),
            ("IVA 16 %", "compound"): tuple(trade.money("313.96", "50.23")),
            ("IVA 16 %", "percent"): tuple(trade.money("16", "2.56")),
        }
        assert bill.total == Decimal("382.75")
        kept = trade.make("price-lists", name="PVP", included=True, rules=[{"kind": "fixed", "value": "20"}])
        gross = of("invoices", trade.invoice(trade.customer(country="MX", price_list=kept), line(7, product=soda)))
        assert (gross.included, gross.total) == (True, Decimal(140))


def test_a_tax_per_unit_is_money_of_the_company_in_whatever_currency_the_invoice_is(database, tmp_path):
    with crm.using(database, tmp_path):
        trade.found(country="MX", currency="MXN")
        trade.make(
            "tax-rates", name="IEPS", country="MX", tax_class="super_reduced", kind="unit", value="3.0818", sequence=5
        )
        account = trade.customer(country="MX")
        soda = line(24, "0.50", tax_class="super_reduced")
        bill = trade.document("invoices", account, soda, currency="USD", rate="18.5")
        ieps, _ = of("invoices", bill).tax_lines
        assert (ieps["value"], ieps["base"], Decimal(ieps["amount"])) == ("0.166584", "12.00", Decimal("4.00"))
        trade.run("invoices", "change", bill, rate="20")
        assert Decimal(of("invoices", bill).tax_lines[0]["amount"]) == Decimal("3.70")
        trade.run("invoices", "issue", bill)
        credit = of("invoices", trade.to("invoices", "credit", bill))
        assert [(Decimal(row["amount"]), row["name"]) for row in credit.tax_lines] == [
            (Decimal("3.70"), "IEPS"),
            (Decimal("1.92"), "IVA 16 %"),
        ]


def test_a_company_in_the_canary_islands_switches_igic_on_and_iva_off(database, tmp_path):
    with crm.using(database, tmp_path):
        trade.found()
        rates = trade.columns(TaxRate, "id", "name", "regime", "active")
        assert {name for _, name, _, active in rates if not active} == {
            "IGIC 7 %", "IGIC 3 %", "IGIC 0 %", "Exento de IGIC", "IGIC 15 %",
        }  # fmt: skip
        for key, name, regime, active in rates:
            if regime == "domestic" and "IRPF" not in name:
                trade.run("tax-rates", "change", key, active=not active)
        goods = [line(1, 100, tax_class=name.value) for name in TaxClass]
        bill = of("invoices", trade.invoice(trade.customer(), *goods))
        told = {part["name"]: Decimal(part["amount"]) for part in bill.tax_lines}
        assert told == {"IGIC 7 %": 7, "IGIC 3 %": 3, "IGIC 0 %": 0, "Exento de IGIC": 0, "IGIC 15 %": 15}


def test_who_lives_in_the_country_but_outside_its_taxes_is_exported_to(database, tmp_path):
    """From the mainland to the Canary Islands no IVA is charged, and the paper says why: not because the customer is exempt."""
    with crm.using(database, tmp_path):
        trade.found()
        islands = trade.customer(country="ES", postcode="35001", city="Las Palmas", tax_status="export")
        (told,) = of("invoices", trade.invoice(islands, line(1, 100))).tax_lines
        assert (told["name"], told["category"], Decimal(told["amount"])) == ("Exportación 0 %", "G", 0)
        assert told["reason"] == "Exportación, artículo 21 de la Ley 37/1992"


def _rates(name, tax_class=None):
    """The ids of the rates of that name, and of that class."""
    rows = trade.columns(TaxRate, "id", "name", "tax_class")
    return [key for key, named, kind in rows if named == name and tax_class in (None, kind)]


def test_a_rate_of_a_region_that_is_switched_on_replaces_the_one_of_its_class(database, tmp_path):
    with crm.using(database, tmp_path):
        trade.found()
        for name, kind in (("IGIC 7 %", "standard"), ("IGIC 3 %", "reduced")):
            trade.run("tax-rates", "change", *_rates(name, tax_class=kind), active=True)
        goods = [line(1, 100, tax_class=kind) for kind in ("standard", "reduced", "super_reduced")]
        here, surcharged = trade.customer(), trade.customer(tax_status="surcharge")
        bill = of("invoices", trade.invoice(here, *goods))
        assert [part["name"] for part in bill.tax_lines] == ["IGIC 7 %", "IGIC 3 %", "IVA 4 %"]
        assert bill.tax == Decimal(14)
        assert len(of("invoices", trade.invoice(surcharged, *goods)).tax_lines) == 6
        trade.run("tax-rates", "change", *_rates("IGIC 7 %"), valid_from="2030-01-01")
        assert of("invoices", trade.invoice(here, goods[0])).tax == Decimal(21), "it is not in force yet"


def test_two_percentages_are_not_charged_side_by_side_unawares(database, tmp_path):
    told = (
        "IVA 21 % is charged to the same customers for the same class. Choose it here if this one replaces it, or give this one"
        " another order if both are charged."
    )
    with crm.using(database, tmp_path):
        trade.found()
        new = {"name": "Tasa", "country": "ES", "tax_class": "standard", "value": "3"}
        (vat,) = _rates("IVA 21 %", tax_class="standard")
        for more in ({}, {"country": None}, {"tax_class": None}, {"valid_from": "2030-01-01"}):
            assert trade.faults(lambda more=more: trade.make("tax-rates", **new | more)) == {"replaces": told}
        for more in ({"active": False}, {"country": "FR"}, {"regime": "export"}, {"tax_class": "zero", "sequence": 11}):
            trade.make("tax-rates", **new | more)
        (igic,) = _rates("IGIC 7 %")
        assert trade.faults(lambda: trade.run("tax-rates", "change", igic, replaces=None, active=True)) == {
            "replaces": told
        }
        assert trade.faults(lambda: trade.run("tax-rates", "change", vat, replaces=igic)) == {
            "replaces": "It cannot replace itself."
        }
        assert trade.faults(lambda: trade.run("tax-rates", "change", vat, replaces=vat)) == {
            "replaces": "It cannot replace itself."
        }
        (income,) = _rates("IRPF 15 %")
        assert trade.faults(lambda: trade.run("tax-rates", "change", income, replaces=vat)) == {
            "replaces": "IVA 21 % is of another kind: a tax replaces a tax."
        }
        assert trade.faults(lambda: trade.customer(withholdings=[{"tax_rate": income}, {"tax_rate": vat}])) == {
            "withholdings.1.tax_rate": (
                "IVA 21 % is charged by the class of what is sold. Choose a rate that is withheld, collected or paid apart."
            )
        }
        both = trade.make("tax-rates", **new, sequence=11)
        client, service = trade.customer(), line(1, 100)
        assert of("invoices", trade.invoice(client, service)).tax == Decimal(24)
        draft = trade.document("invoices", client, service)
        as_it_was = sa.update(TaxRate).where(sa.column("id") == both).values(sequence=10)
        with engine_for(database).execution_options(writes=True).begin() as connection:
            connection.execute(as_it_was)
        assert trade.faults(lambda: trade.run("invoices", "issue", draft)) == {
            "lines.0.tax_class": (
                "IVA 21 % and Tasa are both charged. In the settings say which of them replaces the other, or give one another order."
            )
        }
        trade.run("tax-rates", "change", both, name="Tasa local")


def test_a_percentage_that_the_law_has_announced_comes_on_its_day(database, tmp_path):
    """Chile's withholding of fees rises every year (Ley 21.133): whichever of them the customer's record names."""
    with crm.using(database, tmp_path):
        trade.found(country="CL", currency="CLP")
        kept = {}
        for named in ("15,25", "17"):
            (rate,) = _rates(f"Retención de honorarios {named} %")
            account = trade.customer(country="CL", withholdings=[{"tax_rate": rate}])
            for year in (2025, 2026, 2027, 2028, 2031):
                with trade.on(year, 3, 1):
                    bill = of("invoices", trade.document("invoices", account, line(1, 1000000, tax_class="exempt")))
                kept[named, year] = int(bill.withheld)
        assert list(kept.values()) == [145000, 152500, 160000, 170000, 170000] * 2


def test_rates_of_one_name_are_told_apart_by_class_and_kind_where_one_is_chosen(database, tmp_path):
    with crm.using(database, tmp_path):
        trade.found()
        with Work(SYSTEM) as work:
            hits = [(hit.label, hit.hint) for hit in find.find(work, "IVA 21")]
            (income,) = [hit.hint for hit in find.find(work, "IRPF 15")]
    assert sorted(hits) == [("IVA 21 %", "Especial, Porcentaje"), ("IVA 21 %", "General, Porcentaje")]
    assert income == "Retención sobre el neto"
