"""A believable company to try the program with. The same seed makes the same company, its dates relative to today."""

import random
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count, islice
from multiprocessing import get_context
from typing import Any

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Refusal
from crm_app.core.fields import fold
from crm_app.core.i18n import Message
from crm_app.models.users import User

from . import actions, demo_more, demo_trade, files, identity, lines, records, search, trade, users
from .actors import SYSTEM, Actor
from .demo_words import (
    AREA_CODES,
    COLOMBIAN_TOWNS,
    FIRST_NAMES,
    FORMS,
    GROUPS,
    MEMBERS,
    SECTORS,
    SPANISH_TOWNS,
    SURNAMES,
    TAGS,
    TEAMS,
    TEXTS,
    TRADES,
    ZONES,
    Town,
)
from .secrets import new_key
from .work import Work, column_of

CHUNK = 5_000
_AHEAD = 2  # chunks that wait for the database
_SITTINGS = 75  # in so many the accounts were typed or imported
ADMINISTRATOR = "ana.admin@demo.example"
_COMPANY = {
    "company": "Distribuciones Peñalara S.L.",
    "country": "ES",
    "currency": "EUR",
    "time_zone": "Europe/Madrid",
}
_LETTERHEAD = {
    "legal_name": "Distribuciones Peñalara S.L.",
    "street": "Calle de la Fundición, 18",
    "postcode": "28522",
    "city": "Rivas-Vaciamadrid",
    "region": "Madrid",
    "phone": "+34 910 555 218",
    "email": "ventas@penalara.example",
    "web": "penalara.example",
    "iban": "ES91 2100 0418 4502 0005 1332",
}
IN_GROUPS, TAGGED = 0.03, 0.15  # of all accounts
_TO_LOOK_AROUND = 200  # accounts
# the parts that accounts play, the frequent ones more than once
_ROLES = (
    ("customer",),
    ("customer",),
    ("customer",),
    ("prospect",),
    ("prospect",),
    ("supplier",),
    ("customer", "supplier"),
    ("partner",),
    ("competitor",),
)
_NIF_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_NIT_WEIGHTS = (3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71)


@dataclass(frozen=True)
class Made:
    """What there is now. `password` is that of every demo user."""

    accounts: int
    contacts: int
    products: int
    users: tuple[str, ...]
    password: str


class NotEmpty(Refusal):
    """There are accounts already: a demo is only made where nothing can be mistaken for it."""

    def __init__(self) -> None:
        super().__init__(Message("There are accounts already. A demo company is made only in an empty installation."))


