"""What tax rates and payment terms are called by language: who renames one renames it in every language."""

import re
from decimal import Decimal

from crm_app.core import money, preset_names
from crm_app.core.tax import TaxKind
from crm_app.models.choices import Language
from crm_app.models.taxes import TaxRate

from . import rules
from .rules import Draft
from .values import resource_of
from .work import Work

_WORDED = {"tax-rates": ("name", "reason"), "payment-terms": ("name",)}


def follow(work: Work, draft: Draft, resource: str) -> None:
    """Where a text changes and nothing is said of its other languages, what the old text was in them goes: documents would say it
    for ever. What the presets know of the new one takes its place.
    """
    if draft.id is None:
        return
    stored = work.session.get(resource_of(resource).table, draft.id)
    for name in _WORDED[resource]:
        others = [f"{name}_{language.value}" for language in Language]
        if stored is None or draft.values[name] == getattr(stored, name):
            continue
        known = preset_names.by_language(name, draft.values[name] or "")
        for other in others:
            if draft.values[other] == getattr(stored, other):
                draft.values[other] = known.get(other)


_MARKS = (".", ",")


@rules.completes("tax-rates", "value")
def _number_follows(work: Work, draft: Draft) -> None:
    """A name that tells the percentage ("IVA 21 %") tells the new one where only the percentage changes."""
    if draft.id is None:
        return
    stored = work.session.get(TaxRate, draft.id)
    if stored is None or stored.kind == TaxKind.UNIT.value or draft.values["value"] == stored.value:
        return
    for name in ("name", *(f"name_{language.value}" for language in Language)):
        text = draft.values[name]
        if text and text == getattr(stored, name):
            draft.values[name] = renumbered(text, stored.value, draft.values["value"])


def renumbered(text: str, old: Decimal, new: Decimal) -> str:
    """The text with the one percentage for the other, wherever it stands whole before a percent sign; the decimal mark is kept."""
    before, after = str(money.bare(old)), str(money.bare(new))
    for mark in _MARKS:
        told = re.escape(before.replace(".", mark))
        text = re.sub(rf"(?<![\d.,]){told}(?=\s?%)", after.replace(".", _mark_of(text, mark)), text)
    return text


def _mark_of(text: str, mark: str) -> str:
    """The decimal mark of a text: of one without decimals the way it sets its percent sign tells it."""
    return mark if re.search(rf"\d{re.escape(mark)}\d", text) else "," if re.search(r"\d\s%", text) else "."


def _register(resource: str) -> None:
    @rules.completes(resource, *_WORDED[resource])
    def _follow(work: Work, draft: Draft) -> None:
        follow(work, draft, resource)


for _resource in _WORDED:
    _register(_resource)
