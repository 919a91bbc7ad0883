"""Delimited bytes to values and index arrays: compiled where the kernel was built, else with numpy; the result is the same."""

from __future__ import annotations

from collections.abc import Sequence

from edi import native
from edi.scanning import compiled
from edi.scanning.tokens import Tokens, tokenise_with_numpy
from edi.segments import Delimiters


def tokenise(buffer: bytes, delimiters: Delimiters, protected: Sequence[tuple[int, int]] = ()) -> Tokens:
    """Split a buffer whose last segment is terminated.

    Args:
        buffer: segments of one dialect.
        delimiters: the service characters.
        protected: ascending ranges of bytes that are data whatever they hold (binary segments).
    """
    if native.LIBRARY is None:
        return tokenise_with_numpy(buffer, delimiters, protected)
    return compiled.tokenise(native.LIBRARY, buffer, delimiters, protected)
