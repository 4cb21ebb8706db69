"""The shape of a snapshot: what is agreed comes through unchanged, everything else is refused with its place."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.documents import snapshot
from crm_app.documents.snapshot import Choice, Kind, Line, Misshapen, Party, Snapshot
from tests.support.snapshots import document, line


def test_a_document_is_read_into_frozen_values():
    said = snapshot.from_json(
        document(
            "credit_note",
            [line("Broca", "-1.5", "8.400001", choice="optional")],
            corrects={"number": "F-1", "date": "2026-11-01"},
            origins=[{"kind": "order", "number": "P-1", "date": None}],
            delivery_address={"name": "Obra", "country": "PT"},
            instalments=[{"date": "2026-12-23", "amount": "10.00"}],
        )
    )
    assert said.kind is Kind.CREDIT_NOTE
    assert said.date == date(2026, 11, 23)
    assert said.due is None
    assert said.lines == (
        Line(
            choice=Choice.OPTIONAL,
            description="Broca",
            quantity=Decimal("-1.5"),
            price=Decimal("8.400001"),
            net=Decimal("-12.60"),
            tax="IVA 21 %",
        ),
    )
    assert said.corrects == snapshot.Corrected("F-1", date(2026, 11, 1))
    assert said.origins == (snapshot.Origin(Kind.ORDER, "P-1"),)
    assert said.delivery_address == Party(name="Obra", country="PT")
    assert said.instalments == (snapshot.Instalment(date(2026, 12, 23), Decimal("10.00")),)


def test_null_an_empty_text_and_nothing_at_all_mean_the_same():
    bare = {"kind": "order", "language": "en", "currency": "EUR", "company_currency": "EUR"}
    empty = {**bare, "date": "", "due": None, "rate": "", "net": None, "lines": [], "issuer": {}, "notes": None}
    assert snapshot.from_json(bare) == snapshot.from_json(empty)
    assert snapshot.from_json(bare) == Snapshot(Kind.ORDER, snapshot.Language.ENGLISH, "EUR", "EUR")


TEXTS = st.text(max_size=20)
AMOUNTS = st.decimals(-(10**12), 10**12, places=4)
LINES = st.builds(
    Line, group=TEXTS, choice=st.sampled_from(Choice), description=TEXTS, quantity=AMOUNTS, net=AMOUNTS, tax=TEXTS
)


@given(st.lists(LINES, max_size=3), TEXTS, AMOUNTS, st.none() | st.dates(), st.booleans())
def test_what_is_written_is_read_again_through_json(lines, text, amount, day, draft):
    whole = snapshot.from_json(document())
    changed = replace(whole, lines=tuple(lines), notes=text, total=amount, due=day, draft=draft)
    assert snapshot.from_json(json.loads(json.dumps(snapshot.to_json(changed)))) == changed


def test_what_is_written_has_the_agreed_keys():
    assert snapshot.to_json(snapshot.from_json(document())).keys() == document().keys()
    assert snapshot.to_json(snapshot.from_json(document()))["lines"][0].keys() == line().keys()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            {"kind": "receipt"},
            "kind is none of quote, order, delivery, return, invoice, credit_note, debit_note, deposit",
        ),
        ({"kind": None}, "kind is missing"),
        ({"language": "fr"}, "language is none of es, en"),
        ({"draft": "yes"}, "draft is neither true nor false"),
        ({"number": 7}, "number is no text"),
        ({"date": "23/11/2026"}, "date is no ISO date"),
        ({"due": 20261123}, "due is no ISO date"),
        ({"net": 1.5}, "net is no decimal number in a string"),
        ({"net": "1e999999"}, "net is no decimal number in a string"),
        ({"net": "NaN"}, "net is no decimal number in a string"),
        ({"net": "１"}, "net is no decimal number in a string"),
        ({"net": "9" * 19}, "net is no decimal number in a string"),
        ({"lines": {"0": {}}}, "lines is no list"),
        ({"lines": ["x"]}, "lines[0] is no object"),
        ({"lines": [{}, {"quantity": "one"}]}, "lines[1].quantity is no decimal number in a string"),
        ({"lines": [{"choice": "maybe"}]}, "lines[0].choice is none of nothing, optional, alternative"),
        ({"taxes": [{"rate": "21"}]}, "taxes[0].rate is not known"),
        ({"origins": [{"number": "P-1"}]}, "origins[0].kind is missing"),
        ({"issuer": "Cordillera"}, "issuer is no object"),
        ({"issuer": {"country": "../es"}}, "issuer.country is no ISO 3166 code"),
        ({"country": "Spain"}, "country is no ISO 3166 code"),
        ({"currency": "€"}, "currency is no ISO 4217 code"),
        ({"colour": "red"}, "colour is not known"),
    ],
)
def test_every_other_shape_is_refused_with_its_place(wrong, told):
    with pytest.raises(Misshapen, match=r".*") as refused:
        snapshot.from_json({**document(), **wrong})
    assert str(refused.value) == told


@pytest.mark.parametrize("content", [None, [], "invoice", 7])
def test_what_is_no_object_is_refused(content):
    with pytest.raises(Misshapen, match=r"^the snapshot is no object$"):
        snapshot.from_json(content)
