"""Every module's tables, so that one import knows the whole schema. A new module adds its line here."""

from . import (
    accounts,
    contacts,
    credit,
    currencies,
    deliveries,
    files,
    histories,
    history,
    invoices,
    jobs,
    merged,
    notes,
    numbering,
    orders,
    payments,
    prices,
    products,
    quotes,
    settings,
    snapshots,
    stock,
    taxes,
    texts,
    users,
    views,
)

MODULES = (
    settings, users, accounts, contacts, products, history, jobs, files, notes, views, quotes, orders, deliveries, invoices,
    payments, prices, stock, taxes, currencies, numbering, snapshots, credit, texts, merged,
    histories,
)  # fmt: skip
