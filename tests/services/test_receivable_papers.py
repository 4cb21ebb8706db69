"""Statement and open items as PDFs: who gets them, in which language, and that they say what the page says."""

from tests.support import crm, kernel, trade
from tests.support.paper import pages, texts
from tests.support.trade import line


def said(content):
    return [line for page in pages(content) for line in page]


def test_each_currency_has_its_own_table_and_an_empty_statement_is_a_page_too(trading):
    account = trade.customer()
    trade.invoice(account, line(1, 100))
    trade.invoice(account, line(1, 100), currency="USD", rate="0.9")
    found = texts(pages(crm.client(trading).get(f"/api/v1/accounts/{account}/open-items.pdf").content))
    assert [text for text in found if text[:3] in ("EUR", "USD")] == ["EUR · Euro", "USD · US Dollar"]
    nobody = trade.customer()
    assert "Nothing is open" in texts(
        pages(crm.client(trading).get(f"/api/v1/accounts/{nobody}/open-items.pdf").content)
    )


def test_who_may_not_read_all_of_it_gets_no_paper(trading):
    account = trade.customer()
    trade.invoice(account, line(1, 100))
    seller = kernel.user_with({f"{name}.read": "own" for name in ("accounts", "invoices", "payments")})
    for name in ("statement", "open-items"):
        assert crm.client(trading).get(f"/api/v1/accounts/999999/{name}.pdf").status_code == 404
        assert crm.client(seller.user).get(f"/api/v1/accounts/{account}/{name}.pdf").status_code == 404
    reader = kernel.user_with({"accounts.read": "all"})
    assert crm.client(reader.user).get(f"/api/v1/accounts/{account}/statement.pdf").status_code == 403
    told = crm.client(trading).get(f"/api/v1/accounts/{account}/statement.pdf?from=2027-02-01&to=2027-01-01")
    assert told.status_code == 422
    assert "to" in told.json()["fields"]


def test_the_customer_is_written_to_in_their_language_and_told_what_the_statement_says(trading):
    account = trade.customer(language="en", country="US", name="Smith / Sons")
    with trade.on(2027, 3, 1):
        invoice = trade.invoice(account, line(1, 100), payment_days=10)
    with trade.on(2027, 4, 1):
        trade.to("invoices", "pay", invoice, amount="21")
        program = crm.client(trading)
        told = program.get(f"/api/v1/accounts/{account}/statement.pdf?from=2027-02-01&to=2027-03-31")
        assert told.headers["content-type"] == "application/pdf"
        assert "Statement%20of%20account%20Smith%20-%20Sons%202027-03-31.pdf" in told.headers["content-disposition"]
        rows = said(told.content)
        assert ["Opening balance", "0.00"] in rows
        assert [row[1:] for row in rows if row[0] == "Closing balance"] == [["€100.00"]]
        still = said(program.get(f"/api/v1/accounts/{account}/open-items.pdf").content)
        assert ["Sum", "€79.00"] in still
        assert [row[-3:] for row in still if "Invoice" in row] == [["21", "100.00", "79.00"]]
        assert ["0.00", "79.00", "0.00", "0.00", "0.00", "0.00"] in still


def test_a_spanish_credit_note_is_called_as_on_its_own_paper_and_is_never_due(trading):
    account = trade.customer()
    with trade.on(2027, 5, 3):
        invoice = trade.invoice(account, line(1, 100))
        note = trade.to("invoices", "credit", invoice, issue=True)
        rows = said(crm.client(trading).get(f"/api/v1/accounts/{account}/statement.pdf").content)
    numbers = [trade.of("invoices", key).number for key in (invoice, note)]
    told = {row[1]: row[2:] for row in rows if len(row) > 2 and row[1] in numbers}
    assert told == {
        numbers[0]: ["Invoice", "3 May 2027", "121,00", "121,00"],
        numbers[1]: ["Corrective invoice", "121,00", "0,00"],
    }
