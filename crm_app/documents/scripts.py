"""Writing from right to left: how the letters of Arabic join, and in which order a line is drawn."""

import unicodedata
from functools import cache

from fpdf.bidi import BIDI_BRACKETS, BidiParagraph

_LAM, _TATWEEL, _JOINER = "\u0644", "\u0640", "\u200d"
_JOINED = range(0xFB50, 0xFEFD)  # where Unicode keeps letters in the forms that they take in a word
_FACING = {sign: paired["pair"] for sign, paired in BIDI_BRACKETS.items()} | dict(zip("<>«»‹›", "><»«›‹", strict=True))
_LONG = 400  # characters that no line of a text has; fpdf2 looks for a letter's neighbours by as many calls of itself
_FROM_LEFT, _SO_FAR = "\N{LEFT-TO-RIGHT OVERRIDE}", "\N{POP DIRECTIONAL FORMATTING}"
_ONLY, _FIRST, _MIDDLE, _LAST = "<isolated>", "<initial>", "<medial>", "<final>"


def joined(text: str) -> str:
    """The text with its Arabic letters in the forms that they take between their neighbours (Unicode 15, 9.2): the fonts have no
    tables that would choose them. Vowel signs stay behind their letter.
    """
    if not any("\u0600" <= char <= "\u06ff" for char in text):
        return text
    forms = _forms()
    letters = [place for place, char in enumerate(text) if unicodedata.category(char) != "Mn"]
    found = list(text)
    held = False  # the letter before holds out a hand
    skipped = False
    for number, place in enumerate(letters):
        if skipped:
            skipped = False
            continue
        char = text[place]
        after = text[letters[number + 1]] if number + 1 < len(letters) else ""
        if char == _LAM and after and char + after in forms:
            found[letters[number + 1]] = ""
            char, after, skipped = char + after, "", True
        given, has = held, forms.get(char, {})
        reaches = _FIRST in has and (after in (_TATWEEL, _JOINER) or _LAST in forms.get(after, {}))
        wanted = (_MIDDLE if given else _FIRST) if reaches else (_LAST if given else _ONLY)
        found[place] = has.get(wanted, found[place])
        held = reaches or char in (_TATWEEL, _JOINER)
    return "".join(found)


@cache
def _forms() -> dict[str, dict[str, str]]:
    """Letter, or lam with alef, to its forms by their names."""
    found: dict[str, dict[str, str]] = {}
    for code in _JOINED:
        kind, *parts = unicodedata.decomposition(chr(code)).split(" ")
        letters = "".join(chr(int(part, 16)) for part in parts)
        if kind in (_ONLY, _FIRST, _MIDDLE, _LAST) and (len(letters) == 1 or _is_lam_with_alef(letters)):
            found.setdefault(letters, {}).setdefault(kind, chr(code))
    return found


def _is_lam_with_alef(letters: str) -> bool:
    return len(letters) == 2 and letters[0] == _LAM and letters[1] in "\u0622\u0623\u0625\u0627"


def visual(line: str) -> str:
    """The line from left to right as it is drawn (Unicode Standard Annex 9); its first letter says where it begins."""
    if (
        line.isascii()
        or len(line) > _LONG
        or not any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in line)
    ):
        return line
    drawn = BidiParagraph(text=line).get_reordered_characters()
    return "".join(
        [_FACING.get(one.character, one.character) if one.embedding_level % 2 else one.character for one in drawn]
    )


def ordered(line: str) -> str:
    """The same for who would put the line in order once more: with marks that say that it is."""
    found = visual(line)
    return line if found == line else f"{_FROM_LEFT}{found}{_SO_FAR}"
