"""Contacts as vCards."""

from datetime import date

from crm_app.core import clock
from crm_app.documents import vcards
from crm_app.documents.vcards import Card, Post
from crm_app.models.choices import ChannelPurpose
from crm_app.models.contacts import CONTACTS

from . import records
from .records import Item
from .work import Work

MEDIA_TYPE = "text/vcard; charset=utf-8"


def vcard(work: Work, key: object) -> tuple[str, bytes]:
    """The file's name and the file. Raises Missing, NotAllowed."""
    item = records.one(work, CONTACTS, key)
    values = item.values
    today = clock.today(work.actor.speech.zone)
    mobile = (("cell", values["mobile"]),) if values["mobile"] else ()
    phones = (
        *((("work", values["phone"]),) if values["phone"] else ()),
        *mobile,
        *_others(item, "phones", "number", today),
    )
    emails = (*((("work", values["email"]),) if values["email"] else ()), *_others(item, "emails", "address", today))
    posts = tuple(
        Post(link.labels.get("account", ""), link.values["title"] or "")
        for link in item.lines["accounts"]
        if link.values["until"] is None or link.values["until"] >= today
    )
    card = Card(
        name=values["name"],
        uid=f"urn:crm:contact:{item.id}",
        changed=values["updated_at"],
        phones=phones,
        emails=emails,
        posts=posts,
        city=values["city"] or "",
        country=work.actor.speech.locale.territories.get(values["country"], "") if values["country"] else "",
        language=values["language"] or "",
        birthday=values["birthday"],
        categories=values["tags"] or (),
        note=values["notes"] or "",
    )
    return f"{values['name']}.vcf", vcards.draw(card)


def _others(item: Item, name: str, field: str, today: date) -> tuple[tuple[str, str], ...]:
    """Those that are valid today, the usual ones first."""
    kinds = {ChannelPurpose.HOME.value: "home", ChannelPurpose.MOBILE.value: "cell"}
    lines = [line.values for line in item.lines[name]]
    valid = [line for line in lines if (line["valid_from"] or today) <= today <= (line["valid_to"] or today)]
    return tuple(
        (kinds.get(line["purpose"], "work"), line[field]) for line in sorted(valid, key=lambda line: not line["usual"])
    )
