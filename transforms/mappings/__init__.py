"""Mappings: one file a document, one registry row each; segments of every standard become the same canonical rows."""
