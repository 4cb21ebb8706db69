"""Every module's own rules, so that one import knows them all. A new module with rules adds its name here."""

from . import (
    accounts,
    carried,
    contacts,
    currencies,
    deliveries,
    invoices,
    orders,
    payments,
    prices,
    products,
    quotes,
    stock,
    taxes,
    texts,
    trade,
    uses,
)

MODULES = (
    accounts,
    contacts,
    products,
    currencies,
    taxes,
    prices,
    trade,
    texts,
    stock,
    carried,
    payments,
    invoices,
    deliveries,
    orders,
    quotes,
    uses,
)
