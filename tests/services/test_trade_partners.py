"""The rules of accounts, contacts and products."""

from datetime import UTC, date, datetime

import pytest

from crm_app.core import clock
from crm_app.core.errors import Invalid
from crm_app.core.i18n import Speech
from crm_app.core.query import Filter, Query
from crm_app.services import actions, cards, records, rules
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work


@pytest.fixture(autouse=True)
def _company(admin):
    return admin


def make(resource, **values):
    return actions.run(SYSTEM, resource, "create", None, values).id


def change(resource, key, **values):
    return actions.run(SYSTEM, resource, "change", key, values)


def read(resource, key):
    with Work(SYSTEM) as work:
        return records.one(work, records.resource_of(resource), key)


def faults(act, *args, **values):
    with pytest.raises(Invalid) as refused:
        act(*args, **values)
    return set(refused.value.fields)


@pytest.mark.parametrize(
    ("country", "written", "kept"),
    [
        ("ES", "b-58818502", None), ("ES", "a-5881850-1", "A58818501"), ("ES", "12345678z", "12345678Z"), ("ES", "12345678A", None),
        ("ES", "ESA58818501", "A58818501"), ("CO", "890.903.938-8", "8909039388"), ("CO", "890903938-7", None),
        ("DE", "DE 136 695 976", "136695976"), ("GB", "GB 980 7806 84", "980780684"), ("MX", "GODE561231GR8", "GODE561231GR8"),
        ("PE", "20512333797", "20512333797"), ("CL", "76.086.428-5", "760864285"), ("AR", "20-05536168-2", "20055361682"),
        ("PT", "501 964 843", "501964843"), ("AQ", "whatever 7", "whatever 7"), ("BO", "1020703023", "1020703023"),
        ("US", "12-3456789", "123456789"), ("US", "12-34", None), ("CN", "91110000600037341L", "91110000600037341L"), ("CN", "911100006000373411", None),
        (None, "12345678A", None), (None, "12345678z", "12345678Z"),
    ],
)  # fmt: skip
def test_a_tax_identifier_is_checked_by_its_country_and_kept_compact(country, written, kept):
    if kept is None:
        assert faults(make, "accounts", name="A", country=country, tax_id=written) == {"tax_id"}
    else:
        assert read("accounts", make("accounts", name="A", country=country, tax_id=written)).values["tax_id"] == kept


def test_without_a_country_it_is_the_companys_that_counts():
    with Work(SYSTEM) as work:
        assert rules.company(work, "country") == "ES"
    assert faults(make, "accounts", name="A", tax_id="B-12345678") == {"tax_id"}
    assert read("accounts", make("accounts", name="A", tax_id="B-12345674")).values["tax_id"] == "B12345674"
    assert read("accounts", make("accounts", name="A", country="FR", tax_id="FR40303265045")).values["country"] == "FR"


def test_a_tax_identifier_is_shown_as_its_country_writes_it():
    key = make("accounts", name="A", country="CO", tax_id="8909039388")
    with Work(SYSTEM) as work:
        found = records.resource_of("accounts")
        assert records.shown(work, found, records.one(work, found, key), "tax_id") == "890.903.938-8"


def test_faults_come_in_the_order_of_the_form():
    with pytest.raises(Invalid) as refused:
        make("accounts", credit_limit="x", nothing="1", email="nobody", country="Mars", name="")
    assert list(refused.value.fields) == ["name", "country", "email", "credit_limit", "nothing"]


def test_an_old_identifier_does_not_hinder_other_changes():
    key = make("accounts", name="A", country="AQ", tax_id="12345678A")
    assert faults(change, "accounts", key, country="ES") == {"tax_id"}
    change("accounts", key, city="León")


