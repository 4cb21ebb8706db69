"""Every page. A new module adds its name here."""

from . import (
    accounts,
    ageing,
    contacts,
    credit,
    currencies,
    deliveries,
    held,
    histories,
    home,
    invoices,
    jobs,
    me,
    numbering,
    orders,
    payments,
    prices,
    products,
    quotes,
    receivables,
    settings,
    sign_in,
    stock,
    taxes,
    texts,
)

_MODULES = (
    home, sign_in, me, settings, accounts, contacts, products, quotes, orders, deliveries, invoices, payments, ageing, receivables,
    prices, stock, taxes, currencies, numbering, credit, texts, held, jobs,
    histories,
)  # fmt: skip
PAGES = tuple(page for module in _MODULES for page in module.PAGES)
