"""The demo company: believable, the same for the same seed, and never mixed with real records."""

import pytest

from crm_app.core.fields import Email, Phone
from crm_app.core.query import Query
from crm_app.services import checks, demo, identity, records, schema
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import crm


@pytest.fixture
def empty(database, tmp_path):
    with crm.using(database, tmp_path):
        yield database


def accounts(size=500):
    with Work(SYSTEM) as work:
        resource = records.resource_of("accounts")
        found = records.page(work, resource, Query(size=size), columns=tuple(resource.fields))
    return [item.values for item in found.items]


def test_a_demo_company_has_people_lists_and_accounts(empty):
    made = demo.make(accounts=300, seed=4, password="una clave de prueba 5")
    found = accounts()
    assert (made.accounts, len(found), len(made.users)) == (300, 300, 8)
    assert {values["country"] for values in found} == {"ES", "CO"}
    assert any("ñ" in values["name"] for values in found)
    assert len({values["tax_id"] for values in found}) == 300
    for values in found:
        assert Email().parse(values["email"]) == values["email"]
        assert Phone().parse(values["phone"]) == values["phone"]
    assert identity.sign_in({"email": demo.ADMINISTRATOR, "password": made.password}, "a test", "").user
    assert all(finding.well for finding in checks.integrity())


def test_the_same_seed_makes_the_same_company(empty, tmp_path):
    demo.make(accounts=50, seed=9, password="una clave de prueba 5")
    first = [(values["name"], values["tax_id"]) for values in accounts()]
    with crm.using(f"sqlite:///{tmp_path / 'second.db'}", tmp_path):
        schema.migrate()
        demo.make(accounts=50, seed=9, password="una clave de prueba 5")
        assert [(values["name"], values["tax_id"]) for values in accounts()] == first


def test_a_demo_is_refused_where_there_are_accounts(empty):
    demo.make(accounts=1, password="una clave de prueba 5")
    with pytest.raises(demo.NotEmpty):
        demo.make(accounts=1)
    assert len(accounts()) == 1


def test_a_demo_joins_a_company_that_is_set_up_already(empty):
    crm.founded()
    demo.make(accounts=10, password="una clave de prueba 5")
    with Work(SYSTEM) as work:
        assert records.page(work, records.resource_of("users"), Query()).total == 9


def test_identifiers_end_in_the_check_digits_that_their_laws_give():
    assert demo.cif("A", 5_881_850) == "A58818501"
    assert demo.nif(12_345_678) == "12345678Z"
    assert (demo.nit(890_903_938), demo.nit(899_999_068)) == ("890903938-8", "899999068-1")
