"""What tax rates and payment terms are called by language: who renames one renames it in every language."""

from crm_app.core import preset_names
from crm_app.models.choices import Language

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


def _register(resource: str) -> None:
    @rules.completes(resource, *_WORDED[resource])
    def _follow(work: Work, draft: Draft) -> None:
        follow(work, draft, resource)


for _resource in _WORDED:
    _register(_resource)
