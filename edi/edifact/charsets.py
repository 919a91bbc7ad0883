"""Syntax identifiers of UNB 0001 as Python codecs (ISO 9735-1 annex; code list 0001)."""

from __future__ import annotations

# UNOA and UNOB are parts of ASCII. The others extend it, so that service characters are found before decoding.
CODECS = {
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOW": "utf-8",
    "UNOX": "iso2022_jp_2",  # ISO 2022: of all that its escape sequences could choose, what Python can decode
    "UNOY": "utf-8",
}


def codec(syntax_identifier: str) -> str | None:
    """Return the codec that a syntax identifier declares, None where it declares nothing beyond ASCII."""
    return CODECS.get(syntax_identifier)
