"""What stands between segments and around interchanges: nothing for a reader, everything for who writes the file again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from edi.buffers import Buffer, Found, Spots
from edi.carrying import Carry
from edi.findings import Finding, Kind, Place, Severity, find, kind
from edi.limits import Policy
from edi.octets import PADDING
from edi.origins import Shifted
from edi.segments import Batch, Interchange, Ints
from edi.sources import Source
from edi.tokens import Tokens

NEWLINES = kind("envelope.newlines", Severity.NOTE, "what follows the segment terminators is not the same throughout the interchange",
                "None needed; the file cannot be written again byte for byte.")
LONG_PADDING = kind("envelope.padding", Severity.NOTE, "more than {limit} bytes of padding stand around the interchange",
                    "None needed; the sender may leave it out.")
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
    follows = np.append(goes_on, found[1:] == found[:-1])[:len(found)]
    if len(tokens.empty):  # what stands around an empty segment is told with that
        follows[np.searchsorted(tokens.start, tokens.empty).clip(max=len(found) - 1)] = False
    pairs = np.flatnonzero(follows & (found >= 0))  # segments that follow another of the same interchange
    owner, first_pair = np.unique(found[pairs], return_index=True)
    before = np.append(0, tokens.end)[:len(found)]
    gap = tokens.start - before
    usual = not gap[pairs].any() and not any(newlines)
    text = b"" if usual else b"".join(buffer.parts)
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
        wrong |= (back < width[mine]) & (array[tokens.start[pairs] - back - 1] != style[mine, back])
    odd = pairs[wrong]
    first: Ints = odd[np.unique(found[odd], return_index=True)[1]]
    return first


def with_padding(
    batch: Batch, sources: Sequence[Source], founds: Sequence[Found], newlines: Sequence[bytes | None], most: int,
) -> Batch:
    """Give each interchange of a batch what stands around it and between its segments."""
    interchanges = tuple(
        _padded(one, sources[one.file], found, newline or b"", most)
        for one, found, newline in zip(batch.interchanges, founds, newlines, strict=True))
    return replace(batch, interchanges=interchanges)


def _padded(one: Interchange, source: Source, found: Found, newline: bytes, most: int) -> Interchange:
    if not isinstance(source.origin, Shifted):  # wrapped or recoded: it is not written again as it was
        return one
    before = source.data[max(found.span.start - most, 0):found.span.start] if found.ordinal == 1 and found.begins else b""
    end = one.end - source.origin.shift
    after = source.data[end:min(found.span.stop, end + most)] if one.has_trailer else b""
    return replace(one, newline=newline, before=_padding(before), after=_padding(after))


def _padding(text: bytes) -> bytes:
    return b"" if text.strip(PADDING) else text


def odd_findings(
    batch: Batch, sources: Sequence[Source], founds: Sequence[Found], odd: Spacing, policy: Policy,
) -> Iterator[Finding]:
    """Yield the notes on what is odd, and on padding that is too long to keep."""
    for what, found, position in odd.odd:
        source = sources[founds[found].file]
        yield find(what, _place(source, founds[found].ordinal, int(source.origin(np.array([position]))[0])), policy.severities)
    for one, span in zip(batch.interchanges, (found.span for found in founds), strict=True):
        source, most = sources[one.file], policy.limits.max_padding_bytes
        if isinstance(source.origin, Shifted) and one.has_trailer:
            behind = span.stop + source.origin.shift - one.end
            in_front = span.start if one.ordinal == 1 and one.begins else 0
            if max(behind, in_front) > most:
                yield find(LONG_PADDING, _place(source, one.ordinal, one.end), policy.severities, limit=most)


def _place(source: Source, interchange: int, offset: int) -> Place:
    return Place(file=source.name, offset=offset, line=source.lines.of(offset), interchange=interchange)
