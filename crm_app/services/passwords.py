"""Passwords: which will do, and proving one's own again before something of weight."""

import sqlalchemy as sa

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.models.users import User

from . import guessing
from .actors import Actor
from .secrets import hash_password, password_matches
from .work import Work, column_of

LEAST, MOST = 10, 200
_COMMON = ("1234567890", "0123456789", "password12", "contraseña", "qwertyuiop", "administrador", "administrator")


def hashed(raw: object, errors: dict[str, Message], field: str = "password") -> str:
    """The hash of a password that will do; else a sentence in `errors`."""
    text = raw if isinstance(raw, str) else ""
    if not LEAST <= len(text) <= MOST:
        errors[field] = Message(
            "Use {least} to {most} characters: a few words are easy to keep in mind.", least=LEAST, most=MOST
        )
    elif text.lower() in _COMMON or len(set(text)) < 4:
        errors[field] = Message("Anybody would guess that one. Use a few words that mean nothing together.")
    else:
        return hash_password(text)
    return ""


def prove(actor: Actor, password: object, field: str) -> None:
    """The actor's own password again. A wrong one counts like a failed sign-in. Raises Invalid, TooMany."""
    tried = guessing.begin({"person": f"own password {actor.user}"})
    with Work(actor) as work:
        stored = work.session.scalar(sa.select(column_of(User, "password")).where(column_of(User, "id") == actor.user))
    if not password_matches(stored, password[:300] if isinstance(password, str) else ""):
        raise Invalid({field: Message("That is not your current password.")})
    guessing.right(tried)
