"""Choices that several tables share."""

from enum import StrEnum


class Language(StrEnum):
    """Languages of screens and documents."""

    ES = "es"
    EN = "en"


LANGUAGE_LABELS = ("Spanish", "English")


class AddressPurpose(StrEnum):
    """What an address beside the fiscal one is for."""

    DELIVERY = "delivery"
    BILLING = "billing"
    OFFICE = "office"
    OTHER = "other"


ADDRESS_LABELS = ("Delivery", "Billing", "Office", "Other")


class ChannelPurpose(StrEnum):
    """What a telephone or an e-mail address beside the main one is for."""

    OFFICE = "office"
    MOBILE = "mobile"
    BILLING = "billing"
    SUPPORT = "support"
    HOME = "home"
    OTHER = "other"


CHANNEL_LABELS = ("Office", "Mobile", "Billing", "Support", "Home", "Other")
