"""Nobody gets past: every event of every state is refused unless its handler says who may call it.

A handler says so with `@on("public" | "signed in" | <verb of its class's Resource>)`. The guard runs before each event, in the
state's lock; the service checks again which rows the actor may touch.
"""

import functools
import inspect
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from http.cookies import CookieError, SimpleCookie
from typing import Any, get_origin, get_type_hints

import reflex as rx
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext

from crm_app.core.errors import NotSignedIn, Refusal
from crm_app.core.i18n import Speech
from crm_app.core.settings import settings
from crm_app.services import guessing, identity
from crm_app.services.actors import Actor

from .reading import reading

PUBLIC, SIGNED_IN = "public", "signed in"
_REFLEX = "reflex___state____state."
# Reflex's own events, which everybody may send, and what they must bring. `vars` are values of the browser's storage, where
# this application keeps none: nobody has any to send.
_INTERNAL: dict[str, dict[str, Callable[[Any], bool]]] = {
    _REFLEX + name: accepts
    for name, accepts in {
        "hydrate": {},
        "hydrate_and_load": {
            "vars": lambda sent: not sent,
            "hashes": lambda sent: sent is None or isinstance(sent, list),
        },
        "set_is_hydrated": {"value": lambda sent: isinstance(sent, bool)},
        "reflex___state____on_load_internal_state.on_load_internal": {},
        "reflex___state____on_load_internal_state.set_is_hydrated": {"value": lambda sent: isinstance(sent, bool)},
        "reflex___state____update_vars_internal_state.update_vars_internal": {"vars": lambda sent: sent == {}},
        "reflex___state____frontend_event_exception_state.handle_frontend_exception": {
            "info": lambda sent: isinstance(sent, str),
            "component_stack": lambda sent: isinstance(sent, str),
        },
    }.items()
}
_MAY_MISS = {_REFLEX + "hydrate_and_load"}  # its arguments are optional
_SHORT = 1_000  # characters of a header that is worth remembering; a stranger may send long ones, each another
_BURST_SECONDS = 4  # of events may come at once
_log = logging.getLogger("crm")


class SessionOwner(rx.State):
    """Whose state this is. Never leaves the server."""

    _owner: int | None = None
    _bound: bool = False


def cookie_of(state: BaseState) -> str:
    """The session cookie of the websocket's handshake (a page cannot forge it)."""
    headers = state.get_value("rx_router_headers")  # `state.router` puts all that is known of the page together first
    header = headers.cookie or ""
    return _known_session_in(header) if len(header) <= _SHORT else _session_in(header)


@functools.lru_cache(maxsize=1_000)  # the header is the same at every event of a socket
def _known_session_in(header: str) -> str:
    return _session_in(header)


def _session_in(header: str) -> str:
    try:
        jar = SimpleCookie(header)
    except CookieError:
        return ""
    return jar[identity.COOKIE].value if identity.COOKIE in jar else ""


async def actor_of(state: BaseState) -> Actor | None:
    """Who is calling, looked up at each event: a sign-out counts at once."""
    cookie = cookie_of(state)
    sure, actor = identity.remembered(cookie)
    return actor if sure else await reading(identity.actor_by_cookie, cookie)


async def signed_in(state: BaseState) -> Actor:
    """The actor. Raises NotSignedIn."""
    actor = await actor_of(state)
    if actor is None:
        raise NotSignedIn
    return replace(actor, speech=replace(actor.speech, typed=True))


def on(needs: str, *, supersedes: bool = False) -> Callable[[Callable[..., Awaitable[Any]]], Any]:
    """Make a method an event handler that whoever holds `needs` may call. A Refusal becomes the state's `_refused`.

    The arguments come from a stranger: a call whose arguments are not of the types that the method names is dropped.
    """

    def wrap(function: Callable[..., Awaitable[Any]]) -> Any:
        accepts = _accepts(function)

        @functools.wraps(function)
        async def handler(self: Any, *args: Any, **named: Any) -> Any:
            if not accepts(self, *args, **named):
                return None
            try:
                return await function(self, *args, **named)
            except Refusal as refusal:
                return await _refused(self, refusal)

        handler._needs = needs  # type: ignore[attr-defined]
        handler._takes = set(inspect.signature(function).parameters) - {"self"}  # type: ignore[attr-defined]
        return rx.event(supersedes=supersedes)(handler)

    return wrap


async def _refused(state: Any, refusal: Refusal) -> Any:
    """How a state says no; one that has no way of its own shows a toast."""
    if hasattr(state, "_refused"):
        return await state._refused(refusal)
    from .session import Me

    me = await state.get_state(Me)
    return await me._refused(refusal)


