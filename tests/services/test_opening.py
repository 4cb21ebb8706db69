"""What the database is asked when a record is opened: as much as there is to tell, and not more for many than for few."""

import pytest

from crm_app.core.resource import RESOURCES
from crm_app.services import actions, doubles, records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from crm_app.state import forms, heads, invoices, quotes, settlements, verbs
from crm_app.state import trade as trades
from tests.support import kernel, trade
from tests.support.asked import asked

ACCOUNTS = RESOURCES.get("accounts")
ALSO = {"figures": heads.figures_of, "doubles": heads.doubles_of}


def opened(key, who=SYSTEM):
    with asked() as heard:
        found = forms.read(who, ACCOUNTS, key, False, ALSO)
    return found, heard


def test_lines_that_a_record_does_not_have_are_not_asked_for(trading):
    account = trade.customer()
    phones = [{"number": "600 100 200"}, {"number": "600 100 201"}]
    with Work(SYSTEM) as work, asked() as bare:
        assert records.one(work, ACCOUNTS, account).lines["phones"] == []
    actions.run(SYSTEM, "accounts", "change", account, {"phones": phones[:1]})
    with Work(SYSTEM) as work, asked() as one:
        assert len(records.one(work, ACCOUNTS, account).lines["phones"]) == 1
    actions.run(SYSTEM, "accounts", "change", account, {"emails": [{"address": "a@acme.example"}]})
    with Work(SYSTEM) as work, asked() as two:
        assert [len(found) for found in records.one(work, ACCOUNTS, account).lines.values()] == [0, 1, 1, 0, 0]
    assert [len(bare), len(one), len(two)] == [1, 2, 3]


def test_documents_that_an_account_does_not_have_are_not_summed(trading):
    account = trade.customer()
    _, heard = opened(account)
    assert not any(f"sum({table}" in text for text in heard for table in ("quote.", "invoice.", "anon_1.amount"))
    figures = [one.label for one in opened(account)[0].also["figures"]]
    assert figures == ["Saldo", "Saldo vencido"]
    trade.invoice(account, trade.line(1, 10))
    figures, heard = opened(account)[0].also["figures"], opened(account)[1]
    assert [(one.label, one.text) for one in figures] == [
        ("Saldo", "12,10 EUR"), ("Saldo vencido", "0,00 EUR"), ("Ventas, 12 meses", "10,00 EUR"),
    ]  # fmt: skip
    assert any("sum(" in text and "invoice.net_company" in text for text in heard)


def test_an_account_is_opened_by_as_many_statements_whatever_its_history_and_files_hold(trading):
    few, many = trade.customer(), trade.customer()
    for number in range(9):
        actions.run(SYSTEM, "accounts", "change", many, {"street": f"Calle Mayor {number}"})
    assert len(opened(many)[1]) == len(opened(few)[1])
    assert len(opened(many)[0].entries) == 10


@pytest.mark.parametrize("scope", ["all", "own"])
def test_all_that_should_tell_a_record_from_others_is_asked_at_once(admin, scope):
    seller = kernel.user_with(dict.fromkeys(("accounts.read", "accounts.create", "accounts.change"), scope))
    same = {"email": "info@acme.example", "tax_id": "B-12345674", "country": "ES"}
    hidden = kernel.account(SYSTEM, "Hidden", **same)
    mine = kernel.account(seller, "Mine", **same)
    with Work(seller) as work, asked() as heard:
        found = doubles.of_record(work, ACCOUNTS, mine, own={"tax_id": "B12345674", "email": None})
    unseen = scope == "own"
    assert [(one.field, one.id) for one in found] == [("tax_id", None if unseen else hidden)]
    with Work(seller) as work, asked() as both:
        found = doubles.of_record(work, ACCOUNTS, mine)
    assert [(one.field, one.id) for one in found] == [
        ("tax_id", None if unseen else hidden), ("email", None if unseen else hidden),
    ]  # fmt: skip
    assert (len(heard), len(both)) == (1 + unseen, 2 + unseen)


def opened_document(resource, key):
    also = {"beside": trades.beside, "standing": verbs.standing_of} | ALSO
    also |= {"settlements": settlements.settlements_of, "parts": invoices.parts_of} if resource == "invoices" else {}
    also |= {"versions": quotes.compared} if resource == "quotes" else {}
    with asked() as heard:
        found = forms.read(SYSTEM, RESOURCES.get(resource), key, False, also)
    return found, len(heard)


@pytest.mark.parametrize("resource", ["quotes", "orders", "deliveries", "invoices"])
def test_a_document_is_opened_by_as_many_statements_whatever_its_lines(trading, resource):
    account, goods = trade.customer(), trade.product(10)
    few, many = (
        trade.document(resource, account, *(trade.line(1, 10, goods) for _ in range(number))) for number in (2, 30)
    )
    assert opened_document(resource, many)[1] == opened_document(resource, few)[1]


def test_an_invoice_is_opened_by_as_many_statements_whatever_its_chain(trading):
    account, goods = trade.customer(), trade.product(10)
    keys = []
    for parts in (1, 3):
        order = trade.order(account, *(trade.line(parts, 10, goods) for _ in range(parts)))
        made = [
            trade.to("orders", "invoice", order, lines=trade.picked("orders", order, *[1] * parts))
            for _ in range(parts)
        ]
        for invoice in made:
            trade.run("invoices", "issue", invoice)
        keys.append(made[0])
    (one, few), (three, many) = (opened_document("invoices", key) for key in keys)
    assert (len(one.also["beside"].nodes), len(three.also["beside"].nodes)) == (2, 4)
    assert few == many


def test_what_lines_refer_to_is_asked_at_once(trading):
    account = trade.customer()
    counts = []
    for number in (2, 20):
        lines = [trade.line(1, 10, trade.product(10)) for _ in range(number)]
        with asked() as heard:
            key = trade.document("quotes", account, *lines)
        counts.append(len(heard))
        with asked() as heard:
            trade.run("quotes", "change", key, lines=lines)
        counts.append(len(heard))
    assert counts[:2] == counts[2:]


def test_a_line_that_names_what_its_writer_may_not_see_is_refused_among_others(trading):
    account, mine = trade.customer(), trade.product(10)
    contact = actions.run(SYSTEM, "contacts", "create", None, {"name": "Ana"}).id
    hidden = actions.run(SYSTEM, "contacts", "create", None, {"name": "Hidden"}).id
    seller = kernel.user_with({"accounts.*": "all", "contacts.read": "own"})
    given = {"contacts": [{"contact": contact}, {"contact": hidden}]}
    assert trade.faults(lambda: actions.run(seller, "accounts", "change", account, given)).keys() == {
        "contacts.0.contact", "contacts.1.contact",
    }  # fmt: skip
    assert trade.faults(lambda: trade.document("quotes", account, trade.line(1, 1, mine), trade.line(1, 1, 9999))).keys() == {
        "lines.1.product"
    }  # fmt: skip
