"""Notes and files among the changes of a record."""

import pytest

from crm_app.core.errors import Missing, NotAllowed
from crm_app.services import actions, files, history, identity, notes, records, timeline
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import crm


@pytest.fixture
def account(admin):
    return actions.run(SYSTEM, "accounts", "create", None, {"name": "Acme", "owner": admin}).id


@pytest.fixture
def who(admin):
    def found(email="", role=""):
        return identity.actor_by_token(
            identity.make_token(SYSTEM, crm.member(email, role) if email else admin, "test"), ""
        )

    return found


def accounts():
    return records.resource_of("accounts")


def write(actor, account, text="Call on Monday"):
    with Work(actor, "notes.create") as work:
        return notes.write(work, accounts(), account, {"text": text}).id, work


def told(actor, account):
    with Work(actor) as work:
        return timeline.of(work, accounts(), account)


def test_a_note_stands_among_the_changes_and_is_undone_like_one(account, who):
    ana = who()
    key, work = write(ana, account)
    actions.run(ana, "accounts", "change", account, {"city": "León"})
    first, second, last = told(ana, account)
    assert (first.kind, second.kind, second.note, second.text, second.who, last.kind) == (
        "change",
        "note",
        key,
        "Call on Monday",
        "Ana",
        "create",
    )
    actions.undo(ana, work.change_set)
    with Work(ana) as reading:
        assert notes.of_record(reading, accounts(), account) == []
    assert told(ana, account)[2].undone


def test_a_removed_note_comes_back(account, who):
    ana = who()
    key, _ = write(ana, account)
    with Work(ana, "notes.change") as work:
        notes.change(work, key, "Call on Tuesday")
    with Work(ana, "notes.remove") as work:
        notes.remove(work, key)
    steps = told(ana, account)[0].steps
    assert [(step.label, step.before, step.after) for step in steps] == [("Note", "Call on Tuesday", "")]
    actions.undo(ana, work.change_set)
    with Work(ana) as reading:
        assert [(note.id, note.text) for note in notes.of_record(reading, accounts(), account)] == [
            (key, "Call on Tuesday")
        ]


def test_a_note_is_no_change_of_the_record(account, who):
    ana = who()
    write(ana, account)
    assert actions.run(ana, "accounts", "change", account, {"city": "León"}, version=1).version == 2
    with Work(ana) as work:
        assert history.fields_changed_since(work, accounts(), account, 0) >= {"city"}
        assert "text" not in history.fields_changed_since(work, accounts(), account, 0)


def test_who_may_only_read_writes_no_note_and_nobody_changes_anothers(account, who):
    ana, reader, support, seller = (
        who(),
        who("r@acme.example", "Read-only"),
        who("s@acme.example", "Support"),
        who("v@acme.example", "Sales"),
    )
    with pytest.raises(NotAllowed):
        write(reader, account)
    with pytest.raises(Missing):
        write(seller, account)
    key, _ = write(support, account)
    assert told(reader, account)[0].text == "Call on Monday"
    for act in (lambda work: notes.change(work, key, "x"), lambda work: notes.remove(work, key)):
        with pytest.raises(NotAllowed), Work(ana, "notes.change") as work:
            act(work)
    with pytest.raises(Missing), Work(seller, "notes.change") as work:
        notes.remove(work, key)


def test_a_removed_file_comes_back_with_its_bytes(account, who):
    ana = who()
    with files.Upload() as upload:
        upload.write(b"hello")
        stored = upload.keep()
    with Work(ana, "accounts.change") as work:
        made = files.attach(work, accounts(), account, "hello.txt", stored)
    with Work(ana, "accounts.change") as work:
        files.remove(work, made.id)
    assert [(step.label, step.before, step.after) for step in told(ana, account)[0].steps] == [
        ("File", "hello.txt", "")
    ]
    actions.undo(ana, work.change_set)
    with Work(ana) as reading:
        assert [file.name for file in files.of_record(reading, accounts(), account)] == ["hello.txt"]
