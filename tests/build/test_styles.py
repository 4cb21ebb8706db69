"""What the page's components carry as style is style: Reflex takes every property that a component does not declare for one."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE = (".web-build/app_components", ".web-build/app/routes")


def test_no_attribute_becomes_a_style():
    made = [path for folder in MADE for path in (ROOT / folder).rglob("*.jsx")]
    assert len(made) > 20
    styles = {name for path in made for name in re.findall(r'css:\(\{ \["(\w+)"\]', path.read_text(encoding="utf-8"))}
    assert styles == {"width"}
