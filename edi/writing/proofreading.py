"""What was written, read back: it must give the segments that it was made from, and nothing that our reader refuses."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from edi.errors import UnwritableError
from edi.findings import Finding, Place, Severity
from edi.limits import Limits
from edi.reading.balance import check_envelopes, place_of
from edi.reading.files import read
from edi.scanning.tokens import Bytes
from edi.segments import Batch, Ints
from edi.writing.rendering import encoded, kinds_of, values_of

_REFUSED = (Severity.ERROR, Severity.FATAL)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Consecutive interchanges of a batch as they were written."""

    batch: Batch
    chosen: range  # of its interchanges
    segments: tuple[int, int]  # the range of its segments
    head: bytes  # header of the first interchange, where that began in an earlier part
    text: bytes

    @property
    def tail(self) -> bytes:
        """What must stand behind an object, where the part ends with one, so that it is known as an object."""
        last = self.batch.interchanges[self.chosen[-1]]
        is_object = not last.ends and any(last.objects[-1:]) and bool(self.batch.table.codes("UNO")[self.segments[1] - 1])
        return b"UNP" + last.delimiters.segment if is_object else b""

    @property
    def is_whole(self) -> bool:
        """Whether all interchanges begin and end here."""
        return all(self.batch.interchanges[at].begins and self.batch.interchanges[at].ends for at in self.chosen)


def whereabouts(batch: Batch, segment: int) -> Place:
    """Return the place of a segment, without its line where the file of a stream is gone by now."""
    try:
        return place_of(batch, segment)
    except OSError:
        return place_of(replace(batch, lines=()), segment)


def proofread(part: Part, limits: Limits) -> None:
    """Read a part back.

    Raises:
        UnwritableError: our reader has errors, or understands something else than what was meant.
    """
    back = read(part.head + part.text + part.tail, limits=limits)
    wrong = _wrong(part, back)
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise UnwritableError(f"our reader would refuse it for {wrong[0].code}: {wrong[0].message}{more}; repair it first",
                              wrong[0].place, tuple(wrong))
    differs = _first_difference(part, back)
    if differs is not None:
        first, stop = part.segments
        place = whereabouts(part.batch, differs) if first <= differs < stop else Place()
        raise UnwritableError("it would be read as something else from here on; choose other delimiters, or repair the segment", place)


def _wrong(part: Part, back: Batch) -> list[Finding]:
    """Return what our reader refuses. Counts and control numbers of what is not whole are judged by what it said when it read it."""
    found = [finding for finding in back.findings if finding.severity in _REFUSED]
    if part.is_whole:
        return found
    of_the_part = set(check_envelopes(back))
    return [
        *(finding for finding in found if finding not in of_the_part),
        *(finding for finding in part.batch.findings if finding.severity in _REFUSED)]


def _first_difference(part: Part, back: Batch) -> int | None:
    """Return the first segment, of the batch that was written, from which on something else was read."""
    table, (first, stop) = part.batch.table, part.segments
    skip = 1 if part.head else 0
    kinds, read_kinds = kinds_of(table, first, stop), kinds_of(back.table, skip, len(back.table) - bool(part.tail))
    if not np.array_equal(kinds, read_kinds):
        size = min(len(kinds), len(read_kinds))
        at = np.flatnonzero(kinds[:size] != read_kinds[:size])
        value = int(at[0]) if len(at) else size
        edges = table.repeat_first[table.element_first[table.segment_first[first:stop]]]
        return first + int(np.searchsorted(edges - edges[0], value, "right")) - 1
    if [one.delimiters for one in back.interchanges] != [part.batch.interchanges[at].delimiters for at in part.chosen]:
        return first
    return _first_other_value(part, back, skip)


def _first_other_value(part: Part, back: Batch, skip: int) -> int | None:
    """Compare values, interchange by interchange; a part need not show its character set, so there their bytes count."""
    table, shift = part.batch.table, skip - part.segments[0]
    edges = [*(part.batch.interchanges[at].first_segment for at in part.chosen), part.segments[1]]
    for number, at in enumerate(part.chosen):
        first, stop = edges[number:number + 2]
        meant = table.values[slice(*values_of(table, first, stop))].fill_null("")
        understood = back.table.values[slice(*values_of(back.table, first + shift, stop + shift))]
        if not meant.equals(understood) and (part.is_whole or not _same_bytes(
                encoded(meant, part.batch.interchanges[at].charset), encoded(understood, back.interchanges[number].charset))):
            return first
    return None


def _same_bytes(one: tuple[Bytes, Ints], other: tuple[Bytes, Ints]) -> bool:
    return np.array_equal(one[0], other[0]) and np.array_equal(one[1], other[1])
