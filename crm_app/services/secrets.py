"""Proofs and secrets: password hashes, random keys and their hashes, encryption of what must be read again."""

import base64
import hashlib
import hmac
import secrets
import threading
import unicodedata
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from crm_app.core.settings import settings

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

# Argon2id as OWASP's password storage cheat sheet has it: 19 MiB, two passes, one lane
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE = threading.Semaphore(2)  # a flood of sign-ins must not eat the memory
_NOBODY = _HASHER.hash(secrets.token_urlsafe())


def hash_password(password: str) -> str:
    """Argon2id hash with its parameters and salt."""
    with _AT_ONCE:
        return _HASHER.hash(_bytes(password))


def password_matches(stored: str | None, password: str) -> bool:
    """True when it is the password. Takes as long for a user who is not there, so that time tells nothing."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(stored or _NOBODY, _bytes(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def _bytes(password: str) -> bytes:
    """One keyboard sends "ñ" as a letter, another as "n" and a tilde: NFC makes them one (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def new_key() -> str:
    """256 random bits for a cookie, a token or a link."""
    return secrets.token_urlsafe(32)


def proof_of(key: str) -> str:
    """What is stored of a key: its SHA-256. The key is random, so no salt is needed."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def signature(text: str) -> str:
    """What only this installation's key can have made of the text: HMAC-SHA256, URL-safe."""
    made = hmac.digest(b"signatures\n" + settings().secret_key.encode(), text.encode("utf-8", "replace"), "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _box() -> "Fernet":
    from cryptography.fernet import Fernet  # seven megabytes, for second factors only

    return Fernet(
        base64.urlsafe_b64encode(hashlib.sha256(b"stored secrets\n" + settings().secret_key.encode()).digest())
    )


def lock(text: str) -> str:
    """Encrypt with the installation's key."""
    return _box().encrypt(text.encode()).decode()


def unlock(locked: str) -> str | None:
    """The text again; None when another key locked it."""
    from cryptography.fernet import InvalidToken

    try:
        return _box().decrypt(locked.encode()).decode()
    except InvalidToken:
        return None
