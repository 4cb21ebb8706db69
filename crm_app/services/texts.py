"""The company's texts for documents: which one a new document takes, and that there is one for each place."""

from typing import Any

import sqlalchemy as sa

from crm_app.core.i18n import Message
from crm_app.models.accounts import Account
from crm_app.models.choices import Language
from crm_app.models.invoices import InvoiceKind
from crm_app.models.texts import DocumentText, TextFor
from crm_app.models.trade import TEXTS

from . import rules
from .rules import Draft
from .trade import DOCUMENTS
from .work import Work, column_of


def fill_in(work: Work, draft: Draft, resource: str) -> None:
    """A new document takes the usual texts where nobody said anything. One that is made of another does not come here: it keeps
    that one's.
    """
    empty = [name for name in TEXTS if name not in draft.given]
    account = work.row(Account, draft.values["account"]) if draft.id is None and draft.values["account"] else None
    if account is None or not empty:
        return
    language = account.language or rules.company(work, "language") or Language.ES.value
    # what asks for money is no text for a document that gives it back
    back = draft.values.get("kind") == InvoiceKind.CREDIT_NOTE.value
    found = usual(work, TextFor.ALL.value if back else resource, language)
    draft.values.update({name: found[name] for name in empty if name in found})


def usual(work: Work, resource: str, language: str) -> dict[str, str]:
    """The usual texts of that kind of document in that language, by the field that holds them; the kind's own go before those
    for all documents.
    """
    document, words = column_of(DocumentText, "document"), column_of(DocumentText, f"text_{language}")
    mine = (column_of(DocumentText, "usual").is_(True), document.in_((resource, TextFor.ALL.value)), words != "")
    own_last = (document != TextFor.ALL.value, column_of(DocumentText, "id"))
    rows = work.session.execute(sa.select(column_of(DocumentText, "place"), words).where(*mine).order_by(*own_last))
    return {row[0]: row[1] for row in rows}


@rules.completes("document-texts", "document", "place", "usual")
def _one_usual(work: Work, draft: Draft) -> None:
    """There is one usual text for each place of each kind of document."""
    values = draft.values
    if not values["usual"] or not draft.coming("document", "place", "usual"):
        return
    same: list[Any] = [column_of(DocumentText, name) == values[name] for name in ("document", "place", "usual")]
    if draft.id is not None:
        same.append(column_of(DocumentText, "id") != draft.id)
    other = work.session.scalar(sa.select(column_of(DocumentText, "name")).where(*same).limit(1))
    if other is not None:
        draft.errors["usual"] = Message("\u201c{name}\u201d is the usual text of these documents already.", name=other)


def _register(resource: str) -> None:
    @rules.completes(resource, "account")
    def _fill_in(work: Work, draft: Draft) -> None:
        fill_in(work, draft, resource)


for _resource in DOCUMENTS:
    _register(_resource)
