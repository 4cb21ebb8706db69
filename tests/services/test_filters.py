"""What a person types into a filter, as the address of a list holds it."""

import pytest

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Speech
from crm_app.core.query import Filter, Query
from crm_app.core.resource import RESOURCES
from crm_app.services import records
from crm_app.services.actors import SYSTEM
from crm_app.services.filters import written
from crm_app.services.work import Work
from tests.support import kernel

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
        ("name", "between", ["a", "b"], "filter[name]"),
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
