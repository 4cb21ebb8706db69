"""What every page knows of the person before it: name, language, appearance, what to show in the menu; and the notices."""

import asyncio
import dataclasses
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from crm_app.core import days
from crm_app.core.errors import Refusal
from crm_app.core.i18n import LANGUAGES, Message, Speech
from crm_app.services import actions, identity, records, users, whole
from crm_app.services.actors import Actor
from crm_app.services.work import Work

from .guard import PUBLIC, SIGNED_IN, actor_of, cookie_of, on, signed_in
from .reading import reading


@dataclasses.dataclass
class Notice:
    """A toast. `action` is the label of its button ("" for none), `action_id` what the button acts on."""

    id: str = ""
    text: str = ""
    kind: str = "done"
    action: str = ""
    action_id: str = ""


class Me(rx.State):
    """The person before the page. `may` lists the permissions that pages ask for; the services ask again."""

    language: str = LANGUAGES[0]
    theme: str = ""
    locale: str = ""
    day_form: str = ""
    week_begins: int = 0
    zone: str = "UTC"
    known: bool = False
    name: str = ""
    email: str = ""
    company: str = ""
    may: list[str] = []
    lost: bool = False
    here: str = "/"
    folded: bool = False
    menu: bool = False
    keys_shown: bool = False
    notices: list[Notice] = []
    _count: int = 0
    _greeted: tuple[Actor, str] | None = None

    def _greet(self, actor: Actor, company: str) -> None:
        """Take over what the database says of the actor; once, as long as it says the same."""
        if self.lost or self.menu or self.keys_shown:
            self.lost, self.menu, self.keys_shown = False, False, False
        if self._greeted == (actor, company):
            return
        self._greeted = (actor, company)
        self.language, self.theme = actor.speech.language, actor.theme
        self.locale = str(actor.speech.locale).replace("_", "-")
        self.day_form, self.zone = days.pattern(actor.speech), actor.speech.zone
        self.week_begins = days.form_of(actor.speech).first
        self.name, self.email, self.company = actor.name, actor.email, company
        self.may = [
            name
            for found, verbs in actions.permissions()
            for verb in verbs
            if actor.may(name := found.permission(verb))
        ] + whole.may(actor)
        self.known = True

    def _tell(self, text: str, kind: str = "done", action: str = "", action_id: str = "") -> None:
        """Show a toast; the oldest goes when there are more than five."""
        self._count += 1
        self.notices = [*self.notices[-4:], Notice(f"n{self._count}", text, kind, action, action_id)]

    async def _refused(self, refusal: Refusal) -> Any:
        actor = await actor_of(self)
        speech = actor.speech if actor else Speech(self.language)
        self._tell(speech.say(refusal.message), "late")

    @on(PUBLIC)
    async def session_lost(self) -> Any:
        """The session has ended: ask for a new sign-in, over the page when it shows something, else on its own page."""
        if self.known:
            self.lost, self.here = True, own_address(self)
            return None
        return rx.redirect(f"/login?{urlencode({'next': own_address(self)})}")

    @on(PUBLIC)
    async def welcome(self) -> Any:
        """The sign-in, set-up and invitation pages: choose a language, and lead on who is in the wrong one."""
        path = self.router.url.path.strip("/")
        ready = await asyncio.to_thread(identity.ready)
        if not ready and path != "setup":
            return rx.redirect("/setup")
        if ready and path == "setup":
            return rx.redirect("/login")
        if not self.known:
            self.language = identity.language_of(self.router.headers.accept_language or "")
        if path == "login" and await actor_of(self) is not None:
            return rx.redirect("/")
        return None

    @on(PUBLIC)
    async def speak(self, language: str) -> Any:
        """The language of a public page."""
        if language in LANGUAGES:
            self.language, self._greeted = language, None

    @on(SIGNED_IN)
    async def load(self) -> Any:
        """Fill in who is here."""
        await greet(self)

    @on(SIGNED_IN)
    async def set_language(self, language: str) -> Any:
        """My language, from now on and everywhere."""
        actor = await signed_in(self)
        await asyncio.to_thread(users.change_profile, actor, {"language": language})
        await greet(self)

    @on(SIGNED_IN)
    async def set_theme(self, theme: str) -> Any:
        """Light, dark, or as the device."""
        actor = await signed_in(self)
        await asyncio.to_thread(users.change_profile, actor, {"theme": theme})
        await greet(self)

    @on(SIGNED_IN)
    async def fold(self, folded: bool) -> Any:
        """The menu as a rail, or whole."""
        self.folded = folded

    @on(SIGNED_IN)
    async def open_menu(self, is_open: bool) -> Any:
        """The menu as a drawer, on a telephone."""
        self.menu = is_open

    @on(SIGNED_IN)
    async def show_keys(self, shown: bool) -> Any:
        """The list of keys."""
        self.keys_shown = shown

    @on(PUBLIC)
    async def broken(self) -> Any:
        """Something failed that nobody foresaw."""
        self._tell(
            Speech(self.language).say("Something went wrong here. It has been noted; what you typed is kept."), "late"
        )

    @on(SIGNED_IN)
    async def sign_out(self) -> Any:
        """End this session; the next event empties what this browser was shown."""
        await asyncio.to_thread(identity.sign_out, cookie_of(self))
        self.known, self._greeted = False, None
        return rx.redirect("/login")

    @on(PUBLIC)
    async def stay(self) -> Any:
        """Close the sign-in over the page, to copy what is there; the next act asks again."""
        self.lost = False

    @on(PUBLIC)
    async def dismiss(self, key: str) -> Any:
        """Take a toast away."""
        self.notices = [notice for notice in self.notices if notice.id != key]


def own_address(state: rx.State) -> str:
    """Path and query of the page, never another host's."""
    url = state.router.url
    path = "/" + url.path.strip("/")
    return f"{path}?{url.query}" if url.query else path


def company_name(actor: Actor) -> str:
    """The company's name, for the corner of every page."""
    with Work(actor) as work:
        settings = records.resource_of("settings")
        return records.names_of(work, settings, [1]).get(1, "")


class PassingState(rx.State, mixin=True):
    """A dialog with a state of its own: a page that is opened, by Back or anew, begins without it."""

    def _leave(self) -> None:
        """Close it."""
        raise NotImplementedError


async def greet(state: rx.State) -> Actor:
    """The actor, with `Me` filled in once per page. Raises NotSignedIn."""
    actor = await signed_in(state)
    for dialog in (bound for kind in PassingState.__subclasses__() for bound in kind.__subclasses__()):
        (await state.get_state(dialog))._leave()
    me = await state.get_state(Me)
    company = me.company or await reading(company_name, actor)
    me._greet(actor, company)
    return actor


async def tell(state: rx.State, text: str | Message, *, kind: str = "done", undo: int | None = None) -> None:
    """A toast in the actor's language; with `undo` it offers to take that ChangeSet back."""
    actor = await signed_in(state)
    me = await state.get_state(Me)
    say = actor.speech.say
    me._tell(say(text), kind, say("Undo") if undo else "", str(undo or ""))
