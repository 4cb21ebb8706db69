"""The company's logo: the newest picture among the files of its settings. It stands at the head of every paper."""

import sqlalchemy as sa

from crm_app.models.files import Attachment
from crm_app.models.settings import SETTINGS
from crm_app.models.snapshots import DocumentSnapshot

from .work import Work, column_of

MOST = 5_000_000  # bytes; a larger picture is a file like any other


def current(work: Work) -> str:
    """The SHA-256 of the logo, "" without one; read once in a transaction."""
    kept = work.session.info.get("logo")
    if kept is None:
        statement = sa.select(column_of(Attachment, "sha256")).where(
            column_of(Attachment, "resource") == SETTINGS.name,
            column_of(Attachment, "media_type").startswith("image/"),
            column_of(Attachment, "size") <= MOST,
        )
        kept = work.session.scalar(statement.order_by(column_of(Attachment, "id").desc()).limit(1)) or ""
        work.session.info["logo"] = kept
    return str(kept)


def address(sha256: str) -> str:
    """Where a browser finds it, "" for ""."""
    return f"/api/v1/logos/{sha256}" if sha256 else ""


def shown(work: Work, sha256: str) -> bool:
    """True for the company's logo, and for one that stands on a document which was issued under it."""
    on_paper = sa.select(sa.literal(1)).where(column_of(DocumentSnapshot, "logo") == sha256).limit(1)
    return sha256 == current(work) or work.session.scalar(on_paper) is not None
