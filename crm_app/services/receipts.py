"""What an Idempotency-Key got the first time, for requests that are no verb: those keep their answer in their own transaction."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from crm_app.core import clock
from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.models.base import encode
from crm_app.models.jobs import Receipt

from .actors import SYSTEM, Actor
from .work import Work, column_of

MOST = 200  # characters of a key
_PATIENCE = timedelta(minutes=1)  # an answer that has not come by then never comes: who asked it may ask anew


def proof_of(actor: Actor, once: str) -> str:
    """By what the key of that actor is found. Raises Invalid for a long one."""
    if len(once) > MOST:
        raise Invalid({"Idempotency-Key": Message("At most {size} characters.", size=MOST)})
    return hashlib.sha256(f"{actor.user}\n{once}".encode("utf-8", "replace")).hexdigest()


def request_of(*parts: object) -> str:
    """What was asked for, in short: the same for the same only."""
    body = json.dumps(parts, sort_keys=True, default=encode)
    return hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()


def same(receipt: Receipt, request: str) -> None:
    """Raises Invalid where the key was used for something else."""
    if receipt.request != request:
        raise Invalid({"Idempotency-Key": Message("This key was used for another request.")})


def await_turn(work: Work, proof: str) -> None:
    """PostgreSQL: the key is locked until the transaction's end, so that a second caller waits. On SQLite writers do anyway."""
    if work.session.get_bind().dialect.name == "postgresql":
        work.session.scalar(sa.select(sa.func.pg_advisory_xact_lock(int(proof[:15], 16))))


def kept(actor: Actor, once: str | None, request: str, act: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """What `act` answers, or answered when that key came the first time. It opens its own transactions; what it raises is not
    kept. Raises Invalid while the first request is still at work.
    """
    if not once:
        return act()
    proof = proof_of(actor, once)
    earlier = _begin(proof, request)
    if earlier is not None:
        return earlier
    try:
        answer = dict(act())
    except BaseException:
        _end(proof, None)
        raise
    _end(proof, answer)
    return answer


def _begin(proof: str, request: str) -> Mapping[str, Any] | None:
    with Work(SYSTEM, "receipts.keep") as work:
        await_turn(work, proof)
        found = work.locked_where(Receipt, column_of(Receipt, "proof") == proof)
        if found is None:
            work.session.add(Receipt(proof=proof, request=request, answer={}))
            return None
        same(found, request)
        if not found.answer:
            if clock.now() - found.at < _PATIENCE:
                raise Invalid({"Idempotency-Key": Message("The first request with this key is still at work.")})
            found.at = clock.now()
            return None
        return dict(found.answer)


def _end(proof: str, answer: Mapping[str, Any] | None) -> None:
    mine = column_of(Receipt, "proof") == proof
    with Work(SYSTEM, "receipts.keep") as work:
        done = (
            sa.delete(Receipt).where(mine) if answer is None else sa.update(Receipt).where(mine).values(answer=answer)
        )
        work.session.execute(done)
