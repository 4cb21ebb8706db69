"""vCards by the letter of RFC 6350."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from crm_app.documents.vcards import Card, Post, draw, escaped, folded

CARD = Card("Núñez; José, «Pepe»", "urn:crm:contact:7", datetime(2026, 11, 23, 9, 5, tzinfo=UTC))


def test_a_card_is_what_the_standard_says():
    whole = Card(
        CARD.name, CARD.uid, CARD.changed, (("work", "+34 600 1"), ("cell", "+34 600 2")), (("work", "p@x.example"),),
        (Post("Acme, S.L.", "Buyer"), Post("Beta")), "León", "España", "es", date(1980, 2, 1), ("vip", "new"), "a\nb\\c",
    )  # fmt: skip
    assert draw(whole).decode().split("\r\n") == [
        "BEGIN:VCARD", "VERSION:4.0", "PRODID:-//crm-app//EN", "UID:urn:crm:contact:7", "REV:20261123T090500Z",
        "FN:Núñez\\; José\\, «Pepe»", "TEL;TYPE=work;PREF=1:+34 600 1", "TEL;TYPE=cell:+34 600 2",
        "EMAIL;TYPE=work;PREF=1:p@x.example", "post1.ORG:Acme\\, S.L.", "post1.TITLE:Buyer", "post2.ORG:Beta",
        "ADR:;;;León;;;España", "LANG:es", "BDAY:19800201", "CATEGORIES:vip,new", "NOTE:a\\nb\\\\c", "END:VCARD", "",
    ]  # fmt: skip


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_folded_lines_are_short_whole_and_the_same_when_unfolded(text):
    line = escaped(text)
    found = folded(line)
    parts = found.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(part) <= 75 for part in parts)
    assert all(part.decode() is not None for part in parts)
    assert found.replace(b"\r\n ", b"") == line.encode() + b"\r\n"
    assert "\n" not in line
