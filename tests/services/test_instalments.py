"""Each part of an invoice is due by itself: what is settled pays the earliest first, and everything that tells who owes what
since when follows the parts."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count, product

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_app.core.query import Filter, Query
from crm_app.models.base import KEEP_IDS, Id, Json
from crm_app.models.invoices import INVOICES, Invoice, InvoicePart
from crm_app.models.prices import PaymentPart, PaymentTerms
from crm_app.models.taxes import TaxRate
from crm_app.services import (
    ageing,
    credit,
    instalments,
    needs,
    records,
    schema,
    snapshots,
    statements,
    strip,
    trade_checks,
)
from crm_app.services.actors import SYSTEM
from crm_app.services.database import engine_for
from crm_app.services.work import Work
from tests.support import crm, kernel, trade
from tests.support.trade import line, of, on, run, to

D = Decimal
THIRDS = [{"percent": "33.3333", "days": days} for days in (30, 60, 90)]
_names = count(1)


def terms(*parts):
    return trade.make("payment-terms", name=f"Parts {next(_names)}", parts=list(parts))


def parts_of(invoice):
    with Work(SYSTEM) as work:
        return [(part.due, part.amount, part.open) for part in strip.parts_of(work, invoice)]


def aged(account, day):
    """What the account owes at the end of that day by days overdue, without what is nothing; statement and ageing agree."""
    trade.owed(account, day)
    with Work(SYSTEM) as work:
        found = ageing.ageing(work, day, accounts=[account])
    return {name: amount for row in found for name, amount in row.buckets.items() if amount}


def printed(invoice):
    """The parts as the paper has them."""
    with Work(SYSTEM) as work:
        row, lines = work.session.get(Invoice, invoice), snapshots.lines_of(work, "invoices", invoice)
        return snapshots.content_of(work, "invoices", row, lines)["instalments"]


def overdue(account):
    with Work(SYSTEM) as work:
        filters = (
            ("status", "eq", "issued"),
            ("balance", "gt", "0"),
            ("next_due", "lt", "today"),
            ("account", "eq", str(account)),
        )
        return [
            item.id
            for item in records.page(work, INVOICES, Query(filters=tuple(Filter(*one) for one in filters))).items
        ]


def test_what_is_settled_pays_the_earliest_part_first(trading):
    account = trade.customer(payment_terms=terms(*THIRDS))
    with on(2027, 1, 1):
        invoice = trade.invoice(account, line(1, "247.93"))
    days = [date(2027, 1, 31), date(2027, 3, 2), date(2027, 4, 1)]
    assert parts_of(invoice) == list(zip(days, [D(100)] * 3, [D(100)] * 3, strict=True))
    found = of("invoices", invoice)
    assert (found.total, found.due, found.next_due) == (D(300), days[2], days[0])
    with on(2027, 2, 10):
        payment = to("invoices", "pay", invoice, amount="130")
    assert [part[2] for part in parts_of(invoice)] == [D(0), D(70), D(100)]
    assert of("invoices", invoice).next_due == days[1]
    with on(2027, 3, 3):
        run("payments", "reverse", payment)
    assert [part[2] for part in parts_of(invoice)] == [D(100)] * 3
    assert of("invoices", invoice).next_due == days[0]
    for day, buckets in (
        (date(2027, 1, 31), {"current": D(300)}),
        (date(2027, 2, 1), {"current": D(200), "30": D(100)}),
        (date(2027, 2, 10), {"current": D(170)}),
        (date(2027, 3, 2), {"current": D(170)}),
        (date(2027, 3, 3), {"current": D(100), "30": D(100), "60": D(100)}),
        (date(2027, 6, 29), {"90": D(100), "120": D(100), "older": D(100)}),
    ):
        assert aged(account, day) == buckets, day
    with on(2027, 7, 1):
        to("invoices", "pay", invoice)
    assert (of("invoices", invoice).next_due, aged(account, date(2027, 7, 1))) == (days[2], {})
    assert trade.disagreements() == []


def test_a_part_that_is_late_makes_the_invoice_overdue_and_holds_the_customer(trading):
    policy = trade.make("credit-policies", name="By parts", levels=[{"days": 10, "effect": "hold_orders"}])
    account = trade.customer(payment_terms=terms(*THIRDS), credit_policy=policy)
    with on(2027, 8, 1):
        invoice = trade.invoice(account, line(1, "247.93"))
    with on(2027, 8, 31):
        assert overdue(account) == []
    with on(2027, 9, 10) as today:
        assert overdue(account) == [invoice]
        with Work(SYSTEM) as work:
            (one,) = [one for one in credit.held(work) if one.account == account]
            (need,) = [need for need in needs.found(work, today) if need.question.look == "late"]
        assert (one.overdue, one.days, one.since) == (D(100), 10, date(2027, 8, 31))
        assert invoice in [item.id for item in need.first]
        order = trade.document("orders", account, line(1, 1))
        assert list(trade.faults(lambda: run("orders", "confirm", order))) == ["account"]
        to("invoices", "pay", invoice, amount="100")
        assert (overdue(account), of("invoices", invoice).balance) == ([], D(200))
        run("orders", "confirm", order)


def test_a_statement_tells_the_parts_and_money_goes_to_the_parts_that_are_due_first(trading):
    account = trade.customer(payment_terms=terms(*THIRDS))
    with on(2027, 10, 1) as today:
        invoice = trade.invoice(account, line(1, "247.93"))
        other = trade.invoice(account, line(1, 50), payment_terms=None, payment_days=45)
        with Work(SYSTEM) as work:
            (found,) = statements.statement(work, account, today, today)
        assert [(row.part, row.due, row.amount, row.balance) for row in found.movements] == [
            ("1/3", date(2027, 10, 31), D(100), D(100)),
            ("2/3", date(2027, 11, 30), D(100), D(200)),
            ("3/3", date(2027, 12, 30), D(100), D(300)),
            ("", date(2027, 11, 15), D("60.50"), D("360.50")),
        ]
        payment = trade.make("payments", account=account, amount="200")
        run("payments", "post", payment, oldest=True)
    assert [of("invoices", key).paid for key in (invoice, other)] == [D("139.50"), D("60.50")]
    program = crm.client(trading)
    assert program.get(f"/api/v1/invoices/{invoice}/instalments").json() == {
        "items": [
            {"due": "2027-10-31", "amount": "100", "open": "0"},
            {"due": "2027-11-30", "amount": "100", "open": "60.5"},
            {"due": "2027-12-30", "amount": "100", "open": "100"},
        ]
    }
    blind = crm.client(kernel.user_with({"invoices.read": "own"}).user)
    assert blind.get(f"/api/v1/invoices/{invoice}/instalments").status_code == 404


def test_a_deposit_and_a_credit_note_are_one_sum_and_parts_of_nothing_are_none(trading):
    account = trade.customer(payment_terms=terms(*THIRDS))
    with on(2028, 1, 1):
        order = trade.order(account, line(1, 1000))
        deposit = to("orders", "invoice", order, deposit="30", issue=True)
        final = to("orders", "invoice", order, issue=True)
        note = to("invoices", "credit", final, percent="10", issue=True)
        cent = trade.invoice(account, line(1, "0.01"))
        free = trade.invoice(account, line(1, 10, discount="100"))
        whole = trade.invoice(account, line(1, 1), payment_terms=None, due="2028-01-20")
    assert parts_of(deposit) == [(date(2028, 1, 31), D(363), D(363))]
    assert [len(parts_of(key)) for key in (final, note, cent, free, whole)] == [3, 1, 1, 1, 1]
    assert sum(amount for _, amount, _ in parts_of(final)) == of("invoices", final).payable == D(847)
    assert parts_of(free) == [(date(2028, 3, 31), D(0), D(0))]
    assert parts_of(whole)[0][0] == date(2028, 1, 20), "a written day stays"
    draft = trade.document("invoices", account, line(1, 100))
    assert (parts_of(draft), trade.disagreements()) == ([], [])
    assert [len(printed(key)) for key in (draft, final, deposit, note, whole)] == [3, 3, 0, 0, 0]
    assert [D(part["amount"]) for part in printed(final)] == [amount for _, amount, _ in parts_of(final)]


def test_a_part_that_is_not_what_it_should_be_is_found(trading):
    with on(2028, 2, 1):
        invoice = trade.invoice(trade.customer(payment_terms=terms(*THIRDS)), line(1, 100))
    for values in ({"before": D(1)}, {"amount": D(1)}, {"due": date(2020, 1, 1)}):
        with Work(SYSTEM, "invoices.change") as work:
            work.session.execute(sa.update(InvoicePart).where(InvoicePart.invoice == invoice).values(values))
            assert trade_checks._wrong_parts(work) == 1, values
            work.session.rollback()


RUNNING = count()
SHARES = st.lists(st.tuples(st.integers(1, 70), st.integers(0, 150), st.booleans()), min_size=1, max_size=5)
INVOICED = st.lists(st.tuples(SHARES, st.decimals("0.01", "900", places=2)), min_size=1, max_size=3)
PAID = st.lists(st.tuples(st.integers(0, 200), st.decimals("0.01", "600", places=2), st.booleans()), max_size=4)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(INVOICED, PAID)
def test_the_buckets_come_to_what_is_owed_at_any_date(trading, invoiced, paid):
    begin = date(2030, 1, 1) + timedelta(days=300 * next(RUNNING))
    account = trade.customer()
    with on(begin.year, begin.month, begin.day):
        for shares, price in invoiced:
            whole = sum(share for share, *_ in shares)
            rows = [
                {"percent": f"{share * 100 / whole:.4f}", "days": days, "month_end": end} for share, days, end in shares
            ]
            invoice = trade.invoice(account, line(1, str(price)), payment_terms=terms(*rows))
            assert sum(amount for _, amount, _ in parts_of(invoice)) == of("invoices", invoice).payable
    for after, amount, back in sorted(paid):
        day = begin + timedelta(days=after)
        with on(day.year, day.month, day.day):
            payment = trade.make("payments", account=account, amount=str(amount))
            run("payments", "post", payment, oldest=True)
            if back:
                run("payments", "unallocate", payment)
    for after in (0, 1, 29, 61, 100, 150, 201, 400):
        trade.owed(account, begin + timedelta(days=after))
    assert trade.disagreements() == []


def test_invoices_that_were_issued_before_get_their_parts(database, tmp_path):
    """A database of an earlier version is brought up to date: what was kept beside the invoice becomes its parts."""
    with crm.using(database, tmp_path):
        trade.found()
        account = trade.customer(payment_terms=terms(*THIRDS))
        several, whole = (trade.invoice(account, line(1, "247.93"), **more) for more in ({}, {"payment_terms": None}))
        draft = trade.document("invoices", account, line(1, 1))
        taken_back = _taken_back(account)
        to("invoices", "pay", several, amount="130")
        before = [parts_of(key) for key in (several, whole)]
        trade.run("payment-terms", "change", _terms_of("60 days"), name="Two months", name_es=None)
        named = _by_language()
        _back(database, [(several, before[0])])
        assert schema.pending(database) == schema.migrate(database) == 26
        assert [parts_of(key) for key in (several, whole, draft)] == [*before, []]
        assert of("invoices", several).next_due == before[0][1][0]
        assert _by_language() == named
        assert [getattr(of(name, key), how) for name, key, how, _ in taken_back] == [told for *_, told in taken_back]
        assert (of("invoices", whole).next_due, trade.disagreements()) == (before[1][0][0], [])
        engine_for(database).dispose()


def _terms_of(name):
    (found,) = [key for key, text in trade.columns(PaymentTerms, "id", "name") if text == name]
    return found


def _by_language():
    """What payment terms and tax rates are called in Spanish and in English, and why nothing is charged."""
    rates = trade.columns(TaxRate, "name", "name_es", "name_en", "reason_es", "reason_en")
    return trade.columns(PaymentTerms, "name", "name_es", "name_en"), rates


def _taken_back(account):
    """Invoices and delivery notes credited and returned in part, altogether and in a draft only: resource, id, field, how far."""
    made = []
    for percent, issued, told in ((None, True, "all"), ("50", True, "partly"), (None, False, "none")):
        invoice, given = trade.invoice(account, line(2, 10)), {"percent": percent} if percent else {}
        note = trade.document("deliveries", account, line(2, 10))
        trade.run("deliveries", "issue", note)
        credit, back = to("invoices", "credit", invoice, **given), to("deliveries", "return", note, **given)
        if issued:
            trade.run("invoices", "issue", credit)
            trade.run("deliveries", "issue", back)
        made += [("invoices", invoice, "credited", told), ("deliveries", note, "returned", told)]
    return [*made, ("orders", _handed_over(account), "invoiced", "partly")]


def _handed_over(account):
    """An order that is invoiced as it was written, of which more has been handed over."""
    order = trade.order(account, line(2, 10))
    note = to("orders", "deliver", order)
    trade.run("deliveries", "change", note, lines=[{"id": of("deliveries", note).lines[0].id, "quantity": "3"}])
    to("orders", "invoice", order, issue=True)
    trade.run("deliveries", "issue", note, confirm=True)
    return order


def _back(url, kept):
    """The schema as it was twenty-six versions before, with these parts beside their invoices."""
    invoice = sa.table("invoice", sa.column("id"), sa.column("instalments", Json))
    with engine_for(url).execution_options(writes=True).begin() as connection:
        added = (
            "ix_allocation_day",
            "ix_allocation_until",
            "ix_invoice_next_due",
            "ix_invoice_open",
            "ix_payment_free",
            *(f"ix_{table}_total" for table in ("quote", "sales_order", "delivery_note", "invoice")),
            "ix_payment_amount",
        )
        for name in added:
            connection.exec_driver_sql(f"DROP INDEX {name}")
        operations = Operations(MigrationContext.configure(connection))
        alone = {"resolve_fks": False}
        with operations.batch_alter_table("allocation", table_kwargs=KEEP_IDS, reflect_kwargs=alone) as allocation:
            allocation.drop_index("ix_allocation_refunded")
            allocation.drop_constraint("ck_allocation_target", type_="check")
            allocation.drop_constraint("fk_allocation_refunded", type_="foreignkey")
            allocation.drop_column("refunded")
            allocation.alter_column("invoice", existing_type=Id, nullable=False)
        connection.exec_driver_sql("DROP VIEW sold_share")
        connection.exec_driver_sql("DROP VIEW quoted_line")
        connection.exec_driver_sql("DROP TABLE invoice_part")
        connection.exec_driver_sql("ALTER TABLE invoice DROP COLUMN next_due")
        kind = "JSONB" if url.startswith("postgres") else "JSON"
        connection.exec_driver_sql(f"ALTER TABLE invoice ADD COLUMN instalments {kind} NOT NULL DEFAULT '[]'")
        connection.exec_driver_sql("CREATE INDEX ix_invoice_open ON invoice (status, balance, due)")
        connection.exec_driver_sql("CREATE INDEX ix_payment_unallocated ON payment (unallocated)")
        for key, parts in kept:
            values = [[day.isoformat(), str(amount)] for day, amount, _ in parts]
            connection.execute(sa.update(invoice).where(invoice.c.id == key).values(instalments=values))
        for table, name in product(("account", "contact"), ("valid_from", "valid_to", "usual")):
            for ways in ("phone", "email"):
                connection.exec_driver_sql(f"ALTER TABLE {table}_{ways} DROP COLUMN {name}")
        for table in ("quote", "order", "delivery", "invoice"):
            connection.exec_driver_sql(f"ALTER TABLE {table}_line DROP COLUMN listed")
        for table in ("account", "contact"):
            connection.exec_driver_sql(f"DROP INDEX ix_{table}_email_search")
            connection.exec_driver_sql(f"DROP INDEX ix_{table}_city_search")
        named = ("payment_terms DROP COLUMN name", "tax_rate DROP COLUMN name", "tax_rate DROP COLUMN reason")
        for text, language in product(named, ("es", "en")):
            connection.exec_driver_sql(f"ALTER TABLE {text}_{language}")
        heads = ("quote", "sales_order", "delivery_note", "invoice")
        connection.exec_driver_sql("DROP INDEX ix_tax_rate_replaces")
        columns = (
            *product(heads, ("rate_typed", "rate_day", "rate_source", "ship_region", "collected")),
            *product(("invoice",), ("operation_date", "reason", "reason_text")),
            *product(("tax_rate",), ("above", "replaces")),
            ("company", "tax_account"),
        )
        for table, name in columns:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {name}")
        for table, name in (("invoice", "credited"), ("delivery_note", "returned")):
            connection.exec_driver_sql(f"DROP INDEX ix_{table}_{name}")
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {name}")
        for name in ("created_at", "updated_at", "version"):
            connection.exec_driver_sql(f"ALTER TABLE saved_view DROP COLUMN {name}")
        connection.exec_driver_sql("DROP INDEX ix_quote_superseded")
        connection.exec_driver_sql("ALTER TABLE quote DROP COLUMN superseded")
        connection.exec_driver_sql("UPDATE sales_order SET invoiced = 'all' WHERE invoiced = 'partly'")
        if url.startswith("postgres"):
            connection.exec_driver_sql("DROP INDEX ix_account_search")
            connection.exec_driver_sql("CREATE INDEX ix_account_search ON account USING gin (search gin_trgm_ops)")
            connection.exec_driver_sql("DROP FUNCTION crm_fold(text)")
            connection.exec_driver_sql("DROP FUNCTION crm_fold_letters(text)")
        else:
            connection.exec_driver_sql("DROP INDEX ix_account_search")
            connection.exec_driver_sql("DROP TABLE document_text_search")
        connection.exec_driver_sql("DROP TABLE document_text")
        connection.exec_driver_sql("ALTER TABLE account_address DROP COLUMN region")
        connection.exec_driver_sql("ALTER TABLE payment_part DROP COLUMN month_day")
        connection.exec_driver_sql("DROP TABLE merged_record")
        connection.exec_driver_sql("DROP INDEX ix_document_snapshot_logo")
        connection.exec_driver_sql("ALTER TABLE document_snapshot DROP COLUMN logo")
        connection.exec_driver_sql("ALTER TABLE document_snapshot DROP COLUMN signature")
        connection.exec_driver_sql("ALTER TABLE document_snapshot DROP COLUMN signed_pdf")
        connection.exec_driver_sql("DROP INDEX ix_account_team")
        connection.exec_driver_sql("ALTER TABLE account DROP COLUMN team")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0004'")


@pytest.mark.parametrize(
    ("given", "day", "due"),
    [
        ({"days": 30, "month_day": 10}, (2027, 1, 5), (2027, 2, 10)),
        ({"days": 30, "month_day": 10}, (2027, 1, 11), (2027, 2, 10)),
        ({"days": 30, "month_day": 10}, (2027, 1, 12), (2027, 3, 10)),
        ({"days": 30, "month_day": 31}, (2027, 1, 15), (2027, 2, 28)),
        ({"days": 30, "month_day": 31}, (2028, 1, 15), (2028, 2, 29)),
        ({"days": 30, "month_day": 30}, (2027, 1, 30), (2027, 3, 30)),
        ({"days": 0, "month_day": 31}, (2027, 4, 30), (2027, 4, 30)),
        ({"days": 0, "month_day": 1}, (2027, 12, 2), (2028, 1, 1)),
        ({"days": 60, "month_end": True, "month_day": 25}, (2027, 1, 3), (2027, 4, 25)),
        ({"days": 0, "month_end": True}, (2027, 12, 31), (2027, 12, 31)),
    ],
)
def test_a_part_may_be_due_on_a_fixed_day_of_the_month(given, day, due):
    part = PaymentPart(**{"percent": D(100), "month_end": False, **given})
    assert instalments.due_of(date(*day), part) == date(*due)


def test_the_fixed_day_of_the_terms_is_on_the_invoice(trading):
    account = trade.customer(
        payment_terms=terms(
            {"percent": "50", "days": 30, "month_day": 10}, {"percent": "50", "days": 60, "month_day": 31}
        )
    )
    with on(2099, 1, 5):
        invoice = trade.invoice(account, line(1, 100))
    assert [part[:2] for part in parts_of(invoice)] == [(date(2099, 2, 10), D("60.5")), (date(2099, 3, 31), D("60.5"))]
    refused = trade.faults(lambda: terms({"percent": "100", "days": 0, "month_day": 32}))
    assert list(refused) == ["parts.0.month_day"]


@pytest.mark.parametrize(
    ("percents", "told"), [("50 30", "80"), ("60 60", "120"), ("0", "0"), ("33.33 33.33 33.33", None)]
)
def test_the_parts_of_payment_terms_are_the_whole(trading, percents, told):
    parts = [{"percent": percent, "days": 30} for percent in percents.split()]
    if told is None:
        assert terms(*parts)
        return
    refused = trade.faults(lambda: terms(*parts))
    assert refused == {f"parts.{len(parts) - 1}.percent": f"The parts come to {told} %, not to 100 %."}
