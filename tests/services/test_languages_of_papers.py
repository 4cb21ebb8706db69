"""Taxes, reasons, payment terms and units stand on the paper in the customer's language; what was issued stays as it was."""

import dataclasses

import pytest
import sqlalchemy as sa

from crm_app.core.i18n import Speech
from crm_app.documents import pdf
from crm_app.documents.snapshot import from_json
from crm_app.models.prices import PaymentTerms
from crm_app.models.snapshots import DocumentSnapshot
from crm_app.models.taxes import TaxRate
from crm_app.services import papers, records, snapshots, strip
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import crm, paper, trade
from tests.support.trade import customer, invoice, line, make, product, run, to

SPANISH = {"language": "es", "country": "MX"}
ENGLISH = {"language": "en", "country": "GB"}


def named(table, name):
    (found,) = [key for key, text in trade.columns(table, "id", "name") if text == name]
    return found


def kept(resource, key):
    with Work(SYSTEM) as work:
        return snapshots.stored(work, records.resource_of(resource).table.__tablename__, key).content


def printed(resource, key):
    return papers.paper(SYSTEM, records.resource_of(resource), key).content


def taxed(content):
    """What the paper says of the taxes of its lines, of the taxes below them and of what is withheld."""
    taxes = [(part["name"], part["reason"]) for part in content["taxes"]]
    return [part["tax"] for part in content["lines"]], taxes, [part["name"] for part in content["withholdings"]]


def sold(**values):
    """An invoice to a new customer of a piece, a box and some hours, due in thirty days."""
    account = customer(payment_terms=named(PaymentTerms, "30 days"), **values)
    goods = [product("10", unit=unit, name_es="Cosa", name_en="Thing") for unit in ("ud", "caja", "h")]
    return invoice(account, *(line(how, product=thing) for how, thing in zip((1, 2, 3), goods, strict=True)))


@pytest.mark.parametrize(
    ("values", "terms", "taxes", "quantities"),
    [
        (
            ENGLISH,
            "30 days",
            (["Export 0%"] * 3, [("Export 0%", "Export, article 21 of Spanish Law 37/1992")], []),
            {"1 pc", "2 boxes", "3 h"},
        ),
        (
            SPANISH,
            "30 días",
            (["Exportación 0 %"] * 3, [("Exportación 0 %", "Exportación, artículo 21 de la Ley 37/1992")], []),
            {"1 ud", "2 cajas", "3 h"},
        ),
    ],
)
def test_what_is_exported_is_told_in_the_language_of_the_customer(trading, values, terms, taxes, quantities):
    key = sold(**values)
    content = kept("invoices", key)
    assert (content["payment_terms"], taxed(content)) == (terms, taxes)
    drawn = " ".join(paper.texts(paper.pages(printed("invoices", key))))
    assert [told for told in (terms, *taxes[1][0], *quantities) if told not in drawn] == []
    words = (
        ("30 days", "30 días"),
        ("Export 0%", "Exportación"),
        (" pc ", " ud "),
        ("Law", "Ley"),
        ("article", "artículo"),
    )
    foreign = [pair[values is ENGLISH] for pair in words]
    assert [told for told in foreign if told in drawn] == []


@pytest.mark.parametrize(
    ("language", "taxes"),
    [
        (
            "en",
            (
                ["VAT 10% + Equivalence surcharge 1.4%"],
                [("VAT 10%", ""), ("Equivalence surcharge 1.4%", "")],
                ["Income tax withholding (IRPF) 15%"],
            ),
        ),
        ("es", (["IVA 10 % + Recargo 1,4 %"], [("IVA 10 %", ""), ("Recargo 1,4 %", "")], ["IRPF 15 %"])),
    ],
)
def test_several_taxes_and_what_is_withheld_are_told_in_the_language_of_the_customer(trading, language, taxes):
    withholdings = [{"tax_rate": named(TaxRate, "IRPF 15 %")}]
    account = customer(language=language, tax_status="surcharge", withholdings=withholdings)
    assert taxed(kept("invoices", invoice(account, line(1, 10, tax_class="reduced")))) == taxes


