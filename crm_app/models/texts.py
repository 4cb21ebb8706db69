"""Document texts: what the company says to its customers in every document of a kind, in each language."""

from collections.abc import Mapping
from enum import StrEnum

from crm_app.core.fields import Boolean, Choice, LongText, Text
from crm_app.core.i18n import Message
from crm_app.core.resource import Section

from .base import Searchable, column, resource, sorted_by_key


class TextFor(StrEnum):
    """The documents that a text is for, as their Resources are called."""

    ALL = "all"
    QUOTES = "quotes"
    ORDERS = "orders"
    DELIVERIES = "deliveries"
    INVOICES = "invoices"


class TextPlace(StrEnum):
    """The field of a document that holds it."""

    NOTES = "notes"
    TERMS = "terms"


FOR_LABELS = ("All documents", "Quotes", "Sales orders", "Delivery notes", "Invoices")


class DocumentText(Searchable, table=True):
    """The `usual` one of a kind of document and a place is what a new document takes where nothing is written, in the language
    of its customer; one without words in that language is not taken.
    """

    __tablename__ = "document_text"
    __table_args__ = sorted_by_key("document_text")

    name: str = column(Text(80), "Name", required=True, unique=True)
    document: str = column(Choice(TextFor, FOR_LABELS), "For", default=TextFor.ALL.value)
    place: str = column(Choice(TextPlace, ("Notes for the customer", "Terms")), "Field", default=TextPlace.TERMS.value)
    usual: bool = column(
        Boolean("Not the usual text"),
        "The usual text",
        default=True,
        help="New documents take it, in the language of their customer, where nothing is written",
    )
    text_es: str | None = column(LongText(), "Text in Spanish")
    text_en: str | None = column(LongText(), "Text in English")

    def check(self) -> Mapping[str, Message]:
        """It says something in one language at least."""
        return {} if self.text_es or self.text_en else {"text_es": Message("Write the text in one language at least.")}


DOCUMENT_TEXTS = resource(
    DocumentText,
    "document-texts",
    one="Document text",
    many="Document texts",
    icon="file-text",
    search=("name", "text_es", "text_en"),
    columns=("name", "document", "place", "usual"),
    filters=("document", "place", "usual"),
    form=(
        Section("Details", ("name", "document", "place", "usual")),
        Section("Texts", ("text_es", "text_en")),
    ),
    group="Settings",
)
