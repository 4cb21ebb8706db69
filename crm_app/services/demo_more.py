"""The demo company's contacts and products."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

from crm_app.core.fields import fold

from . import lines, records
from .actors import SYSTEM
from .demo_words import CATEGORIES, FIRST_NAMES, JOB_TITLES, QUALITIES, SURNAMES
from .work import Work

CONTACTS = 2  # for each account
CHUNK = 5_000


def people(chance: random.Random, start: int) -> Iterator[dict[str, Any]]:
    """Persons without end; where they live comes from their account."""
    for number in count(start + 1):
        first, surname = chance.choice(FIRST_NAMES), chance.choice(SURNAMES)
        consent = chance.random()
        yield {
            "name": f"{first} {surname} {chance.choice(SURNAMES)}",
            "email": f"{fold(first)}.{fold(surname)}{number}@correo.example".replace(" ", ""),
            "language": "es",
            "consent": "given" if consent < 0.5 else "withdrawn" if consent > 0.97 else "unknown",
            "do_not_contact": consent > 0.97,
            "title": chance.choice(JOB_TITLES),
            "digits": f"{chance.randrange(10**8):08d}",
        }


@dataclass(frozen=True)
class Staff:
    """The contacts of some accounts, and what each is there; `account` is the number of the account among these."""

    contacts: records.Complete
    links: list[dict[str, Any]]


def staff(found: Iterator[dict[str, Any]], accounts: list[dict[str, Any]]) -> Staff:
    """Contacts for each of these accounts, the first of them the first to call."""
    rows, links = [], []
    for number, account in enumerate(accounts):
        for place in range(CONTACTS):
            person = next(found)
            digits, title = person.pop("digits"), person.pop("title")
            prefix = "+57 3" if account["country"] == "CO" else "+34 6"
            mobile = f"{prefix}{digits[:2]} {digits[2:5]} {digits[5:]}"
            shared = {name: account[name] for name in ("city", "country", "owner", "created_at")}
            rows.append(
                person
                | shared
                | {
                    "mobile": mobile,
                    "consent_on": account["created_at"].date() if person["consent"] != "unknown" else None,
                }
            )
            links.append({"account": number, "title": title, "first": place == 0, "position": place})
    return Staff(records.complete(records.resource_of("contacts"), rows), links)


def add_contacts(work: Work, found: Staff, accounts: list[int]) -> None:
    """Save them, and that they are with these accounts."""
    ids = records.insert_many(work, records.resource_of("contacts"), found.contacts)
    part = lines.part_of("accounts", "contacts")
    joined = zip(found.links, ids, strict=True)
    lines.insert_many(
        work, part, [link | {"account": accounts[link["account"]], "contact": contact} for link, contact in joined]
    )


def add_products(chance: random.Random, count: int) -> int:
    """The categories, and that many products in them."""
    with Work(SYSTEM, "categories.create", label="Demo company") as work:
        found = records.resource_of("categories")
        there: dict[str, int] = {}
        for name, parent, _ in CATEGORIES:
            there[name] = records.insert_many(work, found, [{"name": name, "parent": there.get(parent)}])[0]
    goods = [(there[name], name, what) for name, _, sold in CATEGORIES for what in sold]
    for start in range(0, count, CHUNK):
        rows = [
            _product(chance, number, *goods[number % len(goods)]) for number in range(start, min(start + CHUNK, count))
        ]
        with Work(SYSTEM, "products.create", label="Demo company") as work:
            records.insert_many(work, records.resource_of("products"), rows)
    return count


def _product(
    chance: random.Random, number: int, category: int, where: str, what: tuple[str, float, str]
) -> dict[str, Any]:
    name, usual, unit = what
    price = (Decimal(str(usual)) * Decimal(chance.randrange(70, 180)) / 100).quantize(Decimal("0.01"))
    service = unit == "h" or where == "Mantenimiento"
    return {
        "name": f"{name} {chance.choice(QUALITIES)} {chance.randrange(10, 990)}",
        "code": f"{fold(where)[:3].upper()}-{number + 1:05d}",
        "category": category,
        "kind": "service" if service else "goods",
        "unit": unit,
        "price": max(price, Decimal("0.01")),
        "cost": (price * Decimal("0.62")).quantize(Decimal("0.0001")),
        "currency": "EUR",
        "bought": not service,
        "stocked": not service and chance.random() < 0.8,
        "tax_class": "reduced" if where == "Alimentaci\u00f3n" else "standard",
    }
