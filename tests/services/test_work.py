"""One Work is one transaction: everything of it is kept and recorded, or nothing is."""

import pytest
import sqlalchemy as sa

from crm_app.core.errors import Conflict, IllegalMove, Invalid, NotAllowed, Unavailable
from crm_app.core.i18n import Speech
from crm_app.models.accounts import Account, Sector
from crm_app.models.users import User
from crm_app.services import actions, codes, database, records, users
from crm_app.services.actors import SYSTEM
from crm_app.services.database import POOL_SIZE, engine
from crm_app.services.work import Work, column_of, on_commit
from tests.support import crm, kernel, papers


@pytest.fixture(scope="module")
def paper_table():
    with papers.declared() as table:
        yield table


@pytest.fixture
def paper(admin, paper_table):
    """The toy document's table, and the id of a draft."""
    papers.make_table(paper_table)
    return paper_table, actions.run(SYSTEM, "papers", "create", None, {"name": "P-1"}).id


def test_eight_writers_lose_nothing(admin):
    keys = [kernel.account(name=f"Account {number}") for number in range(4)]

    def write(number: int) -> None:
        for turn in range(25):
            kernel.change(SYSTEM, keys[turn % 4], **{("street", "city")[number % 2]: f"{number}.{turn}"})

    assert kernel.at_once(*[lambda number=number: write(number) for number in range(8)]) == [None] * 8
    changes = kernel.history()[4:]
    assert [kernel.item(key).version for key in keys] == [
        1 + sum(record == key for _, record, _, _ in changes) for key in keys
    ]
    assert len(changes) == 200
    for key in keys:
        for name in ("street", "city"):
            steps = [
                (before[name], after[name]) for _, record, before, after in changes if record == key and name in after
            ]
            assert [before for before, _ in steps] == [None, *[after for _, after in steps[:-1]]]
            assert kernel.value(key, name) == steps[-1][1]


def test_of_two_who_save_one_field_of_the_same_version_one_is_told(admin):
    key = kernel.account()
    calls = [lambda city=city: kernel.change(SYSTEM, key, 1, city=city) for city in ("Ávila", "Burgos")]
    won, lost = sorted(kernel.at_once(*calls), key=lambda found: isinstance(found, Exception))
    assert won.version == 2
    assert isinstance(lost, Conflict)
    assert (lost.version, lost.theirs) == (2, {"city": kernel.value(key, "city")})


def test_a_work_that_fails_leaves_nothing(admin):
    before = kernel.history(), kernel.history("sector")
    with pytest.raises(ZeroDivisionError), Work(SYSTEM, "accounts.create") as work:
        records.create(work, kernel.ACCOUNTS, {"name": "Half"})
        _ = 1 / 0
    with pytest.raises(Invalid), Work(SYSTEM, "accounts.create") as work:
        records.create(work, records.resource_of("sectors"), {"name": "Half"})
        records.create(work, kernel.ACCOUNTS, {"name": ""})
    assert (kernel.ids(), kernel.history(), kernel.history("sector")) == ([], *before)


def test_effects_wait_for_the_commit(admin):
    seen: list[object] = []
    watcher = on_commit(lambda tables: seen.append(set(tables)))
    try:
        with pytest.raises(Invalid), Work(SYSTEM, "accounts.create") as work:
            work.after_commit(lambda: seen.append("effect"))
            records.create(work, kernel.ACCOUNTS, {"name": "Acme"})
            raise Invalid({})
        assert seen == []
        with Work(SYSTEM, "accounts.create") as work:
            work.after_commit(lambda: seen.append("effect"))
            records.create(work, kernel.ACCOUNTS, {"name": "Acme"})
            assert seen == []
        assert seen == [{"account"}, "effect"]
    finally:
        from crm_app.services import work as module

        module._WATCHERS.remove(watcher)


def test_a_reading_work_saves_nothing(admin):
    key = kernel.account()
    with pytest.raises(RuntimeError, match="reading"), Work(SYSTEM) as work:
        work.session.get(Account, key).name = "Other"
        work.session.flush()
    with Work(SYSTEM) as work:
        work.session.get(Account, key).name = "Other"
    assert kernel.value(key, "name") == "Acme"


