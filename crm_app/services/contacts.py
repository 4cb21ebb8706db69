"""The rules of contacts: consent and "do not contact" say the same."""

from crm_app.core import clock
from crm_app.core.i18n import Message
from crm_app.models.contacts import Consent

from . import rules
from .merge_ways import Spare, Way, offer
from .rules import Draft
from .work import Work

# who has said no once is not asked again because two records said different things
offer(
    "contacts",
    Way(
        together=(("consent", "consent_on", "do_not_contact"), ("city", "country")),
        wins={"do_not_contact": True},
        spare=(
            Spare("phones", {"number": "phone"}, {"purpose": "office"}),
            Spare("phones", {"number": "mobile"}, {"purpose": "mobile"}),
            Spare("emails", {"address": "email"}, {"purpose": "office"}),
        ),
    ),
)


@rules.completes("accounts", "contacts")
def _each_person_once(work: Work, draft: Draft) -> None:
    _once(work, draft, "accounts", "contacts", "contact")


@rules.completes("contacts", "accounts")
def _each_account_once(work: Work, draft: Draft) -> None:
    _once(work, draft, "contacts", "accounts", "account")


def _once(work: Work, draft: Draft, resource: str, name: str, naming: str) -> None:
    """A person stands in an account once, and is told so where they are named again."""
    seen: set[int] = set()
    for number, row in enumerate(rules.inside_of(resource, draft, name, work) if name in draft.lines else ()):
        if row[naming] in seen:
            draft.errors[f"{name}.{number}.{naming}"] = Message("This record is named twice.")
        seen.add(row[naming])


@rules.completes("contacts", "consent", "do_not_contact", "consent_on")
def _consent(work: Work, draft: Draft) -> None:
    """Who withdrew consent is not contacted; who must not be contacted has given no consent (GDPR art. 7.3)."""
    values = draft.values
    said, silent = "consent" in draft.given, "do_not_contact" in draft.given
    if (
        said
        and values["consent"] == Consent.WITHDRAWN
        and not (draft.id is not None and silent and not values["do_not_contact"])
    ):
        values["do_not_contact"] = True
    elif said and values["consent"] == Consent.GIVEN and not silent:
        values["do_not_contact"] = False
    elif silent and not said:
        if values["do_not_contact"] and values["consent"] == Consent.GIVEN:
            values["consent"] = Consent.WITHDRAWN.value
        elif not values["do_not_contact"] and values["consent"] == Consent.WITHDRAWN:
            values["consent"] = Consent.UNKNOWN.value
    if values["consent"] == Consent.WITHDRAWN and not values["do_not_contact"]:
        draft.errors["do_not_contact"] = Message("Who has withdrawn consent must not be contacted.")
    if values["consent"] == Consent.GIVEN and values["do_not_contact"]:
        draft.errors["consent"] = Message("Who must not be contacted has not given consent.")
    _date(work, draft)


def _date(work: Work, draft: Draft) -> None:
    """The day belongs to what was said: where that changes, and no day comes with it, it is today; of what was not asked there is none."""
    values, stored = draft.values, draft.stored
    moved = values["consent"] != stored["consent"] and values["consent_on"] == stored["consent_on"]
    unknown = values["consent"] == Consent.UNKNOWN
    if moved or (draft.coming("consent", "do_not_contact") and not unknown and not values["consent_on"]):
        values["consent_on"] = None if unknown else clock.today(work.actor.speech.zone)
