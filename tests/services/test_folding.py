"""Both databases fold a text as Python does: what is found on one is found on the other."""

import sys
import unicodedata

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from crm_app.core.fields import fold
from crm_app.core.query import Filter, Query
from crm_app.core.settings import settings
from crm_app.services import records
from crm_app.services.actors import SYSTEM
from crm_app.services.database import engine_for
from crm_app.services.work import Work
from tests.support import trade

HOSTILE = (
    "", " ", "José  Núñez\tS.L.\n", "ÁVILA", "Ὀδυσσεύς", "ΟΔΟΣ", "ὈΔΟΣ ΣΊΣΥΦΟΣ", "ᾳ ᾼ ΐ", "STRAẞE straße", "İstanbul ISPARTA ıi", "ﬁn ﬀ ﬃ", "Ǆ ǅ ǆ",
    "שָׁלוֹם", "مُحَمَّد", "हिन्दी क़", "ไทย น้ำ", "한국어 각", "が ガ", "ﾊﾟ", "Ⅷ ⅷ ① ½", "Œuvre Æther Ørsted", "ŉ ǰ", "a\u0300\u0301\u0345\u034f\u0489\u20d0",
    "\u00a0x\u2003y\u3000z\u1680\u2028\u2029\u0085", "\u200bzero\u200d\u2060width", "\x1cfs\x1dgs\x1ers\x1fus\x0b\x0c", "ꭰᏸᎠ", "Ა ა Ⴀ", "\U0001d167x\U0001e94a\U0001e900",
    "😀 👩‍👩‍👧 🏳️‍🌈", "\U00010400\U00010428", "𝓐𝔟𝖈", "Ω Ω Å Å K K", "ſ ẛ̣", "Żółć Łódź ĐURĐA", "Ñandú ñ", "a'b\\c%d_e", "\ufffe\uffff\U0010ffff",
)  # fmt: skip


def folded(texts):
    """As the database has it, fifty in a statement."""
    found = []
    with Work(SYSTEM) as work:
        for start in range(0, len(texts), 50):
            part = texts[start : start + 50]
            found += work.session.execute(sa.select(*(sa.func.crm_fold(sa.cast(text, sa.Text)) for text in part))).one()
    return found


def test_the_database_folds_what_is_hostile_as_python_does(trading):
    assert dict(zip(HOSTILE, folded(HOSTILE), strict=True)) == {text: fold(text) for text in HOSTILE}


def test_every_letter_mark_and_space_that_changes_is_folded_alike(trading):
    """Those of scripts that one database does not know yet, it leaves alone; all others stand between two letters here."""
    letters = [chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    changed = [f"x{char}Y" for char in letters if fold(f"x{char}Y") != f"x{char}y" or unicodedata.combining(char)]
    whole = [" ".join(changed[start : start + 40]) for start in range(0, len(changed), 40)]
    assert len(changed) > 15_000
    assert [pair for pair in zip(folded(whole), map(fold, whole), strict=True) if pair[0] != pair[1]] == []


@given(
    st.lists(st.text(st.characters(exclude_categories=("Cs", "Cn"), exclude_characters="\0")), min_size=1, max_size=40)
)
def test_any_text_is_folded_alike(trading, texts):
    assert folded(texts) == [fold(text) for text in texts]


def test_an_index_of_folded_texts_is_built_anew_where_no_schema_is_searched(trading, lasting):
    """As autovacuum, pg_restore and, since PostgreSQL 17, every REINDEX do."""
    trade.make("accounts", name="Ñemby", city="Ñemby")
    if settings().database_url.startswith("postgres"):
        with (
            engine_for(settings().database_url).execution_options(isolation_level="AUTOCOMMIT").connect() as connection
        ):
            connection.exec_driver_sql("SET search_path = pg_catalog")
            for table in ("account", "contact"):
                connection.exec_driver_sql(f"REINDEX INDEX public.ix_{table}_city_search")
                connection.exec_driver_sql(f"ANALYZE public.{table}")
            connection.invalidate()
    with Work(SYSTEM) as work:
        found = records.page(
            work, records.resource_of("accounts"), Query(filters=(Filter("city", "contains", "nemby"),))
        )
    assert [item.values["name"] for item in found.items] == ["Ñemby"]
