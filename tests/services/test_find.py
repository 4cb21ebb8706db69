"""The global search: the best fits first, over every list, and only what may be read."""

import pytest

from crm_app.services import actions, find, records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import kernel

NAMES = (
    "Núñez y Peña S.L.", "Ferretería Núñez", "Granúñezal", "José Martín", "100% Algodón_2", "Comillas \"dobles\" 'simples'", "日本 株式会社",
)  # fmt: skip


@pytest.fixture
def company(admin):
    for name in NAMES:
        kernel.account(name=name, owner=admin)
    kernel.account(name="Aceros del Norte", email="nunez@aceros.example", city="Bilbao", owner=admin)
    actions.run(SYSTEM, "contacts", "create", None, {"name": "Ana Núñez", "owner": admin})
    actions.run(SYSTEM, "teams", "create", None, {"name": "Nunez team"})
    return admin


def found(text, who=SYSTEM, resource="accounts", **more):
    with Work(who) as work:
        return [hit.label for hit in find.find(work, text, **more) if hit.resource == resource]


def test_a_name_that_begins_so_comes_first_then_a_word_then_the_rest(company):
    assert found("nuñez") == ["Núñez y Peña S.L.", "Ferretería Núñez", "Aceros del Norte", "Granúñezal"]
    assert found("NUNEZ", most=2) == ["Núñez y Peña S.L.", "Ferretería Núñez"]


def test_words_are_found_in_any_order_and_one_letter_begins_a_word(company):
    assert found("peña núñ") == ["Núñez y Peña S.L."]
    assert found("j") == ["José Martín"]
    assert found("ose") == ["José Martín"]


def test_every_list_is_searched_in_its_own_order(company):
    with Work(SYSTEM) as work:
        names = [hit.resource for hit in find.find(work, "nunez")]
    assert sorted(set(names), key=names.index) == ["accounts", "contacts", "teams"]


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\x00", "\ud800", "'", '"', "%", "_", "*", "a" * 10_000, "(" * 300, "NEAR(a)", "{0}", "\U0010ffff"],
)
def test_odd_texts_find_nothing_or_something_but_never_an_error(company, text):
    with Work(SYSTEM) as work:
        find.find(work, text)


def test_signs_mean_themselves(company):
    assert found("100%") == ["100% Algodón_2"]
    assert found("algodon_2") == ["100% Algodón_2"]
    assert found('"dobles"') == [NAMES[5]]
    assert found("株式") == [] or found("株式") == ["日本 株式会社"]


def test_the_hint_says_why_it_was_found_or_where_it_is(company):
    with Work(SYSTEM) as work:
        hints = {
            hit.label: hit.hint
            for text in ("nunez", "aceros")
            for hit in find.find(work, text)
            if hit.resource == "accounts"
        }
        assert hints["Ferretería Núñez"] == ""
        assert next(hit.hint for hit in find.find(work, "nunez@")) == "nunez@aceros.example"
    assert hints["Aceros del Norte"] == "Bilbao"


def test_nobody_finds_what_they_may_not_read(company):
    own = kernel.user_with({"accounts.read": "own"})
    kernel.account(name="Núñez mío", owner=own.user)
    assert found("nunez", own) == ["Núñez mío"]
    assert found("nunez", own, "contacts") == []
    assert found("nunez", own, "teams") == []
    assert found("nunez", kernel.user_with({})) == []


def test_a_team_finds_its_own_behind_many_of_others(company):
    team = kernel.team("Sur")
    mate, other = kernel.user_with({"accounts.read": "team"}, team), kernel.user_with({"accounts.read": "team"}, team)
    with Work(SYSTEM, "accounts.create") as work:
        records.insert_many(
            work, kernel.ACCOUNTS, [{"name": f"Cliente {number:05}", "owner": company} for number in range(1_500)]
        )
        records.insert_many(
            work,
            kernel.ACCOUNTS,
            [{"name": "Zeta Cliente", "owner": other.user}, {"name": "Cliente último", "owner": other.user}],
        )
    assert found("cli", mate) == ["Cliente último", "Zeta Cliente"]


def test_recent_records_come_back_in_order_as_far_as_they_may_be_read(company):
    own = kernel.user_with({"accounts.read": "own"})
    mine = kernel.account(name="Mía", owner=own.user)
    keys = [("contacts", 1), ("accounts", mine), ("accounts", 1), ("accounts", 999), ("nada", 1), ("accounts", mine)]
    with Work(SYSTEM) as work:
        assert [hit.label for hit in find.recall(work, keys)] == ["Ana Núñez", "Mía", NAMES[0]]
    with Work(own) as work:
        assert [hit.label for hit in find.recall(work, keys)] == ["Mía"]


def test_a_person_is_told_with_account_and_job_title(company):
    mora = kernel.account(name="Mora")
    part = [{"account": mora, "title": "Compras"}]
    key = actions.run(SYSTEM, "contacts", "create", None, {"name": "Eva Gil", "city": "Lugo", "accounts": part}).id
    with Work(SYSTEM) as work:
        told = [hit.hint for hit in (*find.find(work, "eva"), *find.recall(work, [("contacts", key)]))]
        assert told == ["Mora \u00b7 Compras"] * 2
        assert [hit.hint for hit in find.find(work, "eva lugo")] == ["Lugo"]


def test_records_are_found_by_a_further_telephone_or_address_and_products_by_a_supplier_s_code(company):
    phones, emails = [{"number": "+34 600 123-456"}], [{"address": "Compras@otra.example"}]
    acme = kernel.account(name="Acme", phones=phones, emails=emails, owner=company)
    person = {"name": "Luz", "phones": [{"number": "(91) 222 33 44"}], "owner": company}
    actions.run(SYSTEM, "contacts", "create", None, person)
    codes = [{"supplier": acme, "code": "KX_7741"}]
    actions.run(SYSTEM, "products", "create", None, {"name": "Tuerca", "supplier_codes": codes})
    assert [found(text) for text in ("600123456", "600 12 34", "+34600.123", "compras@OTRA")] == [["Acme"]] * 4
    assert [found(text) for text in ("6001", "600 123 457", "compras", "600123456x")] == [[]] * 4
    assert found("912223344", resource="contacts") == ["Luz"]
    assert [found(text, resource="products") for text in ("kx_7741", "7741", "kxa7741", "kx")] == [["Tuerca"]] * 2 + [
        []
    ] * 2
    own = kernel.user_with({"accounts.read": "own"})
    assert found("600123456", own) == []
    with Work(SYSTEM) as work:
        assert [hit.label for hit in find.find(work, "600123456")] == ["Acme"]
