"""The fonts of the paper, `crm_app/documents/fonts/`, from the static files of Inter (SIL Open Font License 1.1).

    python tools/paper_fonts.py FOLDER_WITH_Inter_400Regular.ttf_AND_Inter_600SemiBold.ttf

Kept are the letters of Europe, Cyrillic, Greek, currencies and usual signs, without hints and layout tables: a quarter of
the size, and a document is drawn in half the time. Digits become the tabular ones, so that they line up in columns.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parent.parent / "crm_app" / "documents" / "fonts"
FACES = {"Inter_400Regular.ttf": "Inter-Regular.ttf", "Inter_600SemiBold.ttf": "Inter-SemiBold.ttf"}
KEPT = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x2B0, 0x2FF), (0x370, 0x45F), (0x490, 0x491), (0x1E00, 0x1EFF), (0x2010, 0x205E),
    (0x2070, 0x209C), (0x20A0, 0x20C0), (0x2100, 0x214F), (0x2150, 0x215E), (0x2190, 0x2199), (0x2200, 0x2265),
    (0x25A0, 0x25FF), (0x2713, 0x2717),
)  # fmt: skip


def prepared(source: Path) -> TTFont:
    """The face with tabular digits and only what is kept."""
    font = TTFont(source, recalcTimestamp=False)
    tabular = _tabular(font)
    for table in font["cmap"].tables:
        table.cmap.update(
            {code: tabular.get(glyph, glyph) for code, glyph in table.cmap.items() if chr(code) in "0123456789"}
        )
    options = Options(hinting=False, layout_features=[], name_IDs=[0, 1, 2, 4, 5, 6, 13, 14], notdef_outline=True)
    options.drop_tables += ["GDEF", "GPOS", "GSUB", "DSIG", "STAT", "MVAR", "BASE"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in KEPT for code in range(first, last + 1)])
    subsetter.subset(font)
    return font


def _tabular(font: TTFont) -> dict[str, str]:
    """Digit glyph to its tabular form: what the feature tnum does."""
    substitutions = font["GSUB"].table
    found: dict[str, str] = {}
    for record in substitutions.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for part in substitutions.LookupList.Lookup[index].SubTable:
                    found.update(getattr(part, "ExtSubTable", part).mapping)
    return found


def main() -> None:
    """Write both faces."""
    folder = Path(sys.argv[1])
    for source, target in FACES.items():
        prepared(folder / source).save(TARGET / target)
        print(target, (TARGET / target).stat().st_size)


if __name__ == "__main__":
    main()
