"""The demo company: believable, the same for the same seed, and never mixed with real records."""

import re
from datetime import UTC, datetime

import pytest

from crm_app.core import clock
from crm_app.core.fields import Email, Phone
from crm_app.core.query import Query
from crm_app.core.resource import RESOURCES
from crm_app.services import checks, demo, demo_more, identity, lines, records, schema, stock, users
from crm_app.services.actors import SYSTEM
from crm_app.services.demo_words import QUALITIES
from crm_app.services.work import Work
from crm_app.state import forms
from tests.support import crm

PASSWORD = "una clave de prueba 5"
MOMENT = datetime(2026, 6, 15, 10, tzinfo=UTC)  # what is sold is dated by the day on which it is made


@pytest.fixture(scope="module")
def made(lasting):
    """The demo in a company that had been set up already."""
    with clock.frozen(MOMENT):
        crm.founded()
        return demo.make(accounts=300, seed=4, password=PASSWORD)


def rows(resource, size=500):
    with Work(SYSTEM) as work:
        found = records.resource_of(resource)
        return [
            item.values | {"id": item.id}
            for item in records.page(work, found, Query(size=size), columns=tuple(found.fields)).items
        ]


def test_a_demo_company_has_people_lists_and_accounts(made):
    found = rows("accounts")
    assert (made.accounts, len(found), len(made.users)) == (300, 300, 8)
    assert {values["country"] for values in found} == {"ES", "CO"}
    assert any("ñ" in values["name"] for values in found)
    assert len({values["tax_id"] for values in found}) == 300
    for values in found:
        assert Email().parse(values["email"]) == values["email"]
        assert Phone().parse(values["phone"]) == values["phone"]
    bought = {values["account"] for name in ("quotes", "invoices") for values in rows(name)}
    customers = {values["id"]: values for values in found if "customer" in values["roles"] and values["active"]}
    assert bought
    assert bought <= customers.keys()
    assert all(values["owner"] == customers[values["account"]]["owner"] for values in rows("quotes"))
    assert identity.sign_in({"email": demo.ADMINISTRATOR, "password": made.password}, "a test", "").user
    assert all(finding.well for finding in checks.integrity())


def test_every_kind_of_record_that_a_demo_has_opens(made):
    seen = {}
    for resource in RESOURCES:
        for item in rows(resource.name, 20) if not resource.inside else ():
            for below in (False, True):
                found = forms.read(SYSTEM, resource, item["id"], below, {})
                assert found.label == str(item[resource.label] or ""), resource.name
            seen[resource.name] = seen.get(resource.name, 0) + 1
    assert {
        "accounts",
        "contacts",
        "products",
        "document-texts",
        "price-lists",
        "quotes",
        "invoices",
        "payments",
        "roles",
        "tax-rates",
    } <= seen.keys()


def test_accounts_belong_to_groups_have_tags_and_other_addresses_and_zones_their_postcodes(made):
    found = rows("accounts")
    groups = {values["id"] for values in found if values["name"].startswith("Grupo ")}
    assert len(groups) == 3
    assert {values["parent"] for values in found} == groups | {None}
    assert any(values["tags"] for values in found)
    with Work(SYSTEM) as work:
        addresses = lines.read_many(work, lines.part_of("accounts", "addresses"), [values["id"] for values in found])
        zones = lines.read_many(work, lines.part_of("zones", "postcodes"), [values["id"] for values in rows("zones")])
    assert 1 <= sum(len(some) for some in addresses.values()) < 30
    assert len(zones) == len(rows("zones"))
    assert all(zones.values())


def test_addresses_and_telephones_are_written_as_in_their_country_and_some_birthdays_are_known(made):
    people, found = rows("contacts"), rows("accounts")
    colombian = [values for values in (*people, *found) if values["country"] == "CO"]
    numbers = [number for values in colombian for number in (values.get("phone"), values.get("mobile")) if number]
    assert len(numbers) > 100
    assert [number for number in numbers if not re.fullmatch(r"\+57 3[0-2]\d \d{3} \d{4}", number)] == []
    spanish = [values["mobile"] for values in people if values["country"] == "ES"]
    assert [number for number in spanish if not re.fullmatch(r"\+34 6\d\d \d{3} \d{3}", number)] == []
    streets = [values["street"] for values in found if values["country"] == "CO"]
    assert [street for street in streets if not re.fullmatch(r"[A-Z][A-Za-z. ]+ \d+ # \d+-\d\d", street)] == []
    born = [values["birthday"] for values in people if values["birthday"]]
    assert 100 < len(born) < 300
    assert len(set(born)) > 50
    assert all(1957 < day.year < 2003 for day in born)


