"""The second factor: codes of an authenticator (TOTP, RFC 6238), and recovery codes for who has lost it.

Whoever has it on is asked for it wherever they come in, also by a one-time link. Without the authenticator one of ten recovery
codes does, or an administrator who takes the factor off.
"""

import base64
import secrets
from dataclasses import dataclass

import pyotp
import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.models.users import RecoveryCode, User

from . import passwords
from .actors import Actor
from .secrets import lock, proof_of, unlock
from .work import Work, column_of

RECOVERY_CODES = 10
_SIZE = 16  # letters of a recovery code: 80 random bits, so that its hash needs no salt
_WRONG = Message("That code does not match. Wait for the next one and try again.")


class CodeNeeded(Invalid):
    """The password is right; the second factor is still to come."""


@dataclass(frozen=True)
class Proof:
    """What a code uses up: a time step, or a recovery code's hash. Neither where no code is asked for."""

    step: int = 0
    recovery: str = ""


NONE_NEEDED = Proof()


def asked(user: User, code: str) -> Proof:
    """What that user's code uses up when they come in. `spend` has the last word. Raises CodeNeeded, Invalid."""
    if not user.totp:
        return NONE_NEEDED
    if not code:
        raise CodeNeeded({"code": Message("Write the six digits that your authenticator shows.")})
    letters = _letters(code)
    if len(letters) == _SIZE:
        return Proof(recovery=proof_of(letters))
    step = matching_step(unlock(user.totp) or "", code)
    if step is None or step <= user.totp_step:
        raise Invalid({"code": _WRONG})
    return Proof(step=step)


def spend(work: Work, user: int, proof: Proof) -> None:
    """Use the code up: neither a step nor a recovery code works twice, also when it comes twice at once. Raises Invalid."""
    if proof.step:
        newer = sa.update(User).where(column_of(User, "id") == user, column_of(User, "totp_step") < proof.step)
        used = work.session.execute(newer.values(totp_step=proof.step))
    elif proof.recovery:
        gone = sa.delete(RecoveryCode).where(
            column_of(RecoveryCode, "user") == user, column_of(RecoveryCode, "proof") == proof.recovery
        )
        used = work.session.execute(gone)
    else:
        return
    if used.rowcount == 0:  # type: ignore[attr-defined]
        raise Invalid({"code": _WRONG})


def matching_step(secret: str, code: str) -> int | None:
    """The 30-second step for which the code is right: this one, or the one before or after it."""
    digits = "".join(char for char in code if char.isdigit())
    if not secret or len(digits) != 6:
        return None
    now = int(clock.now().timestamp()) // 30
    totp = pyotp.TOTP(secret)
    return next(
        (step for step in (now, now - 1, now + 1) if pyotp.utils.strings_equal(totp.at(step * 30), digits)), None
    )


def _letters(code: str) -> str:
    """A recovery code without the dashes and spaces that people read it by."""
    return "".join(char for char in code.upper() if char.isascii() and char.isalnum())


# ---- my own


def new_secret(actor: Actor, company: str) -> tuple[str, str]:
    """A secret for an authenticator and its otpauth:// address. Nothing is stored until a code proves that it arrived."""
    secret = pyotp.random_base32()
    return secret, pyotp.TOTP(secret).provisioning_uri(name=actor.email, issuer_name=company or "CRM")


def switch_on(actor: Actor, secret: str, code: object, password: object) -> list[str]:
    """Ask for a code at every sign-in from now on; the recovery codes, shown this once.

    Raises Invalid at `password`, or at `code` when that does not prove the secret.
    """
    passwords.prove(actor, password, "password")
    step = matching_step(secret, code if isinstance(code, str) else "")
    if step is None:
        raise Invalid({"code": _WRONG})
    with Work(actor, "users.codes", label="Second factor on") as work:
        row = work.locked(User, actor.user or 0)
        row.totp, row.totp_step = lock(secret), step
        return _new_recovery(work, actor.user or 0)


def switch_off(actor: Actor, password: object) -> None:
    """Ask for the password alone again. Raises Invalid when the password is wrong."""
    passwords.prove(actor, password, "password")
    with Work(actor, "users.codes", label="Second factor off") as work:
        forget(work, work.locked(User, actor.user or 0))


def renew_recovery(actor: Actor, password: object) -> list[str]:
    """New recovery codes, shown this once; the earlier ones stop working. Raises Invalid when the password is wrong."""
    passwords.prove(actor, password, "password")
    with Work(actor, "users.codes", label="New recovery codes") as work:
        row = work.locked(User, actor.user or 0)
        if not row.totp:
            raise Invalid({"password": Message("The second factor is off.")})
        return _new_recovery(work, row.id)


def forget(work: Work, user: User) -> None:
    """Take that user's second factor away, recovery codes and all."""
    user.totp, user.totp_step = None, 0
    _drop_recovery(work, user.id or 0)


def _new_recovery(work: Work, user: int) -> list[str]:
    _drop_recovery(work, user)
    letters = [base64.b32encode(secrets.token_bytes(_SIZE * 5 // 8)).decode() for _ in range(RECOVERY_CODES)]
    work.session.add_all([RecoveryCode(user=user, proof=proof_of(one)) for one in letters])
    return ["-".join(one[start : start + 4] for start in range(0, _SIZE, 4)).lower() for one in letters]


def _drop_recovery(work: Work, user: int) -> None:
    work.session.execute(sa.delete(RecoveryCode).where(column_of(RecoveryCode, "user") == user))


def state_of(actor: Actor) -> tuple[bool, int]:
    """Whether the actor is asked for a code at sign-in, and how many recovery codes are left."""
    left = sa.select(sa.func.count()).select_from(RecoveryCode).where(column_of(RecoveryCode, "user") == actor.user)
    with Work(actor) as work:
        on = work.session.scalar(sa.select(column_of(User, "totp")).where(column_of(User, "id") == actor.user))
        return bool(on), work.session.scalar(left) or 0