def test_a_customer_without_a_language_reads_that_of_the_company(trading):
    run("settings", "change", 1, language="es")
    try:
        content = kept("invoices", sold())
    finally:
        run("settings", "change", 1, language="en")
    assert (content["language"], content["payment_terms"], content["lines"][0]["tax"]) == ("es", "30 días", "IVA 21 %")
    assert kept("invoices", sold())["lines"][0]["tax"] == "VAT 21%"


def test_the_page_beside_a_document_says_it_as_the_paper_will(trading):
    account, thing = customer(**ENGLISH), product("10", unit="ud")
    terms = named(PaymentTerms, "30 days")
    with Work(SYSTEM) as work:
        head = {"account": account, "payment_terms": terms}
        found = papers.sketch_typed(work, records.resource_of("quotes"), head, [line(2, "10", thing)])
    pages, _ = papers.pages_of(found)
    words = {mark[7].replace("\N{NO-BREAK SPACE}", " ") for page in pages for mark in page if mark[0] == "text"}
    assert {"Export 0%", "30 days", "2 pcs"} <= words


def test_names_that_the_user_wrote_are_printed_as_written(trading):
    rate = make("tax-rates", name="Impuesto de islas 3 %", value="3", tax_class="zero", sequence=5, country="ES")
    terms = make("payment-terms", name="Al contado", parts=[{"days": 0}])
    thing = product("10", tax_class="zero", unit="rodal")

    def told(language):
        content = kept("invoices", invoice(customer(language=language, payment_terms=terms), line(2, product=thing)))
        return content["payment_terms"], content["taxes"][0]["name"], content["lines"][0]["unit"]

    assert [told("es"), told("en")] == [("Al contado", "Impuesto de islas 3 %", "rodal")] * 2
    run("tax-rates", "change", rate, name_en="Island duty 3%")
    run("payment-terms", "change", terms, name_en="Cash")
    assert [told("es"), told("en")] == [
        ("Al contado", "Impuesto de islas 3 %", "rodal"),
        ("Cash", "Island duty 3%", "rodal"),
    ]
    run("tax-rates", "change", rate, name="Tributo insular 3 %", name_es="Arbitrio 3 %")
    assert [told("es")[1], told("en")[1]] == ["Arbitrio 3 %", "Tributo insular 3 %"]
    run("tax-rates", "change", rate, active=False)


def test_a_credit_note_does_not_take_the_new_words_of_a_rate_that_has_become_another(trading):
    rate = make("tax-rates", name="Tasa A", name_en="Duty A", value="3", tax_class="zero", sequence=5, country="ES")
    account = customer(language="en")
    before, after = (invoice(account, line(1, 10, tax_class="zero")) for _ in range(2))
    assert taxed(kept("invoices", to("invoices", "credit", before, issue=True)))[0] == ["Duty A + VAT 0%"]
    run("tax-rates", "change", rate, name="Tasa B", name_en="Duty B", value="4")
    told = taxed(kept("invoices", to("invoices", "credit", after, issue=True)))
    assert (told[0], [name for name, _ in told[1]]) == (["Tasa A + VAT 0%"], ["Tasa A", "VAT 0%"])
    run("tax-rates", "change", rate, active=False)


def test_what_was_issued_before_is_printed_with_the_words_that_it_was_issued_with(trading):
    key = sold(**ENGLISH)
    old = kept("invoices", key)
    old |= {"payment_terms": "30 días"}
    old["taxes"][0] |= {"name": "Exportación 0 %", "reason": "Exportación, artículo 21 de la Ley 37/1992"}
    old["lines"][0] |= {"unit": "ud", "tax": "Exportación 0 %"}
    with Work(SYSTEM, "invoices.change") as work:
        mine = sa.and_(DocumentSnapshot.entity == "invoice", DocumentSnapshot.record == key)
        work.session.execute(sa.update(DocumentSnapshot).where(mine).values(content=old, pdf=None))
    drawn = printed("invoices", key)
    assert drawn == pdf.draw(from_json(old))
    words = " ".join(paper.texts(paper.pages(drawn)))
    assert [told for told in ("30 días", "Exportación 0 %", "1 ud", "Ley 37/1992") if told not in words] == []


