"""Exceptions for us, grouped by remedy. Bad data is never one of them: it becomes a Finding."""

from __future__ import annotations

from edi.findings import Finding, Place


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


class LeaseLostError(CrossfootError):
    """Another run has taken over while this one slept. Remedy: let that one finish; trying again at once cannot help."""


class ConservationError(CrossfootError):
    """Totals do not cross-foot. Remedy: none by itself; the run fails and says which totals."""


class IntegrityError(CrossfootError):
    """What we stored is not what we decided. Remedy: stop, keep everything, look."""


class DeviceError(CrossfootError):
    """A device did not keep what it was given (an fsync failed). Remedy: the process ends at once; what it wrote last is not trusted."""


class UnwritableError(CrossfootError):
    """What is to be written could not be read again. Remedy: change the value or delimiter that the message names.

    ``place`` is where it stands in what was read. ``findings`` are what our reader has against the result, if it is that; their
    places, and ``place`` then, are those in what would have been written.
    """

    def __init__(self, message: str, place: Place, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(f"{place}: {message}")
        self.place, self.findings = place, findings
