"""The `crm` command: exit 0 when done, 1 when refused, 2 when used wrongly, and never a traceback for a refusal."""

import io
import json
import subprocess
import sys

import pytest

from crm_app import cli, serving
from crm_app.core.settings import settings
from tests.support import crm
from tests.support.server import clean_environment


@pytest.fixture
def empty(database, tmp_path):
    with crm.using(database, tmp_path):
        yield tmp_path


def run(capsys, *words):
    status = cli.main([str(word) for word in words])
    shown = capsys.readouterr()
    return status, shown.out.strip(), shown.err.strip()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # on both it is made among the services
def test_the_demo_is_made_once_and_then_refused(empty, capsys):
    status, out, _ = run(capsys, "demo", "--accounts", 20, "--json")
    assert (status, json.loads(out)["accounts"]) == (0, 20)
    assert run(capsys, "demo")[0] == 1
    assert run(capsys, "check")[0] == 0


def test_a_user_and_a_token_are_added(empty, capsys, monkeypatch):
    crm.founded()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{crm.PASSWORD}\n"))
    assert run(capsys, "user", "add", "eva@acme.example", "--role", "Sales", "--password-stdin")[0] == 0
    status, token, _ = run(capsys, "token", "add", "eva@acme.example", "--name", "shop", "--scope", "accounts.read")
    program = crm.client()
    program.headers["Authorization"] = f"Bearer {token}"
    assert (status, program.get("/api/v1/accounts").status_code) == (0, 200)
    status, out, _ = run(capsys, "user", "add", "ivo@acme.example", "--role", "Sales", "--json")
    assert (status, json.loads(out)["invitation"][:1]) == (0, "/")


def test_who_forgot_the_password_comes_in_by_a_link_of_the_operator(empty, capsys):
    from crm_app.services import users

    crm.founded()
    status, out, _ = run(capsys, "user", "list", "--json")
    (found,) = json.loads(out)["users"]
    assert (status, found["email"], found["role"], found["active"]) == (0, "ana@acme.example", "Administrator", True)
    assert run(capsys, "user", "list")[1] == "1  ana@acme.example  Administrator"
    status, out, _ = run(capsys, "user", "link", "Ana@acme.example", "--json")
    path, equals, key = json.loads(out)["link"].partition("=")
    assert (status, path, equals) == (0, "/welcome?key", "=")
    assert users.redeem(key, "otras cuatro palabras", "a test", "127.0.0.1").user == crm.FOUNDER


@pytest.mark.parametrize(
    "words",
    [("token", "add", "nobody@acme.example", "--name", "x"), ("user", "link", "nobody@acme.example"), ("user", "add", "no mail", "--role", "Sales"), ("revert", "999"),
     ("user", "add", "a@b.example", "--role", "King"), ("export", "nothing", "x.csv"), ("export", "accounts", "x.exe")],
)  # fmt: skip
def test_a_refusal_is_a_sentence(empty, capsys, words):
    crm.founded()
    status, out, err = run(capsys, *words)
    assert (status, out) == (1, "")
    assert err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "words",
    [(), ("fly",), ("demo", "--accounts", "-1"), ("user", "add"), ("revert", "x"),
     ("serve", "--port", "99999"), ("serve", "--port", "0"), ("serve", "--port", "web")],
)  # fmt: skip
def test_wrong_usage_ends_with_two(empty, words):
    with pytest.raises(SystemExit) as ended:
        cli.main(list(words))
    assert ended.value.code == 2


def test_an_export_runs_no_formula_and_a_change_is_reverted(empty, capsys):
    api = crm.client(crm.founded())
    api.post("/api/v1/accounts", json={"name": "=1+1", "notes": "+x"})
    status, _, _ = run(capsys, "export", "accounts", empty / "a.csv")
    text = (empty / "a.csv").read_text("utf-8-sig")
    assert (status, ",'=1+1," in f",{text}", ",'+x," in text) == (0, True, True)
    newest = api.get("/api/v1/changes").json()["items"][0]["id"]
    assert run(capsys, "revert", newest)[0] == 0
    assert api.get("/api/v1/accounts").json()["total"] == 0


