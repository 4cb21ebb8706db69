"""Columns that the lines inside records tell: of a contact the accounts and what they are there."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.query import Filter, Query
from crm_app.core.resource import RESOURCES
from crm_app.services import actions, columns, exchange, records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from crm_app.state.lists import read
from tests.support import kernel, sheets

CONTACTS = RESOURCES.get("contacts")
TOLD = ("account_names", "job_titles")
TODAY = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture
def people(admin):
    """Ana buys for Zeta and leads Álamo, which she joined later; Blas left; Carla begins next month; Diego knows nobody."""
    accounts = {name: kernel.account(name=name) for name in ("Zeta, S.L.", "Álamo", "Mora")}
    parts = {
        "Ana": [{"account": "Zeta, S.L.", "title": "Compras"}, {"account": "Álamo", "title": "Dirección"}],
        "Blas": [{"account": "Mora", "title": "Ventas", "until": "2026-06-14"}, {"account": "Mora", "title": "Ventas"}][
            :1
        ],
        "Carla": [{"account": "Mora", "title": "Almacén", "since": "2026-07-01"}],
        "Diego": [],
        "Élia": [
            {"account": "Mora", "until": "2026-06-15"},
            {"account": "Zeta, S.L.", "title": "compras", "first": True},
        ],
    }
    made = {}
    for name, inside in parts.items():
        given = [part | {"account": accounts[part["account"]]} for part in inside]
        made[name] = actions.run(SYSTEM, "contacts", "create", None, {"name": name, "accounts": given}).id
    with clock.frozen(TODAY):
        yield made


def asked(*filters, sort=""):
    with Work(SYSTEM) as work:
        found = records.page(work, CONTACTS, Query(filters=filters, sort=sort), columns=("name",))
    return [item.values["name"] for item in found.items]


def test_a_list_tells_the_accounts_of_today_and_what_somebody_is_there(people):
    shown = read(SYSTEM, CONTACTS, Query(columns=("name", *TOLD)), None, None)
    assert [row.cells for row in shown.rows] == [
        ["Ana", "Álamo \u00b7 Zeta, S.L.", "Dirección \u00b7 Compras"],
        ["Blas", "", ""],
        ["Carla", "", ""],
        ["Diego", "", ""],
        ["Élia", "Zeta, S.L. \u00b7 Mora", "compras"],
    ]
    accounts = read(SYSTEM, kernel.ACCOUNTS, Query(columns=("name", "contact_names")), None, None)
    assert [row.cells for row in accounts.rows] == [
        ["Álamo", "Ana"],
        ["Mora", "Élia"],
        ["Zeta, S.L.", "Élia \u00b7 Ana"],
    ]


def test_they_are_sorted_by_what_stands_first(people):
    assert asked(sort="account_names") == ["Ana", "Élia", "Blas", "Carla", "Diego"]
    assert asked(sort="-account_names") == ["Élia", "Ana", "Diego", "Carla", "Blas"]
    assert asked(sort="job_titles,name") == ["Élia", "Ana", "Blas", "Carla", "Diego"]
    assert asked(sort="-job_titles") == ["Ana", "Élia", "Diego", "Carla", "Blas"]


@pytest.mark.parametrize(
    ("how", "value", "found"),
    [
        ("contains", "COMPRA", ["Ana", "Élia"]),
        ("starts", "dire", ["Ana"]),
        ("eq", "Compras", ["Ana", "Élia"]),
        ("in", "direccion,ventas", ["Ana"]),
        ("ne", "Compras", ["Blas", "Carla", "Diego"]),
        ("empty", "true", ["Blas", "Carla", "Diego"]),
        ("empty", "false", ["Ana", "Élia"]),
    ],
)
def test_job_titles_of_today_are_filtered_by(people, how, value, found):
    assert asked(Filter("job_titles", how, value)) == found


def test_files_hold_them_as_the_list_shows_them(people, tmp_path):
    query = Query(columns=("name", *TOLD), sort="-account_names")
    with Work(SYSTEM) as work:
        assert exchange.export_csv(work, CONTACTS, tmp_path / "people.csv", query) == 5
        assert exchange.export_xlsx(work, CONTACTS, tmp_path / "people.xlsx", query) == 5
    assert (tmp_path / "people.csv").read_text("utf-8-sig").splitlines()[:3] == [
        "id,name,account_names,job_titles",
        f'{people["Élia"]},Élia,"Zeta, S.L. \u00b7 Mora",compras',
        f'{people["Ana"]},Ana,"Álamo \u00b7 Zeta, S.L.",Dirección \u00b7 Compras',
    ]
    rows = sheets.rows_of((tmp_path / "people.xlsx").read_bytes())
    assert rows[:2] == [["Nombre", "Cuentas", "Cargo"], ["Élia", "Zeta, S.L. \u00b7 Mora", "compras"]]


def test_a_page_asks_once_for_all_its_rows(people):
    told = []
    with Work(SYSTEM) as work:
        engine = work.session.get_bind().engine
        sa.event.listen(engine, "before_cursor_execute", lambda *given: told.append(given[2]))
        columns.texts(work, CONTACTS, CONTACTS.columns, list(people.values()))
    assert len(told) == 2


def test_programs_sort_and_filter_by_them(people, api):
    answer = api.get("/api/v1/contacts?sort=-account_names&filter[job_titles][contains]=compras&fields=name,accounts")
    assert [item["name"] for item in answer.json()["items"]] == ["Élia", "Ana"]


def test_who_is_not_active_is_marked_where_no_column_tells_it(people):
    actions.run(SYSTEM, "contacts", "change", people["Blas"], {"active": False})
    for asked_for, marked in (((), ["Blas"]), (("name", "active"), [])):
        shown = read(SYSTEM, CONTACTS, Query(columns=asked_for), None, None)
        assert [row.label for row in shown.rows if row.off] == marked
