"""What single programs write into BibTeX in ways of their own, brought into those of all.

``document_type`` and ``type`` of Scopus, keys of Europe PMC's preprints, ``eprint`` of arXiv and PubMed,
the journals' macros of ADS, biblatex's subtitles of books and journals.
"""

from __future__ import annotations

from ingest.fields.draft import Draft
from ingest.parsers.bibtex_values import Fields, first

_SCOPUS_TYPES = {
    "conference paper": "paper-conference",
    "book chapter": "chapter",
    "book": "book",
    "conference review": "book",
}
# What ADS writes for the journals of astronomy, which the macros of their style files print.
_ADS_JOURNALS = {
    "aj": "The Astronomical Journal",
    "apj": "The Astrophysical Journal",
    "apjl": "The Astrophysical Journal Letters",
    "apjs": "The Astrophysical Journal Supplement Series",
    "aap": "Astronomy and Astrophysics",
    "araa": "Annual Review of Astronomy and Astrophysics",
    "grl": "Geophysical Research Letters",
    "icarus": "Icarus",
    "jcap": "Journal of Cosmology and Astroparticle Physics",
    "jgr": "Journal of Geophysical Research",
    "mnras": "Monthly Notices of the Royal Astronomical Society",
    "nat": "Nature",
    "pasj": "Publications of the Astronomical Society of Japan",
    "pasp": "Publications of the Astronomical Society of the Pacific",
    "planss": "Planetary and Space Science",
    "pra": "Physical Review A",
    "prb": "Physical Review B",
    "prc": "Physical Review C",
    "prd": "Physical Review D",
    "pre": "Physical Review E",
    "prl": "Physical Review Letters",
    "solphys": "Solar Physics",
    "ssr": "Space Science Reviews",
}


def adapt(made: Draft, key: str, fields: Fields) -> None:
    """What single programs write in ways of their own, in those of all."""
    kind = first(fields, "document_type").lower() or (
        first(fields, "type").lower() if first(fields, "source") == "Scopus" else ""
    )
    if kind in _SCOPUS_TYPES:
        made.type = _SCOPUS_TYPES[kind]
    archive = (first(fields, "eprinttype") or first(fields, "archiveprefix")).lower()
    if made.type == "document" and (key.startswith("PPR:") or archive == "arxiv"):
        made.type = "article"
    if archive in ("pubmed", "pmid") and first(fields, "eprint").isdecimal():
        fields["pmid"] = [*fields.get("pmid", ()), *fields.pop("eprint")]
    journal = first(fields, "journal")
    if journal.startswith("\\") and journal[1:] in _ADS_JOURNALS:
        fields["journal"] = [("journal", _ADS_JOURNALS[journal[1:]])]
    for title, subtitle in (("booktitle", "booksubtitle"), ("journaltitle", "journalsubtitle")):
        if title in fields and subtitle in fields:
            below = fields.pop(subtitle)[0][1]
            name, above = fields[title][0]
            fields[title][0] = (name, f"{above.rstrip()}: {below.strip()}")
