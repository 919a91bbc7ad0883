"""Nights killed at every instant: what is left after recovery, and how long recovery takes."""
