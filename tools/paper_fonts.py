"""The fonts of the paper, `crm_app/documents/fonts/`, from the static files of four families.

    python tools/paper_fonts.py FOLDER

The folder holds the files that FACES names. Inter and Noto Emoji (SIL Open Font License 1.1) are those of the npm packages
@expo-google-fonts/inter and @expo-google-fonts/noto-emoji, DejaVu (its own free licence) of dejavu-fonts-ttf, Droid Sans
Fallback (Apache License 2.0) of Debian's fonts-droid-fallback.

Inter keeps the letters of Europe, Cyrillic, Greek, currencies and usual signs; each of the others what those before it lack
and what a name, an address or the title of a product may be written with. All are without hints and layout tables: a quarter
of the size, and a document is drawn in half the time. Inter's digits become the tabular ones, so that they line up in columns.
"""

import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parent.parent / "crm_app" / "documents" / "fonts"
FACES = (  # of each family its faces: where it comes from and what it becomes
    {"Inter_400Regular.ttf": "Inter-Regular.ttf", "Inter_600SemiBold.ttf": "Inter-SemiBold.ttf"},
    {"DejaVuSans.ttf": "DejaVuSans.ttf", "DejaVuSans-Bold.ttf": "DejaVuSans-Bold.ttf"},
    {"NotoEmoji_400Regular.ttf": "NotoEmoji.ttf"},
    {"DroidSansFallback.ttf": "DroidSansFallback.ttf"},
)
EUROPE = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x2B0, 0x2FF), (0x370, 0x52F), (0x1E00, 0x1EFF), (0x2010, 0x205E),
    (0x2070, 0x209C), (0x20A0, 0x20C0), (0x2100, 0x214F), (0x2150, 0x215E), (0x2190, 0x2199), (0x2200, 0x2265),
    (0x25A0, 0x25FF), (0x2713, 0x2717),
)  # fmt: skip
# Armenian, Hebrew, Arabic with the forms in which its letters join, Georgian, Greek with its breathings, signs and arrows
AROUND = (
    (0x250, 0x2AF), (0x370, 0x58F), (0x5D0, 0x5F4), (0x600, 0x6FF), (0x10A0, 0x10FF), (0x1D00, 0x1FFF), (0x2010, 0x23FF),
    (0x2460, 0x2BFF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFC),
)  # fmt: skip
PICTURES = ((0x203C, 0x2049), (0x2300, 0x2BFF), (0x1F000, 0x1FAFF))
# what the East writes with: the characters of these standards, and the signs that belong to them
STANDARDS = ("gb2312", "big5", "shift_jis", "euc_kr")
_BIG5_USUAL = 0xC6  # the first byte up to which Big5 holds the characters in common use
_EAST = ((0x3000, 0x30FF),)


def main() -> None:
    """Write all of them."""
    folder = Path(sys.argv[1])
    taken: set[int] = set()
    for faces, wanted in zip(FACES, (_codes(EUROPE), _codes(AROUND), _codes(PICTURES), _eastern()), strict=True):
        fonts = {target: TTFont(folder / source, recalcTimestamp=False) for source, target in faces.items()}
        common = set.intersection(*({*font.getBestCmap()} for font in fonts.values()))
        kept = {code for code in wanted & common - taken if not unicodedata.category(chr(code)).startswith("M")}
        taken |= kept
        for target, font in fonts.items():
            _cut(font, kept)
            font.save(TARGET / target)
            print(target, len(kept), (TARGET / target).stat().st_size)


def _codes(ranges: Iterable[tuple[int, int]]) -> set[int]:
    return {code for first, last in ranges for code in range(first, last + 1)}


def _eastern() -> set[int]:
    found = _codes(_EAST)
    for standard in STANDARDS:
        for first in range(0x81, 0xFF):
            if standard != "big5" or first <= _BIG5_USUAL:
                found.update(_written(standard, first))
    return found


def _written(standard: str, first: int) -> Iterable[int]:
    """The Han characters, kana and Hangul that begin with that byte; of Korea's standard only the Hangul."""
    for second in range(0x40, 0xFF):
        try:
            char = bytes((first, second)).decode(standard)
        except UnicodeDecodeError:
            continue
        if len(char) == 1 and ("\uac00" if standard == "euc_kr" else "\u2e80") <= char < "\ue000":
            yield ord(char)


def _cut(font: TTFont, codes: set[int]) -> None:
    """Leave of the face only these characters, with tabular digits where it has some."""
    tabular = _tabular(font)
    for table in font["cmap"].tables:
        table.cmap.update(
            {code: tabular.get(glyph, glyph) for code, glyph in table.cmap.items() if chr(code) in "0123456789"}
        )
    options = Options(hinting=False, layout_features=[], name_IDs=[0, 1, 2, 4, 5, 6, 13, 14], notdef_outline=True)
    options.drop_tables += ["GDEF", "GPOS", "GSUB", "DSIG", "STAT", "MVAR", "BASE", "FFTM", "MATH", "vhea", "vmtx"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)


def _tabular(font: TTFont) -> dict[str, str]:
    """Digit glyph to its tabular form: what the feature tnum does."""
    substitutions = font["GSUB"].table if "GSUB" in font else None
    found: dict[str, str] = {}
    for record in substitutions.FeatureList.FeatureRecord if substitutions else ():
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for part in substitutions.LookupList.Lookup[index].SubTable:
                    found.update(getattr(part, "ExtSubTable", part).mapping)
    return found


if __name__ == "__main__":
    main()
