"""The rules of accounts and zones: tax identifier, zone by postcode, one first contact, one usual address per purpose."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from crm_app.core.fields import Country
from crm_app.core.i18n import Message
from crm_app.models.accounts import Zone, ZonePostcode
from crm_app.models.contacts import AccountContact
from crm_app.models.users import User

from . import identifiers, rules
from .merge_ways import Spare, Way, offer
from .rules import Draft
from .verbs import action
from .work import Work, column_of


@rules.completes("accounts", "tax_id", "country")
def _tax_identifier(work: Work, draft: Draft) -> None:
    """It is what the account's country knows as one, else the company's, and stored in its compact form."""
    text, own = draft.values["tax_id"], draft.values["country"]
    if not text or not draft.coming("tax_id", "country"):
        return
    country = own or rules.company(work, "country")
    try:
        draft.values["tax_id"] = identifiers.tidy(country, text)
    except identifiers.NotValid:
        country = Country().show(country, work.actor.speech)
        draft.errors["tax_id"] = (
            Message(
                "This is no valid tax identifier of the account's country ({country}). Check its digits.",
                country=country,
            )
            if own
            else Message(
                "This is no valid tax identifier of {country}. Check its digits, or choose the account's country.",
                country=country,
            )
        )


@rules.completes("accounts", "owner")
def _team_of_owner(work: Work, draft: Draft) -> None:
    """An account without a team gets that of its owner. Who takes the team away by hand is not contradicted."""
    owner = draft.values["owner"]
    if draft.values["team"] is not None or owner is None or not draft.coming("owner"):
        return
    if draft.id is None or "team" not in draft.given:
        user = work.row(User, owner)
        draft.values["team"] = user.team if user is not None else None


@rules.shows("accounts", "tax_id")
def _shown_identifier(values: Mapping[str, Any]) -> str:
    text = values.get("tax_id")
    return identifiers.formatted(values.get("country"), text) if text else ""


@rules.completes("accounts", "postcode", "country")
def _zone_by_postcode(work: Work, draft: Draft) -> None:
    """An account without a zone gets that of its postcode. Who takes the zone away by hand is not contradicted."""
    postcode = _compact(draft.values["postcode"])
    if draft.values["zone"] is not None or not postcode or not draft.coming("postcode", "country"):
        return
    if draft.id is None or "zone" not in draft.given:
        draft.values["zone"] = zone_of(work, postcode, draft.values["country"] or rules.company(work, "country"))


def zone_of(work: Work, postcode: str, country: str | None) -> int | None:
    """The zone whose rule names the longest beginning of the postcode; a rule with a country is for that one only."""
    prefix, land = column_of(ZonePostcode, "prefix"), column_of(ZonePostcode, "country")
    statement = (
        sa.select(column_of(ZonePostcode, "zone"))
        .where(
            prefix.in_([postcode[:size] for size in range(1, min(len(postcode), 12) + 1)]),
            sa.or_(land.is_(None), land == country),
        )
        .order_by(sa.func.length(prefix).desc(), land.is_(None), column_of(ZonePostcode, "id"))
    )
    found: int | None = work.session.scalar(statement.limit(1))
    return found


@action("accounts", "hold", "Put on hold", icon="circle-pause")
def hold(_work: Work, row: Any, _values: Mapping[str, object]) -> None:
    """By hand: nothing is delivered to it or ordered by it, see `credit`. Putting on hold what is held changes nothing."""
    row.held = True


@action("accounts", "release", "Release", icon="circle-play")
def release(_work: Work, row: Any, _values: Mapping[str, object]) -> None:
    """What was put on hold by hand may trade again; its limit and policy go on to count."""
    row.held = False


_FISCAL = ("street", "postcode", "city", "region", "country")
offer(
    "accounts",
    Way(
        together=(_FISCAL, ("payment_terms", "payment_days")),
        wins={"held": True},
        identity=("tax_id",),
        spare=(
            Spare("addresses", {name: name for name in _FISCAL}, {"purpose": "other"}),
            Spare("phones", {"number": "phone"}, {"purpose": "office"}),
            Spare("emails", {"address": "email"}, {"purpose": "office"}),
        ),
    ),
)


@rules.completes("zones", "postcodes")
def _prefixes(work: Work, draft: Draft) -> None:
    """They are compact, and each belongs to one zone in each country."""
    for _, values in draft.lines.get("postcodes", ()):
        if values.get("prefix"):
            values["prefix"] = _compact(values["prefix"])
    rows = rules.inside_of("zones", draft, "postcodes", work)
    others = _zones_of(work, {row["prefix"] for row in rows}, draft.id)
    seen: set[tuple[str | None, str]] = set()
    for number, row in enumerate(rows):
        land = (row["country"], row["prefix"])
        if land in others:
            fault = Message("These postcodes belong to \u201c{name}\u201d.", name=others[land])
            draft.errors[f"postcodes.{number}.prefix"] = fault
        elif land in seen:
            draft.errors[f"postcodes.{number}.prefix"] = Message("These postcodes stand here twice.")
        seen.add(land)


def _zones_of(work: Work, prefixes: set[str], but: int | None) -> dict[tuple[str | None, str], str]:
    """The names of the other zones with a rule for one of these beginnings, by its country and itself."""
    country, prefix = column_of(ZonePostcode, "country"), column_of(ZonePostcode, "prefix")
    key, name = column_of(Zone, "id"), column_of(Zone, "name")
    rules_of = sa.select(country, prefix, name).join(Zone, key == column_of(ZonePostcode, "zone"))
    rows = work.session.execute(rules_of.where(prefix.in_(prefixes), key != (but or 0))) if prefixes else ()
    return {(row[0], row[1]): row[2] for row in rows}


def _compact(text: str | None) -> str:
    """A postcode without spaces and hyphens, in capitals."""
    return "".join(char for char in text or "" if char.isalnum()).upper()


@rules.completes("accounts", "contacts")
def _one_first_contact(work: Work, draft: Draft) -> None:
    _only_one(
        draft,
        "contacts",
        "first",
        rules.inside_of("accounts", draft, "contacts", work),
        lambda _row: "",
        "Only one can be the first to call.",
    )


@rules.completes("accounts", "addresses")
def _one_usual_address(work: Work, draft: Draft) -> None:
    _one_usual(work, draft, "accounts", "addresses", "Only one address of this purpose can be the usual one.")


@rules.completes("accounts", "phones", "emails")
def _one_usual_way(work: Work, draft: Draft) -> None:
    _usual_ways(work, draft, "accounts")


@rules.completes("contacts", "phones", "emails")
def _one_usual_way_of_contacts(work: Work, draft: Draft) -> None:
    _usual_ways(work, draft, "contacts")


def _usual_ways(work: Work, draft: Draft, resource: str) -> None:
    _one_usual(work, draft, resource, "phones", "Only one telephone of this purpose can be the usual one.")
    _one_usual(work, draft, resource, "emails", "Only one e-mail address of this purpose can be the usual one.")


def _one_usual(work: Work, draft: Draft, resource: str, name: str, text: str) -> None:
    rows = rules.inside_of(resource, draft, name, work)
    _only_one(draft, name, "usual", rows, lambda row: row["purpose"], text)


def _only_one(draft: Draft, name: str, flag: str, rows: list[dict[str, Any]], among: Any, text: str) -> None:
    seen: set[str] = set()
    for number, row in enumerate(rows):
        if row[flag]:
            if among(row) in seen:
                draft.errors[f"{name}.{number}.{flag}"] = Message(text)
            seen.add(among(row))


@rules.completes("contacts", "accounts")
def _first_takes_over(work: Work, draft: Draft) -> None:
    """Who becomes the first to call of an account on the contact's own page takes the place of who was."""
    for row in rules.inside_of("contacts", draft, "accounts", work):
        if row["first"] and row["account"]:
            links = sa.select(AccountContact).where(
                column_of(AccountContact, "account") == row["account"], column_of(AccountContact, "first").is_(True)
            )
            for link in work.session.scalars(links):
                if link.contact != draft.id:
                    link.first = False
