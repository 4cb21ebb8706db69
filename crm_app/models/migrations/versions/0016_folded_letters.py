"""PostgreSQL folds every letter as `fold` does, whatever the database's own locale: Greek's final sigma, the marks of all scripts,
spaces of all kinds. What is plain ASCII is folded as quickly as before."""

import sys
import unicodedata
from itertools import groupby

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change; the indexes that hold folded texts are made anew."""
    if op.get_bind().dialect.name == "postgresql":
        op.get_bind().exec_driver_sql(_letters())
        op.get_bind().exec_driver_sql(_FOLD)
        for table in ("account", "contact"):
            op.execute(f'REINDEX INDEX "ix_{table}_city_search"')


_SPACES = r"[\u0009-\u000d\u001c-\u0020\u0085\u1680\u2028\u2029]+"
# written as RETURN, it knows the other function itself and not by its name: where indexes are built no schema but the system's is searched
_FOLD = rf"""CREATE OR REPLACE FUNCTION crm_fold(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN btrim(regexp_replace(CASE WHEN octet_length(value) = char_length(value) THEN lower(value COLLATE "C")
        ELSE crm_fold_letters(value) END, '{_SPACES}', ' ', 'g'))
"""


def _letters() -> str:
    """The function for texts that are not ASCII. Letters with accents are mostly ASCII without them: those are quickly done."""
    stable = [char for char in map(chr, range(0x80, sys.maxunicode + 1)) if unicodedata.normalize("NFKD", char) == char]
    folded = {char: char.casefold() for char in stable if char.casefold() != char and not unicodedata.combining(char)}
    single = [(char, other) for char, other in folded.items() if len(other) == 1]
    longer = [(char, other) for char, other in folded.items() if len(other) > 1]
    made = f"translate(lower(bare COLLATE \"C\"), '{''.join(a for a, _ in single)}', '{''.join(b for _, b in single)}')"
    for char, other in longer:
        made = f"replace({made}, '{char}', '{other}')"
    return f"""CREATE OR REPLACE FUNCTION crm_fold_letters(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT CASE WHEN octet_length(bare) = char_length(bare) THEN lower(bare COLLATE "C") ELSE {made} END
        FROM regexp_replace(normalize(value, NFKD), '{_marks()}', '', 'g') AS bare
    $$"""


def _marks() -> str:
    """What matches a mark that stands over, under or beside a letter."""
    codes = [code for code in range(0x300, sys.maxunicode + 1) if unicodedata.combining(chr(code))]
    runs = ([code for _, code in run] for _, run in groupby(enumerate(codes), lambda pair: pair[1] - pair[0]))
    return "[" + "".join(rf"\U{run[0]:08x}-\U{run[-1]:08x}" for run in runs) + "]"
