"""Every page. A new module adds its line here."""

from . import accounts, contacts, home, me, products, receivables, settings, sign_in

PAGES = (
    *home.PAGES,
    *sign_in.PAGES,
    *me.PAGES,
    *settings.PAGES,
    *accounts.PAGES,
    *contacts.PAGES,
    *products.PAGES,
    *receivables.PAGES,
)
