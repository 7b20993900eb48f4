"""Searches that people keep: their runs, what is new since, and the strategy for an appendix."""
