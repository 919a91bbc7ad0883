"""Standard input, output and error as a shell can leave them: closed, or on a disk that fills up. What goes wrong is told as what it is.

Left to itself an OSError of standard output passes for one of the file that is read meanwhile, and a closed stream is None.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

from edi.errors import ConfigurationError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_INPUT, _OUTPUT, _ERRORS = 0, 1, 2
_CLOSED = ConfigurationError("standard output is closed; give it a file or a pipe, or /dev/null if nobody reads it")


def watch() -> None:
    """Let standard output tell why it fails; closed, it and standard input fail when they are used, and errors are told to nobody.

    What was put in place of standard output, as by a test, is left alone.
    """
    _keep_numbers()
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(_INPUT, closefd=False)), "utf-8")
    if sys.stderr is None:
        sys.stderr = io.TextIOWrapper(io.FileIO(_ERRORS, "w", closefd=False), "utf-8", write_through=True)
    out: TextIO | None = sys.stdout
    if out is None or out is sys.__stdout__:
        by_line = isinstance(out, io.TextIOWrapper) and (out.line_buffering or out.write_through)
        encoding, errors = (out.encoding, out.errors) if out else ("utf-8", None)
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(_Output(_OUTPUT, "w", closefd=False)), encoding, errors, line_buffering=by_line)


def _keep_numbers() -> None:
    for number in (_INPUT, _OUTPUT, _ERRORS):
        try:
            os.fstat(number)
        except OSError:
            from storage.files import occupy

            occupy(number)


class _Output(io.FileIO):
    """Standard output, which fails once and with an exception of ours; what is written after that goes nowhere."""

    _failed = False

    def write(self, data: ReadableBuffer, /) -> int:
        """Write what can be written.

        Raises:
            BrokenPipeError: its reader went away.
            CrossfootError: anything else; it says what to do.
        """
        if self._failed:
            return memoryview(data).nbytes
        try:
            return super().write(data)
        except BrokenPipeError:
            self._failed = True
            raise
        except OSError as error:
            self._failed = True
            _explain(error)


def _explain(error: OSError) -> NoReturn:
    from storage.files import explained

    if error.errno == errno.EBADF:
        raise _CLOSED from error
    with explained(Path("standard output")):
        raise error