def test_over_rest_the_names_are_fields_like_others(trading):
    program = crm.client(trading)
    key = named(TaxRate, "Exento de IVA")
    found = program.get(f"/api/v1/tax-rates/{key}").json()
    assert {name: found[name] for name in ("name_es", "name_en", "reason_es", "reason_en")} == {
        "name_es": None,
        "name_en": "VAT exempt",
        "reason_es": None,
        "reason_en": "Exempt, article 20 of Spanish Law 37/1992",
    }


def test_a_tax_rate_that_is_renamed_is_renamed_in_every_language(trading):
    """Else documents in the other language would say the old name for ever."""
    rate = make("tax-rates", name="IVA 9 %", name_en="VAT 9%", reason="Vieja", reason_en="Old", value="9", sequence=5)
    run("tax-rates", "change", rate, name="IVA 8 %", reason="Nueva")
    assert [row[1:] for row in trade.columns(TaxRate, "id", "name", "name_en", "reason_en") if row[0] == rate] == [
        ("IVA 8 %", None, None)
    ]
    run("tax-rates", "change", rate, name="IVA 21 %")
    run("tax-rates", "change", rate, value="21")
    run("tax-rates", "change", rate, name="IVA 21 % b", name_en="VAT 21% b")
    run("tax-rates", "change", rate, name="IVA 21 % c", name_en="VAT 21% c")
    run("tax-rates", "change", rate, name_es="Otro")
    told = ("name", "name_es", "name_en")
    assert [row[1:] for row in trade.columns(TaxRate, "id", *told) if row[0] == rate] == [
        ("IVA 21 % c", "Otro", "VAT 21% c")
    ]
    run("tax-rates", "change", rate, name="Exportación 0 %")
    assert [row[1:] for row in trade.columns(TaxRate, "id", *told) if row[0] == rate] == [
        ("Exportación 0 %", None, "Export 0%")
    ]
    run("tax-rates", "remove", rate)
    terms = make("payment-terms", name="A 12 días", name_en="12 days")
    run("payment-terms", "change", terms, name="A 10 días")
    assert [row[1:] for row in trade.columns(PaymentTerms, "id", "name_en") if row[0] == terms] == [(None,)]


def test_the_page_names_taxes_in_the_language_of_its_reader_whatever_the_paper_says(trading):
    key = sold(**SPANISH)
    assert taxed(kept("invoices", key))[1] == [("Exportación 0 %", "Exportación, artículo 21 de la Ley 37/1992")]
    read = {}
    for language in ("es", "en"):
        with Work(speaking(language)) as work:
            read[language] = [(part["name"], part["reason"]) for part in strip.tax_lines(work, "invoices", key)]
    assert read == {
        "es": [("Exportación 0 %", "Exportación, artículo 21 de la Ley 37/1992")],
        "en": [("Export 0%", "Export, article 21 of Spanish Law 37/1992")],
    }


def speaking(language):
    """The system, in that language."""
    return dataclasses.replace(SYSTEM, speech=Speech(language))


@pytest.mark.parametrize(
    ("name", "value", "new", "after"),
    [
        ("IVA 21 % d", "21", "23", "IVA 23 % d"),
        ("IVA 21 % e", "21", "21.5", "IVA 21,5 % e"),
        ("VAT 21% f", "21", "21.5", "VAT 21.5% f"),
        ("Recargo 5,2 % g", "5.2", "6", "Recargo 6 % g"),
        ("IVA 121 % h", "21", "23", "IVA 121 % h"),
        ("Class 21 i", "21", "23", "Class 21 i"),
    ],
)
def test_a_name_that_tells_the_percentage_follows_it(trading, name, value, new, after):
    rate = make("tax-rates", name=name, country="ES", tax_class="reduced", value=value, category="S", active=False)
    run("tax-rates", "change", rate, value=new)
    assert trade.of("tax-rates", rate).name == after
    run("tax-rates", "change", rate, value="19", name="Own name")
    assert trade.of("tax-rates", rate).name == "Own name"
    run("tax-rates", "remove", rate)