def test_an_empty_zone_is_filled_by_the_longest_postcode_that_fits():
    north = make("zones", name="North", postcodes=[{"country": "ES", "prefix": "2 8"}])
    centre = make("zones", name="Centre", postcodes=[{"country": "ES", "prefix": "280"}])
    abroad = make("zones", name="Abroad", postcodes=[{"country": "CO", "prefix": "2801"}])
    anywhere = make("zones", name="Anywhere", postcodes=[{"prefix": "9"}])
    for postcode, country, zone in (
        ("28013", "ES", centre), ("28 900", "ES", north), ("28013", "CO", abroad), ("28013", None, centre), ("28013", "FR", None),
        ("90210", "US", anywhere), ("10001", "ES", None),
    ):  # fmt: skip
        assert (
            read("accounts", make("accounts", name="A", postcode=postcode, country=country)).values["zone"] == zone
        ), postcode
    key = make("accounts", name="B", postcode="28013", country="ES", zone=north)
    assert read("accounts", key).values["zone"] == north
    change("accounts", key, zone=None)
    assert read("accounts", key).values["zone"] is None
    change("accounts", key, postcode="28014")
    assert read("accounts", key).values["zone"] == centre


def test_postcodes_belong_to_one_zone_in_each_country():
    def told(act, *args, **values):
        with pytest.raises(Invalid) as refused:
            act(*args, **values)
        return {name: Speech("en").say(message) for name, message in refused.value.fields.items()}

    first = make("zones", name="First", postcodes=[{"country": "ES", "prefix": "28"}, {"prefix": "9"}])
    here = [{"country": "FR", "prefix": "28"}, {"prefix": "28"}, {"country": "ES", "prefix": "9"}]
    second = make("zones", name="Second", postcodes=here)
    taken = [{"country": "ES", "prefix": "280"}, {"country": "ES", "prefix": "2-8"}, {"prefix": "9"}]
    belong = "These postcodes belong to \u201cFirst\u201d."
    faults_at = {"postcodes.1.prefix": belong, "postcodes.2.prefix": belong}
    assert told(make, "zones", name="Third", postcodes=taken) == faults_at
    lines_of = read("zones", second).lines["postcodes"]
    moved = [{"id": lines_of[0].id, "country": "ES"}, *({"id": line.id} for line in lines_of[1:])]
    assert told(change, "zones", second, postcodes=moved) == {"postcodes.0.prefix": belong}
    twice = [{"country": "PT", "prefix": "1"}, {"country": "PT", "prefix": " 1"}]
    assert told(change, "zones", second, postcodes=twice) == {"postcodes.1.prefix": "These postcodes stand here twice."}
    rows = read("zones", first).lines["postcodes"]
    change("zones", first, name="Premier", postcodes=[{"id": rows[0].id, "prefix": "28"}, {"prefix": "27"}])
    kept = [(line.values["country"], line.values["prefix"]) for line in read("zones", first).lines["postcodes"]]
    assert kept == [("ES", "28"), (None, "27")]
    change("zones", second, postcodes=[{"prefix": "9"}])


@pytest.mark.parametrize("resource", ["accounts", "sectors", "zones", "categories"])
def test_a_tree_has_no_circles_and_twenty_levels(resource):
    keys = [make(resource, name="0")]
    for level in range(1, 20):
        keys.append(make(resource, name=str(level), parent=keys[-1]))
    assert faults(make, resource, name="20", parent=keys[-1]) == {"parent"}
    assert faults(change, resource, keys[0], parent=keys[7]) == {"parent"}
    assert faults(change, resource, keys[0], parent=make(resource, name="top")) == {"parent"}
    undone = change(resource, keys[19], parent=None)
    change(resource, keys[0], parent=keys[19])
    with pytest.raises(Invalid):
        actions.undo(SYSTEM, undone.change_set)
    assert read(resource, keys[19]).values["parent"] is None


