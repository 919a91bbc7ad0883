"""The peers: one module each with the same tasks, run by the peer's own interpreter."""
