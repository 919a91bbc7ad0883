"""X12: delimiters, envelope, guides and acknowledgments of the American standard."""
