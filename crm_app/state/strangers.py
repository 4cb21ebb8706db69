"""Who is not signed in costs little: their states go a minute after their tab has gone, not an hour after."""

import asyncio
import logging
import time

import reflex as rx
from reflex.istate.manager.memory import StateManagerMemory

from .guard import SessionOwner

STAY = 60.0  # seconds that a stranger's state outlives its last event and socket: a reload finds it again
_EVERY = 20.0
_log = logging.getLogger("crm")


async def forget_strangers(app: rx.App) -> None:
    """Run as long as the application. Redis keeps states by itself, with an end to each."""
    while True:
        await asyncio.sleep(_EVERY)
        try:
            forget(app, time.time() - STAY)
        except Exception:  # noqa: BLE001 - the next round tries again
            _log.exception("states of nobody could not be dropped")


def forget(app: rx.App, before: float) -> int:
    """Drop the states of nobody that have no socket and no event since `before` (seconds since 1970); how many went."""
    manager, sockets = app.state_manager, app.event_namespace
    if not isinstance(manager, StateManagerMemory) or sockets is None:
        return 0
    gone = 0
    for key, (expires_at, token) in list(manager._token_expires_at.items()):
        root, lock = manager.states.get(key), manager._states_locks.get(token.lock_key)
        if expires_at - manager.token_expiration > before or (lock is not None and lock.locked()):
            continue
        if token.ident in sockets.token_to_sid or (root is not None and _somebodys(root)):
            continue
        manager._purge_token(token)
        gone += 1
    return gone


def _somebodys(root: rx.State) -> bool:
    owner = root.substates.get(SessionOwner.get_name())
    return isinstance(owner, SessionOwner) and owner._owner is not None