def test_a_backup_holds_the_database_or_is_refused(empty, capsys, database):
    import tarfile

    crm.founded()
    status, _, err = run(capsys, "backup", empty / "copy.tar.gz")
    if database.startswith("sqlite"):
        with tarfile.open(empty / "copy.tar.gz") as archive:
            assert (status, archive.getnames()) == (0, ["crm.db"])
    else:
        assert (status, "pg_dump" in err) == (1, True)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_copy_is_put_back_with_its_files_and_what_was_there_is_kept(empty, capsys):
    api = crm.client(crm.founded())
    key = api.post("/api/v1/accounts", json={"name": "Antes"}).json()["id"]
    sent = api.post(f"/api/v1/accounts/{key}/attachments", files={"file": ("a.txt", b"hola")})
    assert (sent.status_code, run(capsys, "backup", empty / "copy.tar.gz")[0]) == (201, 0)
    api.post("/api/v1/accounts", json={"name": "Despu\u00e9s"})
    stored = [path for path in (empty / "files").glob("??/??/*") if path.is_file()]
    for path in stored:
        path.unlink()
    status, _, err = run(capsys, "restore", empty / "copy.tar.gz")
    assert (status, "--replace" in err, api.get("/api/v1/accounts").json()["total"]) == (1, True, 2)
    status, out, _ = run(capsys, "restore", empty / "copy.tar.gz", "--replace", "--json")
    told = json.loads(out)
    assert (status, told["files"], [path.read_bytes() for path in stored]) == (0, 1, [b"hola"])
    assert [one["name"] for one in api.get("/api/v1/accounts").json()["items"]] == ["Antes"]
    assert run(capsys, "check")[0] == 0
    assert run(capsys, "restore", told["before"], "--replace")[0] == 0, (
        "a copy of a migration is a file of the database"
    )
    assert api.get("/api/v1/accounts").json()["total"] == 2


@pytest.mark.parametrize("harm", ["newer", "damaged"])
def test_a_copy_is_put_back_where_the_program_cannot_use_what_is_there(tmp_path, harm):
    import sqlite3

    live, copy = tmp_path / "crm.db", tmp_path / "copy.tar.gz"
    assert _command(tmp_path, "demo", "--accounts", "2", "--password", "demo-demo-demo") == (0, "")
    assert _command(tmp_path, "backup", str(copy)) == (0, "")
    if harm == "newer":
        with sqlite3.connect(live) as database:
            database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.close()
    else:
        live.write_bytes(b"nothing of the kind" * 100)
    status, err = _command(tmp_path, "check")
    assert status == 1
    status, err = _command(tmp_path, "restore", str(copy))
    assert (status, "--replace" in err) == (1, True)
    assert _command(tmp_path, "restore", str(copy), "--replace") == (0, "")
    assert _command(tmp_path, "check")[0] == 0
    (kept,) = (path for path in (tmp_path / "backups").iterdir() if path.suffix == ".db")
    if harm == "damaged":
        assert kept.read_bytes() == b"nothing of the kind" * 100
    else:
        assert _command(tmp_path, "restore", str(kept), "--replace")[0] == 1  # a copy of a newer program's


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the size of files is limited on Linux only")
def test_a_copy_that_finds_no_room_is_told_in_words_and_leaves_nothing(tmp_path):
    assert _command(tmp_path, "migrate") == (0, "")
    for words in (["backup"], ["backup", str(tmp_path / "mine.tar.gz")]):
        status, err = _command(tmp_path, *words, largest=100_000)
        assert (status, err.strip()) == (
            1,
            "The disk of the database is full or cannot be written. Nothing was saved: tell your administrator.",
        )
    assert [
        path.name for path in tmp_path.rglob("*") if path.suffix in (".gz", ".part") or path.parent.name == "backups"
    ] == []


def test_who_reads_no_further_than_the_first_line_sees_no_complaint(tmp_path):
    assert _command(tmp_path, "demo", "--accounts", "2", "--password", "demo-demo-demo")[0] == 0
    program = [sys.executable, "-m", "crm_app.cli", "check"]
    with subprocess.Popen(
        program, env=clean_environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as reader:
        reader.stdout.close()
        assert reader.stderr.read() == ""
    assert reader.returncode == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("harm", ["text", "cut", "name", "hash", "foreign", "newer"])
def test_what_is_no_copy_changes_nothing(empty, capsys, harm):
    api = crm.client(crm.founded())
    good = empty / "good.tar.gz"
    assert run(capsys, "backup", good)[0] == 0
    bad = spoiled(good, empty / "bad.tar.gz", harm)
    api.post("/api/v1/accounts", json={"name": "Queda"})
    status, out, err = run(capsys, "restore", bad, "--replace")
    assert (status, out, "Traceback" in err, ("newer version" if harm == "newer" else "no copy") in err) == (
        1,
        "",
        False,
        True,
    )
    assert [one["name"] for one in api.get("/api/v1/accounts").json()["items"]] == ["Queda"]
    assert not list((empty / "files").glob("restore-*"))
    assert not (empty.parent / "evil").exists()


def spoiled(good, bad, harm):
    """A copy with something wrong in it."""
    import shutil
    import sqlite3
    import tarfile
    from contextlib import closing

    if harm == "text":
        bad.write_bytes(b"not a copy")
        return bad
    if harm == "cut":
        bad.write_bytes(good.read_bytes()[:-200])
        return bad
    folder = bad.with_suffix(".d")
    folder.mkdir()
    with tarfile.open(good) as archive, (folder / "crm.db").open("wb") as file:
        shutil.copyfileobj(archive.extractfile("crm.db"), file)
    if harm == "foreign":
        (folder / "crm.db").unlink()
    if harm in ("foreign", "newer"):
        with closing(sqlite3.connect(folder / "crm.db", isolation_level=None)) as database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT)"
                if harm == "newer"
                else "CREATE TABLE x (y)"
            )
            if harm == "newer":
                database.execute("UPDATE alembic_version SET version_num = '9999'")
    with tarfile.open(bad, "w:gz") as archive:
        archive.add(folder / "crm.db", "crm.db")
        if harm == "name":
            archive.add(folder / "crm.db", "../../evil")
        if harm == "hash":
            archive.add(folder / "crm.db", f"files/ab/cd/{'ab' * 32}")
    shutil.rmtree(folder)
    return bad


