"""The first page shows what I did, what others did of what I may read, and honest counts."""

from datetime import UTC, datetime

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.services import actions, records, today
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work, column_of
from tests.support import kernel

LONG_AGO = datetime(2026, 1, 15, 12, tzinfo=UTC)
NOW = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)


def names(found):
    return [one.label for one in found]


def test_what_i_changed_last_comes_first_and_once(admin):
    me, other = kernel.actor(admin), kernel.user_with({"*": "all"})
    one, two = kernel.account(me, "Una"), kernel.account(me, "Dos")
    kernel.change(me, one, city="Soria")
    kernel.change(other, two, city="Lugo")
    actions.run(me, "contacts", "create", None, {"name": "Ana"})
    with Work(me) as work:
        mine = today.mine(work)
        assert names(mine) == ["Ana", "Una", "Dos"]
        assert [one.others for one in mine] == [False, False, False]
        assert [(one.label, one.who) for one in today.others(work)] == [("Dos", other.name)]


def test_removed_and_hidden_records_are_not_told(admin):
    me, own = kernel.actor(admin), kernel.user_with({"accounts.read": "own", "accounts.create": "own"})
    kernel.account(own, "Suya")
    gone = kernel.account(me, "Quitada")
    kernel.account(me, "Ajena")
    actions.run(me, "accounts", "remove", gone)
    with Work(me) as work:
        assert names(today.mine(work)) == ["Ajena"]
    with Work(own) as work:
        assert names(today.mine(work)) == ["Suya"]
        assert today.others(work) == []


def test_a_deed_over_many_is_one_line(admin):
    me = kernel.actor(admin)
    with Work(me, "accounts.create") as work:
        records.insert_many(work, kernel.ACCOUNTS, [{"name": f"Cliente {number}"} for number in range(50)])
    with Work(me) as work:
        assert [(one.label, one.others) for one in today.mine(work)] == [("Cliente 0", True)]


def test_counts_keep_to_what_may_be_read_and_to_the_month_on_the_wall(admin):
    own = kernel.user_with({"accounts.read": "own"})
    with clock.frozen(LONG_AGO):
        kernel.account(name="Vieja", owner=own.user)
    with clock.frozen(datetime(2026, 2, 28, 23, 30, tzinfo=UTC)):  # in Madrid March has begun
        kernel.account(name="Nueva", owner=own.user)
        kernel.account(name="Ajena", owner=admin)
    with clock.frozen(NOW):
        since = today.month_began("Europe/Madrid")
        assert since == datetime(2026, 2, 28, 23, tzinfo=UTC)
        with Work(own) as work:
            assert today.counts(work, since) == [today.Count("accounts", 2, False, 1)]
        with Work(SYSTEM) as work:
            assert today.Count("accounts", 3, False, 2) in today.counts(work, since)
            assert {one.resource for one in today.counts(work, since)}.isdisjoint({"users", "roles", "sectors"})


def test_the_count_of_all_stops_at_its_cap(admin, monkeypatch):
    monkeypatch.setattr(today, "CAP", 3)
    for number in range(5):
        kernel.account(name=f"Cliente {number}")
    with Work(SYSTEM) as work:
        assert today.Count("accounts", 3, True, 5) in today.counts(work, LONG_AGO)


def test_what_is_new_is_counted_by_its_moment_and_to_the_end(admin):
    """More than any window of newest ids holds, and older ones brought in after them."""
    own = kernel.user_with({"accounts.read": "own"})
    with Work(SYSTEM, "accounts.create") as work:
        for owner, count in ((own.user, 40), (admin, 5_200)):
            new = [{"name": f"Nueva {number}", "owner": owner} for number in range(count)]
            records.insert_many(work, kernel.ACCOUNTS, new)
        old = [{"name": f"Vieja {number}", "owner": own.user, "created_at": LONG_AGO} for number in range(5_200)]
        records.insert_many(work, kernel.ACCOUNTS, old)
    since = clock.ago(days=1)
    with Work(SYSTEM) as work:
        assert today.Count("accounts", 10_000, True, 5_240) in today.counts(work, since)
        plan = _plan(work, since)
    with Work(own) as work:
        assert today.counts(work, since) == [today.Count("accounts", 5_240, False, 40)]
    assert "ix_account_new" in plan


def _plan(work, since):
    """How the database finds what is new."""
    table = kernel.ACCOUNTS.table
    wanted = sa.select(sa.func.count()).select_from(table).where(column_of(table, "created_at") >= since)
    postgres = work.session.get_bind().dialect.name == "postgresql"
    if postgres:  # so few rows are read faster whole
        work.session.execute(sa.text("SET LOCAL enable_seqscan = off"))
    explain = "EXPLAIN " if postgres else "EXPLAIN QUERY PLAN "
    written = wanted.compile(work.session.get_bind(), compile_kwargs={"literal_binds": True})
    return str(work.session.execute(sa.text(explain + str(written))).all())
