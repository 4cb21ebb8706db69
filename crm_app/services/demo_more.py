"""The demo company's contacts and products."""

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.fields import fold
from crm_app.core.query import Filter

from . import lines, records
from .actors import Actor
from .demo_words import (
    CATEGORIES,
    COLOMBIAN_MOBILES,
    COLOMBIAN_STREETS,
    FEMININE,
    FIRST_NAMES,
    IN_ENGLISH,
    JOB_TITLES,
    QUALITIES,
    SEVERAL,
    STREETS,
    SURNAMES,
    WOMEN,
)
from .filters import conditions_of
from .work import Work, column_of

CONTACTS = 2  # for each account
CHUNK = 5_000
ELSEWHERE = 0.03  # of all accounts have goods brought to another place than their own
YEARS = 3
BACK_OFFICE, WAREHOUSE = "carmen.ruiz@demo.example", "tomas.vidal@demo.example"
_SUPPLIERS = 40  # accounts that sell to the company


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
            "title": chance.choice(JOB_TITLES)[first in WOMEN],
            "digits": f"{chance.randrange(10**8):08d}",
        }


def mobile(digits: str, *, colombian: bool) -> str:
    """A mobile telephone that these eight digits make: nine digits of its own in Spain, ten in Colombia."""
    if colombian:
        return f"+57 {COLOMBIAN_MOBILES[int(digits[:2]) % len(COLOMBIAN_MOBILES)]} {digits[2:5]} {digits[4:]}"
    return f"+34 6{digits[:2]} {digits[2:5]} {digits[5:]}"


