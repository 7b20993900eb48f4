"""Records on their way out: one exporter a format, by the name that ``--to`` takes."""

from __future__ import annotations

from kb.exporters.bibtex import Bibtex
from kb.exporters.csl_json import CslJson, JsonLines
from kb.exporters.csv_table import CsvTable
from kb.exporters.endnote_xml import EndnoteXml
from kb.exporters.exporter import TAG_NOTE, Exported, Exporter, Sink
from kb.exporters.ris import Ris
from kb.exporters.xlsx import Xlsx

#: The exporters by name.
EXPORTERS: dict[str, Exporter] = {
    exporter.name: exporter
    for exporter in (Bibtex(), Ris(), CslJson(), EndnoteXml(), CsvTable(), Xlsx(), JsonLines())
}

__all__ = ["EXPORTERS", "TAG_NOTE", "Exported", "Exporter", "Sink", "Xlsx"]
