"""Segments and CSV rows to canonical documents, and reconciliation. Pure: tables in, tables out."""
