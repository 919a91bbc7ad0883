"""Partners' overrides of guides under data/guides/: read, tried against the guide that each is about, and chosen by addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from edi.errors import ConfigurationError
from edi.overlayfile import Overlay, parse_overlay
from edi.overlays import partner_guide
from flows.settings import read_toml
from transforms.policy import Agreement


def load_overlay(path: Path) -> Overlay:
    """Read a file of overrides, and try it.

    Raises:
        ConfigurationError: naming file, entry and remedy.
    """
    return overlay_of(str(path), read_toml(path, option="--guide"))


def overlay_of(where: str, content: Mapping[str, Any]) -> Overlay:
    """Return the overrides that a file's content makes; what does not fit the guide is refused now, and not at night."""
    definition = parse_overlay(where, content)
    partner_guide(definition)
    return definition


def refuse_strangers(agreements: Iterable[Agreement], guides: Mapping[str, Overlay], folder: Path) -> None:
    """Refuse an agreement whose document names overrides that are not there, or that are another document's."""
    for agreed in agreements:
        for document in agreed.documents:
            if document.guide is None:
                continue
            where = f"{folder / 'partners' / agreed.partner_id}.toml: documents: {document.type_code}: guide"
            definition = guides.get(document.guide)
            if definition is None:
                raise ConfigurationError(f"{where}: there is no {folder / 'guides' / document.guide}.toml; write it, or correct the name")
            if (definition.standard, definition.type_code) != (agreed.standard, document.type_code):
                raise ConfigurationError(f"{where}: {document.guide} is about {definition.standard} {definition.type_code}; name another")
