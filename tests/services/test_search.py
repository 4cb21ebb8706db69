"""A list answers the same on both databases, whatever is asked of it, and as plain Python says it should."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_app.core import settings as environment
from crm_app.core.errors import Invalid
from crm_app.core.fields import fold
from crm_app.core.query import Filter, Query
from crm_app.models.base import search_text
from crm_app.services import listing, records, search
from crm_app.services.actors import SYSTEM, Actor
from crm_app.services.database import engine_for
from crm_app.services.work import Work
from tests.support import crm, databases, kernel

MANY = 10_250
ODD = [
    {"name": "José Núñez S.L.", "city": "Ávila", "roles": ("customer",)},
    {"name": "NUÑEZ y Peña", "city": "ávila", "roles": ("customer", "partner")},
    {"name": "100% Algodón_2", "city": "León", "email": "a%b@acme.example"},
    {"name": "100 Algodon 2", "city": "leon"},
    {"name": "Comillas \"dobles\" y 'simples'", "legal_name": "O'Brien; DROP TABLE account; --"},
    {"name": "Barra \\ y / barra", "tax_id": "B-12/34"},
    {"name": "😀 Emoji 👩‍👩‍👧", "phone": "+34 600 123 456"},
    {"name": "STRAẞE Œuvre", "notes": "Ñandú\n50 %"},
    {"name": "日本 株式会社"},
    {"name": "x AND y OR NOT z NEAR(a)"},
    {"name": "*", "city": "Ä*"},
]


def rows(owners):
    for number, row in enumerate(ODD):
        yield {**row, "owner": owners[number % len(owners)]}
    for number in range(MANY):
        city = ("Madrid", "Málaga", "malaga", None)[number % 4]
        yield {
            "name": f"Cliente {number:05} Común",
            "city": city,
            "active": number % 7 != 0,
            "owner": owners[number % len(owners)],
        }


@dataclass
class Place:
    url: str
    folder: object
    actors: dict[str, Actor]


@pytest.fixture(scope="module")
def places(sqlite_template, postgres_url, postgres_template, tmp_path_factory):
    """The same company with the same accounts on both databases."""
    first, second = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")
    with (
        databases.sqlite_copy(sqlite_template, first) as one,
        databases.postgres_copy(postgres_url, postgres_template) as two,
    ):
        found = []
        for url, folder in ((one, first), (two, second)):
            with crm.using(url, folder):
                admin = crm.founded()
                team = kernel.team("North")
                own = kernel.user_with({"accounts.read": "own"})
                mate = kernel.user_with({"accounts.read": "team"}, team)
                other = kernel.user_with({"accounts.read": "team"}, team)
                with Work(SYSTEM, "accounts.create") as work:
                    given = list(rows([admin, own.user, mate.user, other.user]))
                    records.insert_many(work, kernel.ACCOUNTS, given)
                found.append(
                    Place(url, folder, {"all": SYSTEM, "own": own, "team": mate, "admin": kernel.actor(admin)})
                )
        yield found
        for place in found:
            engine_for(place.url).dispose()


@contextmanager
def at(place: Place) -> Iterator[None]:
    """As crm.using, but the connections stay open for the next question."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRM_DATABASE_URL", place.url)
        patch.setenv("CRM_DATA_DIR", str(place.folder))
        environment.settings.cache_clear()
        yield
    environment.settings.cache_clear()


def answer(place: Place, query: Query, who: str = "all", **more):
    with at(place), Work(place.actors[who]) as work:
        page = records.page(work, kernel.ACCOUNTS, query, **more)
    return [found.id for found in page.items], page.total, page.capped


def both(places, query: Query, who: str = "all", **more):
    one, two = (answer(place, query, who, **more) for place in places)
    assert one == two
    return one


@cache
def plain_rows():
    """Number, owner, sort key and words of every account."""
    found = []
    for number, row in enumerate(rows(range(4)), 1):
        text = " ".join(str(row.get(name) or "") for name in ("name", "legal_name", "tax_id", "email", "phone", "city"))
        words = fold(text + " " + "".join(char for char in row.get("phone", "") if char.isdigit())).split()
        found.append((number, row["owner"], fold(row["name"])[:120], words))
    return found


