"""Print the compressed directory of the archive named on the command line, as it is shipped."""

from __future__ import annotations

import sys
from pathlib import Path

from edi.edifact.directory import pack
from edi.edifact.untdid import directory

if __name__ == "__main__":
    sys.stdout.buffer.write(pack(directory(Path(sys.argv[1]).read_bytes())))
