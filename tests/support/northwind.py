"""The Northwind sample company: its file beside the project, read as it is, and brought in through the services."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crm_app.services import bulk, records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work

SOURCE = Path(__file__).resolve().parents[3] / "shared" / "data" / "northwind.sqlite"
COUNTRIES = {
    "Argentina": "AR", "Australia": "AU", "Austria": "AT", "Belgium": "BE", "Brazil": "BR", "Canada": "CA", "Denmark": "DK",
    "Finland": "FI", "France": "FR", "Germany": "DE", "Ireland": "IE", "Italy": "IT", "Japan": "JP", "Mexico": "MX",
    "Netherlands": "NL", "Norway": "NO", "Poland": "PL", "Portugal": "PT", "Singapore": "SG", "Spain": "ES", "Sweden": "SE",
    "Switzerland": "CH", "UK": "GB", "USA": "US", "Venezuela": "VE",
}  # fmt: skip
needed = pytest.mark.skipif(
    not SOURCE.exists(), reason="The Northwind data lie beside the project, in ../shared/data; they are not here."
)


def rows(statement: str) -> list[dict[str, Any]]:
    """What the original file answers."""
    with closing(sqlite3.connect(f"file:{SOURCE}?mode=ro", uri=True)) as source:
        source.row_factory = sqlite3.Row
        return [dict(row) for row in source.execute(statement)]


def table(name: str) -> list[dict[str, Any]]:
    return rows(f'SELECT * FROM "{name}" ORDER BY 1')  # noqa: S608 - our own names


def create(resource: str, given: list[dict[str, Any]]) -> list[int]:
    with Work(SYSTEM, f"{resource}.create", label="Northwind") as work:
        return bulk.create(work, records.resource_of(resource), given)


def company(row: dict[str, Any], role: str) -> dict[str, Any]:
    return {
        "name": row["CompanyName"], "roles": [role], "street": ", ".join((row["Address"] or "").split("\n")), "city": row["City"], "region": row["Region"],
        "postcode": row["PostalCode"], "country": COUNTRIES.get((row["Country"] or "").strip()), "phone": row["Phone"],
        "phones": [{"purpose": "other", "number": row["Fax"]}] if row["Fax"] else [],
    }  # fmt: skip


def person(row: dict[str, Any], account: int) -> dict[str, Any]:
    return {"name": row["ContactName"], "accounts": [{"account": account, "title": row["ContactTitle"], "first": True}]}


def partners() -> dict[str, dict[Any, int]]:
    """Customers and suppliers as accounts, the people there as contacts: by their keys in the file."""
    found: dict[str, dict[Any, int]] = {}
    people = []
    for name, key, role in (("Customers", "CustomerID", "customer"), ("Suppliers", "SupplierID", "supplier")):
        there = table(name)
        ids = create("accounts", [company(row, role) for row in there])
        found[name] = {row[key]: id_ for row, id_ in zip(there, ids, strict=True)}
        people += [person(row, id_) for row, id_ in zip(there, ids, strict=True) if row["ContactName"]]
    create("contacts", people)
    return found


def products(makers: dict[Any, int], *, all_sold: bool = False) -> dict[Any, int]:
    """Categories and products, by their keys in the file. `all_sold`: those that are discontinued today are still sold."""
    kinds = table("Categories")
    names = create("categories", [{"name": row["CategoryName"]} for row in kinds])
    categories = dict(zip((row["CategoryID"] for row in kinds), names, strict=True))
    there = table("Products")
    ids = create(
        "products",
        [
            {
                "name": row["ProductName"], "code": f"NW-{row['ProductID']:03}", "category": categories[row["CategoryID"]],
                "price": str(row["UnitPrice"]), "currency": "USD", "active": all_sold or row["Discontinued"] == "0", "unit": row["QuantityPerUnit"],
                "supplier_codes": [{"supplier": makers[row["SupplierID"]], "code": str(row["ProductID"])}],
            }
            for row in there
        ],
    )  # fmt: skip
    return {row["ProductID"]: id_ for row, id_ in zip(there, ids, strict=True)}
