"""What people call what programs call by a machine's name: lists, verbs and states. The registries tell it as they are filled.

Errors and the roles screen take their words from here; the API gives the machine's names beside them.
"""

from .i18n import Message

# verbs that every list has; an action's own label comes before these
COMMON = {"read": "See", "create": "Create", "change": "Change", "remove": "Remove"}
# what is guarded by permissions and is no Resource
_BESIDE = {"changes": "History", "tokens": "API tokens", "jobs": "Jobs", "views": "Views"}
_BESIDE_VERBS = {"undo": "Undo", "retry": "Retry", "cancel": "Cancel", "*": "Everything"}

LISTS: dict[str, str] = {}
VERBS: dict[tuple[str, str], str] = {}
STATES: dict[tuple[str, str], str] = {}


def of_list(name: str) -> str:
    """The English word for what a permission is held on, "" for what there is not."""
    return LISTS.get(name) or _BESIDE.get(name, "")


def of_verb(resource: str, verb: str) -> Message:
    """A verb as buttons say it."""
    known = VERBS.get((resource, verb)) or COMMON.get(verb) or _BESIDE_VERBS.get(verb)
    return Message(known or verb.capitalize())


def of_state(resource: str, state: str) -> Message:
    """A record's state as lists show it."""
    return Message(STATES.get((resource, state), state))


def of_permission(permission: str) -> Message:
    """A permission ("accounts.change") in words: the verb, and the list it is held on."""
    resource, _, verb = permission.partition(".")
    name = of_list(resource)
    if not name:
        return of_verb(resource, verb or resource)
    return Message("{verb} ({what})", verb=of_verb(resource, verb), what=Message(name))
