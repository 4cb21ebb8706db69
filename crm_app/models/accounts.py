"""Accounts: the companies, people and departments that the team trades with, and what they are sorted by."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from sqlmodel import Field

from crm_app.core.fields import (
    Boolean,
    Choice,
    Choices,
    Country,
    Currency,
    Day,
    Email,
    LongText,
    Number,
    Phone,
    Reference,
    Tags,
    Text,
    Whole,
)
from crm_app.core.i18n import Message
from crm_app.core.resource import Ready, Section, Told

from .base import KEEP_IDS, Id, Line, Searchable, column, lines, resource, sorted_by_key
from .choices import (
    ADDRESS_LABELS,
    CHANNEL_LABELS,
    LANGUAGE_LABELS,
    TAX_STATUS_LABELS,
    AddressPurpose,
    ChannelPurpose,
    Language,
    TaxStatus,
)


class AccountRole(StrEnum):
    """What an account is to us; several at once."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    PROSPECT = "prospect"
    PARTNER = "partner"
    COMPETITOR = "competitor"
    DEPARTMENT = "department"


ROLE_LABELS = ("Customer", "Supplier", "Prospect", "Partner", "Competitor", "Internal department")


class Sector(Searchable, table=True):
    """A line of business; a tree."""

    __tablename__ = "sector"
    __table_args__ = sorted_by_key("sector")

    name: str = column(Text(80), "Name", required=True, unique=True)
    parent: int | None = column(Reference("sectors"), "Part of", references="sector.id")

    def check(self) -> Mapping[str, Message]:
        """Nothing is a part of itself. (Longer circles are refused in services.)"""
        return (
            {"parent": Message("It cannot be a part of itself.")}
            if self.parent is not None and self.parent == self.id
            else {}
        )


class Zone(Searchable, table=True):
    """A part of the territory; a tree. Accounts without a zone get theirs from the beginning of their postcode."""

    __tablename__ = "zone"
    __table_args__ = sorted_by_key("zone")

    name: str = column(Text(80), "Name", required=True, unique=True)
    parent: int | None = column(Reference("zones"), "Part of", references="zone.id")
    price_list: int | None = column(Reference("price-lists"), "Price list", references="price_list.id")

    def check(self) -> Mapping[str, Message]:
        """Nothing is a part of itself. (Longer circles are refused in services.)"""
        return (
            {"parent": Message("It cannot be a part of itself.")}
            if self.parent is not None and self.parent == self.id
            else {}
        )


class ZonePostcode(Line, table=True):
    """Postcodes that begin so, in that country, belong to the zone."""

    __tablename__ = "zone_postcode"
    __table_args__ = (KEEP_IDS,)
    PARENT: ClassVar[str] = "zone"

    zone: int = Field(foreign_key="zone.id", index=True, sa_type=Id)
    country: str | None = column(Country(), "Country")
    prefix: str = column(Text(12), "Postcodes that begin with", required=True, index=True)


