"""Exceptions for us, grouped by remedy. Bad data is never one of them: it becomes a Finding."""

from __future__ import annotations


class CrossfootError(Exception):
    """Base of all our exceptions. The message names place, cause and remedy."""


class ConfigurationError(CrossfootError):
    """A setting is wrong. Remedy: edit the file and key that the message names."""


class RetryableError(CrossfootError):
    """Something passing stood in the way (a lock, a lost connection). Remedy: try again later.

    ``restless`` tells of a file that changes while it is taken: it is left for the next look, and the others go on.
    """

    def __init__(self, message: str = "", *, restless: bool = False) -> None:
        super().__init__(message)
        self.restless = restless


class ConservationError(CrossfootError):
    """Totals do not cross-foot. Remedy: none by itself; the run fails and says which totals."""


class IntegrityError(CrossfootError):
    """What we stored is not what we decided. Remedy: stop, keep everything, look."""
