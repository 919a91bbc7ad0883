"""EDIFACT: delimiters, character sets, envelope, directories and CONTRL of ISO 9735."""
