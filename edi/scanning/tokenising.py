"""Delimited bytes to values and index arrays: compiled where the kernel was built, else with numpy; the result is the same."""

from __future__ import annotations

from collections.abc import Sequence

from edi import native
from edi.scanning import compiled
from edi.scanning.tokens import ELEMENT, Bytes, Tokens, counting, levels_with_numpy, shapes_with_numpy, tokenise_with_numpy
from edi.segments import Delimiters, Ints


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


def levels(tokens: Tokens) -> tuple[Ints, Ints, Ints]:
    """Return the first value of each repetition, first repetition of each element, first element of each segment."""
    kinds = tokens.kinds
    if tokens.simple is not None:
        each = counting(len(kinds) + 1)
        return each, each, tokens.simple
    if native.LIBRARY is None or not (kinds < ELEMENT).any():
        return levels_with_numpy(kinds)
    return compiled.levels(native.LIBRARY, kinds)


def shapes_of(tokens: Tokens, longest: int) -> tuple[Bytes, Ints]:
    """Return the shape of each value in an octet: its length, or ``longest`` (1 to 31) if that is less, and what ends it.

    Returns:
        the shapes, and the values that are so long or longer.
    """
    if native.LIBRARY is None:
        return shapes_with_numpy(tokens, longest)
    return compiled.shapes_of(native.LIBRARY, tokens, longest)
