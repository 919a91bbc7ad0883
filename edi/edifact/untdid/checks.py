"""Hold what was read of a directory against the directory's own indexes, and each of its parts against the others.

The UN says most things twice: a message explains each position and draws it in a table, a segment repeats the components of its
composites, every dictionary has two indexes. Whatever was misread would show as a disagreement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from edi.edifact.untdid.codelists import CodeList
from edi.edifact.untdid.dictionary import Entry
from edi.edifact.untdid.errata import LISTS_WITHOUT_ELEMENT, SERVICE_SEGMENTS
from edi.edifact.untdid.messages import Message
from edi.edifact.untdid.messages import Row as Place
from edi.errors import ConfigurationError

_FORM = re.compile(r"(?:an|a|n)(?:\.\.)?(\d+)")


@dataclass(frozen=True, slots=True)
class Texts:
    """A whole directory as read, by code, tag or number."""

    release: str
    messages: dict[str, Message]
    segments: dict[str, Entry]
    composites: dict[str, Entry]
    elements: dict[str, Entry]
    codes: dict[str, CodeList]
    indexes: dict[str, list[dict[str, str]]]  # messages, segments ... -> by code and by name; D.93A has those of messages only

    def name(self, part: str, tag: str) -> str:
        """Return a name as the index writes it; the dictionaries have capitals only, and D.93A nothing else."""
        for index in self.indexes[part]:
            return index[tag]
        name: str = getattr(self, part)[tag].name
        return name.capitalize() if name.isupper() else name


def check(texts: Texts) -> None:
    """Raise ConfigurationError with all disagreements inside a directory."""
    problems = [*_indexes(texts), *_messages(texts), *_segments(texts), *_composites(texts), *_elements(texts), *_codes(texts)]
    if problems:
        raise ConfigurationError(f"D.{texts.release} does not agree with itself: {'; '.join(problems[:20])}; "
                                 "correct the reading, or add what the UN printed wrongly to edi.edifact.untdid.errata")


def _indexes(texts: Texts) -> Iterator[str]:
    for part, indexes in texts.indexes.items():
        have: Mapping[str, Message | Entry] = getattr(texts, part)
        for index in indexes:
            yield from (f"{tag} is either in the {part} or in their index, not in both" for tag in sorted(index.keys() ^ have.keys()))
            yield from (f"{tag} has another name in the index" for tag, entry in have.items()
                        if isinstance(entry, Entry) and _plain(entry.name) != _plain(index.get(tag, "")))


def _messages(texts: Texts) -> Iterator[str]:
    known = texts.segments.keys() | SERVICE_SEGMENTS
    for code, message in texts.messages.items():
        tags, groups = set(_tags(message.rows)), list(_groups(message.rows))
        if message.box != {"Message Type": code, "Version": "D", "Release": texts.release}:
            yield f"{code} calls itself {message.box}"
        if tags != message.index.keys():
            yield f"{code}: table and index of segments differ in {sorted(tags ^ message.index.keys())}"
        if message.places != message.explained and texts.release != "93A":
            yield f"{code}: table and explanations have other segments at the same position"
        if groups != list(range(1, len(groups) + 1)):
            yield f"{code}: groups are not numbered one after the other"
        if (message.rows[0], message.rows[-1]) != (["UNH", "M", 1], ["UNT", "M", 1]):
            yield f"{code} does not begin with UNH and end with UNT"
        if not all(_is_triggered(row) for row in message.rows):
            yield f"{code} has a group that does not begin with a mandatory segment"
        yield from (f"{code}: {tag} is not a segment" for tag in sorted(tags - known))


def _segments(texts: Texts) -> Iterator[str]:
    for tag, entry in texts.segments.items():
        places = [row.position for row in entry.rows if not row.is_component]
        if places != [f"{10 * number:03}" for number in range(1, len(places) + 1)] and texts.release != "93A":
            yield f"{tag}: positions are {places}"
        components: list[tuple[str, str, str]] = []
        expected: list[tuple[str, str, str]] = []
        for row in entry.rows:
            if row.is_component:
                components.append((row.tag, row.status, row.form))
            elif row.tag in texts.composites:
                expected += [(part.tag, part.status, part.form) for part in texts.composites[row.tag].rows]
            else:
                yield from _row(f"{tag} {row.tag}", row.tag, row.name, row.form, texts)
        if components != expected:
            yield f"{tag} shows other components of its composites than their own texts"


def _composites(texts: Texts) -> Iterator[str]:
    for tag, entry in texts.composites.items():
        if not entry.rows:
            yield f"{tag} has no components"
        for row in entry.rows:
            yield from _row(f"{tag} {row.tag}", row.tag, row.name, row.form, texts)


def _row(place: str, tag: str, name: str, form: str, texts: Texts) -> Iterator[str]:
    entry = texts.elements.get(tag)
    if entry is None:
        yield f"{place} is not in the dictionary"
    elif (_plain(name), form) != (_plain(entry.name), entry.prose["Repr"]):
        yield f"{place} has another name or representation in the dictionary"


def _elements(texts: Texts) -> Iterator[str]:
    return (f"{tag} has no representation" for tag, entry in texts.elements.items() if not _FORM.fullmatch(entry.prose.get("Repr", "")))


def _codes(texts: Texts) -> Iterator[str]:
    for tag, each in texts.codes.items():
        entry = texts.elements.get(tag)
        if entry is None:
            if (texts.release, tag) not in LISTS_WITHOUT_ELEMENT:
                yield f"there are codes of {tag}, and no such element"
            continue
        if (_plain(each.entry.name), each.entry.prose.get("Repr")) != (_plain(entry.name), entry.prose["Repr"]):
            yield f"the code list of {tag} has another name or representation than the element"
        longest = int(_FORM.sub(r"\1", entry.prose["Repr"]))
        yield from (f"code {code} of {tag} is longer than its element" for code in each.codes if len(code) > longest)
        yield from (f"the name of code {code} of {tag} has a column inside" for code, name in each.codes.items() if "   " in name)


def _tags(rows: list[Place]) -> Iterator[str]:
    for row in rows:
        if len(row) == 4:
            yield from _tags(row[3])
        else:
            yield row[0]


def _groups(rows: list[Place]) -> Iterator[int]:
    for row in rows:
        if len(row) == 4:
            yield int(row[0])
            yield from _groups(row[3])


def _is_triggered(row: Place) -> bool:
    """Tell whether a row is a segment, or a group that begins with a mandatory segment, as all groups in it do."""
    if len(row) == 3:
        return True
    first, *_ = row[3] or [["", "C"]]
    return len(first) == 3 and first[1] == "M" and all(map(_is_triggered, row[3]))


def _plain(name: str) -> str:
    """Return a name so that case, breaks of lines and of words do not tell."""
    return re.sub(r"[\s-]+", "", name).casefold()
