"""Segment tables back to bytes."""
