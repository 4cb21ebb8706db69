"""What two people changed at once is told so that one can choose between the two."""

import json

import pytest

from crm_app.core.errors import Conflict
from crm_app.models.orders import ORDERS
from crm_app.services import actions
from crm_app.services.actors import SYSTEM
from crm_app.state.clashes import clash_rows
from tests.support import kernel, trade
from tests.support.trade import line


def test_lines_that_two_changed_are_told_as_lines_in_the_readers_way_of_writing(trading):
    product = trade.product("10")
    order = trade.document("orders", trade.customer(), line(1, 5))
    version = trade.of("orders", order).version
    theirs = [line("1.5", "1234.5", description="Chair\nof oak"), line(2, 7, description="Table", discount="10")]
    trade.run("orders", "change", order, lines=theirs)
    mine = {
        "lines": json.dumps(
            [{"product": product, "quantity": "2,25", "price": "0,125"}, {"description": "Lamp", "quantity": "x"}]
        )
    }
    with pytest.raises(Conflict) as clash:
        actions.run(SYSTEM, "orders", "change", order, {"lines": [line(3, 5)]}, version=version)
    reader = kernel.user_with({"orders.read": "all", "products.read": "all"})
    (row,) = clash_rows(reader, ORDERS, mine, clash.value.theirs)
    assert row.name == "lines"
    assert row.theirs.split("\n") == [
        "Chair · Cantidad 1,5 · Precio 1.234,50", "Table · Cantidad 2 · Precio 7,00 · Dto., % 10",
    ]  # fmt: skip
    assert row.mine.split("\n")[0].endswith(" · Cantidad 2,25 · Precio 0,125")
    assert row.mine.split("\n")[0].startswith("Product ")
    assert row.mine.split("\n")[1] == "Lamp · Cantidad x"
