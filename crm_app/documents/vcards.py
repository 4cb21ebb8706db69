"""A person as a vCard 4.0 (RFC 6350): UTF-8, lines of at most 75 octets, CRLF."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

_LINE = 75


@dataclass(frozen=True)
class Post:
    """What the person is in one organization."""

    organization: str
    title: str = ""


@dataclass(frozen=True)
class Card:
    """What the vCard tells. `phones` and `emails` are (RFC 6350 TYPE, value); the first of each is the preferred one."""

    name: str
    uid: str
    changed: datetime
    phones: tuple[tuple[str, str], ...] = ()
    emails: tuple[tuple[str, str], ...] = ()
    posts: tuple[Post, ...] = ()
    city: str = ""
    country: str = ""
    language: str = ""
    birthday: date | None = None
    categories: tuple[str, ...] = ()
    note: str = ""


def draw(card: Card) -> bytes:
    """The file."""
    return b"".join(folded(line) for line in _lines(card))


def _lines(card: Card) -> Iterable[str]:
    yield "BEGIN:VCARD"
    yield "VERSION:4.0"
    yield "PRODID:-//crm-app//EN"
    yield f"UID:{escaped(card.uid)}"
    yield f"REV:{card.changed:%Y%m%dT%H%M%SZ}"
    yield f"FN:{escaped(card.name)}"
    yield from _ways("TEL", card.phones)
    yield from _ways("EMAIL", card.emails)
    for number, post in enumerate(card.posts, 1):  # a group says which title belongs to which organization
        group = f"post{number}." if len(card.posts) > 1 else ""
        yield f"{group}ORG:{escaped(post.organization)}"
        if post.title:
            yield f"{group}TITLE:{escaped(post.title)}"
    if card.city or card.country:
        yield f"ADR:;;;{escaped(card.city)};;;{escaped(card.country)}"
    if card.language:
        yield f"LANG:{card.language}"
    if card.birthday:
        yield f"BDAY:{card.birthday:%Y%m%d}"
    if card.categories:
        yield "CATEGORIES:" + ",".join(escaped(word) for word in card.categories)
    if card.note:
        yield f"NOTE:{escaped(card.note)}"
    yield "END:VCARD"


def _ways(name: str, values: tuple[tuple[str, str], ...]) -> Iterable[str]:
    for number, (kind, value) in enumerate(values):
        yield f"{name};TYPE={kind}{';PREF=1' if number == 0 else ''}:{escaped(value)}"


def escaped(text: str) -> str:
    """A text value: backslash, comma, semicolon and line ends are escaped (RFC 6350, 3.4)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for char in "\\,;":
        text = text.replace(char, f"\\{char}")
    return text.replace("\n", "\\n")


def folded(line: str) -> bytes:
    """A line as octets; what is longer than 75 goes on after CRLF and a space, never in the middle of a character (3.2)."""
    parts: list[bytes] = [b""]
    for char in line:
        octets = char.encode("utf-8")
        if len(parts[-1]) + len(octets) > _LINE - (len(parts) > 1):
            parts.append(b"")
        parts[-1] += octets
    return b"\r\n ".join(parts) + b"\r\n"
