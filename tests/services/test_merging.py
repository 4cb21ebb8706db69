"""Two records become one: all that pointed at the others points at it, nothing is lost, and one undo brings all of it back."""

from concurrent.futures import ThreadPoolExecutor, wait
from decimal import Decimal

import pytest
import sqlalchemy as sa

from crm_app.core.errors import Conflict, Invalid, Missing, NotAllowed
from crm_app.core.query import Filter, Query
from crm_app.core.resource import RESOURCES
from crm_app.models.base import Record
from crm_app.models.snapshots import DocumentSnapshot
from crm_app.services import actions, exposure, files, merged, merging, notes, papers, rebinding, records, timeline
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import kernel, trade
from tests.support.trade import line, make, of, run

D = Decimal
ACCOUNTS, CONTACTS = RESOURCES.get("accounts"), RESOURCES.get("contacts")


def merge(kept, *gone, resource="accounts", who=SYSTEM, version=None, once=None, **values):
    given = {"records": list(gone), **values}
    return actions.run(who, resource, "merge", kept, given, version=version, once=once)


def inside(resource, key, name, *fields):
    return [tuple(row.values[field] for field in fields) for row in kernel.item(key, resource=resource).lines[name]]


def there(key, resource="accounts"):
    with Work(SYSTEM) as work:
        return work.session.get(RESOURCES.get(resource).table, key) is not None


def faults(call):
    with pytest.raises(Invalid) as caught:
        call()
    return {name: message.text for name, message in caught.value.fields.items()}


def state_of_all():
    """Every row of every table that the history keeps, but for what counts versions and moments."""
    left = {"version", "updated_at"}
    found = {}
    with Work(SYSTEM) as work:
        for table in rebinding._tables(Record):
            columns = [column for column in table.__table__.columns if column.name not in left]
            if table.__tablename__ != "merged_record":
                found[table.__tablename__] = work.session.execute(sa.select(*columns).order_by(columns[0])).all()
    return {name: sorted(map(repr, rows)) for name, rows in found.items()}


def test_empty_fields_are_filled_and_words_come_together(admin):
    kept = kernel.account(name="Acme", city="León", tags=["vip"], roles=["customer"], notes="First.")
    gone = kernel.account(name="ACME S.L.", email="info@acme.example", city="Madrid", tags=["old", "vip"], roles=["supplier"],
                          notes="Second.", tax_id="B12345674", country="ES")  # fmt: skip
    done = merge(kept, gone)
    found = kernel.item(kept).values
    assert (found["name"], found["city"], found["email"], found["tax_id"]) == (
        "Acme", "León", "info@acme.example", "B12345674",
    )  # fmt: skip
    assert (found["tags"], set(found["roles"]), found["notes"]) == (
        ("old", "vip"), {"customer", "supplier"}, "First.\n\nSecond.",
    )  # fmt: skip
    assert (there(gone), done.id, done.version) == (False, kept, 2)


def test_the_record_whose_value_is_kept_is_chosen_field_by_field_and_an_address_stays_whole(admin):
    where = {"street": "Mayor 1", "city": "León", "region": "León", "postcode": "24001"}
    kept = kernel.account(name="Acme", currency="EUR", notes="A", **where)
    gone = kernel.account(name="Acme Ltd", street="High St 2", city="London", currency="GBP", notes="B")
    merge(kept, gone, keep={"name": gone, "currency": str(gone), "city": gone, "notes": kept})
    found = kernel.item(kept).values
    names = ("name", "currency", "street", "city", "postcode", "notes")
    assert tuple(found[name] for name in names) == ("Acme Ltd", "GBP", "High St 2", "London", None, "A")
    assert inside("accounts", kept, "addresses", "purpose", "street", "postcode", "city", "region") == [
        ("other", "Mayor 1", "24001", "León", "León")
    ]


def test_an_address_that_only_says_more_completes_the_other(admin):
    kept, gone = kernel.account(city="Madrid"), kernel.account(street="Sol 3", city="Madrid", postcode="28001")
    merge(kept, gone)
    found = kernel.item(kept).values
    assert (found["street"], found["city"], found["postcode"]) == ("Sol 3", "Madrid", "28001")
    assert inside("accounts", kept, "addresses", "street") == []


