"""The wire formats: bytes to segments and back. Knows no order, no database and no clock."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edi.arrow import Tables, tables
    from edi.reading.files import Limits, SourceFile, read, read_files
    from edi.reading.streaming import stream
    from edi.segments import Delimiters
    from edi.writing.interchanges import write, write_parts

__all__ = ["Delimiters", "Limits", "SourceFile", "Tables", "read", "read_files", "stream", "tables", "write", "write_parts"]

_HOMES = {
    "Delimiters": "edi.segments", "Limits": "edi.reading.files", "SourceFile": "edi.reading.files", "Tables": "edi.arrow",
    "read": "edi.reading.files", "read_files": "edi.reading.files", "stream": "edi.reading.streaming", "tables": "edi.arrow",
    "write": "edi.writing.interchanges", "write_parts": "edi.writing.interchanges",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for: whoever wants one small module of the package waits for no other."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found
