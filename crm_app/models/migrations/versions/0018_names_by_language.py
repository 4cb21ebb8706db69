"""Payment terms and tax rates have names by language; those that a new company begins with get them."""

import sqlalchemy as sa
from alembic import op

from crm_app.core import preset_names
from crm_app.core.i18n import LANGUAGES

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_TEXTS = {"payment_terms": {"name": 80}, "tax_rate": {"name": 60, "reason": 200}}


def upgrade() -> None:
    """Make the change: only what still says word for word what a preset says is said in the other language too."""
    for table, texts in _TEXTS.items():
        for text, size in texts.items():
            for language in LANGUAGES:
                op.add_column(table, sa.Column(f"{text}_{language}", sa.String(length=size), nullable=True))
        _fill(table, list(texts))


def _fill(table: str, texts: list[str]) -> None:
    columns = [*texts, *(f"{text}_{language}" for text in texts for language in LANGUAGES)]
    rows = sa.table(table, sa.column("id"), *(sa.column(name) for name in columns))
    connection = op.get_bind()
    for key, *told in connection.execute(sa.select(rows.c.id, *(rows.c[text] for text in texts))).all():
        values: dict[str, str] = {}
        for text, said in zip(texts, told, strict=True):
            values |= preset_names.by_language(text, said or "")
        if values:
            connection.execute(sa.update(rows).where(rows.c.id == key).values(values))
