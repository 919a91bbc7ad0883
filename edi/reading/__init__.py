"""One file as it comes, or many in one pass: found, unwrapped, cut into parts, given envelopes and findings."""
