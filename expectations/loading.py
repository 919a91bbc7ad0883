"""Great Expectations, imported when a table is first judged: it takes seconds, a third of them for what only some of its expectations draw
and estimate with. None of ours does, and so that part is imported when somebody asks for it."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

_LATER = ("altair", "scipy.stats")
_ONE_AT_A_TIME = threading.Lock()


class _Later(ModuleType):
    """Stands for a module that is imported when something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # importing asks for these; they are no reason to import
            raise AttributeError(name)
        return getattr(import_module(self.__name__), name)


def great_expectations() -> Any:
    """Return the package, with its ``expectations`` loaded."""
    with _ONE_AT_A_TIME:
        if "great_expectations" not in sys.modules:
            with _later(), _nothing_collected():
                import_module("great_expectations.expectations")
        return import_module("great_expectations")


@contextmanager
def _later() -> Iterator[None]:
    """Let whoever imports one of those modules within the block have it later; after the block everybody gets it at once."""
    standing_in = {name: _Later(name) for name in _LATER if name not in sys.modules}
    sys.modules.update(standing_in)
    try:
        yield
    finally:
        for name in standing_in:
            sys.modules.pop(name, None)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Look for no garbage within the block: of what an import makes hardly anything is, and looking takes a sixth of its time."""
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looking:
            gc.enable()
