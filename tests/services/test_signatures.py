"""Who has received the goods signs the delivery note: the paper bears name, day and what was drawn."""

import pytest

from crm_app.core.errors import Invalid
from crm_app.services import actions, papers, records
from crm_app.services.actors import SYSTEM
from crm_app.services.work import Work
from tests.support import crm, trade
from tests.support.paper import pages, read, texts
from tests.support.trade import line, of

STROKES = "10,300 200,40 400,360;500,200"


def issued(trading):
    note = trade.document("deliveries", trade.customer(), line(2, 10))
    trade.run("deliveries", "issue", note)
    return note


def paper(program, note):
    return program.get(f"/api/v1/deliveries/{note}/files/pdf").content


def test_the_signed_paper_bears_name_day_and_drawing_and_the_unsigned_one_stays(trading):
    program, note = crm.client(trading), issued(trading)
    before = paper(program, note)
    change = actions.run(SYSTEM, "deliveries", "sign", note, {"name": "Marta Ríos", "strokes": STROKES}).change_set
    signed = paper(program, note)
    assert {"Marta Ríos"} <= set(texts(pages(signed))) - set(texts(pages(before)))
    drawn = read(signed).pages[0].get_contents().get_data()
    assert len(drawn) > len(read(before).pages[0].get_contents().get_data())
    assert paper(program, note) == signed
    with Work(SYSTEM) as work:
        sketch = papers.sketch(work, records.resource_of("deliveries"), note)
    marks = [mark for mark in papers.pages_of(sketch)[0][0] if mark[0] == "scrawl"]
    assert [len(mark[1].split(" ")) for mark in marks] == [3, 1]
    actions.undo(SYSTEM, change)
    assert paper(program, note) == before
    trade.run("deliveries", "sign", note, name="Otra persona")
    again = set(texts(pages(paper(program, note))))
    assert ("Otra persona" in again, "Marta Ríos" in again) == (True, False)


def test_a_name_is_enough_and_what_is_no_drawing_is_refused(trading):
    note = issued(trading)
    for strokes in ("M0 0L1 1", "1,2 3", "1,1;;2,2", "1001,5", "5,401", "-1,5", "1,1 " * 4001, ["1,1"], "1,1\n2,2"):
        with pytest.raises(Invalid) as refused:
            actions.run(SYSTEM, "deliveries", "sign", note, {"name": "Eva", "strokes": strokes})
        assert list(refused.value.fields) == ["strokes"]
    assert of("deliveries", note).status == "issued"
    trade.run("deliveries", "sign", note, name="Eva", strokes="")
    assert of("deliveries", note).signed_by == "Eva"
    assert "Eva" in texts(pages(paper(crm.client(trading), note)))