def test_every_way_of_writing_is_recorded(admin):
    key = kernel.account(name="Acme", roles=["customer", "partner"])
    kernel.change(SYSTEM, key, name="Acme 2", city="León")
    with Work(SYSTEM, "accounts.create") as work:
        many = records.insert_many(work, kernel.ACCOUNTS, [{"name": "One"}, {"name": "Two", "roles": ("supplier",)}])
    actions.run(SYSTEM, "accounts", "remove", key)
    found = kernel.history()
    assert [(verb, record) for verb, record, _, _ in found] == [
        ("accounts.create", key),
        ("accounts.change", key),
        *[("accounts.create", other) for other in many],
        ("accounts.remove", key),
    ]
    assert found[0][2] is None
    assert (found[0][3]["name"], found[0][3]["roles"]) == ("Acme", ["customer", "partner"])
    assert found[1][2:] == ({"name": "Acme", "city": None}, {"name": "Acme 2", "city": "León"})
    assert (found[4][2]["name"], found[4][2]["version"], found[4][3]) == ("Acme 2", 2, None)


def test_saving_the_same_again_is_no_change(admin):
    key = kernel.account(city="León")
    kernel.change(SYSTEM, key, city=" León ", name="Acme")
    assert (kernel.item(key).version, len(kernel.history())) == (1, 1)


def test_a_changed_secret_is_told_and_never_shown(admin):
    who = kernel.actor(admin)
    users.change_password(who, crm.PASSWORD, "otra clave larga 77")
    secret, _ = codes.new_secret(who, "Acme")
    import pyotp

    codes.switch_on(who, secret, pyotp.TOTP(secret).now(), "otra clave larga 77")
    assert [(verb, before, after) for verb, _, before, after in kernel.history("user")[-2:]] == [
        ("users.password", {}, {}),
        ("users.codes", {}, {}),
    ]
    with Work(SYSTEM) as work:
        row = work.session.get(User, admin)
        everything = "".join(str(found) for found in kernel.history("user"))
        assert row.password.startswith("$argon2id$")
        assert row.password not in everything
        assert row.totp not in everything
        assert secret not in row.totp
    actions.run(SYSTEM, "users", "create", None, {"name": "B", "email": "b@acme.example", "role": row.role})
    gone = actions.run(SYSTEM, "users", "create", None, {"name": "C", "email": "c@acme.example", "role": row.role}).id
    actions.run(SYSTEM, "users", "remove", gone)
    assert not {"password", "totp", "totp_step"} & set(kernel.history("user")[-1][2])


def test_the_databases_own_refusals_become_texts_at_the_field(admin):
    actions.run(SYSTEM, "sectors", "create", None, {"name": "Trade"})
    for verb, key in (
        ("create", None),
        ("change", actions.run(SYSTEM, "sectors", "create", None, {"name": "Other"}).id),
    ):
        with pytest.raises(Invalid) as caught:
            actions.run(SYSTEM, "sectors", verb, key, {"name": "Trade"})
        assert caught.value.fields["name"].text == "Another record has this value already. It must be different."
    with pytest.raises(Invalid) as caught:
        actions.run(
            SYSTEM, "users", "create", None, {"name": "A", "email": "ANA@acme.example", "role": kernel.role_with({})}
        )
    assert list(caught.value.fields) == ["email"]
    with pytest.raises(Invalid) as caught, Work(SYSTEM, "sectors.create") as work:
        work.session.add(Sector(name=None))
    assert (list(caught.value.fields), caught.value.fields["name"].text) == (["name"], "This is needed.")
    columns = "name, country, currency, language, time_zone, quote_days, created_at, updated_at"
    with pytest.raises(Invalid) as caught, Work(SYSTEM, "settings.change") as work:
        work.session.execute(
            sa.text(
                f"INSERT INTO company (one, version, {columns}) SELECT 2, 1, {columns} FROM company"  # noqa: S608
            )
        )
    assert caught.value.fields == {}