def test_telephones_and_e_mails_are_kept_once_each_and_one_is_the_usual_one(admin):
    phone = {"purpose": "billing", "number": "+34 910 000 001", "usual": True}
    kept = kernel.account(phone="+34910000009", email="a@acme.example", phones=[phone])
    gone = kernel.account(
        phone="+34910000008", email="b@acme.example",
        phones=[{**phone, "number": "+34910000001", "usual": False}, {**phone, "number": "+34910000002"}, {"number": "+34910000003"}],
    )  # fmt: skip
    merge(kept, gone)
    assert inside("accounts", kept, "phones", "purpose", "number", "usual") == [
        ("billing", "+34 910 000 001", True), ("billing", "+34910000002", False), ("office", "+34910000003", False),
        ("office", "+34910000008", False),
    ]  # fmt: skip
    assert inside("accounts", kept, "emails", "purpose", "address") == [("office", "b@acme.example")]
    assert kernel.value(kept, "phone") == "+34910000009"


def test_links_to_the_same_person_become_one_and_one_is_the_first_to_call(admin):
    ana, bob = (make("contacts", name=name) for name in ("Ana", "Bob"))
    kept = kernel.account(contacts=[{"contact": ana, "first": True}])
    gone = kernel.account(contacts=[{"contact": bob, "first": True, "title": "CEO"}, {"contact": ana, "title": "CFO"}])
    merge(kept, gone)
    assert inside("accounts", kept, "contacts", "contact", "title", "first") == [
        (ana, "CFO", True),
        (bob, "CEO", False),
    ]


def test_people_come_together_with_their_accounts_and_who_said_no_stays_unasked(admin):
    one, two = kernel.account(name="One"), kernel.account(name="Two")
    kept = make("contacts", name="Ana Gil", mobile="+34600000001", consent="given", accounts=[{"account": one}])
    gone = make(
        "contacts", name="Gil, Ana", mobile="+34600000002", email="ana@one.example", consent="withdrawn",
        accounts=[{"account": one, "title": "CEO", "first": True}, {"account": two, "title": "Owner"}],
    )  # fmt: skip
    before = kernel.item(two).version
    quote = make("quotes", account=one, contact=gone, lines=[line(1, 5)])
    merge(kept, gone, resource="contacts")
    found = kernel.item(kept, resource="contacts").values
    assert (found["consent"], found["do_not_contact"], found["email"]) == ("withdrawn", True, "ana@one.example")
    assert inside("contacts", kept, "accounts", "account", "title", "first") == [
        (one, "CEO", True),
        (two, "Owner", False),
    ]
    assert inside("contacts", kept, "phones", "purpose", "number") == [("mobile", "+34600000002")]
    assert of("quotes", quote).contact == kept
    assert kernel.item(two).version == before + 1


