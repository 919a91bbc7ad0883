"""Pieces of files to a batch: tokenised together, given their envelopes, checked, and everything told that was met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edi import native
from edi.findings import Finding, Place, find
from edi.limits import Policy, exceeded
from edi.reading.balance import EMPTY_SEGMENT, check_envelopes, place_at, place_of
from edi.reading.buffers import Buffer, Found, Piece, Spots, buffers
from edi.reading.carrying import Carry
from edi.reading.envelopes import assemble, find_envelopes
from edi.reading.parting import Fresh, leave_open
from edi.reading.scouting import Fault
from edi.reading.sources import Source
from edi.reading.spacing import odd_findings, spacing, surroundings
from edi.scanning.tokenising import levels, tokenise
from edi.scanning.tokens import Tokens, join, transcode
from edi.segments import Batch, Delimiters, SegmentTable

_NOTHING = Delimiters(element=b"*", segment=b"~", component=b":")


def make_batch(
    sources: Sequence[Source], founds: Sequence[Found], pieces: Iterable[Piece], faults: Iterable[tuple[int, Fault]], policy: Policy,
    carry: Carry, next_tag: str = "",
) -> tuple[Batch, Carry]:
    """Make one batch.

    Args:
        sources: the files.
        founds: the interchanges that the pieces belong to, in their order.
        pieces: what is read of them.
        faults: what was met before tokenising, with the index of its file.
        policy: limits and severities.
        carry: what the first interchange brings along from an earlier part.
        next_tag: the tag that the next part begins with, where the last interchange goes on in it.

    Returns:
        the batch, and what it leaves open.
    """
    native.keep_what_is_freed()
    made = buffers(sources, founds, pieces)
    parts = [tokenise(one.text, one.dialect.delimiters, one.protected) for one in made]
    spots = [Spots.of(one, part.start, part.end) for one, part in zip(made, parts, strict=True)]
    tokens = join([transcode(part, one.dialect.charset) for one, part in zip(made, parts, strict=True)] or [tokenise(b"", _NOTHING)])
    place = Spots.join(spots).at_origin(sources)
    envelopes = find_envelopes(_table(sources, tokens, place), place.found, founds, carry)
    odd = spacing(made, parts, spots, founds, envelopes.table.interchange, carry)
    around = surroundings(envelopes, sources, founds, odd.newlines, policy.limits)
    batch, digests = assemble(envelopes, tokens, founds, _offsets(sources, founds), around, carry, hashed=policy.hashed)
    batch = replace(batch, lines=tuple(source.lines for source in sources))
    left, fresh = Carry(), Fresh()
    if not len(batch.table) and founds and not founds[0].begins and not founds[-1].ends:
        left = carry  # nothing but padding: everything stays as open as it was
    elif digests and not founds[-1].ends:
        batch, left, fresh = leave_open(batch, carry, digests, next_tag)
        left = odd.left(carry, left, len(founds))
    findings = [_finding(batch, file, sources[file], fault, policy) for file, fault in faults]
    findings += odd_findings(batch, sources, founds, odd, policy)
    findings += [_empty(sources, founds, *spot, policy) for spot in _empties(sources, made, parts)]
    findings += check_envelopes(batch, severities=policy.severities)
    findings += [
        find(what, place_of(batch, at), policy.severities, limit=limit, count=0) for what, at, limit in exceeded(batch, policy.limits)]
    fresh.remember(left.earlier)
    return replace(batch, findings=tuple(_sorted(findings, sources))), left


def _offsets(sources: Sequence[Source], founds: Sequence[Found]) -> list[int]:
    """Return where each interchange begins in its file."""
    return [sources[found.file].offset(found.span.start) for found in founds]


def _table(sources: Sequence[Source], tokens: Tokens, place: Spots) -> SegmentTable:
    values = pa.StringArray.from_buffers(len(tokens.kinds), pa.py_buffer(tokens.offsets), tokens.data)
    repeat_first, element_first, segment_first = levels(tokens)
    if tokens.tags is None:
        tags = values.take(pa.array(repeat_first[element_first[segment_first[:-1]]])).dictionary_encode()
    else:
        codes, firsts = tokens.tags
        tags = pa.DictionaryArray.from_arrays(codes, values.take(pa.array(repeat_first[element_first[segment_first[firsts]]])))
    trimmed = pc.utf8_trim_whitespace(tags.dictionary)
    if not trimmed.equals(tags.dictionary):
        tags = trimmed.take(tags.indices).dictionary_encode()
    none = np.full(len(place.start), -1, dtype=np.int64)
    return SegmentTable(
        files=tuple(source.name for source in sources), values=values, repeat_first=repeat_first, element_first=element_first,
        segment_first=segment_first, tags=tags, offset=place.start, end=place.end, file=place.file,
        interchange=none, transaction=none, ordinal=np.zeros(len(none), dtype=np.int64),
    )


def _finding(batch: Batch, file: int, source: Source, fault: Fault, policy: Policy) -> Finding:
    offset = 0 if fault.at == 0 and not fault.tag else source.offset(fault.at)
    within = place_at(batch, file, offset) if fault.interchange else None
    place = within or Place(file=source.name, offset=offset, line=source.lines.of(offset))
    place = replace(place, interchange=fault.interchange, tag=fault.tag)
    limit = policy.limits.max_file_bytes
    return find(fault.kind, place, policy.severities, count=fault.count, reasons=fault.reasons, limit=limit)


def _empties(sources: Sequence[Source], made: Sequence[Buffer], parts: Sequence[Tokens]) -> Iterator[tuple[int, int, int]]:
    """Yield file, interchange and offset of terminators that end nothing; newlines as terminators may do so."""
    spots = [
        Spots.of(one, part.empty, part.empty) for one, part in zip(made, parts, strict=True)
        if one.dialect.delimiters.segment not in b"\r\n" and len(part.empty)]
    joined = Spots.join(spots).at_origin(sources)
    return zip(joined.file.tolist(), joined.found.tolist(), joined.start.tolist(), strict=True)


def _empty(sources: Sequence[Source], founds: Sequence[Found], file: int, found: int, offset: int, policy: Policy) -> Finding:
    source = sources[file]
    place = Place(file=source.name, offset=offset, line=source.lines.of(offset), interchange=founds[found].ordinal)
    return find(EMPTY_SEGMENT, place, policy.severities)


def _sorted(findings: list[Finding], sources: Sequence[Source]) -> list[Finding]:
    """Put findings in the order of their places, files as they were read."""
    order: dict[str | None, int] = {}
    for source in sources:
        order.setdefault(source.name, len(order))
    return sorted(findings, key=lambda one: (order.get(one.place.file, -1), one.place.offset or 0, one.code))
