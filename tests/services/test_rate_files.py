"""Exchange rates from files: what they say, told before it is written, written whole or not at all, taken back by one undo."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app import cli
from crm_app.core.errors import Invalid, NotAllowed
from crm_app.models.currencies import ExchangeRate
from crm_app.services import actions, currencies, rate_files, rate_reading
from crm_app.services.actors import SYSTEM
from crm_app.services.rate_files import File
from crm_app.services.work import Work
from tests.support import crm, kernel, trade

D = Decimal
ECB = b"Date,USD,JPY,BGN,MXN,\n2026-11-23,1.0823,163.42,1.9558,N/A,\n2026-11-20,1.0800,160,N/A,20.5,\n"


def read(content, own="EUR", traded=("USD", "JPY", "MXN", "EUR"), **more):
    """(rates by currency and day, refused lines with their reasons)."""
    content = content.encode() if isinstance(content, str) else content
    found = rate_reading.read(content, own, traded, **more)
    rates = {(code, day.isoformat()): quoted.rate for (code, day), quoted in found.rates.items()}
    return rates, [(one.line, one.why.text.format(**one.why.args)) for one in found.refused]


def refused(content, own="EUR", **more):
    with pytest.raises(Invalid) as caught:
        read(content, own, **more)
    (fault,) = caught.value.fields.items()
    return fault[0], fault[1].text.format(**fault[1].args)


def stored():
    return {
        (code, day.isoformat()): (rate, source)
        for code, day, rate, source in trade.columns(ExchangeRate, "currency", "day", "rate", "source")
    }


def test_the_ecb_says_what_a_euro_buys_and_it_is_turned_round_or_crossed():
    rates, faults = read(ECB)
    assert (rates, faults) == (
        {
            ("USD", "2026-11-23"): D("0.92395824"), ("JPY", "2026-11-23"): D("0.00611920"), ("USD", "2026-11-20"): D("0.92592593"),
            ("JPY", "2026-11-20"): D("0.00625000"), ("MXN", "2026-11-20"): D("0.04878049"),
        },
        [],
    )  # fmt: skip
    rates, _ = read(ECB, "USD")
    assert rates == {
        ("EUR", "2026-11-23"): D("1.0823"), ("EUR", "2026-11-20"): D("1.08"), ("JPY", "2026-11-23"): D("0.00662281"),
        ("JPY", "2026-11-20"): D("0.00675000"), ("MXN", "2026-11-20"): D("0.05268293"),
    }  # fmt: skip
    assert rates["JPY", "2026-11-20"] * 160 == rates["EUR", "2026-11-20"], "both ways round to the euro"
    found = rate_reading.read(ECB, "MXN", ("USD",))
    assert (found.blank, found.others, set(found.rates)) == (
        1, ("BGN", "JPY"), {("EUR", date(2026, 11, 20)), ("USD", date(2026, 11, 20))},
    )  # fmt: skip
    assert refused(ECB, "COP") == ("file", "The file has no column for COP, the company's currency.")
    assert read(ECB, since=date(2026, 11, 21))[0].keys() == {("USD", "2026-11-23"), ("JPY", "2026-11-23")}
    assert read("Date, USD, JPY\n23 November 2026, 1.25, 160\n")[0]["USD", "2026-11-23"] == D("0.8")


@pytest.mark.parametrize(
    "text",
    [
        "date,currency,rate\n2026-11-23,USD,0.92\n2026-11-24,cop,0.00021",
        "\ufefffecha;divisa;tipo de cambio\n23/11/2026;USD;0,92\r\n24/11/2026;COP;0,00021\n",
        "Moneda\tFecha\tCambio\nusd\t23.11.2026\t0,92\nCOP\t24-11-2026\t0,00021",
        'Code,Day,Notes,Exchange rate\nUSD,11/23/2026,"a, b",0.92\nCOP,11/24/2026,,0.00021\n\n,,,\n',
        "2026-11-23,USD,0.92\n2026-11-24,COP,0.00021",
    ],
)
def test_a_rate_a_line_in_either_language_and_notation(text):
    wanted = {("USD", "2026-11-23"): D("0.92"), ("COP", "2026-11-24"): D("0.00021")}
    assert read(text) == (wanted, [])
    for encoding in ("utf-16", "cp1252"):
        assert read(text.lstrip("\ufeff").encode(encoding)) == (wanted, [])


def test_a_rate_can_be_given_the_other_way_round_and_thousands_are_grouped():
    assert read("date,currency,rate\n2026-11-23,COP,4000", inverse=True)[0] == {("COP", "2026-11-23"): D("0.00025")}
    assert read("fecha;moneda;tasa\n2026-11-23;USD;4.123,45\n2026-11-23;EUR;4.500", "COP")[0] == {
        ("USD", "2026-11-23"): D("4123.45"), ("EUR", "2026-11-23"): D("4500"),
    }  # fmt: skip
    assert read('date,currency,rate\n2026-11-23,USD,"4,123.45"', "COP")[0] == {("USD", "2026-11-23"): D("4123.45")}


def test_each_line_that_cannot_be_taken_says_why():
    rows = (
        "date,currency,rate", "2026-02-30,USD,1", "2026-11-23,EURO,1", "2026-11-23,ZZZ,1", "2026-11-23,USD,-1", "2026-11-23,USD,0",
        "2026-11-23,USD,nan", "2026-11-23,USD,1e99999", "2026-11-23,USD", "2026-11-23,EUR,2", "2026-11-23,USD,0.000000001",
        "2026-11-23,GBP,1", "2026-11-23,GBP,1.0", "2026-11-23,GBP,2", "2026-11-23,,2", "1899-01-01,USD,1", "2026-11-23,CHF,n/a",
        "2026-11-23,USD,=1+1", "2026-11-23,EUR,1", f"2026-11-23,USD,{'9' * 50}",
    )  # fmt: skip
    rates, faults = read("\n".join(rows))
    assert rates == {("GBP", "2026-11-23"): D(1)}
    assert [line for line, _ in faults] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 16, 18, 20]
    assert [why for line, why in faults if line in (2, 5, 9, 10, 11, 14)] == [
        "Write a date as year-month-day, such as 2026-11-23.",
        "-1 is no rate of USD.",
        "This line has fewer cells than the first.",
        "This is the company's own currency.",
        "A rate of USD lies outside of what can be kept.",
        "Line 12 has another rate of GBP on that day.",
    ]
    assert [line for line, _ in read("Date,USD,JPY\n2026-11-23,x,1\nnever,1,1\n2026-11-22,1,1,1,1\n")[1]] == [2, 3, 4]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty."),
        (b"\n\n,,\n", "The file is empty."),
        (b"PK\x03\x04 sheet", "This is no text file. Save it as CSV."),
        (b"date\x00,currency,rate", "This is no text file. Save it as CSV."),
        (b"a,b\n1,2", "The first line must name the columns: date, currency, rate."),
        (
            b"Date,USD,USD\n2026-11-23,1,2",
            "A file with a column for each currency says what one euro buys of each, once.",
        ),
        (
            b"Date,USD,EUR\n2026-11-23,1,2",
            "A file with a column for each currency says what one euro buys of each, once.",
        ),
        (b"date,currency,rate\n2026-11-23,USD," + b"9" * 200_000, "Line 2 cannot be read."),
        (
            b"date,currency,rate\n" + b"x\n" * 300_001,
            "The file has more than 300000 lines. Take a part of it.",
        ),
    ],
)
def test_what_is_no_file_of_rates_is_refused_with_a_sentence(content, says):
    assert refused(content)[1] == says


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_no_file_whatever_breaks_the_reader(content):
    for start in (b"", b"date,currency,rate\n", b"Date,USD,JPY\n"):
        try:
            rate_reading.read(start + content, "EUR", ("USD",))
        except Invalid:
            continue


def test_it_is_rehearsed_then_written_as_one_act_that_one_undo_takes_back(trading):
    trade.make("exchange-rates", currency="USD", day="2026-11-20", rate="0.90", source="by hand")
    trade.make("exchange-rates", currency="JPY", day="2026-11-20", rate="0.00625", source="by hand")
    before = stored()
    file = File("../eurofxref-hist.csv", ECB)
    told = rate_files.rehearse(SYSTEM, file)
    assert (told.new, told.changed, told.same, told.wrong, told.change_set) == (3, 1, 1, 0, None)
    assert (told.currencies, told.others, told.first, told.last) == (
        ("JPY", "MXN", "USD"), ("BGN",), date(2026, 11, 20), date(2026, 11, 23),
    )  # fmt: skip
    assert stored() == before
    done = rate_files.import_file(SYSTEM, file)
    after = stored()
    assert after["USD", "2026-11-20"] == (D("0.92592593"), "eurofxref-hist.csv")
    assert after["JPY", "2026-11-20"] == (D("0.00625"), "by hand"), "what is the same stays as it was"
    assert after["MXN", "2026-11-20"] == (D("0.04878049"), "eurofxref-hist.csv")
    again = rate_files.rehearse(SYSTEM, file)
    assert (again.new, again.changed, again.same) == (0, 0, 5)
    with Work(SYSTEM) as work:
        assert currencies.rate(work, "USD", date(2026, 11, 24)) == D("0.92395824")
    actions.undo(SYSTEM, done.change_set)
    assert stored() == before


def test_nothing_of_a_file_with_a_wrong_line_is_written_and_not_everybody_may(trading):
    before = stored()
    wrong = File("x.csv", b"date,currency,rate\n2026-01-01,GBP,1.1\n2026-01-02,GBP,none\n")
    assert trade.faults(lambda: rate_files.import_file(SYSTEM, wrong)) == {"line 3": "none is no rate of GBP."}
    assert trade.faults(lambda: rate_files.import_file(SYSTEM, File("x.csv", b"date,currency,rate\n"))) == {
        "file": "There is no rate in the file."
    }
    grants = {f"exchange-rates.{verb}": "all" for verb in ("read", "create")}
    for call in (rate_files.rehearse, rate_files.import_file):
        with pytest.raises(NotAllowed):
            call(kernel.user_with(grants), File("x.csv", ECB))
    assert stored() == before


def test_over_http_it_is_told_written_once_and_refused_when_it_is_too_large(trading):
    program, address = crm.client(trading), "/api/v1/exchange-rates/import"
    text = b"fecha;moneda;tasa\n03/02/2025;CHF;1,05\n"
    told = program.post(f"{address}?name=febrero.csv&rehearse=1", content=text).json()
    assert (told["new"], told["currencies"], told["from"], told["change_set"]) == (1, ["CHF"], "2025-02-03", None)
    answers = [
        program.post(f"{address}?name=febrero.csv", content=text, headers={"Idempotency-Key": "f"}) for _ in range(2)
    ]
    assert [(one.status_code, one.json()["new"]) for one in answers] == [(200, 1), (200, 1)]
    assert answers[0].json()["change_set"] == answers[1].json()["change_set"]
    assert stored()["CHF", "2025-02-03"] == (D("1.05"), "febrero.csv")
    wrong = program.post(f"{address}?name=x.csv&rehearse=1", content=b"date,currency,rate\nx,CHF,1").json()
    assert (wrong["refused"], wrong["lines"][0]["line"]) == (1, 2)
    assert program.post(f"{address}?name=x.csv", content=b"date,currency,rate\nx,CHF,1").status_code == 422
    assert program.post(f"{address}?since=soon", content=text).json()["fields"].keys() == {"since"}
    assert program.post(address, content=b"x" * 10_000_001).status_code == 413
    assert crm.client().post(address, content=text).status_code == 401
    reader = crm.client(kernel.user_with({"exchange-rates.read": "all"}).user)
    assert reader.post(address, content=text).status_code == 403


def test_the_command_tells_and_writes(trading, tmp_path, capsys):
    path = tmp_path / "rates.csv"
    path.write_text("date,currency,rate\n2024-05-06,CHF,1.02\n")
    assert cli.main(["rates", str(path), "--rehearse"]) == 0
    assert "1 new, 0 changed, 0 the same, 0 refused." in capsys.readouterr().out
    assert ("CHF", "2024-05-06") not in stored()
    assert cli.main(["rates", str(path), "--json"]) == 0
    assert '"new": 1' in capsys.readouterr().out
    assert stored()["CHF", "2024-05-06"] == (D("1.02"), "rates.csv")
    path.write_text("date,currency,rate\nx,CHF,1.02\n")
    assert cli.main(["rates", str(path)]) == 1
    assert "line 2: Write a date as year-month-day" in capsys.readouterr().err
