"""Sorting very many records: by an index where there is one, else within a bounded time."""

import pytest
import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Speech
from crm_app.core.query import Query
from crm_app.services import listing, records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import kernel

MANY = 11_000


@pytest.fixture
def many(admin):
    rows = [{"name": f"Account {number:05}", "region": f"Región {number * 7919 % MANY}"} for number in range(MANY)]
    with Work(SYSTEM, "accounts.create") as work:
        records.insert_many(work, kernel.ACCOUNTS, rows)


def page(sort, text=""):
    with Work(SYSTEM) as work:
        return records.page(work, kernel.ACCOUNTS, Query(text, sort=sort)).items


def test_an_order_that_takes_too_long_is_refused_with_what_to_do(many, api, monkeypatch):
    assert len(page("region,source")) == 50
    monkeypatch.setattr(listing, "SORT_S", 0.0)
    with pytest.raises(Invalid) as caught:
        page("-region,source")
    text = "There are too many records to sort them by Province or state, Source. Narrow the list first, by a filter or a search."
    assert {name: Speech("en").say(told) for name, told in caught.value.fields.items()} == {"sort": text}
    answer = api.get("/api/v1/accounts?sort=-region,source")
    assert (answer.status_code, answer.json()["fields"]) == (422, {"sort": text})
    assert len(page("-region,source", "account 0012")) == 12
    assert len(page("")) == 50
    monkeypatch.undo()
    assert len(page("region")) == 50, "the connection is as it was before"


@pytest.mark.parametrize("sort", ["city", "-city"])
def test_cities_are_sorted_by_an_index(admin, sort):
    plan = plan_of(kernel.ACCOUNTS, sort)
    assert "ix_account_city_search" in plan, plan
    assert "sort" not in plan.lower().replace("sort_key", ""), plan


@pytest.mark.parametrize(
    ("resource", "sort", "index"),
    [
        ("quotes", "-total", "ix_quote_total"),
        ("orders", "total", "ix_sales_order_total"),
        ("deliveries", "-total", "ix_delivery_note_total"),
        ("invoices", "-total", "ix_invoice_total"),
        ("invoices", "-balance", "ix_invoice_balance"),
        ("payments", "-amount", "ix_payment_amount"),
    ],
)
def test_documents_and_payments_are_sorted_by_their_amounts_along_an_index(admin, resource, sort, index):
    plan = plan_of(records.resource_of(resource), sort)
    assert index in plan, plan
    assert "sort" not in plan.lower().replace("incremental sort", "") or "presorted" in plan.lower(), plan


def plan_of(resource, sort):
    """How the database finds the first page of that order."""
    key = resource.table.__table__.c.id
    with Work(SYSTEM) as work:
        connection = work.session.connection()
        postgres = connection.dialect.name == "postgresql"
        if postgres:  # so few rows are read faster whole
            work.session.execute(sa.text("SET LOCAL enable_seqscan = off"))
        filled = listing._filled(resource, Query(sort=sort)) if postgres else None
        wanted = sa.select(key).order_by(*listing.order(resource, Query(sort=sort))).limit(50)
        if filled is not None:
            ordered = listing.order(resource, Query(sort=sort))[1:]
            wanted = sa.select(key).where(filled.is_not(None)).order_by(filled.desc(), *ordered).limit(50)
        written = wanted.compile(connection, compile_kwargs={"literal_binds": True})
        return str(connection.exec_driver_sql(("EXPLAIN " if postgres else "EXPLAIN QUERY PLAN ") + str(written)).all())
