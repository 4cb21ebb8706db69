"""What the container image is built of: no engine is needed to see whether its parts are there."""

import itertools
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STEPS = (ROOT / "Dockerfile").read_text().split("\nRUN ")


def test_the_layer_of_packages_holds_all_that_installing_needs(tmp_path):
    """Flit reads the metadata there, and refuses where a file is named that is not copied yet."""
    (before,) = [step for step, after in itertools.pairwise(STEPS) if after.startswith("python tools/make_venv")]
    for names, target in re.findall(r"^COPY (?!--|\. )(.+) (\S+)$", before, re.MULTILINE):
        for name in names.split():
            (tmp_path / target).mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / target)
    build = "from flit_core import buildapi; buildapi.build_editable('.')"
    done = subprocess.run([sys.executable, "-c", build], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_belongs_to_one_installation_is_not_in_the_image():
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {".env", ".git", ".venv", "data", "data-demo", "*.db*"} <= set(left_out)
