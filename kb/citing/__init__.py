"""References and bibliographies in any citation style: which styles there are, and who sets them."""

from __future__ import annotations

from kb.citing.processor import Processor, processor
from kb.citing.reference import Bibliography, Reference, Run
from kb.citing.styles import OFFERED, Style, chosen, named

__all__ = [
    "OFFERED",
    "Bibliography",
    "Processor",
    "Reference",
    "Run",
    "Style",
    "chosen",
    "named",
    "processor",
]
