"""Who signs in, and what they look for: taken from the words that the demo company is made of."""

from crm_app.services.demo_words import FIRST_NAMES, MEMBERS, SPANISH_TOWNS, SURNAMES, TRADES

PASSWORD = "demo demo demo"  # noqa: S105 - of a throw-away company
USERS = tuple(email for _, email, _, _ in MEMBERS)
ADMINISTRATOR = USERS[0]
WORDS = tuple(
    dict.fromkeys(
        word.lower()
        for phrase in (*SURNAMES, *FIRST_NAMES, *(trade for trade, _ in TRADES), *(town.name for town in SPANISH_TOWNS))
        for word in phrase.split()
        if len(word) > 3
    )
)
