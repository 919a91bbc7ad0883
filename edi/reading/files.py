"""Bytes to segment tables: many small files in one pass, a big one by itself.

Files of one dialect are tokenised together, since a lone small file costs more in calls than in bytes. What is
found in a file never depends on the files that it was read with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from edi.findings import Severity
from edi.limits import FILE_BYTES, Cap, Limits, Policy
from edi.reading.batches import make_batch
from edi.reading.buffers import Found, Piece
from edi.reading.carrying import Carry
from edi.reading.lines import Lines
from edi.reading.origins import Shifted
from edi.reading.scouting import Fault
from edi.reading.sources import Source, SourceFile, prepare
from edi.segments import Batch

__all__ = ["Limits", "SourceFile", "read", "read_files"]
_MOST_FILES = 4096
_DEFAULT = Limits()


def read_files(
    files: Iterable[SourceFile], *, limits: Limits = _DEFAULT, severities: Mapping[str, Severity] | None = None, hashed: bool = True,
) -> Iterator[Batch]:
    """Read files into batches; every file is in exactly one of them, whole. See ``edi.stream`` for what can be said.

    Args:
        files: taken one by one as batches are asked for, so that those of a generator need not be in memory together.
        limits: on sizes; ``batch_bytes`` is what a batch aims at.
        severities: finding code -> severity, where a partner's policy has another.
        hashed: whether ``Interchange.content_hash`` is wanted.
    """
    policy = Policy(limits, severities, hashed)
    waiting: defaultdict[int, _Waiting] = defaultdict(_Waiting)  # by identity: equal dialects are one object, whose hash costs more
    for file in files:
        source = _refused(file) if len(file.data) > limits.max_file_bytes else prepare(file)
        dialect = source.scouted[0].dialect if source.scouted else None
        if len(source.data) >= limits.batch_bytes or any(each.dialect not in (dialect, None) for each in source.scouted[1:]):
            yield _whole([source], policy)
            continue
        held = waiting[id(dialect)]
        held.sources.append(source)
        held.size += len(source.data)
        if held.size >= limits.batch_bytes or len(held.sources) >= _MOST_FILES:
            yield _whole(held.sources, policy)
            held.sources, held.size = [], 0
    for held in waiting.values():
        if held.sources:
            yield _whole(held.sources, policy)


@dataclass(slots=True)
class _Waiting:
    """Small files of one dialect that will be read together."""

    sources: list[Source] = field(default_factory=list)
    size: int = 0


def read(source: Path | str | bytes, *, limits: Limits = _DEFAULT, severities: Mapping[str, Severity] | None = None) -> Batch:
    """Read one file, or bytes in memory, whole."""
    file = SourceFile("", source) if isinstance(source, bytes) else SourceFile(Path(source).name, Path(source).read_bytes())
    return next(read_files([file], limits=limits, severities=severities))


def _refused(file: SourceFile) -> Source:
    return Source(file.name, b"", Shifted(0), Lines(b""), faults=(Fault(FILE_BYTES, 0, count=len(file.data)),))


def _whole(sources: Sequence[Source], policy: Policy) -> Batch:
    """Make one batch of whole files."""
    founds: list[Found] = []
    pieces: list[Piece] = []
    faults = [(file, fault) for file, source in enumerate(sources) for fault in source.faults]
    for file, source in enumerate(sources):
        for ordinal, span, dialect, met in source.scouted:
            if met:
                faults += [(file, fault) for fault in met]
            if span and dialect:
                pieces += [Piece(len(founds), first, last, last) for first, last in span.pieces]
                founds.append(Found(file, ordinal, span, dialect))
    batch, _ = make_batch(sources, founds, pieces, faults, policy, Carry())
    cap = Cap(policy.limits.max_findings_per_file)
    return replace(batch, findings=(*cap.kept(batch.findings), *cap.left_out()))
