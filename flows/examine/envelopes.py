"""What the elements of envelope segments are called: guides begin with the transaction, people look at the envelope first.

X12.5 and X12.6 for ISA to IEA, ISO 9735-1 for UNB to UNZ; of a composite the name of the whole, then its components.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ELEMENTS: Mapping[str, Sequence[str | tuple[str, ...]]] = {
    "ISA": ("Authorization qualifier", "Authorization", "Security qualifier", "Security", "Sender qualifier", "Sender",
            "Receiver qualifier", "Receiver", "Date", "Time", "Repetition separator or standards identifier", "Version", "Control number",
            "Acknowledgment requested", "Usage: production or test", "Component separator"),
    "GS": ("Functional code", "Sender code", "Receiver code", "Date", "Time", "Control number", "Agency", "Version and release"),
    "GE": ("Number of transaction sets", "Control number"),
    "IEA": ("Number of functional groups", "Control number"),
    "TA1": ("Control number acknowledged", "Its date", "Its time", "Acknowledgment code", "Reason code"),
    "UNB": (("Syntax", "Syntax identifier", "Syntax version"), ("Sender", "Sender", "Sender qualifier"),
            ("Receiver", "Receiver", "Receiver qualifier"), ("Prepared", "Date", "Time"), "Control reference",
            ("Password", "Password", "Password qualifier"), "Application reference", "Priority", "Acknowledgment request",
            "Agreement", "Test indicator"),
    "UNG": ("Message type", ("Sender", "Sender", "Sender qualifier"), ("Receiver", "Receiver", "Receiver qualifier"),
            ("Prepared", "Date", "Time"), "Group reference", "Agency", ("Version", "Version", "Release", "Association"), "Password"),
    "UNE": ("Number of messages", "Group reference"),
    "UNZ": ("Number of messages or groups", "Control reference"),
}

SEGMENTS: Mapping[str, str] = {
    "ISA": "Start of the interchange", "GS": "Start of the functional group", "GE": "End of the functional group",
    "IEA": "End of the interchange", "TA1": "Acknowledgment of an interchange", "UNB": "Start of the interchange",
    "UNG": "Start of the group", "UNE": "End of the group", "UNZ": "End of the interchange",
}


def element_names(tag: str, position: int) -> tuple[str, ...]:
    """Return the name of an element of an envelope segment and those of its components; () where there are none."""
    names = ELEMENTS.get(tag, ())
    if position > len(names):
        return ()
    found = names[position - 1]
    return (found,) if isinstance(found, str) else found
