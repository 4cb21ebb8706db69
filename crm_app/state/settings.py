"""Settings: the company, users, roles, teams, and my own account."""

import asyncio
import dataclasses
from typing import Any, ClassVar

import reflex as rx
import segno

from crm_app.core.errors import Invalid
from crm_app.core.i18n import Message
from crm_app.core.resource import Resource
from crm_app.models.settings import SETTINGS
from crm_app.models.users import ROLES, TEAMS, USERS
from crm_app.services import actions, codes, grants, identity, users

from .forms import RecordState
from .guard import SIGNED_IN, on, signed_in
from .lists import ListState
from .session import Me, greet, tell


class UserList(ListState, rx.State):
    """The list of users."""

    resource: ClassVar[Resource] = USERS


class UserRecord(RecordState, rx.State):
    """One user. `link` is a one-time link, shown once."""

    resource: ClassVar[Resource] = USERS
    link: str = ""

    @on("change")
    async def make_link(self, purpose: str, origin: str) -> Any:
        """An invitation or a reset link for the administrator to pass on."""
        actor = await signed_in(self)
        purpose = "invite" if purpose == "invite" else "reset"
        link = await asyncio.to_thread(users.make_link, actor, self.record, purpose)
        here = origin[:200] if origin.startswith(("http://", "https://")) and link.startswith("/") else ""
        self.link = here + link

    @on("change")
    async def drop_codes(self) -> Any:
        """Take the second factor off somebody who lost it."""
        await asyncio.to_thread(users.drop_codes, await signed_in(self), self.record)
        await tell(self, "The second factor is off and the user is signed out everywhere.")

    @on(SIGNED_IN)
    async def hide_link(self) -> Any:
        """The link is not shown again."""
        self.link = ""


class TeamList(ListState, rx.State):
    """The list of teams."""

    resource: ClassVar[Resource] = TEAMS


class TeamRecord(RecordState, rx.State):
    """One team."""

    resource: ClassVar[Resource] = TEAMS


class RoleList(ListState, rx.State):
    """The list of roles."""

    resource: ClassVar[Resource] = ROLES


class RoleRecord(RecordState, rx.State):
    """One role, with what it grants."""

    resource: ClassVar[Resource] = ROLES
    grants: dict[str, str] = {}
    everything: bool = False

    @on("read")
    async def load_grants(self) -> Any:
        """What the role of the URL may do."""
        key = self._address()
        if key == "new":
            self.grants, self.everything = {}, False
            return
        actor = await signed_in(self)
        _, _, self.grants = await asyncio.to_thread(grants.of, actor, key)
        self.everything = self.grants.get("*") == "all"

    @on("change")
    async def grant(self, permission: str, scope: str) -> Any:
        """Give or take one permission; stored at once."""
        actor = await signed_in(self)
        given = {permission: scope}
        _, self.version, self.grants = await asyncio.to_thread(grants.change, actor, self.record, given)
        await tell(self, "Saved.")


def permissions() -> dict[str, dict[str, tuple[str, ...]]]:
    """Every permission there is, for the matrix of a role: the scopes of each verb, by what it is held on."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for permission, scopes in actions.granted().items():
        name, _, verb = permission.partition(".")
        found.setdefault(name, {})[verb] = scopes
    return found


class CompanyRecord(RecordState, rx.State):
    """The company's own record."""

    resource: ClassVar[Resource] = SETTINGS

    def _key_at(self, _address: str) -> str:
        return "1"


@dataclasses.dataclass
class Device:
    """A browser where I am signed in."""

    id: int = 0
    name: str = ""
    address: str = ""
    seen: str = ""
    current: bool = False


@dataclasses.dataclass
class Key:
    """One of my API tokens; `scopes` are what it is limited to."""

    id: int = 0
    name: str = ""
    scopes: str = ""
    used: str = ""


# the fields of the form by which the second factor is switched on, where they are not called as the service calls them
_FIELDS = {"password": "codes_password"}


