"""What was quoted, ordered and sold, line by line: the same as the documents say, for whoever may read those."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from crm_app.core.errors import Missing, NotAllowed
from crm_app.core.query import Filter, Query
from crm_app.core.resource import RESOURCES
from crm_app.services import actions, exchange, records, related, sums
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import kernel, trade

pytestmark = pytest.mark.usefixtures("trading")


def lines(name, *filters, who=SYSTEM, text="", **more):
    with Work(who) as work:
        return records.page(
            work, RESOURCES.get(name), Query(text, tuple(filters), **more), columns=tuple(RESOURCES.get(name).fields)
        ).items


@pytest.fixture(scope="module")
def sale(trading):
    """A customer, a product, and the path of two lines from the quote to the invoice and half of one back."""
    account, product = trade.customer(name="Historia Larga S.L."), trade.product("10")
    quote = trade.document("quotes", account, trade.line(4, product=product), trade.line(1, "3.50"))
    trade.run("quotes", "send", quote)
    order = trade.to("quotes", "order", quote)
    trade.run("orders", "confirm", order)
    invoice = trade.to("orders", "invoice", order)
    trade.run("invoices", "issue", invoice)
    return account, product, invoice


def test_a_product_knows_who_bought_it_and_at_what_price(sale):
    account, product, invoice = sale
    found = lines("sold-lines", Filter("product", "eq", str(product)))
    assert [
        (one.values["account"], one.values["invoice"], one.values["quantity"], one.values["price"]) for one in found
    ] == [(account, invoice, Decimal(4), Decimal(10))]
    assert found[0].labels["invoice"] == trade.of("invoices", invoice).number
    assert [len(lines(name, Filter("product", "eq", str(product)))) for name in ("quoted-lines", "ordered-lines")] == [
        1,
        1,
    ]


def test_a_customer_knows_all_that_was_bought_and_what_came_back_is_taken_away(sale):
    account, _, invoice = sale
    mine = Filter("account", "eq", str(account))
    credit = trade.to("invoices", "credit", invoice)
    assert len(lines("sold-lines", mine)) == 2  # a draft has sold and taken back nothing
    trade.run("invoices", "issue", credit)
    assert sorted(one.values["net"] for one in lines("sold-lines", mine)) == [
        Decimal(-40), Decimal("-3.5"), Decimal("3.5"), Decimal(40)]  # fmt: skip
    with Work(SYSTEM) as work:
        total = sums.of(work, RESOURCES.get("sold-lines"), Query(filters=(mine,)))
    assert [(one.currency, one.count, one.amounts) for one in total] == [("EUR", 4, {"net": Decimal(0)})]


def test_all_lines_of_all_issued_invoices_are_there_and_no_others(sale):
    with Work(SYSTEM) as work:
        stored = work.session.execute(
            sa.text("SELECT count(*) FROM invoice_line l JOIN invoice i ON i.id = l.invoice WHERE i.status = 'issued'")
        ).scalar_one()
        assert records.count(work, RESOURCES.get("sold-lines"), Query(), None) == (stored, False)


def test_a_sale_counts_for_each_salesperson_by_their_share_and_whole_for_its_owner_where_nobody_shares_it(trading):
    ana, luis = (kernel.user_with({"invoices.read": "own"}).user for _ in range(2))
    account = trade.customer()
    halves = [{"person": ana, "percent": "60"}, {"person": luis, "percent": "40"}]
    split = trade.invoice(account, trade.line(1, "100.01"), owner=ana, shares=halves)
    trade.invoice(account, trade.line(1, 50), owner=luis)
    trade.document("invoices", account, trade.line(1, 7), owner=luis)  # a draft has sold nothing
    trade.to("invoices", "credit", split, percent="50", issue=True)
    mine = Filter("account", "eq", str(account))
    told = [(one.values["owner"], one.values["net"], one.values["whole"]) for one in lines("sold-shares", mine)]
    assert sorted(told) == sorted(
        (who, Decimal(net), Decimal(whole))
        for who, net, whole in (
            (ana, "60.01", "100.01"), (luis, "40", "100.01"), (luis, "50", "50"), (ana, "-30.01", "-50.01"), (luis, "-20", "-50.01"),
        )
    )  # fmt: skip
    with Work(SYSTEM) as work:
        asked = [Query(filters=(mine, Filter("owner", "eq", str(who)))) for who in (ana, luis)]
        found = [sums.of(work, RESOURCES.get("sold-shares"), query)[0].amounts["net"] for query in asked]
        whole = sums.of(work, RESOURCES.get("sold-lines"), Query(filters=(mine,)))[0].amounts["net"]
    assert (found, sum(found)) == ([Decimal(30), Decimal(70)], whole)
    with Work(kernel.actor(luis)) as work:  # who reads their own sees what counts for them
        seen = records.page(work, RESOURCES.get("sold-shares"), Query(filters=(mine,))).items
    assert len({one.id for one in seen}) == 3


def test_what_was_quoted_comes_to_what_the_quotes_come_to(trading):
    account, product = trade.customer(), trade.product("10")
    rest = [trade.line(1, price, product, choice=choice) for price, choice in ((100, "optional"), (50, "alternative"))]
    quote = trade.document("quotes", account, trade.line(2, 10, product), *rest)
    trade.run("quotes", "send", quote)
    newer = trade.to("quotes", "revise", quote)
    trade.run("quotes", "send", newer)
    mine, resource = Filter("account", "eq", str(account)), RESOURCES.get("quoted-lines")

    def came_to(*filters):
        with Work(SYSTEM) as work:
            (found,) = sums.of(work, resource, Query(filters=(mine, *filters)))
            return found.count, found.amounts["net"]

    assert len(lines("quoted-lines", mine)) == 6
    assert came_to() == (1, trade.of("quotes", newer).net) == (1, Decimal(20))
    assert came_to(Filter("aside", "eq", "true")) == (5, Decimal(320))


def test_what_counts_for_one_person_is_found_without_reading_what_all_others_sold(trading):
    ana, resource = kernel.user_with({"invoices.read": "own"}).user, RESOURCES.get("sold-shares")
    invoice = trade.document("invoices", trade.customer(), trade.line(1, 30), owner=ana)
    trade.run("invoices", "issue", invoice)
    with Work(SYSTEM) as work:
        conditions = records.matching(work, resource, Query(filters=(Filter("owner", "eq", str(ana)),)))
        connection = work.session.connection()
        statement = sa.select(sa.func.count()).select_from(resource.table).where(*conditions)
        assert connection.scalar(statement) == 1
        written = statement.compile(connection, compile_kwargs={"literal_binds": True})
        postgres = connection.dialect.name == "postgresql"
        if postgres:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = str(connection.exec_driver_sql(("EXPLAIN " if postgres else "EXPLAIN QUERY PLAN ") + str(written)).all())
    assert "ix_invoice_owner" in plan, plan
    assert "ix_invoice_share_person" in plan, plan
    assert "SCAN d" not in plan, plan


def test_they_are_found_by_what_their_document_is_found_by(sale):
    account, *_ = sale
    assert len(lines("quoted-lines", text="historia")) == 2
    assert lines("quoted-lines", text="nobody of that name") == []
    assert lines("sold-shares", text="historia") == lines("sold-shares", Filter("account", "eq", str(account))) != []
    assert lines("sold-shares", text="nobody of that name") == []
    with Work(SYSTEM) as work:
        assert records.count(work, RESOURCES.get("quoted-lines"), Query("historia")) == (2, False)


def test_they_can_be_taken_away_as_a_file_and_changed_by_nobody(sale, tmp_path):
    account, *_ = sale
    resource = RESOURCES.get("ordered-lines")
    with Work(SYSTEM) as work:
        query = Query(filters=(Filter("account", "eq", str(account)),), sort="-date")
        assert exchange.export_csv(work, resource, tmp_path / "lines.csv", query) == 2
        assert exchange.export_xlsx(work, resource, tmp_path / "lines.xlsx", query) == 2
    key = lines("ordered-lines", Filter("account", "eq", str(account)))[0].id
    for verb in ("create", "change", "remove"):
        with pytest.raises(Missing):
            actions.run(SYSTEM, "ordered-lines", verb, key, {"quantity": "9"})


def test_whoever_may_not_read_the_documents_may_not_read_their_lines(sale):
    with pytest.raises(NotAllowed):
        lines("sold-lines", who=kernel.user_with({"quotes.read": "all"}))
    assert lines("sold-lines", who=kernel.user_with({"invoices.read": "own"})) == []
    assert "sold-lines" not in {resource.name for resource, _ in actions.permissions()}


@pytest.mark.parametrize("resource", ["accounts", "products"])
def test_the_record_shows_the_last_of_them_and_leads_to_all(sale, resource):
    key = sale[0] if resource == "accounts" else sale[1]
    with Work(SYSTEM) as work:
        groups = related.of_record(work, RESOURCES.get(resource), records.one(work, RESOURCES.get(resource), key))
    sold = next(group for group in groups if group.title.text == "Sold lines")
    field = "account" if resource == "accounts" else "product"
    assert sold.address.endswith(f"filter%5B{field}%5D={key}")
    assert {link.resource for link in sold.links} == {"invoices"}
    assert "10" in sold.links[-1].more


def test_initials_are_found_with_dots_and_without(trading):
    with_dots, without = trade.customer(name="Talleres Iniciales S.L."), trade.customer(name="Talleres Iniciales SL")
    with Work(SYSTEM) as work:
        for text in ("iniciales s.l.", "iniciales S.L", "iniciales sl", "Iniciales SL"):
            found = records.page(work, RESOURCES.get("accounts"), Query(text), columns=("name",)).items
            assert {item.id for item in found} == {with_dots, without}, text
