"""Contacts: the people the team talks to, and the accounts they stand for."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from crm_app.core import clock
from crm_app.core.fields import Boolean, Choice, Country, Day, Email, LongText, Phone, Reference, Tags, Text
from crm_app.core.i18n import Message
from crm_app.core.resource import Ready, Section, Told

from .accounts import ACCOUNTS
from .base import KEEP_IDS, Id, Line, Searchable, column, lines, resource, sorted_by_key
from .choices import CHANNEL_LABELS, LANGUAGE_LABELS, ChannelPurpose, Language

_EARLIEST = "Pacific/Kiritimati"  # where a day begins first


class Consent(StrEnum):
    """Whether somebody agreed to be written to (GDPR art. 6.1.a)."""

    UNKNOWN = "unknown"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


class Contact(Searchable, table=True):
    """A person; of any number of accounts."""

    __tablename__ = "contact"
    __table_args__ = sorted_by_key("contact", "created_at", "owner")

    name: str = column(Text(120), "Name", required=True)
    phone: str | None = column(Phone(), "Telephone")
    mobile: str | None = column(Phone(), "Mobile")
    email: str | None = column(Email(), "E-mail")
    language: str | None = column(Choice(Language, LANGUAGE_LABELS), "Language")
    birthday: date | None = column(Day(), "Birthday")
    city: str | None = column(Text(80), "City", index=True)
    country: str | None = column(Country(), "Country")
    owner: int | None = column(Reference("users", person=True), "Owner", references="user.id")
    tags: tuple[str, ...] | None = column(Tags(), "Tags")
    consent: str = column(
        Choice(Consent, ("Not asked", "Given", "Withdrawn")), "Consent", default=Consent.UNKNOWN.value
    )
    consent_on: date | None = column(Day(), "Consent since")
    do_not_contact: bool = column(Boolean(), "Do not contact", default=False)
    notes: str | None = column(LongText(), "Notes")
    active: bool = column(Boolean("Not active"), "Active", default=True)

    def check(self) -> Mapping[str, Message]:
        """Nobody is born tomorrow, wherever it is today."""
        born = self.birthday
        return {"birthday": Message("This day is still to come.")} if born and born > clock.today(_EARLIEST) else {}


class ContactPhone(Line, table=True):
    """A telephone beside the main ones."""

    __tablename__ = "contact_phone"
    __table_args__ = (KEEP_IDS,)
    PARENT: ClassVar[str] = "contact"
    PERIOD: ClassVar = ("valid_from", "valid_to")
    SAME: ClassVar = ("purpose", "number", "valid_from", "valid_to")
    ALONE: ClassVar = ("usual", ("purpose",))

    contact: int = Field(foreign_key="contact.id", index=True, sa_type=Id)
    purpose: str = column(Choice(ChannelPurpose, CHANNEL_LABELS), "Purpose", default=ChannelPurpose.OFFICE.value)
    number: str = column(Phone(), "Telephone", required=True)
    valid_from: date | None = column(Day(), "Valid from")
    valid_to: date | None = column(Day(), "Valid to")
    usual: bool = column(Boolean(), "Usual one", default=False)


class ContactEmail(Line, table=True):
    """An e-mail address beside the main one."""

    __tablename__ = "contact_email"
    __table_args__ = (KEEP_IDS,)
    PARENT: ClassVar[str] = "contact"
    PERIOD: ClassVar = ("valid_from", "valid_to")
    SAME: ClassVar = ("purpose", "address", "valid_from", "valid_to")
    ALONE: ClassVar = ("usual", ("purpose",))

    contact: int = Field(foreign_key="contact.id", index=True, sa_type=Id)
    purpose: str = column(Choice(ChannelPurpose, CHANNEL_LABELS), "Purpose", default=ChannelPurpose.OFFICE.value)
    address: str = column(Email(), "E-mail", required=True)
    valid_from: date | None = column(Day(), "Valid from")
    valid_to: date | None = column(Day(), "Valid to")
    usual: bool = column(Boolean(), "Usual one", default=False)


class AccountContact(Line, table=True):
    """A contact's part in an account: job title, from when to when, and whether they are the first to call."""

    __tablename__ = "account_contact"
    __table_args__ = (sa.UniqueConstraint("account", "contact"), KEEP_IDS)
    PARENT: ClassVar[str] = "account"
    PERIOD: ClassVar = ("since", "until")
    SAME: ClassVar = ("account", "contact")
    ALONE: ClassVar = ("first", ())

    account: int = column(Reference("accounts"), "Account", required=True, references="account.id")
    contact: int = column(Reference("contacts"), "Contact", required=True, references="contact.id")
    title: str | None = column(Text(80), "Job title")
    since: date | None = column(Day(), "Since")
    until: date | None = column(Day(), "Until")
    first: bool = column(Boolean(), "First to call", default=False)


CONTACTS = resource(
    Contact,
    "contacts",
    one="Contact",
    many="Contacts",
    icon="users",
    search=("name", "email", "phone", "mobile", "city"),
    columns=("name", "account_names", "mobile", "email", "job_titles", "owner"),
    told={"account_names": Told("accounts", "account"), "job_titles": Told("accounts", "title")},
    form=(
        Section(
            "Details",
            ("name", "phone", "mobile", "email", "language", "birthday", "city", "country", "owner", "tags", "active"),
        ),
        Section("Consent", ("consent", "consent_on", "do_not_contact")),
        Section("Notes", ("notes",)),
    ),
    filters=("owner", "city", "country", "language", "tags", "consent", "do_not_contact", "active"),
    owner="owner",
    facts=("email", "phone", "mobile", "city"),
    telling=("email",),
    views=(Ready("My contacts", "filter[owner]=me"),),
)
lines(
    CONTACTS,
    ContactPhone,
    "phones",
    one="Telephone",
    many="Other telephones",
    label="number",
    icon="phone",
    sought=("number",),
)
lines(
    CONTACTS,
    ContactEmail,
    "emails",
    one="E-mail",
    many="Other e-mails",
    label="address",
    icon="mail",
    sought=("address",),
)
lines(ACCOUNTS, AccountContact, "contacts", one="Contact", many="Contacts", label="contact", icon="users")
lines(
    CONTACTS,
    AccountContact,
    "accounts",
    one="Account",
    many="Accounts",
    label="account",
    icon="building-2",
    parent="contact",
)
