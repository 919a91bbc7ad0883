"""What stands between segments and around interchanges: nothing for a reader, everything for who writes the file again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import itemgetter

import numpy as np

from edi import native
from edi.findings import Finding, Kind, Place, Severity, find, kind
from edi.limits import Limits, Policy
from edi.octets import PADDING, Octets
from edi.reading.balance import place_at
from edi.reading.buffers import Buffer, Found, Spots
from edi.reading.carrying import Carry
from edi.reading.envelopes import Envelopes, Surroundings
from edi.reading.origins import Shifted
from edi.reading.scouting import is_released
from edi.reading.sources import Source
from edi.scanning.tokens import Tokens
from edi.segments import Batch, Ints

NEWLINES = kind("envelope.newlines", Severity.NOTE, "what follows the segment terminators is not the same throughout the interchange",
                "None needed; the file cannot be written again byte for byte.")
LONG_PADDING = kind("envelope.padding", Severity.NOTE, "more than {limit} bytes of padding stand around the interchange",
                    "None needed; the sender may leave it out.")
LONG_OBJECT = kind("envelope.long_object", Severity.NOTE, "more than {limit} bytes lie between UNO and UNP",
                   "None needed; raise max_segment_bytes if the interchange is to be written again with them.")
NEEDLESS_RELEASE = kind("edifact.needless_release", Severity.NOTE, "a release character stands before a character that needs none",
                        "None needed; the sender should release only service characters.")

_LONGEST_NEWLINE = 8


@dataclass(frozen=True, slots=True)
class Spacing:
    """What follows the terminators of each interchange (None: not known), and what is odd: kind, interchange and position."""

    newlines: list[bytes | None]
    odd: list[tuple[Kind, int, int]]

    def left(self, carry: Carry, left: Carry, founds: int) -> Carry:
        """Let what is carried on know what was seen of the last interchange."""
        before = carry.told if founds == 1 else frozenset[str]()
        return replace(left, newline=self.newlines[-1], told=before | {what.code for what, found, _ in self.odd if found == founds - 1})


def spacing(
    made: Sequence[Buffer], parts: Sequence[Tokens], spots: Sequence[Spots], founds: Sequence[Found], interchange: Ints,
    carry: Carry,
) -> Spacing:
    """Look between the segments of a batch.

    Args:
        made: the buffers that were tokenised.
        parts: what came out of each.
        spots: where the segments of each lie.
        founds: the interchanges of the batch.
        interchange: the interchange that each segment of the batch lies in, -1 outside.
        carry: what is known of the first interchange from earlier parts.
    """
    result = Spacing([None] * len(founds), [])
    if founds and not founds[0].begins:
        result.newlines[0] = carry.newline
    first = 0
    for buffer, part, spot in zip(made, parts, spots, strict=True):
        mine = interchange[first:first + len(spot.start)]
        goes_on = not first and bool(founds) and not founds[0].begins  # there was a segment before the first one
        for at in _odd_gaps(buffer, part, mine, result.newlines, goes_on=goes_on).tolist():
            result.odd.append((NEWLINES, int(mine[at]), int(spot.start[at])))
        first += len(spot.start)
        if len(part.needless):
            needless = Spots.of(buffer, part.needless, part.needless)
            earliest = np.unique(needless.found, return_index=True)[1]
            result.odd.extend((NEEDLESS_RELEASE, int(needless.found[at]), int(needless.start[at])) for at in earliest.tolist())
    told = carry.told if founds and not founds[0].begins else ()
    return Spacing(result.newlines, [row for row in result.odd if row[1] or row[0].code not in told])


def _odd_gaps(buffer: Buffer, tokens: Tokens, found: Ints, newlines: list[bytes | None], *, goes_on: bool) -> Ints:
    """Return the first segment of each interchange before which something else stands than before the others; learn what is usual."""
    if native.LIBRARY is not None and not len(tokens.empty):
        usual = native.usual_gaps(native.LIBRARY, buffer.text, tokens.start, tokens.end, found, newlines, goes_on=goes_on)
        if usual is not None:
            newlines[:] = usual
            return found[:0]
    return _odd_gaps_with_numpy(buffer, tokens, found, newlines, goes_on=goes_on)


def _odd_gaps_with_numpy(buffer: Buffer, tokens: Tokens, found: Ints, newlines: list[bytes | None], *, goes_on: bool) -> Ints:
    follows = np.append(goes_on, found[1:] == found[:-1])[:len(found)]
    if len(tokens.empty) and buffer.dialect.delimiters.segment not in b"\r\n":  # what stands around an empty segment is told with that
        behind = np.searchsorted(tokens.start, tokens.empty)
        follows[behind[behind < len(found)]] = False
    pairs = np.flatnonzero(follows & (found >= 0))  # segments that follow another of the same interchange
    owner, first_pair = np.unique(found[pairs], return_index=True)
    before = np.append(0, tokens.end)[:len(found)]
    gap = tokens.start - before
    usual = not gap[pairs].any() and not any(newlines)
    text = b"" if usual else buffer.text
    for one, at in zip(owner.tolist(), pairs[first_pair].tolist(), strict=True):
        if newlines[one] is None:
            newlines[one] = text[int(before[at]):int(tokens.start[at])][:_LONGEST_NEWLINE]
    if usual:
        return pairs[:0]
    style = np.zeros((len(newlines), _LONGEST_NEWLINE), dtype=np.uint8)
    width = np.array([len(mark or b"") for mark in newlines], dtype=np.int64)
    for one in owner.tolist():
        style[one, :width[one]] = np.frombuffer((newlines[one] or b"")[::-1], dtype=np.uint8)
    mine, array = found[pairs], np.frombuffer(text, dtype=np.uint8)
    wrong = gap[pairs] != width[mine]
    for back in range(int(width.max())):
        alike = np.flatnonzero(~wrong & (back < width[mine]))
        wrong[alike] = array[tokens.start[pairs[alike]] - back - 1] != style[mine[alike], back]
    odd = pairs[wrong]
    first: Ints = odd[np.unique(found[odd], return_index=True)[1]]
    return first


def surroundings(
    envelopes: Envelopes, sources: Sequence[Source], founds: Sequence[Found], newlines: Sequence[bytes | None], limits: Limits,
) -> list[Surroundings]:
    """Return what stands around each interchange of a batch, between its segments, and between UNO and UNP."""
    table = envelopes.table
    packages = table.select("UNO")
    edges = np.searchsorted(packages, np.append(envelopes.first_segment, len(table)))
    last = np.maximum(envelopes.stop_segment - 1, 0)
    trailers = np.where(envelopes.has_trailer, table.offset[last], -1).tolist() if len(table) else [-1] * len(founds)
    ends = table.end[last].tolist() if len(table) else [0] * len(founds)
    around = []
    for found, newline, (first, stop), trailer, end in zip(founds, newlines, pairwise(edges.tolist()), trailers, ends, strict=True):
        source, objects = sources[found.file], tuple[bytes | None, ...]()
        if not isinstance(source.origin, Shifted):  # what was wrapped or recoded is not written again as it was
            around.append(Surroundings())
            continue
        shift = source.origin.shift
        if first < stop:
            places = table.end[packages[first:stop]] - shift
            objects = tuple(_object(source.data, found, place, limits.max_segment_bytes) for place in places.tolist())
        around.append(Surroundings(newline or b"", objects, *_around(
            source.data, found, trailer - shift if trailer >= 0 else None, end - shift, limits.max_padding_bytes)))
    return around


def _object(data: Octets, found: Found, first: int, most: int) -> bytes | None:
    """Return what lies between the piece that ends with a UNO and the next one; where its length was wrong, nothing does."""
    pieces = found.span.pieces
    at = bisect_left(pieces, first, key=itemgetter(1))
    last = pieces[at + 1][0] if at + 1 < len(pieces) and pieces[at][1] == first else first
    return data[first:last] if last - first <= most else None


def _around(data: Octets, found: Found, trailer: int | None, end: int, most: int) -> tuple[bytes, bytes, bool]:
    """Return what stands in front of an interchange and behind its trailer (None: there is none), and whether that has no terminator."""
    start, stop = found.span.start, found.span.stop
    before = _padding(data[max(start - most, 0):start]) if start and found.ordinal == 1 and found.begins else b""
    if trailer is None:
        return before, b"", False
    text, after, marks = data[trailer:end], data[end:min(stop, end + most)], found.dialect.delimiters
    if text.endswith(marks.segment) and not is_released(text, len(text) - len(marks.segment), marks.release):
        return before, after and _padding(after), False
    text += after
    bare = len(text.rstrip(PADDING))
    bare -= is_released(text, bare, marks.release)  # a release character with nothing to release is no data
    return before, text[bare:], True


def _padding(text: bytes) -> bytes:
    return b"" if text.strip(PADDING) else text


def odd_findings(
    batch: Batch, sources: Sequence[Source], founds: Sequence[Found], odd: Spacing, policy: Policy,
) -> Iterator[Finding]:
    """Yield the notes on what is odd, and on padding that is too long to keep."""
    for what, found, position in odd.odd:
        file, source = founds[found].file, sources[founds[found].file]
        place = _place(source, founds[found].ordinal, source.offset(position))
        within = place_at(batch, file, source.offset(position)) if what is NEEDLESS_RELEASE else None
        yield find(what, replace(within, offset=place.offset, line=place.line) if within else place, policy.severities)
    for one, span in zip(batch.interchanges, (found.span for found in founds), strict=True):
        source, most = sources[one.file], policy.limits.max_padding_bytes
        if one.objects and None in one.objects:
            yield find(LONG_OBJECT, _place(source, one.ordinal, one.offset), policy.severities, limit=policy.limits.max_segment_bytes)
        if isinstance(source.origin, Shifted) and one.has_trailer:
            behind = span.stop + source.origin.shift - one.end
            in_front = span.start if one.ordinal == 1 and one.begins else 0
            if max(behind, in_front) > most:
                yield find(LONG_PADDING, _place(source, one.ordinal, one.end), policy.severities, limit=most)


def _place(source: Source, interchange: int, offset: int) -> Place:
    return Place(file=source.name, offset=offset, line=source.lines.of(offset), interchange=interchange)
