"""Make assets/icons.svg from an unpacked copy of the npm package lucide-static.

    python tools/icons.py path/to/lucide-static [path/to/icons.svg]

The sprite holds one <symbol> for each name below, sorted, so that the same package gives the same file.
"""

import re
import sys
from pathlib import Path

MODULES = """
    house user-plus target file-text shopping-cart truck receipt-text wallet building-2 users list-checks calendar
    megaphone ticket package tags warehouse shopping-bag life-buoy lightbulb chart-column layout-dashboard settings
"""
VERBS = """
    send upload download pencil copy printer trash-2 undo-2 list-filter columns-3 ellipsis eye paperclip at-sign
    sticky-note phone mail merge grip-vertical square-kanban table-2 plus
"""
SHELL = """
    layers search x check minus chevron-right chevron-left chevron-up chevron-down arrow-up arrow-down panel-left bell
    circle-dashed circle-dot clock circle-check circle-alert circle-x circle-pause log-out user shield key-round
    smartphone monitor map-pin sun moon globe wifi-off wifi lock eye-off history users-round link refresh-cw keyboard
    info menu
"""
TRADE = """
    arrow-left-right ban calendar-clock circle-play clipboard-list coins hash percent receipt scroll-text shield-alert
    signature stamp tag
"""
NAMES = sorted(set((MODULES + VERBS + SHELL + TRADE).split()))
OUTPUT = Path(__file__).resolve().parent.parent / "assets" / "icons.svg"


def symbol(source: Path) -> str:
    """The drawing of one icon file as a symbol; line and colour come from the class `icon`."""
    text = source.read_text(encoding="utf-8")
    match = re.search(r"<svg\b[^>]*>(.*?)</svg>", text, re.DOTALL)
    if match is None:
        raise SystemExit(f"{source.name} holds no <svg>")
    drawing = re.sub(r"\s*\n\s*", "", match.group(1).strip()).replace(" />", "/>")
    return f'<symbol id="{source.stem}" viewBox="0 0 24 24">{drawing}</symbol>'


def main() -> None:
    """Write the sprite, or say which drawings the package lacks."""
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    package = Path(sys.argv[1])
    output = Path(sys.argv[2]) if len(sys.argv) == 3 else OUTPUT
    missing = [name for name in NAMES if not (package / "icons" / f"{name}.svg").exists()]
    if missing:
        raise SystemExit("not in this package: " + ", ".join(missing))
    # "--" may not stand in an XML comment
    licence = re.sub(r"-{2,}", "", (package / "LICENSE").read_text(encoding="utf-8").strip())
    symbols = "\n".join(symbol(package / "icons" / f"{name}.svg") for name in NAMES)
    output.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg">\n<!--\nIcons: Lucide, https://lucide.dev\n\n{licence}\n-->\n{symbols}\n</svg>\n',
        encoding="utf-8",
    )
    print(f"{len(NAMES)} icons")


if __name__ == "__main__":
    main()
