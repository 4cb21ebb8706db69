"""The company's texts for documents: what a new one takes, in whose language, and what stays as it was said."""

import pytest

from crm_app.core.i18n import Speech
from crm_app.models.quotes import QUOTES
from crm_app.services import previews, rules
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from crm_app.state.trade import usual_of
from tests.support import crm, kernel, trade
from tests.support.trade import faults, line, make, of, run, to


def text(name, document="all", place="terms", spanish="", english="", **more):
    return make("document-texts", name=name, document=document, place=place, text_es=spanish, text_en=english, **more)


@pytest.fixture
def texts(admin):
    """Notes for all documents, terms for quotes and for invoices; one more that is not the usual one."""
    text("Thanks", place="notes", spanish="Gracias.", english="Thank you.")
    text("Offer", "quotes", spanish="Oferta sujeta a existencias.", english="While stocks last.")
    text("Payment", "invoices", spanish="Pago a 30 días.\nMil gracias.", english="Please pay within 30 days.")
    text("Old offer", "quotes", spanish="Antes.", english="Before.", usual=False)


def said(resource, key):
    found = of(resource, key)
    return found.notes, found.terms


@pytest.mark.parametrize(
    ("resource", "spanish", "english"),
    [
        ("quotes", "Oferta sujeta a existencias.", "While stocks last."),
        ("orders", None, None),
        ("deliveries", None, None),
        ("invoices", "Pago a 30 días.\nMil gracias.", "Please pay within 30 days."),
    ],
)
def test_a_new_document_takes_the_texts_of_its_kind_in_its_customers_language(texts, resource, spanish, english):
    found = [trade.document(resource, trade.customer(language=one), line(1, 10)) for one in ("es", "en")]
    assert [said(resource, key) for key in found] == [("Gracias.", spanish), ("Thank you.", english)]


def test_without_a_language_of_the_customer_the_companys_counts(texts):
    account = trade.customer(language=None)
    with Work(SYSTEM) as work:
        assert rules.company(work, "language") == "en"
    assert said("quotes", trade.document("quotes", account, line(1, 10))) == ("Thank you.", "While stocks last.")


def test_what_somebody_says_counts_and_nothing_too(texts):
    account = trade.customer(language="en")
    spoken = trade.document("quotes", account, line(1, 10), notes="Dear Mary,")
    assert said("quotes", spoken) == ("Dear Mary,", "While stocks last.")
    silent = trade.document("quotes", account, line(1, 10), notes=None, terms="")
    assert said("quotes", silent) == (None, None)


def test_a_text_of_the_kind_goes_before_that_of_all_and_a_language_without_words_takes_none(texts):
    text("Orders", "orders", "notes", spanish="Gracias por su pedido.")
    account, other = (trade.customer(language=one) for one in ("es", "en"))
    assert said("orders", trade.document("orders", account, line(1, 10))) == ("Gracias por su pedido.", None)
    assert said("orders", trade.document("orders", other, line(1, 10))) == ("Thank you.", None)


def test_a_document_that_is_made_of_another_keeps_its_texts(texts):
    quote = trade.document("quotes", trade.customer(language="en"), line(2, 10), notes="Dear Mary,")
    told = said("quotes", quote)
    order = to("quotes", "order", quote)
    run("orders", "confirm", order)
    assert said("orders", order) == told
    invoice = to("orders", "invoice", order, issue=True)
    assert said("invoices", invoice) == told
    assert said("invoices", to("invoices", "credit", invoice)) == told
    run("quotes", "change", quote := trade.document("quotes", trade.customer(language="en"), line(1, 1)), terms=None)
    run("quotes", "send", quote)
    assert said("quotes", to("quotes", "revise", quote)) == ("Thank you.", None)


def test_a_stored_document_is_left_as_it_is(texts):
    english, spanish = (trade.customer(language=one) for one in ("en", "es"))
    quote = trade.document("quotes", english, line(1, 10), notes=None)
    run("quotes", "change", quote, account=spanish)
    run("quotes", "change", quote, reference="A-1")
    assert said("quotes", quote) == (None, "While stocks last.")


def test_who_is_given_money_back_is_not_asked_for_it(texts):
    note = trade.document("invoices", trade.customer(language="en"), line(1, 10), kind="credit_note")
    assert said("invoices", note) == ("Thank you.", None)


def test_the_form_of_a_new_document_shows_what_it_will_take(texts):
    account = trade.customer(language="es")

    def shown(**head):
        with Work(SYSTEM) as work:
            given = {"account": str(account)} | head
            found = previews.preview(work, QUOTES, given, [])
            usual = usual_of(work, QUOTES, found.head, given)
        return usual.get("notes"), usual.get("terms")

    assert shown() == ("Gracias.", "Oferta sujeta a existencias.")
    assert shown(notes="Estimada María:") == (None, "Oferta sujeta a existencias.")


def test_each_place_of_each_kind_has_one_usual_text(texts):
    told = {"usual": "“Offer” is the usual text of these documents already."}
    assert faults(lambda: text("Another", "quotes", english="X")) == told
    other = text("Another", "quotes", english="X", usual=False)
    assert faults(lambda: run("document-texts", "change", other, usual=True)) == told
    run("document-texts", "change", other, usual=True, document="orders")
    assert faults(lambda: run("document-texts", "change", other, document="quotes")) == told
    run("document-texts", "change", other, name="Renamed", text_en="Y", usual=True)
    assert said("orders", trade.document("orders", trade.customer(language="en"), line(1, 10))) == ("Thank you.", "Y")


def test_a_text_says_something(admin):
    assert faults(lambda: text("Empty")) == {"text_es": "Write the text in one language at least."}
    assert Speech("es").say("Write the text in one language at least.") == "Escriba el texto al menos en un idioma."


def test_programs_make_and_read_them_and_who_sells_only_reads(admin):
    program = crm.client(admin)
    body = {"name": "Offer", "document": "quotes", "place": "notes", "text_en": "Hello."}
    made = program.post("/api/v1/document-texts", json=body)
    assert (made.status_code, made.json()["usual"]) == (201, True)
    found = program.get("/api/v1/document-texts?q=hello&filter[document]=quotes").json()["items"]
    assert [row["name"] for row in found] == ["Offer"]
    paths = program.get("/api/v1/openapi.json").json()["paths"]
    assert {"get", "post"} <= paths["/document-texts"].keys()
    seller = crm.client(crm.member("seller@acme.example", "Sales"))
    assert seller.get("/api/v1/document-texts").status_code == 200
    assert seller.post("/api/v1/document-texts", json=body | {"name": "Mine"}).status_code == 403
    mine = kernel.user_with({"quotes.create": "own", "quotes.read": "own", "accounts.read": "all"})
    rows = [line(1, 10)]
    quote = run("quotes", "create", None, mine, account=trade.customer(language="en"), lines=rows).id
    assert of("quotes", quote).notes == "Hello.", "also of who may not read the texts themselves"