class MyAccount(rx.State):
    """My profile, devices, second factor and API tokens.

    What is shown once stays through a reload of the page's data: `new_token` until the page is opened anew, `secret` and
    `recovery` until the person says that they are done with them.
    """

    profile: dict[str, str] = {}
    errors: dict[str, str] = {}
    devices: list[Device] = []
    tokens: list[Key] = []
    new_token: str = ""
    codes_on: bool = False
    codes_left: int = 0
    recovery: list[str] = []
    secret: str = ""
    picture: str = ""
    loaded: bool = False

    @on(SIGNED_IN)
    async def open(self) -> Any:
        """The page, opened anew."""
        self.new_token = ""
        return await type(self).load.fn(self)

    @on(SIGNED_IN)
    async def load(self) -> Any:
        """Read it all."""
        actor = await greet(self)
        self.errors = {}
        self.profile = await asyncio.to_thread(users.own_profile, actor)
        self.codes_on, self.codes_left = await asyncio.to_thread(codes.state_of, actor)
        found = await asyncio.to_thread(users.my_sessions, actor)
        moment = actor.speech.moment
        self.devices = [
            Device(one.id, device_name(one.device), one.address, moment(one.seen_at), one.current) for one in found
        ]
        keys = await asyncio.to_thread(identity.own_tokens, actor)
        self.tokens = [
            Key(key.id or 0, key.name, ", ".join(key.scopes), moment(key.used_at) if key.used_at else "")
            for key in keys
        ]
        self.loaded = True

    @on(SIGNED_IN)
    async def save(self, form: dict[str, Any]) -> Any:
        """My name, language and appearance."""
        actor = await signed_in(self)
        self.errors = {}
        try:
            await asyncio.to_thread(users.change_profile, actor, form)
        except Invalid as bad:
            self.errors = {name: actor.speech.say(text) for name, text in bad.fields.items()}
            return None
        await tell(self, "Saved.")
        return MyAccount.load

    @on(SIGNED_IN)
    async def end_device(self, session: int) -> Any:
        """Sign one device out."""
        await asyncio.to_thread(users.end_session, await signed_in(self), session)
        return MyAccount.load

    @on(SIGNED_IN)
    async def begin_codes(self) -> Any:
        """Show a secret to an authenticator; it counts once a code proves that it arrived."""
        actor = await signed_in(self)
        me = await self.get_state(Me)
        self.secret, address = codes.new_secret(actor, me.company)
        self.picture = segno.make(address).svg_data_uri(scale=4, border=0)

    @on(SIGNED_IN)
    async def confirm_codes(self, form: dict[str, Any]) -> Any:
        """Switch the second factor on; the recovery codes are shown this once."""
        actor = await signed_in(self)
        given = form.get("code"), form.get("codes_password")
        try:
            self.recovery = await asyncio.to_thread(codes.switch_on, actor, self.secret, *given)
        except Invalid as bad:
            self.errors = {_FIELDS.get(name, name): actor.speech.say(text) for name, text in bad.fields.items()}
            return None
        self.secret, self.picture = "", ""
        await tell(self, "From now on, signing in asks for a code too.")
        return MyAccount.load

    @on(SIGNED_IN)
    async def cancel_codes(self) -> Any:
        """Leave the second factor off; the secret that was shown is worth nothing."""
        self.secret, self.picture, self.errors = "", "", {}

    @on(SIGNED_IN)
    async def renew_recovery(self, form: dict[str, Any]) -> Any:
        """New recovery codes in place of the earlier ones."""
        actor = await signed_in(self)
        try:
            self.recovery = await asyncio.to_thread(codes.renew_recovery, actor, form.get("recovery_password"))
        except Invalid as bad:
            self.errors = {"recovery_password": actor.speech.say(bad.fields["password"])}
            return None
        return MyAccount.load

    @on(SIGNED_IN)
    async def recovery_kept(self) -> Any:
        """The recovery codes are not shown again."""
        self.recovery = []

    @on(SIGNED_IN)
    async def end_everything(self) -> Any:
        """Sign every other device out and take all API tokens back."""
        await asyncio.to_thread(users.end_everything, await signed_in(self))
        self.new_token = ""
        await tell(self, "Every other device is signed out, and no API token is left.")
        return MyAccount.load

    @on(SIGNED_IN)
    async def make_token(self, form: dict[str, Any]) -> Any:
        """A key for a program that acts as me, within the permissions named; shown this once."""
        actor = await signed_in(self)
        scopes = tuple(str(form.get("token_scopes", "")).replace(",", " ").split())
        name = str(form.get("token_name", ""))
        try:
            key = await asyncio.to_thread(identity.make_token, actor, actor.user or 0, name, scopes)
        except Invalid as bad:
            self.errors = {f"token_{field}": actor.speech.say(text) for field, text in bad.fields.items()}
            return
        await type(self).load.fn(self)
        self.new_token = key

    @on(SIGNED_IN)
    async def end_token(self, token: int) -> Any:
        """Take a key back."""
        if not await asyncio.to_thread(identity.end_token, await signed_in(self), token):
            raise Invalid({"": Message("There is no such token.")})
        return MyAccount.load


def device_name(agent: str) -> str:
    """Browser and system in a User-Agent header, as a person would say them."""
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPad", "iPad"),
        ("iPhone", "iPhone"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in browsers if mark in agent), "")
    system = next((name for mark, name in systems if mark in agent), "")
    return " · ".join(part for part in (browser, system) if part) or agent[:40] or "?"