class Account(Searchable, table=True):
    """A company, person, department or supplier the team trades with."""

    __tablename__ = "account"
    __table_args__ = sorted_by_key("account", "created_at", "owner")

    name: str = column(Text(160), "Name", required=True)
    legal_name: str | None = column(Text(160), "Legal name")
    tax_id: str | None = column(Text(40, folds=False), "Tax identifier", index=True)
    roles: tuple[str, ...] = column(Choices(AccountRole, ROLE_LABELS), "Roles", default=())
    parent: int | None = column(Reference("accounts"), "Belongs to", references="account.id")
    sector: int | None = column(Reference("sectors"), "Sector", references="sector.id")
    zone: int | None = column(Reference("zones"), "Zone", references="zone.id")
    owner: int | None = column(Reference("users", person=True), "Owner", references="user.id")
    team: int | None = column(Reference("teams"), "Team", references="team.id")
    tags: tuple[str, ...] | None = column(Tags(), "Tags")
    source: str | None = column(Text(80), "Source")
    phone: str | None = column(Phone(), "Telephone")
    email: str | None = column(Email(), "E-mail")
    street: str | None = column(Text(200), "Street and number")
    postcode: str | None = column(Text(20), "Postcode")
    city: str | None = column(Text(80), "City", index=True)
    region: str | None = column(Text(80), "Province or state")
    country: str | None = column(Country(), "Country")
    language: str | None = column(Choice(Language, LANGUAGE_LABELS), "Language")
    currency: str | None = column(Currency(), "Currency")
    price_list: int | None = column(Reference("price-lists"), "Price list", references="price_list.id")
    payment_terms: int | None = column(Reference("payment-terms"), "Payment terms", references="payment_terms.id")
    payment_days: int | None = column(Whole(0, 365), "Payment term, days")
    tax_status: str = column(Choice(TaxStatus, TAX_STATUS_LABELS), "Tax status", default=TaxStatus.NORMAL.value)
    credit_policy: int | None = column(
        Reference("credit-policies"), "Credit policy", references="credit_policy.id", needs="hold"
    )
    held: bool = column(Boolean(), "On hold", default=False, needs="hold")
    credit_limit: Decimal | None = column(Number(4, least=Decimal(0)), "Credit limit", needs="hold")
    notes: str | None = column(LongText(), "Notes")
    active: bool = column(Boolean("Not active"), "Active", default=True)

    def check(self) -> Mapping[str, Message]:
        """No account belongs to itself. (Longer circles are refused in services.)"""
        return (
            {"parent": Message("It cannot be a part of itself.")}
            if self.parent is not None and self.parent == self.id
            else {}
        )


class AccountAddress(Line, table=True):
    """An address beside the fiscal one, valid between two dates; documents take the default of their purpose."""

    __tablename__ = "account_address"
    __table_args__ = (KEEP_IDS,)
    PARENT: ClassVar[str] = "account"
    PERIOD: ClassVar = ("valid_from", "valid_to")
    SAME: ClassVar = ("purpose", "street", "postcode", "city", "country", "valid_from", "valid_to")
    ALONE: ClassVar = ("usual", ("purpose",))

    account: int = Field(foreign_key="account.id", index=True, sa_type=Id)
    purpose: str = column(Choice(AddressPurpose, ADDRESS_LABELS), "Purpose", default=AddressPurpose.DELIVERY.value)
    street: str = column(Text(200), "Street and number", required=True)
    postcode: str | None = column(Text(20), "Postcode")
    city: str | None = column(Text(80), "City")
    region: str | None = column(Text(80), "Province or state")
    country: str | None = column(Country(), "Country")
    valid_from: date | None = column(Day(), "Valid from")
    valid_to: date | None = column(Day(), "Valid to")
    usual: bool = column(Boolean(), "Usual one", default=False)


class AccountPhone(Line, table=True):
    """A telephone beside the main one, valid between two dates; of those of a purpose one may be the usual one."""

    __tablename__ = "account_phone"
    __table_args__ = (KEEP_IDS,)
    PARENT: ClassVar[str] = "account"
    PERIOD: ClassVar = ("valid_from", "valid_to")
    SAME: ClassVar = ("purpose", "number", "valid_from", "valid_to")
    ALONE: ClassVar = ("usual", ("purpose",))

    account: int = Field(foreign_key="account.id", index=True, sa_type=Id)
    purpose: str = column(Choice(ChannelPurpose, CHANNEL_LABELS), "Purpose", default=ChannelPurpose.OFFICE.value)
    number: str = column(Phone(), "Telephone", required=True)
    valid_from: date | None = column(Day(), "Valid from")
    valid_to: date | None = column(Day(), "Valid to")
    usual: bool = column(Boolean(), "Usual one", default=False)


