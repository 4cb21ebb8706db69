"""A whole foreign company comes in through the services, accents and odd rows and all, and nothing is lost on the way."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crm_app.core.query import Filter, Query
from crm_app.services import bulk, records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import crm

SOURCE = Path(__file__).resolve().parents[2] / "shared" / "data" / "northwind.sqlite"
COUNTRIES = {
    "Argentina": "AR", "Australia": "AU", "Austria": "AT", "Belgium": "BE", "Brazil": "BR", "Canada": "CA", "Denmark": "DK",
    "Finland": "FI", "France": "FR", "Germany": "DE", "Ireland": "IE", "Italy": "IT", "Japan": "JP", "Mexico": "MX",
    "Netherlands": "NL", "Norway": "NO", "Poland": "PL", "Portugal": "PT", "Singapore": "SG", "Spain": "ES", "Sweden": "SE",
    "Switzerland": "CH", "UK": "GB", "USA": "US", "Venezuela": "VE",
}  # fmt: skip
pytestmark = pytest.mark.skipif(
    not SOURCE.exists(), reason="The Northwind data lie beside the project, in ../shared/data; they are not here."
)


def table(name: str) -> Iterator[dict[str, Any]]:
    with closing(sqlite3.connect(f"file:{SOURCE}?mode=ro", uri=True)) as source:
        source.row_factory = sqlite3.Row
        yield from [dict(row) for row in source.execute(f"SELECT * FROM {name} ORDER BY 1")]  # noqa: S608 - our own names


def create(resource: str, rows: list[dict[str, Any]]) -> list[int]:
    with Work(SYSTEM, f"{resource}.create", label="Northwind") as work:
        return bulk.create(work, records.resource_of(resource), rows)


def company(row: dict[str, Any], role: str) -> dict[str, Any]:
    return {
        "name": row["CompanyName"], "roles": [role], "street": ", ".join((row["Address"] or "").split("\n")), "city": row["City"], "region": row["Region"],
        "postcode": row["PostalCode"], "country": COUNTRIES.get((row["Country"] or "").strip()), "phone": row["Phone"],
        "phones": [{"purpose": "other", "number": row["Fax"]}] if row["Fax"] else [],
    }  # fmt: skip


def person(row: dict[str, Any], account: int) -> dict[str, Any]:
    return {"name": row["ContactName"], "accounts": [{"account": account, "title": row["ContactTitle"], "first": True}]}


@pytest.fixture
def northwind(database, tmp_path):
    with crm.using(database, tmp_path):
        crm.founded()
        customers, suppliers = list(table("Customers")), list(table("Suppliers"))
        bought = create("accounts", [company(row, "customer") for row in customers])
        sold = create("accounts", [company(row, "supplier") for row in suppliers])
        pairs = [*zip(customers, bought, strict=True), *zip(suppliers, sold, strict=True)]
        create("contacts", [person(row, key) for row, key in pairs if row["ContactName"]])
        kinds = list(table("Categories"))
        categories = dict(
            zip(
                (row["CategoryID"] for row in kinds),
                create("categories", [{"name": row["CategoryName"]} for row in kinds]),
                strict=True,
            )
        )
        makers = dict(zip((row["SupplierID"] for row in suppliers), sold, strict=True))
        create(
            "products",
            [
                {
                    "name": row["ProductName"], "code": f"NW-{row['ProductID']:03}", "category": categories[row["CategoryID"]],
                    "price": str(row["UnitPrice"]), "currency": "USD", "active": row["Discontinued"] == "0", "unit": row["QuantityPerUnit"],
                    "supplier_codes": [{"supplier": makers[row["SupplierID"]], "code": str(row["ProductID"])}],
                }
                for row in table("Products")
            ],
        )  # fmt: skip
        yield


def found(resource: str, text: str = "", **filters: object):
    query = Query(text=text, filters=tuple(Filter(name, "eq", str(value)) for name, value in filters.items()), size=200)
    with Work(SYSTEM) as work:
        that = records.resource_of(resource)
        page = records.page(work, that, query, columns=tuple(that.fields))
        assert page.total == len(page.items)
        return [records.one(work, that, item.id) for item in page.items]


def one(resource: str, text: str):
    (item,) = found(resource, text)
    return item


def test_nothing_is_lost(northwind):
    assert (
        len(found("accounts", roles="customer")),
        len(found("accounts", roles="supplier")),
        len(found("products")),
    ) == (93, 29, 77)
    assert sum((item.values["price"] for item in found("products")), Decimal(0)) == Decimal("2222.71")
    assert len([item for item in found("products") if not item.values["active"]]) == 8
    people = [
        row["ContactName"].strip() for name in ("Customers", "Suppliers") for row in table(name) if row["ContactName"]
    ]
    assert sorted(item.values["name"] for item in found("contacts")) == sorted(people)
    names = {row["CompanyName"] for name in ("Customers", "Suppliers") for row in table(name)}
    assert {item.values["name"] for item in found("accounts")} == names


def test_accents_stay_and_are_found_without_them(northwind):
    assert one("accounts", "specialites monde").values["name"] == "Spécialités du monde"
    assert one("accounts", "forets d'erables").values["city"] == "Ste-Hyacinthe"
    assert one("products", "rossle").values["name"] == "Rössle Sauerkraut"
    assert one("contacts", "guylene").lines["accounts"][0].labels["account"] == "Aux joyeux ecclésiastiques"


def test_odd_rows_come_as_they_are(northwind):
    odd = found("accounts", "it", roles="customer")
    assert [(item.values["country"], item.values["phone"]) for item in odd if item.values["name"] == "IT"] == [
        (None, None)
    ] * 2
    assert {item.labels["account"] for person in found("contacts", "val") for item in person.lines["accounts"]} >= {
        "IT"
    }
    assert one("accounts", "mayumi").values["street"] == "92 Setsuko, Chuo-ku"
    assert one("accounts", "berglunds").values["country"] == "SE"


def test_what_belongs_together_is_linked(northwind):
    blaye = one("products", "blaye")
    assert (blaye.values["price"], blaye.labels["category"], blaye.values["unit"]) == (
        Decimal("263.5"),
        "Beverages",
        "12 - 75 cl bottles",
    )
    assert [(line.labels["supplier"], line.values["code"]) for line in blaye.lines["supplier_codes"]] == [
        ("Aux joyeux ecclésiastiques", "38")
    ]
    alfreds = one("accounts", "alfreds").lines
    assert [(line.labels["contact"], line.values["title"], line.values["first"]) for line in alfreds["contacts"]] == [
        ("Maria Anders", "Sales Representative", True)
    ]
    assert [line.values["number"] for line in alfreds["phones"]] == ["030-0076545"]