def test_a_filter_by_a_part_of_a_tree_finds_what_lies_below():
    spain = make("zones", name="Spain")
    madrid = make("zones", name="Madrid", parent=make("zones", name="Centre", parent=spain))
    other = make("zones", name="Other")
    for name, zone in (("A", spain), ("B", madrid), ("C", other), ("D", None)):
        make("accounts", name=name, zone=zone)

    def found(*filters, resource="accounts"):
        with Work(SYSTEM) as work:
            page = records.page(work, records.resource_of(resource), Query(filters=filters))
        assert page.total == len(page.items)
        return [item.values["name"] for item in page.items]

    assert found(Filter("zone", "eq", str(spain))) == ["A", "B"]
    assert found(Filter("zone", "in", f"{madrid},{other}")) == ["B", "C"]
    assert found(Filter("zone", "eq", str(madrid)), Filter("zone", "in", f"{spain}")) == ["B"]
    assert found(Filter("zone", "empty", "true")) == ["D"]
    assert found(Filter("zone", "ne", str(spain))) == ["B", "C", "D"]
    assert found(Filter("parent", "eq", str(spain)), resource="zones") == ["Centre", "Madrid"]


def test_an_account_has_one_first_contact_and_one_usual_address_per_purpose():
    ana, luis = make("contacts", name="Ana"), make("contacts", name="Luis")
    wrong = {"contacts": [{"contact": ana, "first": True}, {"contact": luis, "first": True}]}
    assert faults(make, "accounts", name="A", **wrong) == {"contacts.1.first"}
    key = make("accounts", name="A", contacts=[{"contact": ana, "first": True}])
    kept = read("accounts", key).lines["contacts"][0].id
    assert faults(change, "accounts", key, contacts=[{"id": kept}, {"contact": luis, "first": True}]) == {
        "contacts.1.first"
    }
    change("contacts", luis, accounts=[{"account": key, "first": True}])
    assert [line.values["first"] for line in read("accounts", key).lines["contacts"]] == [False, True]
    place = {"street": "X", "usual": True}
    assert faults(change, "accounts", key, addresses=[place, place | {"purpose": "billing"}, place]) == {
        "addresses.2.usual"
    }


def test_consent_and_do_not_contact_say_the_same():
    def state(key):
        values = read("contacts", key).values
        return values["consent"], values["do_not_contact"], values["consent_on"] is not None

    key = make("contacts", name="Ana", consent="given")
    assert state(key) == ("given", False, True)
    change("contacts", key, do_not_contact=True)
    assert state(key) == ("withdrawn", True, True)
    change("contacts", key, do_not_contact=False)
    assert state(key)[:2] == ("unknown", False)
    change("contacts", key, consent="withdrawn")
    assert state(key)[:2] == ("withdrawn", True)
    change("contacts", key, consent="given")
    assert state(key)[:2] == ("given", False)
    assert faults(change, "contacts", key, consent="withdrawn", do_not_contact=False) == {"do_not_contact"}
    assert faults(make, "contacts", name="B", consent="given", do_not_contact=True) == {"consent"}


def test_who_is_taken_out_and_put_in_again_at_once_is_there_anew():
    ana, luis = make("contacts", name="Ana"), make("contacts", name="Luis")
    key = make("accounts", name="A", contacts=[{"contact": ana, "title": "Compras", "first": True}, {"contact": luis}])
    before = read("accounts", key)
    kept = before.lines["contacts"][1].id
    change("accounts", key, contacts=[{"id": kept}, {"contact": ana, "since": "2026-01-01"}])
    after = read("accounts", key)
    told = [
        (line.id, line.values["contact"], line.values["title"], line.values["first"])
        for line in after.lines["contacts"]
    ]
    assert told == [(kept, luis, None, False), (before.lines["contacts"][0].id, ana, None, False)]
    assert after.version == before.version + 1
    assert faults(change, "accounts", key, contacts=[{"id": kept}, {"contact": luis}]) == {"contacts.1.contact"}
    assert faults(make, "contacts", name="B", accounts=[{"account": key}, {"account": key}]) == {"accounts.1.account"}


