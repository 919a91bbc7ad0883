"""The wire formats: bytes to segments and back. Knows no order, no database and no clock."""

from __future__ import annotations

from edi.reading import Limits, SourceFile, read, read_files
from edi.streaming import stream

__all__ = ["Limits", "SourceFile", "read", "read_files", "stream"]
