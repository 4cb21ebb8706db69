"""A PDF read back: what stands on its pages, line by line, each from left to right."""

import io
from collections import defaultdict
from typing import Any

from pypdf import PdfReader

from crm_app.documents import pdf, snapshot


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content), strict=True)


def pages(content: bytes) -> list[list[list[str]]]:
    """For each page its lines from top to bottom, for each line its texts from left to right."""
    found = []
    for page in read(content).pages:
        lines: dict[int, list[tuple[float, str]]] = defaultdict(list)

        def note(text: str, _cm: Any, at: list[float], _font: Any, _size: float, lines: Any = lines) -> None:
            if text.strip():
                lines[round(at[5])].append((at[4], text.replace("\N{NO-BREAK SPACE}", " ").strip()))

        page.extract_text(visitor_text=note)
        found.append([[text for _, text in sorted(lines[y])] for y in sorted(lines, reverse=True)])
    return found


def draw(document: dict[str, Any]) -> list[list[list[str]]]:
    """The pages of a document given as JSON."""
    return pages(pdf.draw(snapshot.from_json(document)))


def texts(drawn: list[list[list[str]]]) -> list[str]:
    """Everything that stands there, in the order of reading."""
    return [text for page in drawn for line in page for text in line]