def test_nobody_is_born_tomorrow():
    with clock.frozen(datetime(2026, 5, 4, 12, tzinfo=UTC)):
        assert faults(make, "contacts", name="Ana", birthday="2026-05-06") == {"birthday"}
        key = make("contacts", name="Ana", birthday="2026-05-05")  # that day has begun in Kiribati
        assert faults(change, "contacts", key, birthday="2027-01-01") == {"birthday"}


def test_a_wrong_tax_identifier_names_the_country():
    with pytest.raises(Invalid) as caught:
        make("accounts", name="A", country="ES", tax_id="B12345675")
    told = Speech("es").say(caught.value.fields["tax_id"])
    assert "(España)" in told or "(Spain)" in told, told


def test_the_day_of_a_consent_is_that_of_what_was_said_last():
    def on(key):
        return read("contacts", key).values["consent_on"]

    key = make("contacts", name="Ana", consent="given", consent_on="2024-03-01")
    assert on(key) == date(2024, 3, 1)
    change("contacts", key, city="Lugo", consent="given")
    assert on(key) == date(2024, 3, 1)
    with clock.frozen(datetime(2026, 5, 4, 12, tzinfo=UTC)):
        change("contacts", key, consent="withdrawn")
        assert on(key) == date(2026, 5, 4)
        change("contacts", key, consent="given", consent_on="2026-05-02")
        assert on(key) == date(2026, 5, 2)
        change("contacts", key, do_not_contact=True)
        assert on(key) == date(2026, 5, 4)
        change("contacts", key, do_not_contact=False)
        assert on(key) is None


def test_a_price_without_a_currency_is_in_the_companys():
    assert read("products", make("products", name="P", price="1.5")).values["currency"] == "EUR"
    assert read("products", make("products", name="Q", price="1.5", currency="USD")).values["currency"] == "USD"
    assert read("products", make("products", name="R")).values["currency"] is None


@pytest.mark.parametrize("resource", ["accounts", "contacts"])
def test_of_the_telephones_and_addresses_of_a_purpose_one_is_the_usual_one(resource):
    two = [{"number": "600 100 100", "usual": True}, {"number": "600 100 101", "usual": True}]
    assert faults(make, resource, name="A", phones=two) == {"phones.1.usual"}
    mails = [{"address": f"{name}@example.com", "purpose": "billing", "usual": True} for name in "ab"]
    assert faults(make, resource, name="A", emails=mails) == {"emails.1.usual"}
    two[1]["purpose"] = "mobile"
    key = make(resource, name="A", phones=two)
    assert [line.values["usual"] for line in read(resource, key).lines["phones"]] == [True, True]


@pytest.mark.parametrize("resource", ["accounts", "contacts"])
def test_what_is_valid_between_two_days_does_not_end_before_it_begins(resource):
    wrong = {"valid_from": "2026-05-02", "valid_to": "2026-05-01"}
    assert faults(make, resource, name="A", phones=[{"number": "600 100 100"} | wrong]) == {"phones.0.valid_to"}
    assert faults(make, resource, name="A", emails=[{"address": "a@example.com"} | wrong]) == {"emails.0.valid_to"}
    same = {"valid_from": "2026-05-02", "valid_to": "2026-05-02"}
    assert make(resource, name="A", phones=[{"number": "600 100 100"} | same])


def test_a_vcard_has_what_is_valid_today_the_usual_one_first():
    phones = [
        {"number": "600 000 001", "valid_to": "2001-01-01"},
        {"number": "600 000 002"},
        {"number": "600 000 003", "usual": True},
        {"number": "600 000 004", "valid_from": "2999-01-01"},
    ]
    key = make("contacts", name="A", phones=phones)
    with Work(SYSTEM) as work:
        card = cards.vcard(work, key)[1].decode()
    assert [line.partition(":")[2] for line in card.splitlines() if line.startswith("TEL")] == [
        "600 000 003",
        "600 000 002",
    ]
