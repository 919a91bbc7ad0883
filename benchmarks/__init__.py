"""Measurements on generated files: this engine and its peers in one run. Not shipped."""
