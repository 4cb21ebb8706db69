"""Dates as people type them, and as their country writes them."""

from datetime import UTC, date, datetime

import pytest

from crm_app.core import clock, days
from crm_app.core.fields import BadValue, Day, MomentKind
from crm_app.core.i18n import Speech

ES = Speech("es", "ES", "Europe/Madrid", typed=True)
US = Speech("en", "US", "America/New_York", typed=True)
SE = Speech("en", "SE", "Europe/Stockholm", typed=True)


@pytest.fixture(autouse=True)
def _today():
    with clock.frozen(datetime(2026, 11, 25, 12, tzinfo=UTC)):
        yield


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3/4", date(2026, 4, 3)),
        (" 3-4-26 ", date(2026, 4, 3)),
        ("3.4.2027", date(2027, 4, 3)),
        ("3 4 1980", date(1980, 4, 3)),
        ("3/4/80", date(1980, 4, 3)),
        ("25", date(2026, 11, 25)),
        ("0304", date(2026, 4, 3)),
        ("030427", date(2027, 4, 3)),
        ("03042027", date(2027, 4, 3)),
        ("2026-12-01", date(2026, 12, 1)),
        ("2026/1/2", date(2026, 1, 2)),
        ("hoy", date(2026, 11, 25)),
        ("Today", date(2026, 11, 25)),
        ("mañana", date(2026, 11, 26)),
        ("ayer", date(2026, 11, 24)),
        ("manana", date(2026, 11, 26)),
        ("tomorrow", date(2026, 11, 26)),
        ("Yesterday", date(2026, 11, 24)),
        ("+7", date(2026, 12, 2)),
        ("-30", date(2026, 10, 26)),
        ("25 nov", date(2026, 11, 25)),
        ("Nov 25, 2027", date(2027, 11, 25)),
        ("25 de Noviembre de 2027", date(2027, 11, 25)),
        ("3ene27", date(2027, 1, 3)),
        ("11/25", date(2026, 11, 25)),  # there is no month 25
        ("29/2/2028", date(2028, 2, 29)),
    ],
)
def test_a_date_is_read_however_it_is_typed(typed, meant):
    assert Day().parse(typed, ES) == meant


def test_day_and_month_stand_in_the_order_of_the_country_whatever_the_language():
    assert Day().parse("3/4", US) == date(2026, 3, 4)
    assert Day().parse("3/4", Speech("en", "ES", typed=True)) == date(2026, 4, 3)
    assert Day().parse("4-3", SE) == date(2026, 4, 3)
    assert Day().parse("20270403", SE) == date(2027, 4, 3)
    assert days.written(date(2026, 4, 3), ES) == "03/04/2026"
    assert days.written(date(2026, 4, 3), US) == "04/03/2026"
    assert days.written(date(2026, 4, 3), SE) == "2026-04-03"
    assert [days.pattern(speech) for speech in (ES, US, SE)] == ["dd/mm/aaaa", "mm/dd/yyyy", "yyyy-mm-dd"]
    assert [days.form_of(speech).first for speech in (ES, US)] == [0, 6]


@pytest.mark.parametrize("speech", [ES, US, SE, Speech("es", typed=True), Speech("en", "XX", typed=True)])
def test_what_a_form_holds_is_read_as_the_same_day(speech):
    for day in (date(1900, 1, 1), date(2026, 2, 11), date(2026, 12, 11), date(2999, 12, 31)):
        assert Day().parse(Day().edit(day, speech), speech) == day


@pytest.mark.parametrize(
    "typed",
    [
        "31/2",
        "29/2/2026",
        "x",
        "1/2/3/4",
        "3/4/026",
        "0/0",
        "99",
        "1/1/1899",
        "nov 25 ene",
        "xnov 25",
        "+99999",
        "\u0663/\u0664",
        "9" * 41,
    ],
)
def test_what_is_no_date_says_how_one_is_written(typed):
    with pytest.raises(BadValue) as caught:
        Day().parse(typed, ES)
    assert ES.say(caught.value.message) == "Escriba una fecha como 23/11/2026."


@pytest.mark.parametrize("sent", ["3/4", "hoy", "+7", "25/11/2026", "2026-2-1", "2026-02-30"])
def test_a_program_writes_iso_dates_only(sent):
    with pytest.raises(BadValue):
        Day().parse(sent)


def test_a_time_is_read_on_the_wall_clock_of_who_types_it():
    moment = datetime(2026, 11, 25, 13, 5, tzinfo=UTC)
    for typed in ("25/11/2026 14:05", "hoy 14.05", "25 nov, 14:05", "2026-11-25T14:05", "2026-11-25T13:05:00Z"):
        assert MomentKind().parse(typed, ES) == moment
    assert MomentKind().edit(moment, ES) == "25/11/2026 14:05"
    assert MomentKind().edit(moment, US) == "11/25/2026 08:05"
    assert MomentKind().parse("25/11", ES) == datetime(2026, 11, 24, 23, tzinfo=UTC)
    for wrong in ("25/11/2026 25:00", "14:05", "nunca"):
        with pytest.raises(BadValue):
            MomentKind().parse(wrong, ES)