def expected(query: Query, who: str = "all"):
    """By plain Python over the rows as they were made."""
    kept = {"all": (0, 1, 2, 3), "own": (1,), "team": (2, 3)}[who]
    asked = fold(query.text).split()
    found = []
    for number, owner, key, words in plain_rows():
        hit = all(any(word in has if len(word) >= 3 else has.startswith(word) for has in words) for word in asked)
        if hit and owner in kept:
            found.append((key, number))
    return [number for _, number in sorted(found)]


TEXTS = [
    "nuñ",
    "nunez",
    "ÑEZ jose",
    "jose núñez",
    "núñez s.l.",
    "100%",
    "100",
    "algodon_2",
    "algodón_",
    "%",
    "_",
    "*",
    "\\",
    "/",
    '"dobles"',
    '"',
    "'",
    "o'brien",
    "drop table",
    "; --",
    "😀",
    "👩‍👩‍👧",
    "emo",
    "600123",
    "600 123",
    "+34",
    "strasse",
    "œu",
    "日",
    "本",
    "日本",
    "株式会社",
    "AND",
    "not z",
    "near(a)",
    "x",
    "e",
    "co",
    "com",
    "comun cliente",
    "cliente malaga",
    "cliente 00012",
    "zzz",
    "b-12/34",
    "a%b",
    "a%b@acme.example",
    "@acme",
    "@a",
    "acme.e",
    "e.ex",
    ".example",
    "ex",
    "a",
    "ac",
    ".",
    "@",
    "s.l",
    "  ",
    "\u0301",
]


def test_every_search_finds_what_it_says_on_both(places):
    for number, text in enumerate(TEXTS):
        for who in ("all", "own", "team") if number < 10 else ("all",):
            query = Query(text, size=500)
            found, total, capped = both(places, query, who, cap=None)
            wanted = expected(query, who)
            assert (text, found, total, capped) == (text, wanted[:500], len(wanted), False)


def test_what_breaks_programs_finds_nothing_or_something_but_never_an_error(places):
    for text in (
        "nu\x00ñez",
        "\ud800",
        "a" * 10_000_000,
        "\x00",
        "'" * 300,
        "(" * 200,
        "NEAR(" * 40,
        "a " * 500,
        "ﷺ" * 200,
        "{0}",
        "%s %(x)s :y ?",
    ):
        both(places, Query(text))
        for operator in ("contains", "starts"):
            both(places, Query(filters=(Filter("name", operator, text),)))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("nunez josé", 1),
        ("NUÑEZ", 2),
        ("100%", 1),
        ("_2", 0),
        ("n", 3),
        ("nu", 2),
        ("un", 0),
        ("comun", MANY),
        ("com", MANY + 1),
        ("s.", 1),
        ("sl", 1),
        ("s.l.", 1),
        ("nunez sl", 1),
        ("b123", 1),
        ("12/34", 1),
        ("ab", 0),
    ],
)
def test_words_are_found_anywhere_and_one_or_two_letters_at_a_words_beginning(places, text, names):
    assert both(places, Query(text), cap=None)[1] == names