def make(accounts: int = 2_000, seed: int = 1, password: str | None = None) -> Made:
    """Company, users, teams, sectors, zones, that many accounts, two contacts each, a product for every ten, some sales.

    Raises NotEmpty.
    """
    password = password or new_key()[:16]
    with Work(SYSTEM, "settings.demo", label="Demo company") as work:
        _refuse_if_used(work)
        _found_company(work, password)
        _letter(work)
        sectors = _named(work, "sectors", SECTORS)
        zones = _named(work, "zones", ZONES)
        lines.insert_many(work, lines.part_of("zones", "postcodes"), _postcodes(zones))
        teams = _named(work, "teams", TEAMS)
        records.insert_many(work, records.resource_of("document-texts"), _texts())
        search.merge_later(work, *_searched())
    people = _people(teams, password)
    owners = [(people[email].user or 0, teams[team]) for _, email, _, team in MEMBERS if team]
    found = _Found(seed, clock.now(), tuple(owners), tuple(sectors.values()), zones)
    office = people[demo_more.BACK_OFFICE]
    found = replace(found, groups=_groups(office, found, accounts))
    for moment, chunk, staff in _chunks(found, accounts - len(found.groups)):
        with clock.at(moment), Work(office, "accounts.create", label="Demo company") as work:
            ids = records.insert_many(work, records.resource_of("accounts"), chunk)
            demo_more.add_staff(work, staff, ids)
    chance = random.Random(seed + 2)  # noqa: S311 - nothing secret
    with clock.at(_moment(found, 0.0)):
        products = demo_more.add_products(office, chance, max(20, accounts // 10))
    with Work(SYSTEM, "settings.demo", label="Demo company") as work:
        search.merge_now(work, *_searched())
    demo_trade.make(seed + 3, people)
    return Made(accounts, accounts * demo_more.CONTACTS, products, tuple(email for _, email, _, _ in MEMBERS), password)


def _searched() -> list[Any]:
    """The tables that a demo fills with very many rows."""
    return [records.resource_of(name).table for name in ("accounts", "contacts", "products")]


@dataclass(frozen=True)
class _Found:
    """What accounts are made from. `owners` come with their teams; `zones` are ids by name; some belong to `groups`."""

    seed: int
    now: datetime
    owners: tuple[tuple[int, int | None], ...]
    sectors: tuple[int, ...]
    zones: Mapping[str, int]
    groups: tuple[int, ...] = ()


_Chunk = tuple[datetime, records.Complete, demo_more.Staff]


def _moment(found: _Found, part: float) -> datetime:
    """When somebody sat at work: so far into the years of this company (0 to 1), by day and not on a Sunday."""
    past = timedelta(days=demo_more.YEARS * 365)
    day = (found.now - past + part * past).replace(hour=8, minute=0, second=0, microsecond=0)
    day += timedelta(minutes=int(part * 1_000_003) % 540)
    while day > found.now or day.isoweekday() == 7:
        day -= timedelta(days=1)
    return day


def _chunks(found: _Found, accounts: int) -> Iterator[_Chunk]:
    """Accounts with their contacts, those of one sitting each. Of many, another processor makes the next ones meanwhile."""
    size = min(CHUNK, max(1, -(-accounts // _SITTINGS)))
    parts = [(start, min(size, accounts - start), start / accounts) for start in range(0, accounts, size)]
    if accounts <= CHUNK:
        yield from (_chunk(found, *part) for part in parts)
        return
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        coming: deque[Future[_Chunk]] = deque()
        for part in parts:
            coming.append(pool.submit(_chunk, found, *part))
            if len(coming) > _AHEAD:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def _chunk(found: _Found, start: int, size: int, part: float) -> _Chunk:
    """The same for the same seed and start."""
    chance = random.Random(f"{found.seed} {start}")  # noqa: S311 - nothing secret
    moment = _moment(found, part)
    rows = list(islice(_rows(chance, found, start, moment), size))
    people = demo_more.people(chance, start * demo_more.CONTACTS)
    return moment, records.complete(records.resource_of("accounts"), rows), demo_more.staff(chance, people, rows)


def _groups(office: Actor, found: _Found, accounts: int) -> tuple[int, ...]:
    """The mothers of some of so many accounts: accounts like the others, one for each hundred until the names are used up."""
    chance = random.Random(f"{found.seed} groups")  # noqa: S311 - nothing secret
    moment = _moment(found, 0.0)
    spanish = (row for row in _rows(chance, found, 0, moment) if row["country"] == "ES")
    rows = []
    for number, (word, row) in enumerate(zip(GROUPS[: accounts // 100], spanish, strict=False)):
        name, email = f"Grupo {word} S.A.", f"contacto@grupo{fold(word)}.example"
        own = {"name": name, "legal_name": name, "tax_id": cif("A", 7_000_000 + number), "email": email, "active": True}
        rows.append(row | own)
    people = demo_more.people(chance, (accounts - len(rows)) * demo_more.CONTACTS)
    with clock.at(moment), Work(office, "accounts.create", label="Demo company") as work:
        ids = records.insert_many(work, records.resource_of("accounts"), rows)
        demo_more.add_staff(work, demo_more.staff(chance, people, rows), ids)
    return tuple(ids)


def _texts() -> list[dict[str, Any]]:
    """What its documents say to their customers."""
    names = ("name", "document", "place", "text_es", "text_en")
    return [dict(zip(names, one, strict=True)) | {"usual": True} for one in TEXTS]


def _postcodes(zones: Mapping[str, int]) -> list[dict[str, Any]]:
    """The zone of each province by the beginning of its postcodes."""
    towns = [("ES", town) for town in SPANISH_TOWNS] + [("CO", town) for town in COLOMBIAN_TOWNS]
    known = dict.fromkeys((zones[town.zone], country, town.postcode) for country, town in towns)
    return [
        {"zone": zone, "country": country, "prefix": prefix, "position": place}
        for place, (zone, country, prefix) in enumerate(known)
    ]


def set_up(given: Mapping[str, object], device: str, address: str, mark: str = "") -> identity.SignedIn:
    """The first visit of somebody who wants to look around: `language, name, email, password` of the administrator of a small demo
    company. Its other users come in by a link that the administrator makes. Raises what `users.set_up` raises.
    """
    found = users.set_up({**given, **_COMPANY}, device, address, mark)
    make(_TO_LOOK_AROUND)
    return found


def _refuse_if_used(work: Work) -> None:
    table = records.resource_of("accounts").table
    if work.session.scalar(sa.select(column_of(table, "id")).limit(1)) is not None:
        raise NotEmpty


def _found_company(work: Work, password: str) -> None:
    """The company with its first administrator, where there is no user yet."""
    if work.session.scalar(sa.select(sa.func.count()).select_from(User)):
        return
    name, email, _, _ = MEMBERS[0]
    person = {"language": "es", "name": name, "email": email, "password": password}
    users.found_company(work, _COMPANY | person)


def _letter(work: Work) -> None:
    """What the demo company's paper says of it."""
    company = trade.company(work)
    if company.name == _COMPANY["company"] and not company.tax_id:
        letterhead = _LETTERHEAD | {"tax_id": cif("B", 2_847_316)}
        settings = records.resource_of("settings")
        records.change(work, settings, company.id, letterhead)
        with files.Upload() as target:
            target.write(demo_more.mountains())
            files.attach(work, settings, company.id, "logo.png", target.keep())


def _named(work: Work, resource: str, names: tuple[str, ...]) -> dict[str, int]:
    """The id of the record of each name, in order; those that are not there are made."""
    found = records.resource_of(resource)
    key, label = column_of(found.table, "id"), column_of(found.table, found.label)
    there = {row[1]: row[0] for row in work.session.execute(sa.select(key, label).where(label.in_(names)))}
    new = [name for name in names if name not in there]
    if new:
        there |= zip(new, records.insert_many(work, found, [{found.label: name} for name in new]), strict=True)
    return {name: there[name] for name in names}


def _people(teams: Mapping[str, int], password: str) -> dict[str, Actor]:
    """The demo users by e-mail, made where they are not there yet, as those who did what the demo tells of."""
    with Work(SYSTEM) as work:
        there = {
            row[0]: row[1] for row in work.session.execute(sa.select(column_of(User, "email"), column_of(User, "id")))
        }
    for name, email, role, team in MEMBERS:
        if email not in there:
            there[email] = users.add_user(SYSTEM, email, role, name, password)
            actions.run(SYSTEM, "users", "change", there[email], {"team": teams.get(team)})
    return {email: replace(SYSTEM, user=there[email], name=name) for name, email, _, _ in MEMBERS}


def _rows(chance: random.Random, found: _Found, start: int, moment: datetime) -> Iterator[dict[str, Any]]:
    """Accounts without end, each with its own name and tax identifier, all made within a minute of that moment."""
    for number in count(start + 1):
        colombian = chance.random() < 0.2
        town = chance.choice(COLOMBIAN_TOWNS if colombian else SPANISH_TOWNS)
        trade, sector = TRADES[int(chance.random() * len(TRADES))]
        name, kind = _name(chance, trade, colombian=colombian)
        owner, team = chance.choice(found.owners) if chance.random() < 0.95 else (None, None)
        created = moment + timedelta(seconds=chance.random() * 59)
        # the order of what follows is that of the draws: the same seed must make the same company
        yield {
            "name": name,
            "legal_name": name if kind != "person" else None,
            "tax_id": _tax_id(kind, number, colombian=colombian).replace("-", ""),
            "roles": chance.choice(_ROLES),
            "parent": chance.choice(found.groups) if found.groups and chance.random() < IN_GROUPS else None,
            "tags": tuple(chance.sample(TAGS, chance.randrange(1, 4))) if chance.random() < TAGGED else None,
            "sector": found.sectors[sector],
            "zone": found.zones[town.zone],
            "owner": owner,
            "team": team,
            "phone": _phone(chance, town, colombian=colombian),
            "email": _email(chance, name, number),
            **_address(chance, town, colombian=colombian),
            "active": chance.random() < 0.94,
            "created_at": created,
        }


def _email(chance: random.Random, name: str, number: int) -> str:
    words = [word for word in fold(name).split() if len(word) > 1 and "." not in word]
    return f"{'.'.join(words[:3])}{number}@{'clientes.example' if chance.random() < 0.5 else 'correo.example'}"


def _address(chance: random.Random, town: Town, *, colombian: bool) -> dict[str, str]:
    """Where it is: the last digits of a postcode are three in Spain and four in Colombia."""
    return {
        "street": demo_more.street(chance, colombian=colombian),
        "postcode": f"{town.postcode}{chance.randrange(1, 60):0{4 if colombian else 3}d}",
        "city": town.name,
        "region": town.region,
        "country": "CO" if colombian else "ES",
    }


def _name(chance: random.Random, trade: str, *, colombian: bool) -> tuple[str, str]:
    """A name and what it is: the first letter of a Spanish company's identifier, or "person"."""
    first, second = chance.choice(SURNAMES), chance.choice(SURNAMES)
    draw = chance.random()
    if draw < 0.12:
        return f"{chance.choice(FIRST_NAMES)} {first} {second}", "person"
    form, letter = FORMS[1] if colombian else FORMS[0] if draw < 0.85 else FORMS[2]
    if draw < 0.5:
        return f"{trade} {first} {form}", letter
    if draw < 0.7:
        return f"{trade} {first} y {second} {form}", letter
    return f"{trade} {chance.choice(FIRST_NAMES)} {first} {form}", letter


def _phone(chance: random.Random, town: Town, *, colombian: bool) -> str:
    """A mobile, or in Spain more often the telephone of an office in that town."""
    digits = f"{chance.randrange(10**8):08d}"
    if colombian or digits[0] < "4":
        return demo_more.mobile(digits, colombian=colombian)
    number = f"{AREA_CODES[town.postcode]}{digits[1:]}"
    return f"+34 {number[:3]} {number[3:6]} {number[6:9]}"


def cif(letter: str, number: int) -> str:
    """The identifier of a Spanish company: letter, seven digits, check digit (Orden EHA/451/2008)."""
    digits = f"{number:07d}"
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[::2])
    return f"{letter}{digits}{-(doubled + sum(int(digit) for digit in digits[1::2])) % 10}"


def nif(number: int) -> str:
    """The identifier of a person in Spain: eight digits and their letter (Real Decreto 1553/2005)."""
    return f"{number:08d}{_NIF_LETTERS[number % 23]}"


def nit(number: int) -> str:
    """The Colombian NIT: digits, hyphen, check digit (DIAN, Orden administrativa 4 de 1989)."""
    rest = sum(weight * int(digit) for weight, digit in zip(_NIT_WEIGHTS, reversed(str(number)), strict=False)) % 11
    return f"{number}-{rest if rest < 2 else 11 - rest}"


def _tax_id(kind: str, number: int, *, colombian: bool) -> str:
    """A different one for each number."""
    if colombian:
        return nit(800_000_000 + number % 199_999_999)
    return nif(10_000_000 + number * 37 % 89_999_999) if kind == "person" else cif(kind, 8_000_000 + number % 1_999_999)
