"""Tax identifiers by country."""

import pytest

from crm_app.services import identifiers


@pytest.mark.parametrize(
    ("country", "text", "tidied"),
    [
        ("ES", "12.345.678-Z", "12345678Z"),
        ("ES", "B-12.345.674", "B12345674"),
        ("ES", "B/12345674", "B12345674"),
        ("ES", "ES\u2013B12345674", "B12345674"),
        ("BO", "102 033.7027", "1020337027"),
        ("BO", "1234567-1g", "1234567-1G"),
        ("CR", "3-101-999999", "3101999999"),
        ("CR", "1-613-584", "0106130584"),
        ("AR", "20.123.456", "20123456"),
        ("AU", "004 085 616", "004085616"),
        ("IN", "ACUPA7085R", "ACUPA7085R"),
        ("ZA", "0001339050", "0001339050"),
        ("PA", "155-1234 A", "155-1234 A"),
    ],
)
def test_they_are_kept_in_their_compact_form(country, text, tidied):
    assert identifiers.tidy(country, text) == tidied


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("BO", "1234"),
        ("BO", "12345678901234"),
        ("BO", "NIT"),
        ("BO", "1020337027-LP1"),
        ("CR", "12"),
        ("AR", "12"),
        ("IN", "1"),
        ("ZA", "0001339051"),
    ],
)
def test_what_cannot_be_one_of_the_country_is_refused(country, text):
    with pytest.raises(identifiers.NotValid):
        identifiers.tidy(country, text)


def test_a_number_of_bolivia_is_shown_as_it_is_kept():
    assert identifiers.formatted("BO", "1020337027") == "1020337027"
