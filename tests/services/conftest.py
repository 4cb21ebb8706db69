import pytest

from tests.support import crm, databases, trade


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def trading(request, tmp_path_factory):
    """A Spanish company that sells, with its taxes: one for all tests of a module, on each kind of database."""
    folder = tmp_path_factory.mktemp("trading")
    if request.param == "sqlite":
        fresh = databases.sqlite_copy(request.getfixturevalue("sqlite_template"), folder)
    else:
        names = ("postgres_url", "postgres_template")
        fresh = databases.postgres_copy(*(request.getfixturevalue(name) for name in names))
    with fresh as url, crm.using(url, folder):
        yield trade.found()