def test_a_record_that_others_refer_to_stays(admin):
    sector = actions.run(SYSTEM, "sectors", "create", None, {"name": "Trade"}).id
    key = kernel.account(sector=sector)
    with pytest.raises(Invalid) as caught:
        actions.run(SYSTEM, "sectors", "remove", sector)
    assert Speech("en").say(caught.value.fields[""]) == (
        "Other records refer to this one: Accounts (Acme). Change those first."
    )
    assert kernel.item(key).labels["sector"] == "Trade"


def test_the_id_of_a_removed_record_is_never_given_again(admin):
    first = kernel.account()
    actions.run(SYSTEM, "accounts", "remove", first)
    second = kernel.account()
    actions.run(SYSTEM, "accounts", "remove", second)
    with Work(SYSTEM, "accounts.create") as work:
        many = records.insert_many(work, kernel.ACCOUNTS, [{"name": "Third"}, {"name": "Fourth"}])
    assert len({first, second, *many, kernel.account()}) == 5


def test_a_row_read_before_its_lock_is_read_again(admin):
    key = kernel.account()
    if engine().dialect.name == "sqlite":  # there the whole Work holds the lock: nobody can come between
        return
    with Work(SYSTEM, "accounts.change") as work:
        row = work.session.get(Account, key)
        kernel.at_once(lambda: kernel.change(SYSTEM, key, city="León"))
        assert row.city is None
        assert (work.locked(Account, key) is row, row.city, row.version) == (True, "León", 2)


def test_a_database_that_does_not_answer_is_said_and_its_connections_come_back(admin, monkeypatch):
    if engine().dialect.name != "sqlite":
        return

    def impatient(connection, _record):
        connection.execute("PRAGMA busy_timeout=20")

    monkeypatch.setattr(database, "_TURN_S", 0.02)
    sa.event.listen(engine(), "connect", impatient)
    engine().dispose()
    with Work(SYSTEM, "accounts.create") as work:
        work.session.execute(sa.select(1))
        for _ in range(POOL_SIZE + 8):
            assert isinstance(*kernel.at_once(kernel.account), Unavailable)
    assert kernel.account()


def test_rules_over_several_rows_undo_the_whole_work(admin):
    with pytest.raises(Invalid) as caught:
        actions.run(SYSTEM, "users", "change", admin, {"active": False, "name": "Gone"})
    assert caught.value.fields[""].text == "One active user must stay an administrator."
    with Work(SYSTEM) as work:
        assert work.session.scalar(sa.select(column_of(User, "name"))) == "Ana"


def test_a_frozen_document_refuses_everything_but_its_moves(paper):
    table, key = paper
    who = SYSTEM
    actions.run(who, "papers", "change", key, {"name": "P-1b"})
    with pytest.raises(Invalid) as refused:
        actions.run(who, "papers", "change", key, {"state": "issued"})
    assert list(refused.value.fields) == ["state"]
    issued = actions.run(who, "papers", "issue", key)
    assert kernel.item(key, resource="papers").values["state"] == "issued"
    for verb, values in (("change", {"name": "P-2"}), ("remove", {})):
        with pytest.raises(IllegalMove) as caught:
            actions.run(who, "papers", verb, key, values)
        assert caught.value.open_moves == ("credit",)
    with pytest.raises(IllegalMove) as caught:
        actions.run(who, "papers", "issue", key)
    assert Speech("en").say(caught.value.message) == "P-1b is issued: Issue is not possible. Possible now: Credit."
    assert (caught.value.state, caught.value.verb, caught.value.open_moves) == ("issued", "issue", ("credit",))
    with pytest.raises(IllegalMove):
        actions.undo(who, issued.change_set)
    with pytest.raises(IllegalMove), Work(who, "papers.change") as work:
        work.locked(table, key).state = "draft"
    with pytest.raises(IllegalMove), Work(who, "papers.remove") as work:
        row = work.locked(table, key)
        row.state = "draft"
        work.session.delete(row)
    item = kernel.item(key, resource="papers")
    assert (item.values["name"], item.values["state"], item.version) == ("P-1b", "issued", 3)
    with pytest.raises(Conflict):
        actions.run(who, "papers", "credit", key, version=2)
    assert actions.run(who, "papers", "credit", key, version=3).version == 4
    with pytest.raises(IllegalMove) as caught:
        actions.run(who, "papers", "change", key, {"name": "P-3"})
    assert caught.value.open_moves == ()


