"""What the server loads when it starts, and what only when it is needed."""

import os
import subprocess
import sys

import pytest

from crm_app import serving

UNNEEDED = ("aiohttp", "valkey", "lxml", "fpdf", "xlsxwriter", "openpyxl", "plotly", "numpy", "PIL", "alembic")


def test_the_server_starts_without_what_only_clients_files_and_papers_need(tmp_path):
    code = f"from crm_app import serving; serving.application(); import sys, gc; print(gc.get_freeze_count() > 100_000, *set({UNNEEDED}) & sys.modules.keys())"
    here = {"CRM_DATA_DIR": str(tmp_path), "CRM_DATABASE_URL": f"sqlite:///{tmp_path / 'crm.db'}"}
    environment = os.environ | serving.environment() | here
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=serving.ROOT, env=environment, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["True"]


def test_what_is_done_without_can_be_loaded_afterwards_and_what_is_loaded_stays(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    with serving.without("colorsys", "json"):
        import json

        assert json.loads("1") == 1
        with pytest.raises(ImportError):
            import colorsys
    import colorsys

    assert colorsys.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
