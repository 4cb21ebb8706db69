"""Every module's tables, so that one import knows the whole schema. A new module adds its line here."""

from . import accounts, contacts, files, history, jobs, notes, products, settings, users, views

MODULES = (settings, users, accounts, contacts, products, history, jobs, files, notes, views)
