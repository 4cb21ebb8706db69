"""What stands around a record: its tree, and what is rolled up over the records below it."""

from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.query import Query
from crm_app.services import actions, figures, files, grants, identity, notes, records, related
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import crm, trade


@pytest.fixture
def family(admin):
    """A group of three companies, one under the other, each with a contact and a note; the ids from the top."""
    keys = []
    for number, name in enumerate(("Group", "House", "Shop")):
        parent = keys[-1] if keys else None
        keys.append(
            actions.run(SYSTEM, "accounts", "create", None, {"name": name, "parent": parent, "owner": admin}).id
        )
        part = [{"account": keys[-1], "title": f"Buyer {number}"}]
        actions.run(SYSTEM, "contacts", "create", None, {"name": f"Contact {number}", "accounts": part})
        with Work(SYSTEM, "notes.create") as work:
            notes.write(work, records.resource_of("accounts"), keys[-1], {"text": f"Note {number}"})
    return keys


def attach(key, name):
    with files.Upload() as upload:
        upload.write(name.encode())
        stored = upload.keep()
    with Work(SYSTEM, "accounts.change") as work:
        files.attach(work, records.resource_of("accounts"), key, name, stored)


def groups(key, *, below=False, actor=SYSTEM):
    accounts = records.resource_of("accounts")
    with Work(actor) as work:
        found = related.of_record(work, accounts, records.one(work, accounts, key), below=below)
    return {group.title.text: group for group in found}


def test_the_tree_shows_the_way_up_the_record_and_what_is_right_below_it(family):
    group, house, shop = family
    tree = groups(house)["{what} around it"]
    assert [(link.id, link.text, link.level, link.here) for link in tree.links] == [
        (group, "Group", 0, False),
        (house, "House", 1, True),
        (shop, "Shop", 2, False),
    ]
    assert (tree.total, tree.address) == (1, f"/accounts?filter%5Bparent%5D={house}")
    assert [link.text for link in groups(shop)["{what} around it"].links] == ["Group", "House", "Shop"]
    assert groups(shop)["{what} around it"].address == ""


def test_a_record_without_family_has_no_tree(admin):
    alone = actions.run(SYSTEM, "accounts", "create", None, {"name": "Alone"}).id
    assert groups(alone) == {}
    accounts = records.resource_of("accounts")
    with Work(SYSTEM) as work:
        assert related.has_below(work, accounts, alone) is False


def test_contacts_are_rolled_up_over_what_lies_below_on_wish_only(family):
    group, house, _ = family
    assert [(link.text, link.more) for link in groups(house)["Contacts"].links] == [("Contact 1", "Buyer 1")]
    rolled = groups(house, below=True)["Contacts"]
    assert [(link.text, link.more) for link in rolled.links] == [
        ("Contact 1", "Buyer 1"),
        ("Contact 2", "Buyer 2 \u00b7 Shop"),
    ]
    assert groups(group, below=True)["Contacts"].total == 3


def test_the_contacts_of_an_account_lead_to_the_list_of_just_these(family):
    house = family[1]
    for below in (False, True):
        page, _, question = groups(house, below=below)["Contacts"].address.partition("?")
        query = Query.from_params(parse_qsl(question))
        with Work(SYSTEM) as work:
            found = records.page(work, records.resource_of(page.strip("/")), query)
        assert [item.values["name"] for item in found.items] == ["Contact 1", "Contact 2"]


def test_a_contact_of_several_of_them_comes_once(family):
    _, house, shop = family
    both = [{"account": shop, "title": "Buyer"}, {"account": house, "title": "Head"}]
    actions.run(SYSTEM, "contacts", "create", None, {"name": "Both", "accounts": both})
    rolled = groups(house, below=True)["Contacts"]
    assert [(link.text, link.more) for link in rolled.links] == [
        ("Contact 1", "Buyer 1"),
        ("Both", "Head"),
        ("Contact 2", "Buyer 2 \u00b7 Shop"),
    ]
    assert rolled.total == 3


def test_notes_and_files_are_rolled_up_and_say_whose_they_are(family):
    _, house, shop = family
    attach(shop, "plan.txt")
    accounts = records.resource_of("accounts")
    with Work(SYSTEM) as work:
        assert [note.record for note in notes.of_record(work, accounts, house)] == [house]
        assert [note.record for note in notes.of_record(work, accounts, house, below=True)] == [shop, house]
        assert files.of_record(work, accounts, house) == []
        assert [(file.name, file.record) for file in files.of_record(work, accounts, house, below=True)] == [
            ("plan.txt", shop)
        ]
    assert [(link.text, link.more, link.id) for link in groups(house, below=True)["Notes"].links] == [
        ("Note 2", "Shop", shop),
        ("Note 1", "House", house),
    ]
    assert "Notes" not in groups(house)


def test_nobody_is_rolled_up_what_they_may_not_read(family):
    house = family[1]
    role = actions.run(SYSTEM, "roles", "create", None, {"name": "Own"}).id
    for name in ("accounts.read", "contacts.read"):
        grants.change(SYSTEM, role, {name: "own"})
    mine = crm.member("own@acme.example", "Own")
    actor = identity.actor_by_token(identity.make_token(SYSTEM, mine, "test"), "")
    actions.run(SYSTEM, "accounts", "change", house, {"owner": mine})
    found = groups(house, below=True, actor=actor)
    assert [link.text for link in found["Notes"].links] == ["Note 1"]
    assert "{what} around it" not in found
    accounts = records.resource_of("accounts")
    with Work(actor) as work:
        assert related.has_below(work, accounts, house) is False


def test_a_document_tells_its_day_its_total_and_how_it_stands(trading):
    account = trade.customer()
    invoice = trade.invoice(account, trade.line(1, 100))
    trade.document("quotes", account, trade.line(1, 50))
    with clock.frozen(clock.now() + timedelta(days=90)):
        found = groups(account)
    link = found["Invoices"].links[0]
    told = trade.of("invoices", invoice)
    assert (found["Invoices"].name, link.text) == ("invoices.account", told.number)
    assert link.more.endswith("121,00 EUR")
    assert [one.text for one in link.standing] == ["Overdue"]
    assert [(one.text, one.standing[0].text) for one in found["Quotes"].links] == [("", "Draft")]


def test_however_many_documents_there_are_as_many_statements_are_asked(trading):
    account, other = trade.customer(), trade.customer()
    counts = []
    for key, many in ((account, 1), (other, 4)):
        for _ in range(many):
            trade.invoice(key, trade.line(1, 10))
            trade.order(key, trade.line(1, 10))
        with Work(SYSTEM) as work:
            asked = []
            engine = work.session.get_bind()
            sa.event.listen(engine, "before_cursor_execute", lambda *given, asked=asked: asked.append(given[2]))
            item = records.one(work, records.resource_of("accounts"), key)
            related.of_record(work, item=item, resource=records.resource_of("accounts"))
            figures.of_record(work, records.resource_of("accounts"), item)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 24


def test_the_people_of_an_account_are_told_with_how_they_are_reached(admin):
    ana = {"name": "Ana", "email": "ana@x.example", "mobile": "600 100 100"}
    parts = [
        {"contact": actions.run(SYSTEM, "contacts", "create", None, values).id, "title": title}
        for values, title in ((ana, "Compras"), ({"name": "Blas"}, None))
    ]
    key = actions.run(SYSTEM, "accounts", "create", None, {"name": "Mora", "contacts": parts}).id
    told = [(link.text, link.more) for link in groups(key)["Contacts"].links]
    assert told == [("Ana", "Compras \u00b7 ana@x.example \u00b7 600 100 100"), ("Blas", "")]