def test_a_port_where_another_listens_is_refused_in_words():
    import socket

    from crm_app import serving

    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert (
            serving.obstacle("127.0.0.1", port)
            == f"Nothing can listen on 127.0.0.1, port {port}: Address already in use."
        )
    assert serving.obstacle("127.0.0.1", port) == ""
    assert "no.such.host.invalid" in serving.obstacle("no.such.host.invalid", 8000)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_takes_what_is_filtered(empty, capsys, ending):
    api = crm.client(crm.founded())
    for name, city in (("Uno", "Soria"), ("Dos", "Lugo"), ("Tres", "Soria")):
        api.post("/api/v1/accounts", json={"name": name, "city": city})
    target = empty / f"a.{ending}"
    status, out, _ = run(
        capsys, "export", "accounts", target, "--filter", "city=Soria", "--filter", "name[starts]=T", "--json"
    )
    assert (status, json.loads(out)["records"], target.is_file()) == (0, 1, True)
    status, _, err = run(capsys, "export", "accounts", target, "--filter", "nothing=1")
    assert (status, "nothing" in err) == (1, True)
    with pytest.raises(SystemExit) as ended:
        run(capsys, "export", "accounts", target, "--filter", "city")
    assert ended.value.code == 2


HOSTILE = ("'; DROP TABLE user; --", "<script>alert(1)</script>", "=1+1", "\u202eada", "😀", "x" * 100_000)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_refused_or_kept_as_they_are(empty, capsys, text):
    crm.founded()
    for words in (
        ("user", "add", text, "--role", "Sales"), ("user", "add", "a@b.example", "--role", text), ("export", text, empty / "x.csv"),
        ("token", "add", text, "--name", "x"), ("revert", 10**30),
    ):  # fmt: skip
        status, out, err = run(capsys, *words)
        assert (status, out, "Traceback" in err, err != "") == (1, "", False, True)
    status, out, err = run(capsys, "user", "add", "kept@b.example", "--role", "Sales", "--name", text, "--json")
    assert status == (0 if len(text) < 100 else 1)
    found = crm.client(crm.FOUNDER).get("/api/v1/users?q=kept").json()["items"]
    assert [one["name"] for one in found] == ([text] if status == 0 else [])


