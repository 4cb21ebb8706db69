"""Credit policies: what happens to a customer whose invoices are overdue."""

from enum import StrEnum
from typing import ClassVar

from sqlmodel import Field

from crm_app.core.fields import Boolean, Choice, Text, Whole

from .base import KEEP_IDS, Id, Line, Searchable, column, lines, resource, sorted_by_key


class Effect(StrEnum):
    """From the mildest to the hardest; each holds what the ones before it hold."""

    WARN = "warn"
    PREPAY = "prepay"
    HOLD_ORDERS = "hold_orders"
    HOLD_DELIVERIES = "hold_deliveries"
    SUSPEND = "suspend"


EFFECT_LABELS = ("Warn", "Prepayment only", "Hold orders", "Hold deliveries", "Suspend services")


class CreditPolicy(Searchable, table=True):
    """Levels that a customer climbs with the age of the oldest overdue invoice. Paying leads down again by itself."""

    __tablename__ = "credit_policy"
    __table_args__ = sorted_by_key("credit_policy")

    name: str = column(Text(80), "Name", required=True, unique=True)
    active: bool = column(Boolean("Not active"), "Active", default=True)


class CreditLevel(Line, table=True):
    """So many days after the due day (before it, when negative)."""

    __tablename__ = "credit_level"
    __table_args__ = (KEEP_IDS,)
    PARENT: ClassVar[str] = "credit_policy"

    credit_policy: int = Field(foreign_key="credit_policy.id", index=True, sa_type=Id)
    days: int = column(Whole(-60, 730), "Days from due", default=15)
    effect: str = column(Choice(Effect, EFFECT_LABELS), "Effect", default=Effect.WARN.value)


POLICIES = resource(
    CreditPolicy,
    "credit-policies",
    one="Credit policy",
    many="Credit policies",
    icon="shield-alert",
    columns=("name", "active"),
    filters=("active",),
    group="Settings",
)
lines(POLICIES, CreditLevel, "levels", one="Level", many="Levels", label="effect", icon="shield-alert")
