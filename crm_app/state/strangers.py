"""Who is not signed in costs little: their states go a minute after their tab has gone, not an hour after."""

import asyncio
import logging
import time
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import reflex as rx
from reflex.istate.manager import StateManager
from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import BaseStateToken
from reflex.state import BaseState

from .guard import SessionOwner

STAY = 60.0  # seconds that a stranger's state outlives its last event and socket: a reload finds it again
_EVERY = 20.0
_log = logging.getLogger("crm")


@dataclass
class RedisStates(StateManagerRedis):
    """Reflex's states in Redis, but those of nobody live no longer than STAY, unless `keep` says that their tab is there."""

    _nobodys: dict[str, set[str]] = field(default_factory=dict, init=False)

    async def set_state(self, token: Any, state: Any, *, lock_id: bytes | None = None, **context: Any) -> None:
        """Store the state. What was nobody's and is somebody's now lives as long as any."""
        await super().set_state(token, state, lock_id=lock_id, **context)
        token = self._coerce_token(token)
        owner = state._get_root_state().substates.get(SessionOwner.get_name()) if isinstance(state, BaseState) else None
        if not isinstance(token, BaseStateToken) or not isinstance(owner, SessionOwner):
            return
        if owner._owner is None:
            keys = self._nobodys.setdefault(token.ident, set())
            keys |= _touched(token, state)
            await self._live(keys, STAY)
        elif token.ident in self._nobodys:
            await self._live(self._nobodys.pop(token.ident), self.token_expiration)

    async def keep(self, there: Container[str]) -> None:
        """States of nobody whose tab is `there` live on; the others of this process are left to their end."""
        for ident, keys in list(self._nobodys.items()):
            if ident in there:
                await self._live(keys, STAY)
            else:
                self._nobodys.pop(ident, None)

    async def _live(self, keys: set[str], seconds: float) -> None:
        pipeline = self.redis.pipeline(transaction=False)
        for key in keys:
            pipeline.expire(key, timedelta(seconds=seconds))
        await pipeline.execute()


def _touched(token: BaseStateToken, state: BaseState) -> set[str]:
    """Under which keys the event's changes of the state and of those below it are stored."""
    own = {token._state_key(type(state))} if state._was_touched else set()
    return own.union(*(_touched(token, below) for below in state.substates.values()))


def manager_for(made: StateManager) -> StateManager:
    """The state manager that Reflex made, or in its place the one that lets strangers' states in Redis go sooner."""
    if not isinstance(made, StateManagerRedis):
        return made
    return RedisStates(
        redis=made.redis,
        token_expiration=made.token_expiration,
        lock_expiration=made.lock_expiration,
        lock_warning_threshold=made.lock_warning_threshold,
    )


def hold_strangers_shortly(app: rx.App) -> None:
    """Before the application starts: let its state manager be ours where it needs to be."""
    app._state_manager = manager_for(app.state_manager)


async def forget_strangers(app: rx.App) -> None:
    """Run as long as the application."""
    while True:
        await asyncio.sleep(_EVERY)
        try:
            manager, sockets = app.state_manager, app.event_namespace
            if isinstance(manager, RedisStates) and sockets is not None:
                await manager.keep(sockets.token_to_sid)
            forget(app, time.time() - STAY)
        except Exception:  # noqa: BLE001 - the next round tries again
            _log.exception("states of nobody could not be dropped")


def forget(app: rx.App, before: float) -> int:
    """Drop the states in memory of nobody that have no socket and no event since `before` (seconds since 1970); how many
    went.
    """
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
