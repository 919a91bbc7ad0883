"""The wire formats: bytes to segments and back. Knows no order, no database and no clock."""

from __future__ import annotations

from edi.arrow import Tables, tables
from edi.reading.files import Limits, SourceFile, read, read_files
from edi.reading.streaming import stream
from edi.segments import Delimiters
from edi.writing.interchanges import write, write_parts

__all__ = ["Delimiters", "Limits", "SourceFile", "Tables", "read", "read_files", "stream", "tables", "write", "write_parts"]
