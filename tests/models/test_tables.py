"""What every table keeps to, whichever module it is of."""

from sqlmodel import SQLModel

from crm_app.core.resource import RESOURCES
from crm_app.models import registry
from crm_app.models.base import Record, Searchable, decode, encode

assert registry.MODULES
TABLES = {
    mapper.class_ for mapper in SQLModel._sa_registry.mappers if mapper.class_.__table__.key in SQLModel.metadata.tables
}


def test_a_record_never_gets_the_id_of_one_that_is_gone():
    reusing = [
        table.__tablename__
        for table in TABLES
        if issubclass(table, Record) and not table.__table__.dialect_options["sqlite"]["autoincrement"]
    ]
    assert reusing == []


def test_every_resource_has_a_table_with_history_and_a_search_that_it_can_fill():
    for resource in RESOURCES:
        assert issubclass(resource.table, Record), resource.name
        assert resource.table.RESOURCE is resource
        if issubclass(resource.table, Searchable):
            row = resource.table(**dict.fromkeys(resource.fields))
            row.index_text(resource)
            assert (row.search, row.sort_key) == ("  ", "")


def test_what_a_form_can_fill_is_what_the_table_has():
    for resource in RESOURCES:
        columns = set(resource.table.__table__.columns.keys())
        assert set(resource.fields) <= columns, resource.name
        secrets = {name for name, column in resource.table.__table__.columns.items() if column.info.get("secret")}
        assert not secrets & set(resource.fields), resource.name


def test_a_value_comes_back_from_the_history_as_it_went_in():
    import json
    from datetime import UTC, date, datetime
    from decimal import Decimal

    import sqlalchemy as sa

    from crm_app.models.accounts import AccountRole
    from crm_app.models.base import ChoiceSet, Exact, Json
    from crm_app.models.history import ChangeSet

    moment = ChangeSet.__table__.columns["at"]
    for column, value in [
        (sa.Column(Exact(4)), Decimal("12345678901234.5678")),
        (sa.Column(ChoiceSet(AccountRole)), ("customer",)),
        (sa.Column(ChoiceSet(AccountRole)), ()),
        (sa.Column(sa.Date()), date(2026, 2, 28)),
        (moment, datetime(2026, 2, 28, 1, 2, 3, 4, tzinfo=UTC)),
        (sa.Column(sa.String()), "2026-02-28"),
        (sa.Column(Json), {"accounts.read": "all"}),
        (sa.Column(sa.Boolean()), False),
        (sa.Column(sa.BigInteger()), 2**63 - 1),
        (moment, None),
    ]:
        assert decode(column, json.loads(json.dumps(encode(value)))) == value
