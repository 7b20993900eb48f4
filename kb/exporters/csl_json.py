"""CSL-JSON: one array, or one item a line. Every field of a record has a place (see ``corpus.csl``).

Tags go into the item's ``custom`` object as ``tags``, a list of lines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from corpus import csl
from kb.exporters.exporter import Exported, Sink

# JSON allows these inside a string, but readers that split lines take them for line ends.
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")


class CslJson:
    """A CSL-JSON array, as citeproc, pandoc and Zotero read it."""

    name = "csl-json"
    ending = ".json"
    media_type = "application/vnd.citationstyles.csl+json"
    binary = False

    def write(self, records: Iterable[Exported], stream: Sink) -> int:
        """Write the array item by item; gives how many."""
        count = 0
        for exported in records:
            text = json.dumps(_item(exported), ensure_ascii=False, indent=2)
            stream.write(",\n" if count else "[\n")
            stream.write(text)
            count += 1
        stream.write("\n]\n" if count else "[]\n")
        return count


class JsonLines:
    """CSL-JSON items, one a line, for pipelines."""

    name = "jsonl"
    ending = ".jsonl"
    media_type = "application/x-ndjson"
    binary = False

    def write(self, records: Iterable[Exported], stream: Sink) -> int:
        """Write a line for each record; gives how many."""
        count = 0
        for exported in records:
            text = json.dumps(_item(exported), ensure_ascii=False)
            stream.write(_LINE_ENDS.sub(lambda match: f"\\u{ord(match.group()):04x}", text) + "\n")
            count += 1
        return count


def _item(exported: Exported) -> dict[str, Any]:
    item = csl.encode(exported.record)
    if exported.themes:
        item["custom"] = {**item.get("custom", {}), "tags": exported.themes}
    return item
