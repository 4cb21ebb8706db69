"""Numbers as they are read: of what nobody can change any more, and in lists."""

from dataclasses import replace

from crm_app.core.i18n import Speech
from crm_app.core.query import Filter, Query
from crm_app.core.resource import RESOURCES
from crm_app.services import records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from crm_app.state.heads import held
from tests.support import trade

ES = Speech("es", "ES", "Europe/Madrid", typed=True)


def test_numbers_of_what_is_posted_are_grouped_and_those_of_a_draft_are_as_one_types_them(trading):
    payments = RESOURCES.get("payments")
    account = trade.make("accounts", name="Acme")
    key = trade.make("payments", account=account, amount="1234567.5")

    reader = replace(SYSTEM, speech=ES)

    def amount():
        with Work(reader) as work:
            item = records.one(work, payments, key)
            shown = {name: records.shown(work, payments, item, name) for name in payments.fields}
            found = held(payments, item, shown, ES)
        return found["amount"], found["account"]

    assert amount() == ("1234567,50", str(account))
    trade.run("payments", "post", key)
    assert amount() == ("1.234.567,50", str(account))


def test_lists_leave_out_the_cents_of_a_currency_in_which_nobody_counts_them(trading):
    reader = replace(SYSTEM, speech=ES)
    for price, currency in (("12500", "COP"), ("12500.5", "COP"), ("12500", "EUR"), ("0.125", "COP")):
        trade.make("products", name=f"{price} {currency}", price=price, currency=currency)
    products, account = RESOURCES.get("products"), trade.make("accounts", name="Acme", currency="COP")
    for amount in ("1234567", "2345678"):
        trade.make("payments", account=account, amount=amount, currency="COP", rate="0.00021")
    payments = RESOURCES.get("payments")

    def cells(resource, name, *filters):
        with Work(reader) as work:
            page = records.page(
                work, resource, Query(filters=filters, sort="created_at"), columns=(resource.label, name)
            )
            brief = [records.showing(work, resource, name, brief=True)(item) for item in page.items]
            whole = [records.showing(work, resource, name)(item) for item in page.items]
        return brief, whole

    brief, whole = cells(products, "price")
    assert brief == ["12.500", "12.500,50", "12.500,00", "0,125"]
    assert whole == ["12.500,00", "12.500,50", "12.500,00", "0,125"]
    theirs = Filter("account", "eq", str(account))
    assert cells(payments, "amount", theirs) == (["1.234.567", "2.345.678"], ["1.234.567,00", "2.345.678,00"])