def test_only_words_that_punctuation_parts_or_leads_are_indexed_twice():
    names = dict.fromkeys(kernel.ACCOUNTS.search)
    values = names | {"name": "S.L. (Ñu) Sol, S.L. sin", "email": "a.b@c.example", "phone": "+34 91 1"}
    words = ["", "s.l.", "(nu)", "sol,", "s.l.", "sin", "sl", "nu", "a.b@c.example", "+34", "91", "1", "34911"]
    assert search_text(kernel.ACCOUNTS, values).split("  ") == words


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ((Filter("city", "contains", "ÁVI"),), 2),
        ((Filter("city", "starts", "á"),), 3),
        ((Filter("city", "eq", "Ávila"),), 2),
        ((Filter("name", "contains", "0%"),), 1),
        ((Filter("name", "contains", "n_2"),), 1),
        ((Filter("name", "starts", "%"),), 0),
        ((Filter("name", "contains", "\\"),), 1),
        ((Filter("name", "contains", "'simples'"),), 1),
        ((Filter("name", "starts", "😀"),), 1),
        ((Filter("name", "contains", "STRAßE"),), 1),
        ((Filter("legal_name", "empty", ""),), MANY + len(ODD) - 1),
        ((Filter("legal_name", "empty", "no"),), 1),
        ((Filter("legal_name", "ne", "x"),), MANY + len(ODD)),
        ((Filter("legal_name", "eq", ""),), MANY + len(ODD) - 1),
        ((Filter("roles", "eq", "customer"),), 2),
        ((Filter("roles", "in", "partner,supplier"),), 1),
        ((Filter("roles", "ne", "customer"),), MANY + len(ODD) - 2),
        ((Filter("roles", "empty", ""),), MANY + len(ODD) - 2),
        ((Filter("roles", "eq", ""),), MANY + len(ODD) - 2),
        ((Filter("city", "in", "Ávila,León,nowhere"),), 4),
        ((Filter("city", "in", ""),), 0),
        ((Filter("notes", "contains", "ñANDÚ\n50 %"),), 1),
        ((Filter("active", "eq", "no"),), 1465),
        ((Filter("active", "eq", "no"), Filter("city", "eq", "Madrid")), 367),
        ((Filter("owner", "eq", "9999"),), 0),
        ((Filter("created_at", "lt", "2000-01-01T00:00:00Z"),), 0),
        ((Filter("created_at", "ge", "2000-01-01T00:00:00+14:00"),), MANY + len(ODD)),
        ((Filter("created_at", "between", "2000-01-01T00:00Z,2999-01-01T00:00Z"),), MANY + len(ODD)),
    ],
)
def test_filters_mean_the_same_on_both(places, filters, count):
    assert both(places, Query(filters=filters), cap=None)[1] == count


@pytest.mark.parametrize(
    "part",
    [
        Filter("nothing", "eq", "1"),
        Filter("password", "eq", "1"),
        Filter("search", "contains", "a"),
        Filter("id", "eq", "one"),
        Filter("email", "lt", "a"),
        Filter("owner", "empty", "2"),
        Filter("owner", "eq", "x"),
        Filter("owner", "in", str(2**63)),
        Filter("roles", "eq", "king"),
        Filter("active", "eq", "perhaps"),
        Filter("created_at", "between", "2026-01-01T00:00Z"),
        Filter("created_at", "eq", "yesterday"),
        Filter("name", "eq", "a\x00"),
        Filter("owner", "in", ",".join(["1"] * 501)),
        Filter("city", "between", "a"),
        Filter("name", "eq", "\ud800"),
    ],
)
def test_a_filter_that_cannot_be_is_named(places, part):
    for place in places:
        with pytest.raises(Invalid) as caught:
            answer(place, Query(filters=(part,)))
        assert list(caught.value.fields) == [f"filter[{part.field}]"]


@pytest.mark.parametrize("sort", ["password", "search", "id", "notes", "--name", "name desc", "name;", "sort_key"])
def test_a_sort_that_cannot_be_is_refused(places, sort):
    for place in places:
        with pytest.raises(Invalid) as caught:
            answer(place, Query(sort=sort))
        assert list(caught.value.fields) == ["sort"]


@pytest.mark.parametrize(
    "text", ["e", "ex", "c", "co", "s", "sl", "example", "o.ex", "@correo", "contacto@correo.example"]
)
def test_postgresqls_index_names_no_row_by_a_piece_of_an_address(postgresql, tmp_path, text):
    """It names the very rows that are found: none of them is taken back once it has been read."""
    with crm.using(postgresql, tmp_path):
        crm.founded()
        with Work(SYSTEM, "accounts.create") as work:
            given = [{"name": f"{name} S.L.", "email": "contacto@correo.example"} for name in ("Uno", "Esteban", "Ana")]
            records.insert_many(work, kernel.ACCOUNTS, given)
        with Work(SYSTEM) as work:
            found = search.match(work, kernel.ACCOUNTS.table, text)
            work.session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
            ids = found.ids().compile(work.session.get_bind(), compile_kwargs={"literal_binds": True})
            plan = work.session.connection().exec_driver_sql(f"EXPLAIN (ANALYZE) {ids}").scalars().all()
    assert found.total == {"e": 1, "ex": 0}.get(text, 3)
    assert any("Bitmap Index Scan on ix_account_search" in line for line in plan)
    assert not any("Removed by Index Recheck" in line for line in plan)