def test_a_verb_needs_its_own_permission(paper):
    _, key = paper
    reader = kernel.user_with({"papers.read": "all", "papers.change": "all"})
    with pytest.raises(NotAllowed) as caught:
        actions.run(reader, "papers", "issue", key)
    assert caught.value.permission == "papers.issue"
    assert actions.run(kernel.user_with({"papers.issue": "all"}), "papers", "issue", key).version == 2


def test_a_refusal_says_the_words_of_the_registry_and_keeps_the_machines_names(paper, tmp_path):
    _, key = paper
    actions.run(SYSTEM, "papers", "issue", key)
    reader = kernel.user_with({"papers.read": "all", "accounts.read": "all"})
    for permission, english, spanish in (
        ("accounts.change", "Change (Accounts)", "Cambiar (Cuentas)"),
        ("papers.issue", "Issue (Papers)", "Emitir (Papers)"),
        ("changes.undo", "Undo (History)", "Deshacer (Historial)"),
        ("users.read", "See (Users)", "Ver (Usuarios)"),
        ("*", "Everything", "Todo"),
    ):
        refusal = NotAllowed(permission)
        assert Speech("en").say(refusal.message) == f"Your role does not allow this: {english}."
        assert Speech("es").say(refusal.message) == f"Su rol no lo permite: {spanish}."
    program = crm.client(reader.user)
    refused = program.patch("/api/v1/accounts/1", json={"name": "x"}).json()
    assert (refused["detail"], refused["permission"]) == ("Su rol no lo permite: Cambiar (Cuentas).", "accounts.change")


# ---- what is caught inside a Work


def test_who_catches_a_refusal_inside_a_work_commits_nothing_of_it(admin):
    seller = kernel.user_with({"accounts.create": "own", "accounts.read": "own"})
    before = kernel.history()
    with pytest.raises(RuntimeError, match="attempt"), Work(seller, "accounts.create") as work:
        with pytest.raises(Invalid):  # it was flushed before its owner turned out to be out of reach
            records.create(work, kernel.ACCOUNTS, {"name": "Half", "owner": admin})
        records.create(work, kernel.ACCOUNTS, {"name": "Other"})
    assert (kernel.ids(), kernel.history()) == ([], before)


def test_an_attempt_takes_back_all_of_itself_and_leaves_the_rest(admin):
    seller = kernel.user_with({"accounts.create": "own", "accounts.read": "own", "accounts.change": "own"})
    key, seen = kernel.account(seller, "Before"), []
    with Work(seller, "accounts.create") as work:
        kept = records.create(work, kernel.ACCOUNTS, {"name": "Kept"})
        for given in ({"name": "Half", "owner": admin}, {"name": "x" * 5_000}):
            with pytest.raises(Invalid), work.attempt():
                records.change(work, kernel.ACCOUNTS, key, {"name": "Changed"})
                work.after_commit(lambda: seen.append("never"))
                records.create(work, kernel.ACCOUNTS, given)
        with work.attempt():
            records.change(work, kernel.ACCOUNTS, key, {"city": "Soria"})
        work.after_commit(lambda: seen.append("done"))
    assert (kernel.names(), seen) == (["Before", "Kept"], ["done"])
    told = [(record, after.get("name"), after.get("city")) for _, record, _, after in kernel.history()[1:]]
    assert told == [(kept, "Kept", None), (key, None, "Soria")]
    assert (kernel.value(key, "city"), kernel.item(key).version) == ("Soria", 2)


def test_what_the_database_refuses_in_an_attempt_leaves_the_rest(admin):
    with Work(SYSTEM, "sectors.create") as work:
        sectors = records.resource_of("sectors")
        records.create(work, sectors, {"name": "Trade"})
        with pytest.raises(Invalid) as caught, work.attempt():
            records.create(work, sectors, {"name": "Lost"})
            records.create(work, sectors, {"name": "Trade"})
        records.create(work, sectors, {"name": "Other"})
    assert list(caught.value.fields) == ["name"]
    with Work(SYSTEM) as work:
        assert sorted(work.session.scalars(sa.select(column_of(Sector, "name")))) == ["Other", "Trade"]
    assert len(kernel.history("sector")) == 2
