"""Find a Chromium or Chrome; `python -m tests.support.chromium` also installs one where that is possible."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
MISSING = (
    "The browser tests need Chromium or Chrome, and none is installed: install one with the system's package manager, "
    "or run `.venv/bin/playwright install chromium`."
)
# Each window would load two pages of the address bar's own, for a second of a processor. Here stands also what Playwright switches
# off, because the browser heeds the last list only.
_OFF = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
)  # fmt: skip
# Quick to start, and silent: no look for updates, no first-run page.
# Sockets are asked for in the browser's own language, whatever that of a context is.
FLAGS = [
    "--accept-lang=en", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", f"--disable-features={','.join(_OFF)}",
]  # fmt: skip


def find() -> Path | None:
    for name in NAMES:
        if found := shutil.which(name):
            return Path(found)
    return MAC if MAC.exists() else _of_playwright()


def _of_playwright() -> Path | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def _install() -> None:
    """Only root on Debian or its like can do it unasked."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", "-qq", *words], env=quiet, stdout=subprocess.DEVNULL, check=False)  # noqa: S607


if __name__ == "__main__":
    if find() is None:
        _install()
    if find() is None:
        # Not an end: the other tests still run, and each browser test fails with this sentence.
        sys.stderr.write(MISSING + "\n")
