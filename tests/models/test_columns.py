"""Column types give back exactly what was stored, on both databases."""

from decimal import Decimal
from itertools import combinations

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_app.models.accounts import AccountRole
from crm_app.models.base import ChoiceSet, Exact

TABLE = sa.Table(
    "toy",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("amount", Exact(4)),
    sa.Column("rate", Exact(8)),
    sa.Column("roles", ChoiceSet(AccountRole)),
)
LARGEST = Decimal("99999999999999.9999")
AMOUNTS = st.decimals(-LARGEST, LARGEST, places=4)


@pytest.fixture
def toy(database):
    engine = sa.create_engine(database)
    TABLE.create(engine)
    yield engine
    engine.dispose()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(AMOUNTS, st.none()), min_size=1, max_size=60))
def test_amounts_come_back_to_the_last_digit_sort_and_sum(toy, amounts):
    with toy.begin() as connection:
        connection.execute(sa.delete(TABLE))
        connection.execute(
            sa.insert(TABLE), [{"id": number, "amount": amount} for number, amount in enumerate(amounts)]
        )
        found = connection.execute(sa.select(TABLE.c.amount).order_by(TABLE.c.id)).scalars().all()
        ordered = (
            connection.execute(sa.select(TABLE.c.amount).where(TABLE.c.amount.is_not(None)).order_by(TABLE.c.amount))
            .scalars()
            .all()
        )
        above = connection.scalar(sa.select(sa.func.count()).where(TABLE.c.amount > Decimal("0.0001")))
        small = [amount for amount in amounts if amount is not None and abs(amount) < 10**12]
        total = connection.scalar(
            sa.select(sa.func.sum(TABLE.c.amount)).where(sa.func.abs(TABLE.c.amount, type_=Exact(4)) < Decimal(10**12))
        )
    real = [amount for amount in amounts if amount is not None]
    assert found == amounts
    assert all(amount is None or amount.as_tuple().exponent == -4 for amount in found)
    assert ordered == sorted(real)
    assert above == sum(amount > Decimal("0.0001") for amount in real)
    assert total == (sum(small) if small else None)


def test_the_largest_and_smallest_fit_and_more_places_are_refused(toy):
    rates = [Decimal("9999999999.99999999"), Decimal("-9999999999.99999999"), Decimal("0.00000001")]
    with toy.begin() as connection:
        connection.execute(
            sa.insert(TABLE),
            [
                {"amount": amount, "rate": rate}
                for amount, rate in zip([LARGEST, -LARGEST, Decimal(0)], rates, strict=True)
            ],
        )
        rows = connection.execute(sa.select(TABLE.c.amount, TABLE.c.rate).order_by(TABLE.c.id)).all()
        assert [tuple(row) for row in rows] == list(zip([LARGEST, -LARGEST, Decimal(0)], rates, strict=True))
        with pytest.raises(sa.exc.StatementError, match="more than 4 decimals"):
            connection.execute(sa.insert(TABLE), {"amount": Decimal("0.00001")})
        with pytest.raises(sa.exc.StatementError, match="more than 4 decimals"):
            connection.execute(sa.insert(TABLE), {"amount": 0.1})


def test_every_set_of_choices_comes_back_in_the_enums_order(toy):
    members = [member.value for member in AccountRole]
    sets = [chosen for size in range(len(members) + 1) for chosen in combinations(members, size)]
    with toy.begin() as connection:
        connection.execute(
            sa.insert(TABLE), [{"id": number, "roles": tuple(reversed(chosen))} for number, chosen in enumerate(sets)]
        )
        connection.execute(sa.insert(TABLE), {"id": len(sets), "roles": None})
        found = connection.execute(sa.select(TABLE.c.roles).order_by(TABLE.c.id)).scalars().all()
        mask = ChoiceSet(AccountRole).mask(("customer", "partner"))
        held = connection.execute(sa.select(TABLE.c.roles).where(TABLE.c.roles.has_any(mask))).scalars().all()
    assert found == [*sets, None]
    assert sorted(held) == sorted(chosen for chosen in sets if {"customer", "partner"} & set(chosen))
    assert [member.value for member in AccountRole][:2] == [
        "customer",
        "supplier",
    ]  # the bits are stored: new members go to the end
