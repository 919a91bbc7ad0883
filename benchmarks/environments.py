"""A virtual environment for each reader, ours included, made from its lock: what one pins never meets what another does."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

LOCKS = Path(__file__).parent / "peers"


class UnmeasurableError(Exception):
    """A reader cannot be measured; the message says why. The others go on."""


def python(name: str, folder: Path) -> Path:
    """Return the interpreter of a peer's environment, made first where it is missing or its lock has changed.

    Args:
        name: the lock's name.
        folder: where environments lie.

    Raises:
        UnmeasurableError: with the last words of uv.
    """
    lock, home = LOCKS / f"{name}.lock", folder / name
    stamp, wanted = home / ".stamp", hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    interpreter = home / "bin" / "python"
    if not (stamp.exists() and stamp.read_text() == wanted and interpreter.exists()):
        _uv("venv", "--clear", "--python", sys.executable, str(home))
        _uv("pip", "install", "--compile-bytecode", "--system-certs", "--require-hashes", "--python", str(interpreter), "-r", str(lock))
        stamp.write_text(wanted)
    return interpreter.absolute()


def _uv(*arguments: str) -> None:
    command = [str(Path(sys.executable).parent / "uv"), "--quiet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnmeasurableError((done.stderr.strip().splitlines() or ["uv failed"])[-1])