def test_a_broad_search_counts_to_the_cap_and_further_when_asked(places):
    assert both(places, Query("comun"))[1:] == (search.CAP, True)
    assert both(places, Query("comun"), cap=None)[1:] == (MANY, False)
    assert both(places, Query("comun"), cap=100)[1:] == (100, True)
    assert both(places, Query("nunez"))[1:] == (2, False)
    assert both(places, Query(filters=(Filter("city", "empty", "no"),)), cap=50)[1:] == (50, True)
    assert both(places, Query("cliente"), "own")[1:] == (MANY // 4 + 1, False)
    assert both(places, Query("cliente"), "own", cap=99)[1:] == (99, True)
    assert both(places, Query("comun"), total=(7, True))[1:] == (7, True)


@pytest.mark.parametrize("text", ["", "comun", "cliente 000"])
@pytest.mark.parametrize("sort", ["", "-name", "city", "-city", "-region", "payment_days", "-tax_id"])
def test_pages_follow_one_another_without_gap_or_repeat(places, text, sort):
    filters = (Filter("active", "eq", "true"), Filter("city", "ne", "Madrid"))
    whole = both(places, Query(text, filters, sort, 1, 500))[0]
    parts = [both(places, Query(text, filters, sort, page, 50))[0] for page in range(1, 11)]
    assert [key for part in parts for key in part] == whole
    if sort in ("", "-name"):
        assert both(places, Query(text, filters, "-name" if not sort else "", 1, 500))[0][:3] != whole[:3]


@pytest.mark.parametrize("sort", ["", "-name", "city"])
@pytest.mark.parametrize("text", ["comun", "cliente 000", "nunez"])
def test_however_a_search_is_answered_the_pages_are_the_same(places, monkeypatch, text, sort):
    """The order's first rows are walked, or all that match are sorted: at once in a large table, or after the walk met too few."""
    filters = (Filter("active", "eq", "true"),)

    def pages():
        return [both(places, Query(text, filters, sort, page, 20)) for page in (1, 2, 9)] + [
            both(places, Query(text, (), sort))
        ]

    told = pages()
    ways = [
        (10, 200_000, 1.4, MANY),
        (3_000, 0, 0, MANY),
        (10, 0, 0, MANY),
        (3_000, 0, 1e9, MANY),
        (10, 0, 1e9, search.CAP),
    ]
    for way in ways:
        for name, value in zip(("WALK", "LARGE", "_SURE", "HELD"), way, strict=True):
            monkeypatch.setattr(listing, name, value)
        assert pages() == told, way


def test_a_page_far_behind_the_end_is_empty(places):
    assert both(places, Query(page=1_000_000, size=500))[0] == []
    last = both(places, Query(sort="-name", size=5))[0]
    assert both(places, Query(page=(MANY + len(ODD)) // 5 + 1, size=5))[0] == [last[0]]


ANY_FILTER = st.one_of(
    st.builds(
        Filter,
        st.just("city"),
        st.sampled_from(["contains", "starts", "eq", "ne", "in"]),
        st.sampled_from(["á", "MÁL", "Madrid", "l", "%", "é,Madrid"]),
    ),
    st.builds(Filter, st.just("active"), st.just("eq"), st.sampled_from(["true", "no"])),
    st.builds(
        Filter, st.sampled_from(["owner", "id"]), st.sampled_from(["eq", "ne", "in"]), st.sampled_from(["1", "2", "3"])
    ),
    st.builds(Filter, st.just("roles"), st.sampled_from(["eq", "ne"]), st.just("customer")),
    st.builds(Filter, st.sampled_from(["owner", "roles"]), st.just("empty"), st.sampled_from(["", "true", "no"])),
    st.builds(Filter, st.just("name"), st.sampled_from(["lt", "le", "gt", "ge"]), st.sampled_from(["m", "Á", "zz"])),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.one_of(st.sampled_from(TEXTS), st.text(max_size=5)),
    filters=st.lists(ANY_FILTER, max_size=3).map(tuple),
    sort=st.sampled_from(["", "-name", "city", "-city", "-zone", "tax_id"]),
    page=st.integers(1, 30),
    who=st.sampled_from(["all", "own", "team", "admin"]),
)
def test_any_combination_gives_the_same_rows_on_both(places, text, filters, sort, page, who):
    both(places, Query(text, filters, sort, page, 20), who)


def test_pickers_offer_what_the_actor_may_read(places):
    for place in places:
        with at(place):
            with Work(place.actors["all"]) as work:
                assert records.options(work, kernel.ACCOUNTS, "nuñez") == [(1, "José Núñez S.L."), (2, "NUÑEZ y Peña")]
                assert len(records.options(work, kernel.ACCOUNTS, "", 7)) == 7
            with Work(place.actors["own"]) as work:
                assert records.options(work, kernel.ACCOUNTS, "nuñez") == [(2, "NUÑEZ y Peña")]


def test_how_many_there_are_of_a_big_list_is_asked_once_in_a_moment_and_again_after_a_change(places, monkeypatch):
    for place in places:
        monkeypatch.setattr(listing, "_sizes", {})
        monkeypatch.setattr(listing, "_KEPT_S", 3600)
        asked = []
        before = answer(place, Query(), cap=None)[1]
        with at(place):
            engine = engine_for(place.url)

            def heard(_connection, _cursor, statement, *_more, asked=asked):
                asked.append(statement)

            sa.event.listen(engine, "before_cursor_execute", heard)
            assert answer(place, Query(), cap=None)[1] == before
            assert not any("count(" in statement for statement in asked)
            with Work(SYSTEM, "accounts.create") as work:
                key = records.create(work, kernel.ACCOUNTS, {"name": "Uno más"})
                assert records.count(work, kernel.ACCOUNTS, Query())[0] == before + 1
            assert answer(place, Query(), cap=None)[1] == before + 1
            with Work(SYSTEM, "accounts.remove") as work:
                records.remove(work, kernel.ACCOUNTS, key)
            assert answer(place, Query(), cap=None)[1] == before
            sa.event.remove(engine, "before_cursor_execute", heard)


def test_how_many_there_were_before_a_change_is_not_kept_after_it(places, monkeypatch):
    monkeypatch.setattr(listing, "_KEPT_S", 3600)
    for place in places:
        monkeypatch.setattr(listing, "_sizes", {})
        with at(place):
            with Work(SYSTEM) as early:
                records.one(early, kernel.ACCOUNTS, 1)  # from here on SQLite shows it what there is now
                with Work(SYSTEM, "accounts.create") as work:
                    key = records.create(work, kernel.ACCOUNTS, {"name": "Una más"})
                records.page(early, kernel.ACCOUNTS, Query(), cap=None)
            with Work(SYSTEM) as work:
                there = work.session.scalar(sa.select(sa.func.count()).select_from(kernel.ACCOUNTS.table))
            assert answer(place, Query(), cap=None)[1] == there
            with Work(SYSTEM, "accounts.remove") as work:
                records.remove(work, kernel.ACCOUNTS, key)


def test_what_is_kept_is_forgotten_while_others_keep_more(monkeypatch):
    class Meanwhile(set):
        def __contains__(self, name):
            listing._sizes["url", name, str(len(listing._sizes))] = (0.0, 1)
            return super().__contains__(name)

    monkeypatch.setattr(listing, "_sizes", {("url", "account", "count"): (0.0, 1), ("url", "note", "count"): (0.0, 1)})
    listing._forget(Meanwhile({"account"}))
    assert ("url", "account", "count") not in listing._sizes
