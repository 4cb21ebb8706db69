"""What a person types into a filter, as the address of a list holds it."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Invalid
from crm_app.core.i18n import Speech
from crm_app.core.query import Filter, Query
from crm_app.core.resource import RESOURCES
from crm_app.services import actions, records
from crm_app.services.actors import SYSTEM
from crm_app.services.filters import written
from crm_app.services.work import Work
from crm_app.state.filters import chip_of, readable_part, sound
from tests.support import kernel, trade

ES = Speech("es", "ES", "Europe/Madrid", typed=True)
EN = Speech("en", "US", "America/Bogota", typed=True)


def value(name, how, *given, speech=ES, resource="accounts"):
    return written(RESOURCES.get(resource), name, how, given, speech).value


@pytest.mark.parametrize(
    ("name", "how", "given", "held"),
    [
        ("name", "contains", ["  Núñez, S.L. "], "Núñez, S.L."),
        ("name", "in", ["Núñez, S.L.", "A\\B", "Núñez, S.L.", ""], "Núñez\\, S.L.,A\\\\B"),
        ("roles", "eq", ["customer"], "customer"),
        ("roles", "in", ["customer", "partner"], "customer,partner"),
        ("sector", "in", ["7", "9"], "7,9"),
        ("country", "ne", ["es"], "ES"),
        ("active", "eq", ["false"], "false"),
        ("tags", "in", ["VIP", "new"], "vip,new"),
        ("payment_days", "between", ["30", "60"], "30,60"),
        ("payment_days", "between", ["30", "30"], "30,30"),
        ("credit_limit", "ge", ["1.234,5"], "1234.5"),
        ("credit_limit", "in", ["1,5", "2"], "1.5,2"),
        ("created_at", "ge", ["2026-07-01T00:00"], "2026-06-30T22:00:00Z"),
        ("created_at", "ge", ["1/7/2026 0:00"], "2026-06-30T22:00:00Z"),
        ("created_at", "ge", ["1/7/2026"], "2026-07-01"),
        ("created_at", "between", ["1 jul 2026", "hoy"], "2026-07-01,today"),
        ("name", "between", ["Ñandú", "R"], "Ñandú,R"),
        ("city", "empty", ["true"], "true"),
        ("city", "empty", ["false"], "false"),
        ("city", "empty", [], "true"),
    ],
)
def test_every_kind_is_written_so_that_any_reader_understands_it(name, how, given, held):
    assert value(name, how, *given) == held


def test_the_same_number_typed_in_two_notations_is_one_filter():
    assert value("credit_limit", "eq", "1.234") == value("credit_limit", "eq", "1,234", speech=EN) == "1234"
    assert value("birthday", "lt", "1980-02-03", resource="contacts") == "1980-02-03"


@pytest.mark.parametrize(
    ("name", "how", "given", "field"),
    [
        ("name", "contains", [], "value"),
        ("name", "contains", ["  "], "value"),
        ("name", "eq", [7, None], "value"),
        ("email", "eq", ["nobody"], "value"),
        ("sector", "eq", ["x"], "value"),
        ("active", "eq", ["perhaps"], "value"),
        ("roles", "eq", ["king"], "value"),
        ("tags", "eq", ["a,b"], "value"),
        ("payment_days", "between", ["30"], "value"),
        ("payment_days", "between", ["", "30"], "value"),
        ("payment_days", "between", ["1", "2", "3"], "value"),
        ("payment_days", "ge", ["thirty"], "value"),
        ("created_at", "ge", ["2026-99-01T00:00"], "value"),
        ("payment_days", "in", [str(number) for number in range(501)], "value"),
        ("email", "between", ["a", "b"], "filter[email]"),
        ("search", "contains", ["a"], "filter[search]"),
        ("name", "near", ["a"], "filter[name]"),
    ],
)
def test_what_is_no_filter_says_where_it_is_wrong(name, how, given, field):
    with pytest.raises(Invalid) as caught:
        value(name, how, *given)
    assert list(caught.value.fields) == [field]


def test_an_address_finds_the_same_for_readers_of_either_notation(admin):
    small, large = kernel.account(credit_limit="1.234"), kernel.account(credit_limit="1234")
    kernel.account(name="Núñez, S.L.")
    for held, found in (("1.234", [small]), ("1234", [large])):
        for speech in (ES, EN):
            who = type(SYSTEM)(None, "x", {"*": "all"}, speech=speech)
            assert kernel.ids(who, "", Filter("credit_limit", "eq", held)) == found
    assert kernel.names(SYSTEM, "", Filter("name", "in", "Núñez\\, S.L.,Other")) == ["Núñez, S.L."]


def test_a_filter_names_only_what_its_reader_may_read(admin):
    mine = kernel.user_with({"accounts.read": "own", "sectors.read": "all"})
    own, other = kernel.account(name="Own", owner=mine.user), kernel.account(name="Other", owner=admin)
    with Work(mine) as work:
        assert records.names_readable(work, kernel.ACCOUNTS, [own, other, 99]) == {own: "Own"}
        assert records.names_readable(work, RESOURCES.get("users"), [admin]) == {}


def test_a_filter_takes_the_place_of_the_one_it_was_made_from():
    one, two, three = (Filter(name, "eq", "1") for name in "abc")
    query = Query("x", (one, two, three), page=3)
    changed = Filter("b", "ne", "2")
    assert query.replacing(1, changed) == Query("x", (one, changed, three))
    assert query.replacing(0, Filter("c", "eq", "9")).filters == (Filter("c", "eq", "9"), two)


def test_a_day_told_from_today_stays_so_in_the_address(admin):
    held = {
        text: value("birthday", "lt", text, resource="contacts") for text in ("hoy", "Tomorrow", "-7", "+30", "3/4/80")
    }
    assert held == {"hoy": "today", "Tomorrow": "today+1", "-7": "today-7", "+30": "today+30", "3/4/80": "1980-04-03"}
    with Work(SYSTEM) as work:
        chip = chip_of(work, RESOURCES.get("contacts"), Filter("birthday", "lt", "today-7"))
        fixed = chip_of(work, RESOURCES.get("contacts"), Filter("birthday", "lt", "1980-04-03"))
        near = [
            chip_of(work, RESOURCES.get("contacts"), Filter("birthday", "lt", f"today{way}")).value
            for way in ("-1", "+1")
        ]
    assert (chip.value, chip.values) == ("hace 7 d\u00edas", ["-7"])
    assert (fixed.values, near) == (["03/04/1980"], ["ayer", "ma\u00f1ana"])


def test_a_day_of_a_point_in_time_is_all_of_it_by_the_company_s_clock(trading):
    for name, at in (
        ("Eve", datetime(2026, 3, 10, 22, 59, tzinfo=UTC)),  # a minute before midnight in Madrid
        ("First", datetime(2026, 3, 10, 23, 0, tzinfo=UTC)),
        ("Last", datetime(2026, 3, 11, 22, 59, 59, tzinfo=UTC)),
        ("Next", datetime(2026, 3, 11, 23, 0, tzinfo=UTC)),
    ):
        with clock.frozen(at):
            trade.make("products", name=name)

    def found(how, value):
        asked = Query(filters=(Filter("created_at", how, value),), sort="created_at")
        with clock.frozen(datetime(2026, 3, 12, 9, 0, tzinfo=UTC)), Work(SYSTEM) as work:
            page = records.page(work, RESOURCES.get("products"), asked)
            return [item.values["name"] for item in page.items]

    assert found("eq", "2026-03-11") == found("eq", "today-1") == ["First", "Last"]
    assert found("ne", "2026-03-11") == ["Eve", "Next"]
    assert found("lt", "2026-03-11") == found("le", "2026-03-10") == ["Eve"]
    assert found("le", "2026-03-11") == ["Eve", "First", "Last"]
    assert found("gt", "2026-03-11") == found("ge", "2026-03-12") == ["Next"]
    assert found("ge", "2026-03-11") == ["First", "Last", "Next"]
    assert found("between", "2026-03-10,2026-03-11") == ["Eve", "First", "Last"]
    assert found("between", "2026-03-11,2026-03-11T23:00:00Z") == ["First", "Last", "Next"]
    assert found("in", "2026-03-10,2026-03-12") == ["Eve", "Next"]
    with Work(SYSTEM) as work:
        products = RESOURCES.get("products")
        chip = chip_of(work, products, Filter("created_at", "between", "2026-03-10,today"))
    assert (chip.sign, chip.value, chip.values) == ("entre", "10 mar 2026 \u2013 hoy", ["10/03/2026", "hoy"])


def test_texts_are_asked_for_by_their_order_whatever_their_accents_and_case(admin):
    for name in ("Álvarez", "banco", "Ñandú", "nata", "Oeste", "zeta"):
        kernel.account(name=name)

    def found(how, value):
        return kernel.names(SYSTEM, "", Filter("name", how, value))

    assert found("lt", "B") == ["Álvarez"]
    assert found("le", "BANCO") == ["Álvarez", "banco"]
    assert found("ge", "NANDU") == ["Ñandú", "nata", "Oeste", "zeta"]
    assert found("gt", "oeste") == ["zeta"]
    assert found("between", "B,o") == ["banco", "Ñandú", "nata"]
    with pytest.raises(Invalid):
        found("between", "a")


def test_today_is_the_company_s_whoever_asks(trading):
    with clock.frozen(datetime(2026, 3, 10, 23, 30, tzinfo=UTC)), Work(SYSTEM) as work:  # it is the eleventh in Madrid
        born = trade.make("contacts", name="Medianoche", birthday="2026-03-11")
        asked = Query(filters=(Filter("birthday", "eq", "today"),))
        assert [item.id for item in records.page(work, RESOURCES.get("contacts"), asked).items] == [born]


def test_whoever_asks_is_me(admin):
    mine = kernel.user_with({"accounts.read": "all", "users.read": "all"})
    own, other = kernel.account(name="Own", owner=mine.user), kernel.account(name="Other", owner=admin)
    me, others = Filter("owner", "eq", "me"), Filter("owner", "ne", "me")
    assert (kernel.ids(mine, "", me), kernel.ids(mine, "", others)) == ([own], [other])
    with Work(mine) as work:
        assert chip_of(work, kernel.ACCOUNTS, me).values == [str(mine.user)]
    assert (kernel.ids(SYSTEM, "", me), kernel.ids(SYSTEM, "", others)) == ([], [other, own])
    with pytest.raises(Invalid):
        kernel.ids(mine, "", Filter("parent", "eq", "me"))


def test_a_chip_names_what_is_left_of_a_merged_account_and_says_what_is_gone(admin):
    kept, gone, lost = (kernel.account(name=name) for name in ("Kept", "Gone", "Lost"))
    actions.run(SYSTEM, "accounts", "merge", kept, {"records": [gone]})
    actions.run(SYSTEM, "accounts", "remove", lost)
    with Work(SYSTEM) as work:
        chip = chip_of(work, kernel.ACCOUNTS, Filter("parent", "in", f"{gone},{lost}"))
        assert (chip.names, chip.values) == (["Kept", f"No se encuentra: n.º {lost}"], [str(gone), str(lost)])


def test_a_filter_or_order_that_a_list_does_not_have_is_named_as_people_know_it(admin):
    def said(query):
        with Work(SYSTEM) as work, pytest.raises(Invalid) as caught:
            records.page(work, kernel.ACCOUNTS, query)
        return ES.say(next(iter(caught.value.fields.values()))), caught.value.known

    assert said(Query(filters=(Filter("nope", "eq", "1"),)))[0] == (
        "Esta lista no tiene ning\u00fan campo \u00abnope\u00bb por el que filtrar."
    )
    assert said(Query(filters=(Filter("email", "lt", "1"),)))[0] == (
        "Correo electr\u00f3nico: no se puede filtrar de esa manera. Operadores posibles: contains, starts, eq, ne, in, empty."
    )
    text, known = said(Query(sort="-notes"))
    assert text.startswith("Esta lista no se puede ordenar por Notas. Se puede por: Nombre, Raz\u00f3n social,")
    assert known[:2] == ("name", "legal_name")
    assert "\u00abnope\u00bb" in said(Query(sort="nope"))[0]


def test_texts_are_compared_and_sorted_without_accents_and_case(admin):
    for name, city in (
        ("Zeta", "avila"),
        ("Beta", "Zamora"),
        ("\u00c1lamo", "\u00c1VILA"),
        ("alfa", None),
        ("Nu\u00f1ez", "Almer\u00eda"),
    ):
        kernel.account(name=name, city=city)

    def found(*filters, sort="name"):
        return kernel.names(SYSTEM, "", *filters, sort=sort)

    assert found() == ["\u00c1lamo", "alfa", "Beta", "Nu\u00f1ez", "Zeta"]
    assert found(sort="city,name") == ["Nu\u00f1ez", "\u00c1lamo", "Zeta", "Beta", "alfa"]
    assert found(sort="-city,-name") == ["Beta", "Zeta", "\u00c1lamo", "Nu\u00f1ez", "alfa"]
    for how, text in (("eq", "\u00c1vila"), ("in", "AVILA,nowhere"), ("contains", "VIL\u00c0"), ("starts", "\u00e1v")):
        assert found(Filter("city", how, text)) == ["\u00c1lamo", "Zeta"], how
    assert found(Filter("city", "ne", "Avila")) == ["alfa", "Beta", "Nu\u00f1ez"]
    assert found(Filter("name", "contains", "nunez")) == ["Nu\u00f1ez"]


def test_however_many_texts_are_asked_for_the_index_is_asked_once(admin):
    for city in ("Toledo", "Cuenca", "Ávila"):
        kernel.account(name=f"In {city}", city=city)
    many = [
        Filter("city", "in", ",".join([*(f"Nowhere {a}-{b}" for b in range(18)), "toledo", "CUENCA"]))
        for a in range(20)
    ]
    asked = []
    with Work(SYSTEM) as work:
        engine = work.session.get_bind()

        def listen(_connection, _cursor, statement, *_):
            asked.append(statement)

        sa.event.listen(engine, "before_cursor_execute", listen)
        try:
            found = records.page(work, RESOURCES.get("accounts"), Query(filters=tuple(many)))
        finally:
            sa.event.remove(engine, "before_cursor_execute", listen)
    assert [item.values["city"] for item in found.items] == ["Cuenca", "Toledo"]
    assert sum(statement.count("count(") > 300 for statement in asked) == 1
    assert len(asked) <= 4


def test_a_reference_is_sorted_by_the_name_of_what_it_names(admin):
    last, first = kernel.account(name="Zulu"), kernel.account(name="\u00c1baco")
    kernel.account(name="Under Zulu", parent=last)
    kernel.account(name="Under Abaco", parent=first)
    assert kernel.names(SYSTEM, sort="parent")[:2] == ["Under Abaco", "Under Zulu"]
    assert kernel.names(SYSTEM, sort="-parent")[:2] == ["Under Zulu", "Under Abaco"]
    assert kernel.names(SYSTEM, "under", sort="-parent") == ["Under Zulu", "Under Abaco"]


@pytest.mark.parametrize("resource", [one.name for one in RESOURCES])
def test_every_column_of_one_plain_value_can_be_sorted_by(admin, resource):
    found = RESOURCES.get(resource)
    with Work(SYSTEM) as work:
        for name, spec in found.fields.items():
            if spec.sortable:
                records.page(work, found, Query(sort=f"-{name}"))
                records.page(work, found, Query(text="a" if "search" in found.table.model_fields else "", sort=name))


def test_a_wrong_filter_is_told_and_the_others_stay(admin):
    good = Filter("city", "eq", "Soria"), Filter("active", "eq", "true")
    wrong = Filter("colour", "eq", "red"), Filter("credit_limit", "ge", "much"), Filter("active", "contains", "x")
    query, told = sound(
        kernel.actor(admin), RESOURCES.get("accounts"), Query("a", (wrong[0], good[0], *wrong[1:], good[1]), page=2)
    )
    assert query == Query("a", good, page=2)
    assert told == [
        "This list has no field \u201ccolour\u201d to filter by.",
        "Credit limit: Write a number such as 1234.56.",
        "Active cannot be filtered in that way. Possible operators: eq, ne.",
    ]


def test_what_cannot_be_read_in_an_address_is_left_out_of_it():
    address = [("filter[city][near]", "Soria"), ("filter[name]", "Ana"), ("page", "many"), ("q", "x")]
    query, told = readable_part(address, Speech("en"))
    assert query == Query("x", (Filter("name", "eq", "Ana"),))
    assert [text.partition(":")[0] for text in told] == ["filter[city][near]", "page"]
    with pytest.raises(Invalid):
        readable_part([("filter[name]", "Ana")] * 21, Speech("en"))