@pytest.mark.parametrize("typed", ["\x00" * 12, "x" * 10_000_000, "", "\ud800 surrogate"])
def test_a_password_that_is_none_is_refused_and_nobody_is_added(empty, capsys, monkeypatch, typed):
    crm.founded()
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    status, _, err = run(capsys, "user", "add", "eva@acme.example", "--role", "Sales", "--password-stdin")
    assert (status in {0, 1}, "Traceback" in err) == (True, False)
    users = crm.client(crm.FOUNDER).get("/api/v1/users?q=eva").json()["total"]
    assert users == (1 if status == 0 else 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [("CRM_DATABASE_URL", "garbage"), ("CRM_DATABASE_URL", "mysql://a/b"), ("CRM_DATABASE_URL", "postgresql://a:b@[::1/c"),
     ("CRM_DATABASE_URL", "postgresql://a:b@127.0.0.1:1/c"), ("CRM_WORKERS", "x"), ("CRM_WORKERS", "0"),
     ("CRM_DATABASE_URL", "sqlite:///"), ("CRM_DATABASE_URL", "sqlite:///:memory:"), ("CRM_REDIS_URL", "localhost:6379"),
     ("CRM_EVENTS_PER_SECOND", "-1"), ("CRM_LOG", "loud"), ("CRM_PUBLIC_URL", "crm.example.com"),
     ("CRM_PUBLIC_URL", "https://example.com/crm"), ("CRM_TRUSTED_PROXIES", "10.0.0.1,proxy")],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_told_in_words(tmp_path, name, value):
    status, err = _command(tmp_path, "migrate", **{name: value})
    assert status == 1
    assert "Traceback" not in err
    assert name in err or "does not answer" in err


def checked(capsys, monkeypatch, **environment):
    """What `crm check` answers where the operator has set these: its status, its findings."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    try:
        status, out, _ = run(capsys, "check", "--json")
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    return status, json.loads(out)["checks"]


def test_the_check_tells_in_words_why_there_is_no_database_to_check(capsys, tmp_path, monkeypatch):
    told = {"CRM_DATABASE_URL": "mysql://a/b", "CRM_DATA_DIR": str(tmp_path)}
    status, checks = checked(capsys, monkeypatch, **told)
    (found,) = [one for one in checks if not one["well"]]
    assert (status, found["check"]) == (1, "database")
    assert found["detail"].startswith("CRM_DATABASE_URL")


def test_a_file_that_is_no_database_is_told_in_words(tmp_path):
    (tmp_path / "crm.db").write_bytes(b"nothing of the kind" * 100)
    status, err = _command(tmp_path, "migrate")
    assert (status, err.splitlines()[0]) == (
        1,
        "The file of the database is damaged, or no database at all. Put a copy back: crm restore.",
    )


def test_what_is_written_is_for_its_owner_alone(tmp_path):
    assert _command(tmp_path / "data", "migrate")[0] == 0
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data", *(tmp_path / "data").iterdir())}
    assert modes.pop("data") == 0o700
    assert modes["crm.db"] == 0o600
    assert all(mode & 0o077 == 0 for mode in modes.values())


def test_a_database_named_from_where_one_stands_is_the_same_from_everywhere(tmp_path, monkeypatch):
    monkeypatch.setenv("CRM_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CRM_DATABASE_URL", "sqlite:///mine.db?timeout=9")
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    try:
        told = serving.environment()["CRM_DATABASE_URL"]
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert told == f"sqlite:///{tmp_path / 'mine.db'}?timeout=9"


def _command(data, *words, largest=None, **environment):
    """Exit code and complaints of the command in a process of its own, whose files are no larger than so many bytes."""

    def limit():
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    done = subprocess.run(
        [sys.executable, "-m", "crm_app.cli", *words],
        env=clean_environment(data, **environment),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit if largest else None,
    )
    return done.returncode, done.stderr


def test_a_backup_takes_no_other_files_place(empty, capsys, database):
    crm.founded()
    target = empty / "mine.tar.gz"
    target.write_text("mine")
    status, _, err = run(capsys, "backup", target)
    assert (status, target.read_text()) == (1, "mine")
    assert "is there already" in err or "SQLite" in err


def test_records_are_made_shown_changed_run_and_removed(empty, capsys):
    crm.founded()
    status, key, _ = run(capsys, "record", "add", "accounts", "name=Acme", 'roles:=["customer", "supplier"]')
    assert status == 0
    assert run(capsys, "record", "change", "accounts", key, "city=León")[0] == 0
    assert run(capsys, "record", "run", "accounts", key, "hold")[0] == 0
    found = json.loads(run(capsys, "record", "show", "accounts", key, "--json")[1])
    assert [found[name] for name in ("name", "roles", "city", "held")] == [
        "Acme",
        ["customer", "supplier"],
        "León",
        True,
    ]
    assert "name: Acme" in run(capsys, "record", "show", "accounts", key)[1].splitlines()
    done = json.loads(run(capsys, "record", "remove", "accounts", key, "--json")[1])
    assert run(capsys, "record", "show", "accounts", key)[0] == 1
    assert run(capsys, "revert", done["change_set"])[0] == 0
    assert run(capsys, "record", "show", "accounts", key)[0] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [(("add", "accounts", "nam=x"), "nam: There is no field of this name here."), (("add", "accounts", "name="), "name: This is needed."),
     (("change", "accounts", "999", "city=x"), "There is no Account 999"), (("run", "accounts", "999", "fly"), "There is no verb")],
)  # fmt: skip
def test_a_record_that_cannot_be_is_refused_in_words(empty, capsys, words, told):
    crm.founded()
    status, _, err = run(capsys, "record", *words)
    assert status == 1
    assert told in err


@pytest.mark.parametrize("word", ["name", "na me=x", "roles:=[", "=x"])
def test_a_value_without_a_field_is_wrong_usage(empty, word):
    with pytest.raises(SystemExit) as ended:
        cli.main(["record", "add", "accounts", word])
    assert ended.value.code == 2


def test_the_check_tells_of_a_key_that_is_short_and_works_with_it(empty, capsys, monkeypatch):
    status, checks = checked(capsys, monkeypatch, CRM_SECRET_KEY="short")
    (found,) = [one for one in checks if one["check"] == "secret key"]
    assert (status, found["well"], "16 characters" in found["detail"]) == (0, True, True)