class AccountEmail(Line, table=True):
    """An e-mail address beside the main one, valid between two dates; of those of a purpose one may be the usual one."""

    __tablename__ = "account_email"
    __table_args__ = (KEEP_IDS,)
    PARENT: ClassVar[str] = "account"
    PERIOD: ClassVar = ("valid_from", "valid_to")
    SAME: ClassVar = ("purpose", "address", "valid_from", "valid_to")
    ALONE: ClassVar = ("usual", ("purpose",))

    account: int = Field(foreign_key="account.id", index=True, sa_type=Id)
    purpose: str = column(Choice(ChannelPurpose, CHANNEL_LABELS), "Purpose", default=ChannelPurpose.BILLING.value)
    address: str = column(Email(), "E-mail", required=True)
    valid_from: date | None = column(Day(), "Valid from")
    valid_to: date | None = column(Day(), "Valid to")
    usual: bool = column(Boolean(), "Usual one", default=False)


class AccountWithholding(Line, table=True):
    """What the account withholds when it pays us (retención), pays apart, or what we collect from it (percepción)."""

    __tablename__ = "account_withholding"
    __table_args__ = (KEEP_IDS,)
    PARENT: ClassVar[str] = "account"
    SAME: ClassVar = ("tax_rate",)

    account: int = Field(foreign_key="account.id", index=True, sa_type=Id)
    tax_rate: int = column(Reference("tax-rates"), "Withholding or perception", required=True, references="tax_rate.id")


SECTORS = resource(
    Sector,
    "sectors",
    one="Sector",
    many="Sectors",
    icon="chart-column",
    columns=("name", "parent"),
    filters=("parent",),
    group="Settings",
    tree="parent",
)
ZONES = resource(
    Zone,
    "zones",
    one="Zone",
    many="Zones",
    icon="map-pin",
    columns=("name", "parent"),
    filters=("parent",),
    group="Settings",
    tree="parent",
)
ACCOUNTS = resource(
    Account,
    "accounts",
    one="Account",
    many="Accounts",
    icon="building-2",
    search=("name", "legal_name", "tax_id", "email", "phone", "city"),
    columns=("name", "roles", "sector", "city", "zone", "owner", "phone"),
    told={"contact_names": Told("contacts", "contact")},
    form=(
        Section(
            "Details",
            (
                "name",
                "legal_name",
                "tax_id",
                "parent",
                "roles",
                "sector",
                "zone",
                "owner",
                "team",
                "source",
                "tags",
                "active",
            ),
        ),
        Section("Fiscal address", ("street", "postcode", "city", "region", "country")),
        Section("Telephone and e-mail", ("phone", "email")),
        Section(
            "Trade",
            (
                "language",
                "currency",
                "price_list",
                "payment_terms",
                "payment_days",
                "tax_status",
                "credit_limit",
                "credit_policy",
                "held",
            ),
        ),
        Section("Notes", ("notes",)),
    ),
    filters=("roles", "sector", "zone", "owner", "team", "tags", "city", "country", "parent", "active"),
    owner="owner",
    team="team",
    facts=("tax_id", "city", "phone", "email"),
    telling=("tax_id", "email"),
    tree="parent",
    views=(
        Ready("My accounts", "filter[owner]=me"),
        Ready("Customers", "filter[roles]=customer"),
        Ready("Suppliers", "filter[roles]=supplier"),
        Ready("Prospects", "filter[roles]=prospect"),
    ),
)
lines(ZONES, ZonePostcode, "postcodes", one="Postcode rule", many="Postcodes", label="prefix", icon="map-pin")
lines(ACCOUNTS, AccountAddress, "addresses", one="Address", many="Other addresses", label="street", icon="map-pin")
lines(
    ACCOUNTS,
    AccountPhone,
    "phones",
    one="Telephone",
    many="Other telephones",
    label="number",
    icon="phone",
    sought=("number",),
)
lines(
    ACCOUNTS,
    AccountEmail,
    "emails",
    one="E-mail",
    many="Other e-mails",
    label="address",
    icon="mail",
    sought=("address",),
)
lines(
    ACCOUNTS,
    AccountWithholding,
    "withholdings",
    one="Withholding or perception",
    many="Withholdings and perceptions",
    label="tax_rate",
    icon="percent",
)
