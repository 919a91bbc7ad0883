"""Sample worlds: a seeded simulation of a trading company that writes its own wire text, independent of the code that reads it."""
