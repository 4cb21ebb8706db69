"""What nobody can change any more is shown as it is read, not as it is typed."""

from dataclasses import replace

from crm_app.core.i18n import Speech
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
