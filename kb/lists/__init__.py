"""Shortlists: records that a person put into an order, with a note each. Every change is a decision.

A change is a row of ``decisions`` of the kind "list" that is never altered; taking one back is a row too, of
the kind "undo". An entry follows its record through every merge, and stays, marked, where its record is gone.
"""

from __future__ import annotations

from kb.lists.changing import LONGEST_NOTE, Lister
from kb.lists.reading import Entry, Listed, entries, known, lists

__all__ = ["LONGEST_NOTE", "Entry", "Listed", "Lister", "entries", "known", "lists"]