def _accepts(function: Callable[..., Any]) -> Callable[..., bool]:
    """Tells whether arguments fit the function's own annotations: str, int (no bool), bool, dict."""
    signature = inspect.signature(function)
    kinds = {name: get_origin(hint) or hint for name, hint in get_type_hints(function).items() if name != "return"}

    def accepts(*args: Any, **named: Any) -> bool:
        try:
            given = signature.bind(*args, **named).arguments
        except TypeError:
            return False
        return all(
            isinstance(given[name], kind) and (kind is bool or not isinstance(given[name], bool))
            for name, kind in kinds.items()
        )

    return accepts


class Floods:
    """A bucket of events for each person, however many tabs they open, and for each address that nobody is signed in at.

    The client token counts for nothing: whoever sends it makes it up. Each worker keeps buckets of its own. What is refused is
    charged to a person, not to an address: others of it would pay.
    """

    def __init__(self, per_second: float) -> None:
        self._people = guessing.Buckets(per_second, per_second * _BURST_SECONDS)
        self._strangers = guessing.Buckets(per_second, per_second * _BURST_SECONDS, sparing=True)

    def refuses(self, actor: Actor | None, address: str) -> bool:
        """True when these have used up their events."""
        if actor is not None:
            return self._people.empty(f"{actor.user}")
        return self._strangers.empty(guessing.place(address))


class Guard(rx.Middleware):
    """Deny by default; bind the state to its user."""

    def __init__(self) -> None:
        self._floods = Floods(settings().events_per_second)

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        """None lets the event through to its handler; a StateUpdate ends it here."""
        root = state._get_root_state()
        actor = await actor_of(root)
        await _bind(root, actor.user if actor else None, open_page=event.name not in _INTERNAL)
        if self._floods.refuses(actor, root.get_value("rx_router_session").client_ip):
            return StateUpdate()
        if event.name in _INTERNAL:
            return None if _fits(event.name, event.payload) else StateUpdate()
        needs, resource = _needs(event.name, event.payload)
        if needs == PUBLIC:
            return None
        if actor is None:
            from .session import Me

            return StateUpdate(events=Event.from_event_type(Me.session_lost()))
        if needs == SIGNED_IN or (needs and resource and actor.may(f"{resource}.{needs}")):
            return None
        _log.warning("refused event %s for user %s", event.name, actor.user)
        return StateUpdate(events=_who_is_here(event.name))


def _who_is_here(name: str) -> list[Event]:
    """What a page that may not be read asks for instead: who is before it, so that it can say why it shows nothing."""
    from .session import Me

    return Event.from_event_type(Me.load()) if name.endswith(".load") else []


def _fits(name: str, payload: dict[str, Any]) -> bool:
    """Every argument of an internal event is known and of its kind, and none is missing that has to be there."""
    accepts = _INTERNAL[name]
    needed = set() if name in _MAY_MISS else set(accepts)
    return needed <= set(payload) <= set(accepts) and all(accepts[key](value) for key, value in payload.items())


def _needs(name: str, payload: dict[str, Any]) -> tuple[str, str]:
    """What a handler asks for, and the Resource of its class. Nothing declared is nothing allowed; `setvar` never is.

    Arguments that it does not have are not allowed either: "self" would be one of them.
    """
    found = RegistrationContext.get().event_handlers.get(name)
    if found is None or name.endswith(".setvar") or not set(payload) <= getattr(found.handler.fn, "_takes", set()):
        return "", ""
    resource = getattr(found.states[0], "resource", None) if found.states else None
    return getattr(found.handler.fn, "_needs", ""), getattr(resource, "guard", "") or getattr(resource, "name", "")


async def _bind(root: BaseState, user: int | None, *, open_page: bool) -> None:
    """A state that belonged to somebody else (stolen token, other user in the same tab) is emptied before anything is read.

    Where a session ends under an open page, the page is not told: it keeps what it shows, and asks for a new sign-in over it.
    """
    from .session import Me

    owner = await root.get_state(SessionOwner)
    if owner._bound and owner._owner != user:
        me = await root.get_state(Me)
        lost = me.known and user is None and open_page
        kept = {"known": True, "language": me.language, "theme": me.theme} if lost else {}
        for substate in root.substates.values():
            substate.reset()
        if lost:
            root._clean()
        for name, value in kept.items():
            setattr(me, name, value)
    owner._owner, owner._bound = user, True


def speech_of(actor: Actor | None, language: str) -> Speech:
    """How to talk to the caller: the user's own way, or the language chosen on a public page."""
    return actor.speech if actor else Speech(language)