def test_documents_money_prices_notes_and_files_go_over_and_one_undo_brings_all_back(trading):
    kept, gone = trade.customer(name="Kept"), trade.customer(name="Gone", email="x@gone.example", notes="Old")
    invoice, order = trade.invoice(gone, line(1, 100)), trade.order(gone, line(2, 10))
    own = trade.invoice(kept, line(1, 10))
    quote = trade.document("quotes", gone, line(1, 5))
    payment = make("payments", account=gone, amount="50")
    run("payments", "post", payment, oldest=True)
    product = trade.product(supplier_codes=[{"supplier": gone, "code": "X"}])
    below = kernel.account(name="Below", parent=gone)
    with Work(SYSTEM, "notes.create") as work:
        notes.write(work, ACCOUNTS, gone, {"text": "Remember"})
    first = papers.paper(SYSTEM, RESOURCES.get("invoices"), invoice).content
    snapshot = list(trade.columns(DocumentSnapshot, "entity", "record", "content", "pdf"))
    owing = [trade.owed(key)["EUR"] for key in (kept, gone)]
    with Work(SYSTEM) as work:
        exposed = [exposure.uninvoiced_by(work, key, 0, 0) for key in (kept, gone)]
        before_version = records.one(work, RESOURCES.get("invoices"), invoice).version
    before = state_of_all()
    done = merge(kept, gone)
    for resource, key in (
        ("invoices", invoice),
        ("invoices", own),
        ("orders", order),
        ("quotes", quote),
        ("payments", payment),
    ):
        assert of(resource, key).account == kept
    assert of("invoices", invoice).account_name == "Gone"
    assert of("invoices", invoice).version == before_version + 1
    assert trade.columns(DocumentSnapshot, "entity", "record", "content", "pdf") == snapshot
    assert papers.paper(SYSTEM, RESOURCES.get("invoices"), invoice).content == first
    assert trade.owed(kept) == {"EUR": sum(owing)}
    with Work(SYSTEM) as work:
        assert exposure.uninvoiced_by(work, kept, 0, 0) == sum(exposed)
        assert [note.text for note in notes.of_record(work, ACCOUNTS, kept)] == ["Remember"]
    assert inside("products", product, "supplier_codes", "supplier") == [(kept,)]
    assert kernel.value(below, "parent") == kept
    assert trade.disagreements() == []
    actions.undo(SYSTEM, done.change_set)
    assert state_of_all() == before
    assert [trade.owed(key)["EUR"] for key in (kept, gone)] == owing
    assert trade.disagreements() == []


def test_undo_can_be_undone(trading):
    kept, gone = trade.customer(name="Kept"), trade.customer(name="Gone")
    invoice = trade.invoice(gone, line(1, 100))
    done = merge(kept, gone)
    back = actions.undo(SYSTEM, done.change_set)
    assert of("invoices", invoice).account == gone
    again = actions.undo(SYSTEM, back.change_set)
    assert (of("invoices", invoice).account, there(gone)) == (kept, False)
    actions.undo(SYSTEM, again.change_set)
    assert (of("invoices", invoice).account, there(gone)) == (gone, True)


def test_what_has_been_changed_since_is_not_undone(trading):
    kept, gone, third = (trade.customer(name=name) for name in ("Kept", "Gone", "Third"))
    quote = trade.document("quotes", gone, line(1, 5))
    done = merge(kept, gone)
    with Work(SYSTEM) as work:
        newest = timeline.of(work, RESOURCES.get("quotes"), quote)[0]
        assert [(step.label, step.before, step.after) for step in newest.steps] == [("Customer", "Gone", "Kept")]
        (step,) = timeline.of(work, ACCOUNTS, kept)[0].steps
        assert (step.label, step.before, step.after) == ("Merged record", "", "Gone")
    run("quotes", "change", quote, account=third)
    with pytest.raises(Conflict):
        actions.undo(SYSTEM, done.change_set)
    assert (of("quotes", quote).account, there(gone)) == (third, False)


def test_what_is_issued_still_refuses_any_other_change_of_its_customer(trading):
    kept, gone = trade.customer(), trade.customer()
    invoice = trade.invoice(gone, line(1, 100))
    merge(kept, gone)
    with pytest.raises(Exception, match="not possible"):
        run("invoices", "change", invoice, account=trade.customer())
    assert of("invoices", invoice).account == kept


@pytest.mark.parametrize("upper", ["kept", "gone"])
def test_a_tree_keeps_its_branches_and_has_no_circle(admin, upper):
    top = kernel.account(name="Top")
    high = kernel.account(name="High", parent=top)
    middle = kernel.account(name="Middle", parent=high)
    low = kernel.account(name="Low", parent=middle)
    leaf = kernel.account(name="Leaf", parent=low)
    kept, gone = (high, low) if upper == "kept" else (low, high)
    before = state_of_all()
    done = merge(kept, gone)
    found = {name: kernel.value(key, "parent") for name, key in (("kept", kept), ("middle", middle), ("leaf", leaf))}
    assert found == {"kept": top, "middle": kept, "leaf": kept}
    actions.undo(SYSTEM, done.change_set)
    assert state_of_all() == before


