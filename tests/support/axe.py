"""What axe finds on a page that is there, in the light and in the dark."""

from axe_playwright_python.sync_playwright import Axe

_SCRIPT = Axe().axe_script
_ONLY = {"resultTypes": ["violations"], "preload": False}
_WHOLE = _ONLY | {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
# All else is the same in either theme.
_COLOURS = _ONLY | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
_DARK = "dark => document.documentElement.classList.contains('dark') === dark"
# The rows of a long list are like its first.
_RUN = """async ([place, options]) => {
  const found = await axe.run({ include: [[place]], exclude: [['table[data-list] tbody tr:nth-child(n + 7)']] }, options);
  return found.violations;
}"""


def faults(page, where: str = "", place: str = "html", themes: tuple[str, ...] = ("light", "dark")) -> list[str]:
    """One sentence for each; `place` is the part of the page that is looked at."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_SCRIPT)
    found = []
    for theme, options in zip(themes, (_WHOLE, _COLOURS), strict=False):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.wait_for_function(_DARK, arg=theme == "dark")
        found += [
            f"{where} {theme}: {one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
            for one in page.evaluate(_RUN, [place, options])
            for node in one["nodes"][:3]
        ]
    return found
