"""Every module's own rules, so that one import knows them all. A new module with rules adds its name here."""

from . import accounts, contacts, products

MODULES = (accounts, contacts, products)