def test_several_at_once_that_hang_on_each_other(admin):
    kept = kernel.account(name="Kept")
    one = kernel.account(name="One", parent=kept)
    two = kernel.account(name="Two", parent=one)
    before = state_of_all()
    done = merge(kept, one, two)
    assert (kernel.names(), kernel.value(kept, "parent")) == (["Kept"], None)
    actions.undo(SYSTEM, done.change_set)
    assert state_of_all() == before


def test_two_tax_identifiers_have_to_be_confirmed(admin):
    kept = kernel.account(tax_id="B12345674", country="ES")
    gone = kernel.account(tax_id="A58818501", country="ES")
    assert faults(lambda: merge(kept, gone)) == {
        "confirm": "They have different values in {field}: {values}. If they are one all the same, {kept} stays."
    }
    assert there(gone)
    merge(kept, gone, confirm=True, keep={"tax_id": gone})
    assert kernel.value(kept, "tax_id") == "A58818501"


def test_what_cannot_be_is_told_at_its_field(admin):
    kept, gone = kernel.account(name="Kept"), kernel.account(name="Gone")
    contact = make("contacts", name="Ana")
    assert faults(lambda: merge(kept, kept)) == {"records.0": "A record cannot be merged into itself."}
    assert faults(lambda: merge(kept, gone, gone)) == {"records.1": "This record is named twice."}
    missing = "There is no {what} {key}, or you may not see it."
    assert faults(lambda: merge(kept, gone, 999)) == {"records.1": missing}
    for bad in (None, [], "x", {"id": gone}, [None], [True], ["x"], [{"id": "x"}], [1.5], [-1], [gone] * 21):
        told = faults(lambda bad=bad: actions.run(SYSTEM, "accounts", "merge", kept, {"records": bad}))
        assert told.keys() <= {"records", "records.0"}, bad
    for bad in ([], "x", 5):
        assert list(faults(lambda bad=bad: merge(kept, gone, keep=bad))) == ["keep"]
    assert list(faults(lambda: merge(kept, gone, keep={"id": kept}))) == ["keep.id"]
    assert list(faults(lambda: merge(kept, gone, keep={"name": contact + 1000}))) == ["keep.name"]
    with pytest.raises(Missing):
        merge(999, gone)
    assert kernel.names() == ["Gone", "Kept"]


def test_nobody_merges_what_they_may_not_change_and_remove(admin):
    grants = dict.fromkeys(("accounts.read", "accounts.change", "accounts.remove", "accounts.merge"), "own")
    me = kernel.user_with(grants | {"accounts.read": "all", "changes.undo": "own"})
    mine, other, foreign = (kernel.account(name=name, owner=me.user) for name in ("Mine", "Other", "Foreign"))
    kernel.change(SYSTEM, foreign, owner=admin)
    assert list(faults(lambda: merge(mine, foreign, who=me))) == ["records.0"]
    with pytest.raises(NotAllowed):
        merge(foreign, mine, who=me)
    for lacking in ("accounts.change", "accounts.remove", "accounts.merge"):
        less = kernel.user_with({name: "all" for name in grants if name != lacking})
        with pytest.raises((NotAllowed, Invalid)):
            merge(mine, other, who=less)
    assert there(other)
    merge(mine, other, who=me)
    assert not there(other)


def test_nobody_gets_off_a_hold_by_a_merge(admin):
    grants = dict.fromkeys(("accounts.read", "accounts.change", "accounts.remove", "accounts.merge"), "all")
    me = kernel.user_with(grants)
    kept, gone = kernel.account(), kernel.account(held=True, credit_limit="100")
    assert list(faults(lambda: merge(kept, gone, who=me))) == ["held", "credit_limit"]
    merge(kept, gone)
    assert (kernel.value(kept, "held"), kernel.value(kept, "credit_limit")) == (True, D(100))


