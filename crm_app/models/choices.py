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


class TaxClass(StrEnum):
    """How a product is taxed; the rate follows from the class, the customer and the date. SPECIAL is what bears a tax of its own,
    such as Mexico's IEPS, Colombia's INC, Argentina's 27 %.
    """

    STANDARD = "standard"
    REDUCED = "reduced"
    SUPER_REDUCED = "super_reduced"
    ZERO = "zero"
    EXEMPT = "exempt"
    SPECIAL = "special"


TAX_CLASS_LABELS = ("Standard", "Reduced", "Super-reduced", "Zero", "Exempt", "Special")


class TaxStatus(StrEnum):
    """How a customer stands to our taxes, where the country alone does not say it: EXPORT is whoever has the country, but not its
    taxes, as the Canary Islands, Ceuta, Melilla and free zones; REVERSE who owes the tax instead of the seller, at home too (Spain: Ley
    37/1992 art. 84.Uno.2.o, building and waste; Directive 2006/112/EC art. 199).
    """

    NORMAL = "normal"
    SURCHARGE = "surcharge"
    EXEMPT = "exempt"
    EXPORT = "export"
    REVERSE = "reverse"


TAX_STATUS_LABELS = (
    "Normal",
    "Equivalence surcharge",
    "Exempt",
    "Outside the tax territory (export)",
    "Reverse charge",
)


class Progress(StrEnum):
    """How much of a document has been carried on: nothing, a part, all of it."""

    NONE = "none"
    PARTLY = "partly"
    ALL = "all"


PROGRESS_LABELS = ("Nothing", "Partly", "All")
