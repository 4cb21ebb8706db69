import pytest

from tests.support import crm


@pytest.fixture
def admin(database, tmp_path):
    """The id of the administrator of a company on a fresh database."""
    with crm.using(database, tmp_path):
        yield crm.founded()


@pytest.fixture
def api(admin):
    """The administrator's program."""
    return crm.client(admin)