def test_a_stale_version_is_a_conflict_and_the_same_key_merges_once(admin):
    kept, gone = kernel.account(name="Kept"), kernel.account(name="Gone", email="g@gone.example")
    kernel.change(SYSTEM, gone, city="León")
    with pytest.raises(Conflict):
        merge(kept, {"id": gone, "version": 1})
    with pytest.raises(Conflict):
        merge(kept, gone, version=7)
    first = merge(kept, {"id": gone, "version": 2}, version=1, once="k")
    assert merge(kept, {"id": gone, "version": 2}, version=1, once="k") == first
    assert first.version == 2


def test_two_who_merge_each_others_records_at_once_leave_one(admin):
    one, two = kernel.account(name="One"), kernel.account(name="Two")
    found = kernel.at_once(lambda: merge(one, two), lambda: merge(two, one))
    assert sorted(isinstance(each, Exception) for each in found) == [False, True]
    refused = next(each for each in found if isinstance(each, Exception))
    assert isinstance(refused, Missing | Invalid)
    assert len(kernel.names()) == 1


def test_old_ids_lead_to_the_record_that_is_left(trading):
    kept, gone, older = (trade.customer(name=name) for name in ("Kept", "Gone", "Older"))
    invoice = trade.invoice(older, line(1, 5))
    merge(gone, older)
    done = merge(kept, gone)
    with Work(SYSTEM) as work:
        assert merged.into(work, ACCOUNTS, older) == (kept, "Older")
        assert merged.into(work, ACCOUNTS, kept) is None
        for how, value in (("eq", str(older)), ("in", f"{older},{gone}")):
            query = Query(filters=(Filter("account", how, value),))
            assert [row.id for row in records.page(work, RESOURCES.get("invoices"), query).items] == [invoice]
    actions.undo(SYSTEM, done.change_set)
    with Work(SYSTEM) as work:
        assert merged.into(work, ACCOUNTS, older) == (gone, "Older")
        assert merged.into(work, ACCOUNTS, gone) is None


def test_old_ids_lead_there_also_where_lines_name_the_record(admin):
    kept, gone, other = (kernel.account(name=name) for name in ("Kept", "Gone", "Other"))
    ana, bob = (make("contacts", name=name, accounts=[{"account": at}]) for name, at in (("Ana", gone), ("Bob", other)))
    merge(kept, gone)
    found = {}
    with Work(SYSTEM) as work:
        for how, value in (("eq", f"{gone}"), ("in", f"{gone},{other}"), ("ne", f"{gone}")):
            query = Query(filters=(Filter("accounts", how, value),), sort="name")
            found[how] = [row.id for row in records.page(work, CONTACTS, query).items]
    assert found == {"eq": [ana], "in": [ana, bob], "ne": [bob]}


def test_lists_and_search_follow(admin):
    kept, gone = kernel.account(name="Almería"), kernel.account(name="Zamora", email="z@zamora.example")
    done = merge(kept, gone)
    assert (kernel.ids(text="zamora"), kernel.names()) == ([kept], ["Almería"])  # by its e-mail
    actions.undo(SYSTEM, done.change_set)
    assert (kernel.ids(text="zamora"), kernel.names()) == ([gone], ["Almería", "Zamora"])


def test_the_plan_tells_what_differs_and_what_goes_over(trading):
    kept, gone = trade.customer(name="Zaragozana", city="León"), trade.customer(name="Gone", city="León", tags=["a"])
    trade.invoice(gone, line(1, 1))
    trade.invoice(gone, line(1, 1))
    kernel.change(SYSTEM, gone, addresses=[{"street": "Sol 1"}])
    with Work(SYSTEM) as work:
        found = merging.plan(work, ACCOUNTS, [kept, gone])
        assert merging.likely(work, ACCOUNTS, kept) == []
    shown = {
        one.name: ([(option.record, option.text) for option in one.options], one.chosen) for one in found.differences
    }
    assert shown == {
        "name": ([(str(kept), "Zaragozana"), (str(gone), "Gone")], str(kept)),
        "tags": ([(str(kept), ""), (str(gone), "a")], str(gone)),
    }
    assert [(one.count, one.many) for one in found.moved] == [(1, "Other addresses"), (2, "Invoices")]


