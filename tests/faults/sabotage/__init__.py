"""Mutants of the defences: each is one small change that a named test must see."""
