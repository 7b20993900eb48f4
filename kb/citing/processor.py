"""The seam: whoever sets references in a style, and a memory of what was set."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Protocol

from corpus import csl
from corpus.errors import MissingExtra
from corpus.record import Record
from kb.citing.reference import Bibliography, Reference
from kb.citing.styles import Style


class Processor(Protocol):
    """Sets references in a style."""

    def bibliography(self, records: Sequence[Record], style: Style) -> Bibliography:
        """One reference a record, in the order of the style.

        Works that would read alike are told apart (2005a, 2005b). A style that numbers keeps the order
        of ``records``. Raises ``EvidenceError`` for a style that cannot be used.
        """
        ...


def processor() -> Processor:
    """The processor to use; raises ``MissingExtra`` if it is not installed."""
    if find_spec("pypandoc") is None:
        raise MissingExtra("Citation styles need pandoc: install `evidence-kb[word]`.")
    from kb.citing.pandoc import Pandoc

    return Pandoc()


class Remembering:
    """Sets one reference at a time and keeps the last ``size``, by what the record says and the style."""

    def __init__(self, processor: Processor, size: int = 2000) -> None:
        self._processor = processor
        self._size = size
        self._kept: OrderedDict[tuple[str, Style], Reference] = OrderedDict()
        self._lock = threading.Lock()

    def reference(self, record: Record, style: Style) -> Reference:
        """The reference of that record alone."""
        content = json.dumps(csl.encode(record), sort_keys=True, ensure_ascii=True)
        key = hashlib.sha256(content.encode()).hexdigest(), style
        with self._lock:
            if kept := self._kept.get(key):
                self._kept.move_to_end(key)
                return kept
        found = self._processor.bibliography([record], style).references[0]
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return found