def birthday(number: int) -> date | None:
    """The day on which one of three was born, as far as anybody has told."""
    number, told = divmod(number, 3)
    return None if told else date(1958 + number % 45, 1 + number // 45 % 12, 1 + number // 540 % 28)


def street(chance: random.Random, *, colombian: bool) -> str:
    """A street with its number, as people write it there."""
    if not colombian:
        return f"{chance.choice(STREETS)}, {chance.randrange(1, 180)}"
    spot = int(chance.random() * 10**8)
    way = COLOMBIAN_STREETS[spot % len(COLOMBIAN_STREETS)]
    return f"{way} {1 + spot // 10 % 140} # {1 + spot // 2_000 % 120}-{1 + spot // 300_000 % 98:02d}"


@dataclass(frozen=True)
class Staff:
    """The contacts of some accounts, what each is there, and more addresses; `account` is the number of the account among these."""

    contacts: records.Complete
    links: list[dict[str, Any]]
    addresses: list[dict[str, Any]]


def staff(chance: random.Random, found: Iterator[dict[str, Any]], accounts: list[dict[str, Any]]) -> Staff:
    """Contacts for each of these accounts, the first of them the first to call, and addresses for some."""
    rows, links = [], []
    for number, account in enumerate(accounts):
        for place in range(CONTACTS):
            person = next(found)
            digits, title = person.pop("digits"), person.pop("title")
            shared = {name: account[name] for name in ("city", "country", "owner", "created_at")}
            rows.append(
                person
                | shared
                | {
                    "mobile": mobile(digits, colombian=account["country"] == "CO"),
                    "birthday": birthday(int(digits)),
                    "consent_on": account["created_at"].date() if person["consent"] != "unknown" else None,
                }
            )
            links.append({"account": number, "title": title, "first": place == 0, "position": place})
    return Staff(records.complete(records.resource_of("contacts"), rows), links, addresses(chance, accounts))


def add_staff(work: Work, found: Staff, accounts: list[int]) -> None:
    """Save them, that they are with these accounts, and where these have goods brought."""
    ids = records.insert_many(work, records.resource_of("contacts"), found.contacts)
    part = lines.part_of("accounts", "contacts")
    joined = zip(found.links, ids, strict=True)
    lines.insert_many(
        work, part, [link | {"account": accounts[link["account"]], "contact": contact} for link, contact in joined]
    )
    placed = [one | {"account": accounts[one["account"]]} for one in found.addresses]
    lines.insert_many(work, lines.part_of("accounts", "addresses"), placed)


def add_products(office: Actor, chance: random.Random, count: int) -> int:
    """The categories, and that many products in them, goods with who supplies them."""
    with Work(office, "categories.create", label="Demo company") as work:
        found = records.resource_of("categories")
        there: dict[str, int] = {}
        for name, parent, _ in CATEGORIES:
            there[name] = records.insert_many(work, found, [{"name": name, "parent": there.get(parent)}])[0]
    goods = [(there[name], name, what) for name, _, sold in CATEGORIES for what in sold]
    for start in range(0, count, CHUNK):
        rows = [
            _product(chance, number, number // len(goods), *goods[number % len(goods)]) | {"created_at": clock.now()}
            for number in range(start, min(start + CHUNK, count))
        ]
        with Work(office, "products.create", label="Demo company") as work:
            ids = records.insert_many(work, records.resource_of("products"), rows)
            lines.insert_many(work, lines.part_of("products", "supplier_codes"), _supplied(work, chance, ids, rows))
    return count


def _supplied(work: Work, chance: random.Random, ids: list[int], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What their supplier calls those of the products that are bought, and asks for them."""
    accounts = records.resource_of("accounts")
    key = column_of(accounts.table, "id")
    wanted = conditions_of(work, accounts, (Filter("roles", "in", "supplier"), Filter("active", "eq", "true")))
    suppliers = list(work.session.scalars(sa.select(key).where(*wanted).order_by(key).limit(_SUPPLIERS)))
    return [
        {
            "product": product,
            "supplier": chance.choice(suppliers),
            "code": f"{chance.randrange(10_000, 99_999)}",
            "price": row["cost"],
            "currency": row["currency"],
        }
        for product, row in zip(ids, rows, strict=True)
        if row["bought"] and suppliers
    ]


def quality(name: str, word: str) -> str:
    """The adjective as it agrees with the name of what is sold: "Bombilla LED" with "compacto" is "compacta"."""
    first = name.split(maxsplit=1)[0]
    word = f"{word[:-1]}a" if first in FEMININE and word.endswith("o") else word
    if first in SEVERAL and word != "premium":
        return f"{word}s" if word[-1] in "aeo" else f"{word}es"
    return word


def ean(digits: str) -> str:
    """Twelve digits and their check digit (EAN-13, ISO/IEC 15420)."""
    return f"{digits}{-sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits)) % 10}"


def addresses(chance: random.Random, accounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where some of these accounts want their goods; `account` is the number of the account among these."""
    found = []
    for number, account in enumerate(accounts):
        if chance.random() < ELSEWHERE:
            shared = {name: account[name] for name in ("postcode", "city", "region", "country")}
            where = street(chance, colombian=account["country"] == "CO")
            found.append(shared | {"account": number, "purpose": "delivery", "street": where, "usual": True})
    return found


def _product(
    chance: random.Random, number: int, turn: int, category: int, where: str, what: tuple[str, float, str]
) -> dict[str, Any]:
    """One that is called otherwise than the same thing in every earlier turn."""
    name, usual, unit = what
    price = (Decimal(str(usual)) * Decimal(chance.randrange(70, 180)) / 100).quantize(Decimal("0.01"))
    service = unit == "h" or where == "Mantenimiento"
    food = where == "Alimentación"
    said = [(word, english) for word, english, of in QUALITIES if ("f" if food else "s" if service else "g") in of]
    word, english = said[(turn + len(name)) % len(said)]
    model = f" {turn // len(said) + 1}" if turn >= len(said) else ""
    return {
        "name": f"{name} {quality(name, word)}{model}",
        "name_en": f"{english.capitalize()} {IN_ENGLISH[name]}{model}",
        "code": f"{fold(where)[:3].upper()}-{number + 1:05d}",
        "barcode": None if service else ean(f"843700{number % 1_000_000:06d}"),
        "category": category,
        "kind": "service" if service else "goods",
        "unit": unit,
        "price": max(price, Decimal("0.01")),
        "cost": (price * Decimal("0.62")).quantize(Decimal("0.0001")),
        "currency": "EUR",
        "bought": not service,
        "stocked": not service and chance.random() < 0.8,
        "tax_class": "reduced" if food else "standard",
    }


def mountains() -> bytes:
    """The demo company's logo, a PNG: two peaks with snow on a round ground."""
    from PIL import Image, ImageDraw  # nothing else here draws

    image = Image.new("RGBA", (960, 960), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.ellipse((0, 0, 959, 959), fill="#4c47bf")
    pen.polygon([(120, 690), (400, 300), (680, 690)], fill="#c9c7f5")
    pen.polygon([(330, 690), (610, 380), (850, 690)], fill="#ffffff")
    pen.polygon([(400, 300), (328, 400), (385, 380), (415, 425), (472, 400)], fill="#ffffff")
    target = io.BytesIO()
    image.resize((240, 240), Image.Resampling.LANCZOS).save(target, "PNG", optimize=True)
    return target.getvalue()
