"""A table that is computed whole: narrowed by the letters of its names, and shown page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import reflex as rx

from crm_app.core.i18n import Speech
from crm_app.core.plain import storable
from crm_app.core.resource import Resource
from crm_app.services.actors import Actor

from .guard import on, signed_in

SIZE = 50
T = TypeVar("T")


@dataclass(frozen=True)
class Cut(Generic[T]):
    """The rows of a page, its number (from 1), and how many rows there are in all."""

    rows: list[T]
    page: int
    total: int

    @property
    def more(self) -> bool:
        """True where pages follow."""
        return self.page * SIZE < self.total

    def span(self, speech: Speech) -> str:
        """The places of its first and last row."""
        first = (self.page - 1) * SIZE
        return f"{speech.number(first + 1)}\u2013{speech.number(first + len(self.rows))}" if self.rows else "0"


def cut(rows: list[T], page: int) -> Cut[T]:
    """A page of the rows; one that is not there becomes the nearest."""
    last = max(1, -(-len(rows) // SIZE))
    number = min(max(page, 1), last)
    return Cut(rows[(number - 1) * SIZE : number * SIZE], number, len(rows))


class Foot(rx.State, mixin=True):
    """Where in the whole the page stands."""

    page_number: int = 1
    span: str = ""
    count: str = ""
    more: bool = False

    def _begin_page(self, asked: Mapping[str, str]) -> None:
        """The page that the address asks for."""
        page = asked.get("page", "")
        self.page_number = int(page) if page.isascii() and page.isdigit() and len(page) < 9 else 1

    def _tell_page(self, found: Cut[Any], speech: Speech) -> None:
        self.page_number, self.span, self.more = found.page, found.span(speech), found.more
        self.count = speech.number(found.total)


class PagedState(Foot, mixin=True):
    """The foot and the filter of such a table. Its subclass reads it anew in `_show`, and keeps none of it but the page."""

    resource: ClassVar[Resource]

    text: str = ""

    @on("read", supersedes=True)
    async def search(self, text: str) -> Any:
        """Rows whose names hold these letters."""
        self.text, self.page_number = storable(text)[:200], 1
        await self._show(await signed_in(self))

    @on("read")
    async def turn_to(self, page: int) -> Any:
        """Another page."""
        self.page_number = page
        await self._show(await signed_in(self))

    async def _show(self, actor: Actor) -> None:
        raise NotImplementedError

    def _begin(self, asked: Mapping[str, str]) -> None:
        """As the address asks for."""
        self.text = storable(asked.get("q", ""))[:200]
        self._begin_page(asked)

    def _asked(self) -> dict[str, str]:
        """What of it the address names."""
        return {"q": self.text, "page": str(self.page_number) if self.page_number > 1 else ""}
