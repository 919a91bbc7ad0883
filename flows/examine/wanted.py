"""The guides that ``--guide`` names: versions for all documents of a type, files of overrides, and which of them were of any use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import edi.edifact.directory
import edi.x12.tables
from edi.errors import ConfigurationError
from edi.guidemodel import Guide
from edi.guides import Resolver, Subject, guide_for, shipped
from edi.overlayfile import Overlay
from edi.overlays import applies, partner_guide
from flows.examine.words import printable
from flows.guides import load_overlay

_MOST_HELD = 5  # kinds of documents that a message lists


@dataclass(frozen=True, slots=True)
class Wanted:
    """A choice of guides in which those that were named win. It remembers what applied, so that what did not can be told."""

    agreed: Resolver  # for documents of which no version is named
    versions: Mapping[str, str]  # by type
    overlays: Mapping[str, Overlay]  # by file
    applied: set[str] = field(default_factory=set)  # as they were named
    held: set[str] = field(default_factory=set)  # types and versions of documents, the first few

    def __call__(self, subject: Subject) -> Guide | None:
        """Return the guide of a document: the named version or what was agreed, with the overrides that were written for it."""
        if len(self.held) < _MOST_HELD:
            self.held.add(f"{subject.type_code} {subject.version}".rstrip())
        version = self.versions.get(subject.type_code)
        guide = shipped(replace(subject, version=version)) if version else self.agreed(subject)
        if version:
            self.applied.add(f"{subject.type_code}@{version}")
        for path, overlay in self.overlays.items():
            if guide and applies(overlay, guide):
                self.applied.add(path)
                guide = partner_guide(overlay)
        return guide

    def unused(self) -> list[str]:
        """Return a sentence for each that was named and applied to no document."""
        about = {f"{type_code}@{version}": type_code for type_code, version in self.versions.items()}
        about |= {path: f"{overlay.type_code} {overlay.version}" for path, overlay in self.overlays.items()}
        held = printable(", ".join(sorted(self.held))) or "no document"
        return [f"--guide {printable(name)} applied to no document: it is for {what}; the files hold {held}"
                for name, what in about.items() if name not in self.applied]


def wanted(guides: Sequence[str], agreed: Resolver) -> Wanted:
    """Read what was named: ``850@005010``, or the path of a file of overrides, which must be written for the version that is named.

    Raises:
        ConfigurationError: there is no such guide, or two that exclude each other.
    """
    versions: dict[str, str] = {}
    for type_code, version in (_named(each) for each in guides if not _is_file(each)):
        if versions.setdefault(type_code, version) != version:
            raise ConfigurationError(f"--guide: {type_code} is named in two versions, {versions[type_code]} and {version}; "
                                     "leave one of them out")
    overlays = {each: load_overlay(Path(each)) for each in guides if _is_file(each)}
    _refuse_conflicts(overlays, versions)
    return Wanted(agreed, versions, overlays)


def _is_file(guide: str) -> bool:
    return guide.endswith(".toml")


def _refuse_conflicts(overlays: Mapping[str, Overlay], versions: Mapping[str, str]) -> None:
    first: dict[tuple[str, str], str] = {}
    for path, overlay in overlays.items():
        about = overlay.type_code, overlay.version
        if (other := first.setdefault(about, path)) != path:
            raise ConfigurationError(f"--guide: {other} and {path} are both for {' '.join(about)}; "
                                     "leave one of them out, or make them one file")
        version = versions.get(overlay.type_code)
        guide = guide_for(overlay.standard, overlay.type_code, version) if version else None
        if guide and not applies(overlay, guide):
            raise ConfigurationError(f"--guide {path}: it is for {' '.join(about)}, and {overlay.type_code}@{version} names another "
                                     "version; leave one of them out")


def _named(guide: str) -> tuple[str, str]:
    """Read ``850@005010``: documents of type 850 are checked against this version, whatever they state."""
    type_code, _, version = guide.partition("@")
    if not type_code or not version:
        raise ConfigurationError(f"--guide {guide}: write a type and a version, such as 850@005010 or ORDERS@D:96A, the path of a file of "
                                 "overrides (.toml), or none")
    standard = "x12" if type_code.isdigit() else "edifact"
    if guide_for(standard, type_code, version) is None:
        known = [f"{type_code}@{each}" for each in _versions(standard, type_code)]
        raise ConfigurationError(f"--guide {guide}: there is no such guide; " +
                                 (f"there are {', '.join(known)}" if known else f"there is none of {type_code}: correct the type"))
    return type_code, version


def _versions(standard: str, type_code: str) -> Iterable[str]:
    """Yield the versions of which this package has the very guide."""
    ours = edi.x12.tables.RELEASES if standard == "x12" else [f"D:{release}" for release in edi.edifact.directory.RELEASES]
    for version in ours:
        guide = guide_for(standard, type_code, version)
        if guide and guide.edition == version:
            yield version
