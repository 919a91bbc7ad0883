"""The texts of a published directory: found inside nested archives, decoded, and read line by line with nothing left over.

Older texts draw boxes with the line characters of DOS, all of them put foreign letters and typographic quotes in as Windows does. So the
line characters become ``-``, ``|`` and ``+`` first, as later texts write them, and the rest is Windows-1252.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from edi.edifact.untdid.errata import LINES
from edi.errors import ConfigurationError

MARKS = r"[ *+#|X-]"  # what has changed since the last directory: stands in front of whatever has

_BOXES = bytes.maketrans(b"\xc4\xb3\xbf\xd9\xb4\xc1\xc2\xc3\xda\xc0\xc5", b"-|+++++++++")
_RULE = re.compile(r"-{20,}\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text, with its number from 1; columns count from 0 as the text is printed."""

    text: str  # without trailing space
    number: int
    file: str

    def unread(self, expected: str) -> ConfigurationError:
        """Return the error of a line that the grammar does not know."""
        return ConfigurationError(f"{self.file} line {self.number}: {self.text!r} is not {expected}; teach edi.edifact.untdid this form")

    @property
    def unmarked(self) -> str:
        """The line with the change marks before its first word blanked out, so that its indentation can be told."""
        marks = re.match(r"[*+#|X-]{0,4}(?=\s)", self.text)
        return " " * marks.end() + self.text[marks.end():] if marks else self.text

    @property
    def indent(self) -> int:
        """The column of the first word that is not a change mark."""
        body = re.sub(r"(?<=\s)[*+#|X-]{1,3}(?=\s)", lambda found: " " * len(found[0]), self.unmarked)
        return len(body) - len(body.lstrip())


def texts_of(archive: bytes) -> dict[str, list[Line]]:
    """Return all texts of a directory, by their upper-case file name without folders."""
    return {name: lines_of(name, data) for name, data in _files(archive)}


def lines_of(name: str, data: bytes) -> list[Line]:
    """Decode a text into numbered lines, its known misprints set right."""
    text = data.translate(_BOXES).decode("cp1252").expandtabs()
    return [_set_right(Line(line.rstrip(), number, name)) for number, line in enumerate(text.split("\n"), start=1)]


def _set_right(line: Line) -> Line:
    erratum = LINES.get((line.file, line.number))
    if erratum is None:
        return line
    if line.text != erratum.printed:
        raise line.unread("the misprint that edi.edifact.untdid.errata has for it")
    return Line(erratum.meant, line.number, line.file)


def only(texts: Mapping[str, list[Line]], pattern: str) -> list[Line]:
    """Return the one text whose whole name matches."""
    names = [name for name in texts if re.fullmatch(pattern, name)]
    if len(names) != 1:
        raise ConfigurationError(f"expected one text {pattern} in the directory, found {names}; is the archive whole?")
    return texts[names[0]]


def blocks(lines: list[Line]) -> list[list[Line]]:
    """Cut a text at its rules; what stands before the first is the first block, and may be empty."""
    found: list[list[Line]] = [[]]
    for line in lines:
        if _RULE.match(line.text):
            found.append([])
        elif line.text.strip():
            found[-1].append(line)
    return found


def _files(archive: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for name in opened.namelist():
            data = opened.read(name)
            if name.upper().endswith(".ZIP"):
                yield from _files(data)
            elif data:
                yield PurePosixPath(name.replace("\\", "/")).name.upper(), data
