"""What should tell one record from another: where two hold the same, people are told, and nothing is refused."""

import pytest
import sqlalchemy as sa

from crm_app.core.i18n import Speech
from crm_app.core.resource import RESOURCES
from crm_app.services import actions, doubles, records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work, column_of
from crm_app.state import heads
from tests.support import kernel

OWN = dict.fromkeys(("accounts.read", "accounts.create", "accounts.change"), "own")


def make(resource, name, **values):
    return actions.run(SYSTEM, resource, "create", None, {"name": name, **values}).id


def told(resource, key, who=SYSTEM):
    with Work(who) as work:
        found = doubles.of_record(work, RESOURCES.get(resource), key)
    return [(one.field, Speech("en").say(one.text), one.id) for one in found]


@pytest.mark.parametrize(
    ("resource", "field", "label", "first", "second"),
    [
        ("accounts", "tax_id", "Tax identifier", "B-12345674", "b12345674"),
        ("accounts", "email", "E-mail", "Info@acme.example", "info@ACME.example"),
        ("contacts", "email", "E-mail", "ana@acme.example", "Ana@acme.example"),
        ("products", "barcode", "Barcode", "8412345678905", "8412345678905"),
    ],
)
def test_the_other_record_is_named_on_both(admin, resource, field, label, first, second):
    more = {"country": "ES"} if field == "tax_id" else {}
    one, two = make(resource, "One", **{field: first}, **more), make(resource, "Two", **{field: second}, **more)
    assert told(resource, one) == [(field, f"{label}: the same as in Two.", two)]
    assert told(resource, two) == [(field, f"{label}: the same as in One.", one)]


def test_different_and_empty_values_say_nothing(admin):
    keys = [
        make("accounts", "One", email="a@acme.example"), make("accounts", "Two", email="b@acme.example"), make("accounts", "Three"),
    ]  # fmt: skip
    assert [told("accounts", key) for key in keys] == [[], [], []]


def test_no_more_than_three_are_named(admin):
    keys = [make("products", f"P{number}", barcode="1234") for number in range(5)]
    assert [key for _, _, key in told("products", keys[0])] == keys[1:4]


def test_who_may_not_see_the_other_one_is_not_told_its_name(admin):
    make("accounts", "Secret", email="info@acme.example", owner=admin)
    seller = kernel.user_with(OWN)
    mine = kernel.account(seller, "Mine", email="info@acme.example")
    assert told("accounts", mine, seller) == [("email", "E-mail: the same as in a record that you may not see.", None)]
    second = kernel.account(seller, "Second", email="info@acme.example")
    assert told("accounts", mine, seller) == [("email", "E-mail: the same as in Second.", second)]


def test_who_only_reads_is_not_even_told_that_there_is_another_one(admin):
    make("accounts", "Secret", email="info@acme.example", owner=admin)
    reader = kernel.user_with({"accounts.read": "own"})
    mine = make("accounts", "Mine", email="info@acme.example", owner=reader.user)
    assert told("accounts", mine, reader) == []


@pytest.mark.parametrize(
    ("resource", "field"), [(found.name, name) for found in RESOURCES for name in found.telling], ids=str
)
def test_an_index_finds_them(admin, resource, field):
    found = RESOURCES.get(resource)
    wanted = sa.select(column_of(found.table, "id")).where(doubles.alike(found, field, "x@y.example"))
    with Work(SYSTEM) as work:
        postgres = work.session.get_bind().dialect.name == "postgresql"
        if postgres:  # so few rows are read faster whole
            work.session.execute(sa.text("SET LOCAL enable_seqscan = off"))
        written = wanted.compile(work.session.get_bind(), compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN " if postgres else "EXPLAIN QUERY PLAN "
        plan = str(work.session.execute(sa.text(explain + str(written))).all())
    assert f"ix_{found.table.__tablename__}_{field}" in plan, plan


def test_only_what_may_be_merged_is_offered_for_it(admin):
    team = kernel.team()
    seller = kernel.user_with({"accounts.read": "team", "accounts.create": "own", "accounts.merge": "own"}, team)
    mate = kernel.user_with({"accounts.read": "team", "accounts.create": "own"}, team)
    mine, second = (kernel.account(seller, name, email="merge@acme.example") for name in ("Mine", "Second"))
    other = kernel.account(mate, "Other", email="merge@acme.example")

    def offered(who, key):
        with Work(who) as work:
            item = records.one(work, kernel.ACCOUNTS, key)
            verbs = heads.reached_by(work, kernel.ACCOUNTS, item)
            return "merge" in verbs, [(row.way, row.id) for row in heads.doubles_of(work, kernel.ACCOUNTS, item)]

    ways = {key: f"/accounts/{key}" for key in (mine, second, other)}
    assert offered(seller, mine) == (True, [(ways[second], second), (ways[other], 0)])
    assert offered(seller, other) == (False, [(ways[mine], mine), (ways[second], second)])
    assert offered(mate, other) == (False, [(ways[mine], 0), (ways[second], 0)])
