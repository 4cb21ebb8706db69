"""How Reflex compiles the page. What changes from one installation to the next comes from crm_app/cli.py."""

import re
from pathlib import Path
from typing import Any

import reflex as rx
from reflex.utils import prerequisites
from reflex_base.constants.compiler import Embed
from reflex_base.plugins import Plugin

# Reflex writes the address of its backend, with scheme and port, into one chunk of the page.
BAKED_ADDRESS = re.compile(r"""(["'`])(http|ws)s?://[^/"'`]+(/[^"'`]*)\1""")
_SOCKET = '(globalThis.location?location.origin.replace(/^http/,"ws"):"ws://localhost")+"{path}"'
_PLAIN = '(globalThis.location?location.origin:"http://localhost")+"{path}"'
_ENTRY = """import { createElement } from "react";
import { hydrateRoot } from "react-dom/client";
import { HydratedRouter } from "react-router/dom";

hydrateRoot(document, createElement(HydratedRouter, { useTransitions: false }));
"""


class SameOriginPlugin(Plugin):
    """Let the page talk to wherever it was loaded from, so that one build serves any host and port."""

    def post_build(self, **context: Any) -> None:
        """Replace every baked address; fail the build when there is none left to replace."""
        chunks = list(Path(context["static_dir"]).glob("**/reflex-env-*.js"))
        replaced = 0
        for chunk in chunks:
            text, count = BAKED_ADDRESS.subn(_own_address, chunk.read_text(encoding="utf-8"))
            chunk.write_text(text, encoding="utf-8")
            replaced += count
        if not replaced:
            raise RuntimeError("Reflex no longer keeps its addresses in assets/reflex-env-*.js; see SameOriginPlugin.")


class SyncEntryPlugin(Plugin):
    """Let the browser draw a page in one go.

    Reflex's own entry hydrates in a transition, and the router follows links in one: React then draws in slices of 5 ms with
    frames between them, and only when the last is there is the page's data asked for.
    """

    def provides_entry_client(self) -> bool:
        """Reflex writes none."""
        return True

    def pre_compile(self, **context: Any) -> None:
        """Write ours."""
        context["add_save_task"](lambda: (str(Path(prerequisites.get_web_dir()) / Embed.ENTRY_PATH), _ENTRY))


def _own_address(match: re.Match[str]) -> str:
    pattern = _SOCKET if match[2] == "ws" else _PLAIN
    return pattern.format(path=match[3])


config = rx.Config(
    app_name="crm_app",
    plugins=[SameOriginPlugin(), SyncEntryPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
    telemetry_enabled=False,
    cors_allowed_origins=[],  # no other site; Reflex would allow all of them, with cookies
    show_built_with_reflex=False,
    frontend_compression_formats=["gzip", "brotli"],
    state_manager_mode="memory",
)