def test_the_plan_counts_only_what_its_reader_may_read(trading):
    verbs = ("read", "merge", "change", "remove")
    who = kernel.user_with(
        {f"accounts.{verb}": "own" for verb in verbs} | {"contacts.read": "own", "invoices.read": "own"}
    )
    kept, gone = (trade.customer(name=name, owner=who.user) for name in ("Kept", "Gone"))
    trade.invoice(gone, line(1, 1), owner=who.user)
    trade.invoice(gone, line(1, 1), owner=1)
    trade.order(gone, line(1, 1), owner=who.user)
    with Work(who) as work:
        found = merging.plan(work, ACCOUNTS, [kept, gone])
    assert [(one.count, one.many) for one in found.moved] == [(1, "Invoices")]


def test_likely_doubles_are_those_with_the_same_identifier_then_those_of_the_same_name(admin):
    kept = kernel.account(name="Núñez", email="n@n.example")
    same, name = kernel.account(name="Other", email="N@n.example"), kernel.account(name="NUNEZ S.L.")
    kernel.account(name="Third")
    with Work(SYSTEM) as work:
        assert merging.likely(work, ACCOUNTS, kept) == [(same, "Other"), (name, "NUNEZ S.L.")]
        assert merging.likely(work, ACCOUNTS, name) == [(kept, "Núñez")]


@pytest.mark.parametrize("resource", [ACCOUNTS, CONTACTS], ids=lambda one: one.name)
def test_everything_that_points_at_such_a_record_is_kept_in_the_history(resource):
    """What no history knows could not be brought back."""
    own = resource.table.__table__
    known = {place.table.__tablename__ for place in rebinding.places(resource)}
    known |= {part.resource.table.__tablename__ for part in RESOURCES.lines(resource)}
    pointing = {
        table.name
        for table in own.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table is own and not table.info.get("view")
    }
    assert pointing <= known


def test_files_go_over(admin, tmp_path):
    kept, gone = kernel.account(name="Kept"), kernel.account(name="Gone")
    with files.Upload() as target:
        target.write(b"hello")
        stored = target.keep()
    with Work(SYSTEM, "accounts.change") as work:
        files.attach(work, ACCOUNTS, gone, "a.txt", stored)
    done = merge(kept, gone)

    def names(key):
        with Work(SYSTEM) as work:
            return [one.name for one in files.of_record(work, ACCOUNTS, key)]

    assert names(kept) == ["a.txt"]
    actions.undo(SYSTEM, done.change_set)
    assert (names(kept), names(gone)) == ([], ["a.txt"])


@pytest.mark.parametrize("what", ["note", "file"])
@pytest.mark.parametrize("first", ["hang", "merge"])
def test_what_is_hung_on_a_record_while_it_is_merged_is_neither_lost_nor_left_behind(admin, what, first):
    kept, gone = kernel.account(name="Acme"), kernel.account(name="Old")

    def hang(work):
        if what == "note":
            return notes.write(work, ACCOUNTS, gone, {"text": "Seen"})
        with files.Upload() as upload:
            upload.write(b"seen")
            return files.attach(work, ACCOUNTS, gone, "a.txt", upload.keep())

    def join(work):
        return actions.run_in(work, actions.find("accounts", "merge"), kept, {"records": [gone]})

    def alone(call):
        with Work(SYSTEM, "accounts.merge") as work:
            return call(work)

    one, other = (hang, join) if first == "hang" else (join, hang)
    with ThreadPoolExecutor(1) as pool:
        with Work(SYSTEM, "accounts.merge") as work:
            one(work)
            meanwhile = pool.submit(alone, other)
            wait([meanwhile], 2)
        fault = meanwhile.exception()
    listed = notes.of_record if what == "note" else files.of_record
    with Work(SYSTEM) as work:
        found = len(listed(work, ACCOUNTS, kept))
    assert (type(fault), found) == ((type(None), 1) if first == "hang" else (Missing, 0))