def test_products_are_called_as_spanish_has_it_and_have_barcodes_and_a_past(made):
    found = rows("products")
    goods = [values for values in found if values["kind"] == "goods"]
    assert [values["name"] for values in found if not values["name_en"]] == []
    assert {values["name_en"].split()[0] for values in found} <= {english.capitalize() for _, english in QUALITIES}
    for values in goods:
        digits = [int(digit) for digit in values["barcode"]]
        assert len(digits) == 13
        assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0
    assert len({values["barcode"] for values in goods}) == len(goods)
    assert len({values["created_at"].date() for values in rows("contacts")}) > 50
    agreed = [
        demo_more.quality(name, "económico") for name in ("Taladro percutor", "Llave inglesa", "Guantes de nitrilo")
    ]
    assert agreed == ["económico", "económica", "económicos"]
    assert demo_more.quality("Guantes de nitrilo", "profesional") == "profesionales"
    assert demo_more.ean("400638133393") == "4006381333931"


def test_what_the_demo_company_sells_of_its_stock_lay_there_before(made):
    with Work(SYSTEM) as work:
        kept = [values["id"] for values in rows("products") if values["stocked"] and values["active"]]
        levels = stock.levels(work, kept)
        (place,) = stock.places(work, kept[0])
    assert place.name == "Almacén central"
    assert {level.on_hand > 0 and level.available > 0 for level in levels.values()} == {True}
    assert "opening" in {values["reason"] for values in rows("stock-moves")}


def test_it_joins_the_company_that_was_there(made):
    assert len(rows("users")) == 9


def test_the_search_index_is_put_together_and_goes_on_as_usual(made):
    with Work(SYSTEM) as work:
        connection = work.session.connection()
        if connection.dialect.name == "sqlite":
            for name in ("account", "contact", "product"):
                config = dict(connection.exec_driver_sql(f"SELECT k, v FROM {name}_search_config").all())  # noqa: S608
                parts = connection.exec_driver_sql(f"SELECT count(DISTINCT segid) FROM {name}_search_idx").scalar()  # noqa: S608
                assert (config["automerge"], parts) == (4, 1)


def test_a_demo_is_refused_where_there_are_accounts(made):
    with pytest.raises(demo.NotEmpty):
        demo.make(accounts=1)
    assert len(rows("accounts")) == 300


@pytest.mark.parametrize("lasting", ["postgresql"], indirect=True)
def test_the_same_seed_makes_the_same_company_on_either_database(made, tmp_path):
    def told():
        accounts = {
            (values["name"], values["tax_id"], values["city"], tuple(values["tags"] or ()))
            for values in rows("accounts")
        }
        products = {(values["name"], values["barcode"]) for values in rows("products")}
        return accounts, products, {(values["number"], values["total"]) for values in rows("invoices")}

    first = told()
    with crm.using(f"sqlite:///{tmp_path / 'second.db'}", tmp_path):
        schema.migrate()
        with clock.frozen(MOMENT):
            demo.make(accounts=300, seed=4, password=PASSWORD)
        assert told() == first


def test_identifiers_end_in_the_check_digits_that_their_laws_give():
    assert demo.cif("A", 5_881_850) == "A58818501"
    assert demo.nif(12_345_678) == "12345678Z"
    assert (demo.nit(890_903_938), demo.nit(899_999_068)) == ("890903938-8", "899999068-1")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # it is made of what the tests above make on both
def test_a_first_visitor_may_begin_with_a_demo_company(database, tmp_path):
    with crm.using(database, tmp_path):
        given = {
            "name": "Eva",
            "email": "eva@acme.example",
            "password": crm.PASSWORD,
            "language": "en",
            "company": "Mine",
        }
        came_in = demo.set_up(given, "a test", "127.0.0.1")
        actor = identity.actor_by_cookie(came_in.cookie)
        with Work(actor) as work:
            company = records.page(work, RESOURCES.get("settings"), Query(columns=("name", "country"))).items[0].values
            accounts = records.page(work, RESOURCES.get("accounts"), Query(size=1)).total
        assert (actor.name, actor.speech.language, actor.may("users.change")) == ("Eva", "en", True)
        assert (company["name"], company["country"], accounts) == ("Distribuciones Peñalara S.L.", "ES", 200)
        with pytest.raises(users.AlreadySetUp):
            demo.set_up(given, "a test", "127.0.0.1")
