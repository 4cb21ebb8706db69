"""What can go wrong in the product's own words. Turned into a field text, a toast or an HTTP problem in two places only."""

from collections.abc import Iterable, Mapping

from . import words
from .i18n import Message


class Refusal(Exception):
    """Base of every error that a user is told about. `message` is the sentence, translated where it is shown."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


class Invalid(Refusal):
    """Input that cannot be taken. `fields` maps a field's name to the sentence shown at it; "" is the whole form.

    `known` are names that would have been taken, for programs.
    """

    def __init__(
        self, fields: Mapping[str, Message], message: Message | None = None, known: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message or Message("Some fields need your attention."))
        self.fields = dict(fields)
        self.known = known


class NotSignedIn(Refusal):
    """Nobody is signed in, or the session has ended."""

    def __init__(self, message: Message | None = None) -> None:
        super().__init__(message or Message("Sign in to go on."))


class NotAllowed(Refusal):
    """The actor's role does not hold the permission. People read its words, programs `permission`."""

    def __init__(self, permission: str) -> None:
        said = words.of_permission(permission)
        super().__init__(Message("Your role does not allow this: {permission}.", permission=said))
        self.permission = permission


class Missing(Refusal):
    """No such record, or none that the actor may see: the two are not told apart."""

    def __init__(self, what: str, key: object = "") -> None:
        super().__init__(Message("There is no {what} {key}, or you may not see it.", what=Message(what), key=str(key)))


class Moved(Missing):
    """The record became a part of another one, `into`, which the actor may read. What was meant for it is not done to that one."""

    def __init__(self, message: Message, resource: str, into: int) -> None:
        Refusal.__init__(self, message)
        self.resource, self.into = resource, into


class IllegalMove(Refusal):
    """A verb that the record's state does not allow. `open_moves` are those that it does. People read the words for them.

    With `to_state`, `verb` is a state that no verb leads to from here.
    """

    def __init__(
        self,
        record: str,
        state: str,
        verb: str,
        open_moves: Iterable[str],
        resource: str = "",
        *,
        to_state: bool = False,
    ) -> None:
        self.state, self.verb, self.open_moves = state, verb, tuple(open_moves)
        told = {
            "record": record,
            "state": words.of_state(resource, state),
            "verb": words.of_state(resource, verb) if to_state else words.of_verb(resource, verb),
        }
        moves = tuple(words.of_verb(resource, move) for move in self.open_moves)
        super().__init__(
            Message("{record} is {state}: {verb} is not possible. Possible now: {moves}.", **told, moves=moves)
            if moves
            else Message("{record} is {state}: neither {verb} nor any other step is possible.", **told)
        )


class Conflict(Refusal):
    """Somebody else saved first. `theirs` holds their value of each field that both changed, `version` the stored one."""

    def __init__(self, version: int, theirs: Mapping[str, object], message: Message | None = None) -> None:
        super().__init__(message or Message("Somebody else changed this record while you were editing it."))
        self.version = version
        self.theirs = dict(theirs)


class TooMany(Refusal):
    """Asked too often. `seconds` says how long to wait."""

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        soon = Message("Too many attempts. Try again in {seconds} seconds.", seconds=seconds)
        later = Message("Too many attempts. Try again in {minutes} minutes.", minutes=minutes)
        if seconds == 1:
            soon = Message("Too many attempts. Try again in 1 second.")
        super().__init__(later if seconds > 90 else soon)
        self.seconds = seconds


class TooLarge(Refusal):
    """A file or body over its limit (`limit` in bytes)."""

    def __init__(self, limit: int) -> None:
        most = f"{limit // 1_000_000} MB" if limit >= 1_000_000 else f"{limit // 1_000} kB"
        super().__init__(Message("That is larger than the {most} allowed.", most=most))
        self.limit = limit


class TooSlow(Refusal):
    """What a request brings did not come in time."""

    def __init__(self) -> None:
        super().__init__(Message("The request took too long to arrive. Send it again."))


class Unavailable(Refusal):
    """The database is locked, full or gone. Nothing was saved; the same call can be made again."""

    def __init__(self, message: Message | None = None) -> None:
        super().__init__(message or Message("The database does not answer just now. Nothing was saved: try again."))


class TakenBack(Exception):
    """Leaves a Work without a trace of what was tried in it; whoever opened it suppresses this."""
