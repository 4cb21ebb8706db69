"""Field kinds take what a stranger sends, or say in one sentence why not."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_app.core import fields
from crm_app.core.fields import BadValue, fold
from crm_app.core.i18n import Message, Speech
from crm_app.core.plain import storable


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


LABELS = ("Small", "Large")
KINDS = [
    fields.Text(),
    fields.Text(3),
    fields.LongText(),
    fields.Email(),
    fields.Email(lower=True),
    fields.Phone(),
    fields.Boolean(),
    fields.Whole(),
    fields.Whole(0, 5),
    fields.Number(),
    fields.Number(2, 3),
    fields.Number(8),
    fields.Day(),
    fields.MomentKind(),
    fields.Choice(Size, LABELS),
    fields.Choices(Size, LABELS),
    fields.Reference("accounts"),
    fields.Country(),
]
SPEECHES = [Speech("es"), Speech("en", "US")]
ANYTHING = st.text(st.characters(), max_size=40)
LIKELY = st.one_of(
    st.from_regex(r"[+-]?[0-9]{1,20}([.,][0-9]{0,9}){0,3}", fullmatch=True),
    st.from_regex(r"[a-zñÑİ.]{1,9}@[a-zñİ.-]{1,12}\.[a-zA-Z]{1,4}", fullmatch=True),
    st.from_regex(r"\+?[0-9 ().-]{3,20}( x[0-9]{1,3})?", fullmatch=True),
    st.datetimes(datetime.fromisoformat("1890-01-01"), datetime.fromisoformat("3010-01-01")).map(
        lambda moment: moment.isoformat() + "+05:30"
    ),
    st.dates().map(str),
    st.sampled_from(
        [
            "es",
            "CO",
            "small",
            "large,small",
            "true",
            "no",
            "1e9",
            "-0",
            "1_000",
            "NaN",
            "Infinity",
            "20260101T000000.1+010203.5",
        ]
    ),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANYTHING | LIKELY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANYTHING, inner, max_size=3),
    max_leaves=4,
)


@given(st.sampled_from(KINDS), JSON, st.sampled_from(SPEECHES))
@example(fields.Whole(), 10**5000, SPEECHES[0])
@example(fields.Text(), 10**5000, SPEECHES[0])
@example(fields.Boolean(), 10**5000, SPEECHES[0])
@example(fields.Reference("accounts"), 10**5000, SPEECHES[0])
@example(fields.Number(), 10**5000, SPEECHES[0])
@example(fields.Number(), "1e999999999", SPEECHES[0])
@example(fields.Number(), "0e999999999", SPEECHES[0])
@example(fields.Email(), "a@İİ.es", SPEECHES[0])
@example(fields.MomentKind(), "20261123T140500.123456+010203.123456", SPEECHES[0])
def test_any_json_value_is_taken_or_refused_with_a_sentence(kind, raw, speech):
    try:
        value = kind.parse(raw, speech)
    except BadValue as bad:
        assert bad.message.text  # noqa: PT017 - most values are taken, some refused
        return
    if value is None:
        return
    assert kind.parse(kind.write(value), speech) == value
    kind.show(value, speech)
    assert kind.parse(kind.json(value), speech) == value


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: type(kind).__name__)
def test_ten_megabytes_are_refused_at_once(kind):
    with pytest.raises(BadValue):
        kind.parse("a" * 10_000_000)


@pytest.mark.parametrize("raw", ["x", "9" * 70, True, [], "NaN", "1_000"])
def test_what_is_no_number_is_refused_with_an_example_in_the_notation_of_who_sends_it(raw):
    for speech, shown in (
        (Speech("es", typed=True), "1.234,56"),
        (Speech("en", typed=True), "1,234.56"),
        (Speech("es"), "1234.56"),
    ):
        with pytest.raises(BadValue) as bad:
            fields.Number().parse(raw, speech)
        assert speech.say(bad.value.message).removesuffix(".").endswith(f" {shown}")


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "a\x07b", "a\x85b"])
def test_text_with_what_no_database_takes_is_refused(text):
    for kind in (fields.Text(), fields.LongText()):
        with pytest.raises(BadValue, match="cannot be stored"):
            kind.parse(text)


def test_text_is_trimmed_and_composed():
    assert fields.Text().parse("  Nun\u0303ez 😀 ") == "Nu\u00f1ez 😀"
    assert fields.Text().parse("   ") is None
    assert fields.LongText().parse("one\r\ntwo") == "one\ntwo"
    with pytest.raises(BadValue):
        fields.Text().parse("one\ntwo")


@pytest.mark.parametrize(
    ("text", "spanish", "english"),
    [
        ("1.234,56", "1234.56", "1234.56"),
        ("1,234.56", "1234.56", "1234.56"),
        ("1,234", "1.234", "1234"),
        ("1.234", "1.234", "1.234"),
        ("1.234.567", "1234567", "1234567"),
        ("12,5", "12.5", "12.5"),
        ("\u221212.5", "-12.5", "-12.5"),
        ("1 234", "1234", "1234"),
        (".5", "0.5", "0.5"),
        ("-0", "0", "0"),
    ],
)
def test_numbers_are_read_as_people_write_them(text, spanish, english):
    number = fields.Number()
    assert number.parse(text, SPEECHES[0]) == Decimal(spanish)
    assert number.parse(text, SPEECHES[1]) == Decimal(english)
    assert number.write(number.parse(text, SPEECHES[0])) == number.write(Decimal(spanish))


@pytest.mark.parametrize(
    "text",
    [
        "12.34.56",
        "1,2,3",
        "1,2.3,4",
        "1_000",
        "NaN",
        "inf",
        "0x1f",
        "1e20",
        "123456789012345",
        "0.00001",
        "0." + "9" * 40,
        "--1",
        "1,23.4",
    ],
)
def test_what_is_no_number_here_is_refused_and_never_rounded(text):
    with pytest.raises(BadValue):
        fields.Number().parse(text)


def test_a_number_with_many_places_still_fits_in_64_bits():
    assert fields.Number(8).parse("9999999999.99999999") == Decimal("9999999999.99999999")
    with pytest.raises(BadValue, match="At most"):
        fields.Number(8).parse("10000000000")


@pytest.mark.parametrize("raw", [2**63, -(2**63), "9" * 19, 1.0, True, "1.0", "１２"])
def test_whole_numbers_beyond_64_bits_and_other_values_are_refused(raw):
    with pytest.raises(BadValue):
        fields.Whole().parse(raw)


def test_whole_numbers_reach_to_the_edge_of_64_bits():
    assert fields.Whole().parse(str(2**63 - 1)) == 2**63 - 1
    assert fields.Whole().parse(" -5 ") == -5


@pytest.mark.parametrize("raw", [0, -1, "1.5", True, "x", 2**63, [1]])
def test_a_reference_is_a_positive_number(raw):
    with pytest.raises(BadValue):
        fields.Reference("accounts").parse(raw)


@pytest.mark.parametrize(
    "text",
    ["a", "a@b", "a@b.c", "a b@c.es", "a@@b.es", "a@b..es", "@b.es", "a@-b.es", "a@b-.es", "a@b.es,c@d.es", "<a@b.es>"],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(BadValue):
        fields.Email().parse(text)


def test_an_addresss_domain_is_in_lower_case_and_a_sign_in_is_wholly_so():
    assert fields.Email().parse("Ana.Núñez+a@ACME.Example") == "Ana.Núñez+a@acme.example"
    assert fields.Email(lower=True).parse("Ana@ACME.Example") == "ana@acme.example"


def test_dates_and_times_are_iso():
    assert fields.Day().parse(" 2026-02-28 ") == date(2026, 2, 28)
    assert fields.MomentKind().parse("2026-11-23T14:05:00+01:00") == datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
    for kind, text in [
        (fields.Day(), "2026-02-29"),
        (fields.Day(), "1899-12-31"),
        (fields.Day(), "20260101"),
        (fields.Day(), "2026-W01-1"),
        (fields.MomentKind(), "2026-11-23T14:05:00"),
        (fields.MomentKind(), "3000-01-01T00:00Z"),
    ]:
        with pytest.raises(BadValue):
            kind.parse(text)


def test_choices_keep_the_enums_order_and_refuse_strangers():
    kind = fields.Choices(Size, LABELS)
    assert kind.parse(["large", "small", "large"]) == ("small", "large")
    assert kind.parse("large,small") == ("small", "large")
    for raw in ("huge", ["small", "huge"], ["small", {}], {"small": 1}, 3):
        with pytest.raises(BadValue):
            kind.parse(raw)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("José  Núñez S.L.", "jose nunez s.l."),
        ("STRAẞE", "strasse"),
        ("ŒUVRE", "œuvre"),
        ("ﬁn", "fin"),
        ("İzmir", "izmir"),
        ("😀 Á", "😀 a"),
        ("a\u00a0b", "a b"),
    ],
)
def test_search_text_has_no_accents_and_no_case(text, folded):
    assert fold(text) == folded


@given(ANYTHING, ANYTHING)
def test_folding_goes_word_by_word(one, two):
    assert fold(f"{one} {two}").split() == fold(one).split() + fold(two).split()
    assert not fold(one).startswith(" ")


@given(st.text(st.characters(exclude_categories=())))
def test_storable_text_passes_every_encoder(text):
    kept = storable(text)
    assert kept.encode().decode() == kept
    assert "\x00" not in kept
    assert storable(kept) == kept


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("country", ["", "ES", "MX", "CO", "PE", "CL", "AR", "US", "GB", "DE"])
def test_a_number_that_is_shown_or_edited_is_read_back_as_the_same_number(language, country):
    speech, kind = Speech(language, country, typed=True), fields.Number(6)
    for text in ("1234", "1234.5", "1234.567", "1234567.89", "0.123", "-1000"):
        value = Decimal(text)
        assert kind.parse(kind.edit(value, speech), speech) == value
        assert kind.parse(kind.show(value, speech).replace("\u2212", "-"), speech) == value


def test_a_sentence_repeats_of_a_hostile_text_only_what_every_socket_carries():
    said = Speech("en").say(Message("There is no page {page}.", page="\ud800x\x00" + "A" * 5_000_000))
    assert said.encode().decode() == said
    assert said == "There is no page x" + "A" * 297 + "…."
