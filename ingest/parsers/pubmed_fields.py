"""From an element of PubMed's XML to the fields of ours; the table stands in ``pubmed_xml``."""

from __future__ import annotations

import re

from lxml import etree

from corpus.identity import normalise_doi, normalise_pmcid
from ingest.fields.dates import database_date
from ingest.fields.draft import Draft, clean_doi, clean_issn
from ingest.fields.names import is_others
from ingest.fields.pages import page_range, total_pages
from ingest.files.xml_elements import tag_of
from ingest.parsers.pubmed_values import author_of, date_text, plain_text

# Publication types, the telling ones first: PubMed calls most things a journal article as well.
_TYPES = (
    ("preprint", "article"),
    ("dissertation", "thesis"),
    ("journal article", "article-journal"),
    ("dataset", "dataset"),
    ("newspaper article", "article-newspaper"),
    ("video-audio media", "motion_picture"),
)
_UNLABELLED = frozenset({"", "unlabelled", "unlabeled", "unassigned"})
_NOTHING = re.compile(r"\[?(?:not available|untitled|in process citation)\]?\.?\Z", re.IGNORECASE)
_DATES = frozenset({"DateCreated", "DateCompleted", "DateRevised", "PubMedPubDate", "ArticleDate"})
# Elements whose parts are kept together, and markup within a text.
_JOINED = frozenset({"Grant", "Chemical", "DataBank", "Section", "Object"})
_MARKUP = frozenset({"i", "b", "u", "sup", "sub", "math", "DispFormula"})


def draft(root: etree._Element) -> Draft:
    """The record in the making of a ``PubmedArticle``, ``PubmedBookArticle`` or what either wraps."""
    reading = _Reading(root)
    reading.read()
    return reading.made


class _Reading:
    """Takes the elements of one article one by one; what nobody has taken is kept."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.made = Draft("article-journal")
        self.taken: set[etree._Element] = set()
        self.book = next(root.iter("Book"), None)
        self.main = next(root.iter("Article", "BookDocument"), root)

    def read(self) -> None:
        """Fill the draft."""
        for path in ("PMID", "*/PMID"):
            self.put(path, "pmid", self.root)
        self._titles()
        self._abstract()
        self._authors()
        self._container()
        self._dates()
        self._pages()
        self._identifiers()
        self._keywords()
        self._corrections()
        self._type()
        self._rest(self.root)

    # Finding

    def all(self, path: str, within: etree._Element | None = None) -> list[etree._Element]:
        """The elements at a path below the article, each taken now."""
        found = list((self.main if within is None else within).iterfind(path))
        self.taken.update(found)
        return found

    def first(self, path: str, within: etree._Element | None = None) -> str:
        """The text of the first element at a path; the others are left."""
        found = (self.main if within is None else within).find(path)
        if found is None:
            return ""
        self.taken.add(found)
        return plain_text(found)

    def put(self, path: str, field: str, within: etree._Element | None = None) -> None:
        """Fill a field with the first element at a path; others are kept by their name."""
        for one in self.all(path, within):
            self.made.put(field, plain_text(one), tag_of(one))

    # Fields

    def _titles(self) -> None:
        title = self.first("ArticleTitle")
        if title.startswith("[") and title.rstrip(".").endswith("]"):
            # MEDLINE's sign for a title translated into English.
            title = "" if _NOTHING.match(title) else title.rstrip(".")[1:-1].rstrip(".")
        vernacular = self.first("VernacularTitle")
        if not title and not (self.book is not None and self.book.find("BookTitle") is not None):
            title, vernacular = vernacular, ""
        self.made.keep("VernacularTitle", vernacular)
        if self.book is not None:
            book = self.first("BookTitle", self.book)
            if title and title != book:
                self.made.put("container_title", book, "BookTitle")
            title = title or book
        self.made.put("title", title, "ArticleTitle")

    def _abstract(self) -> None:
        self.made.put("abstract", self._parts(self.all("Abstract/AbstractText")), "AbstractText")
        for other in self.root.iter("OtherAbstract"):
            language = other.get("Language", "")
            name = f"OtherAbstract ({language})" if language else "OtherAbstract"
            self.made.keep(name, self._parts(self.all("AbstractText", other)))

    def _parts(self, texts: list[etree._Element]) -> str:
        """The paragraphs of an abstract, each behind its label."""
        parts = []
        for one in texts:
            label, text = one.get("Label", "").strip(), plain_text(one)
            shown = "" if label.lower() in _UNLABELLED else label.rstrip(":")
            if text:
                parts.append(f"{shown}: {text}" if shown else text)
        return "\n\n".join(parts)

    def _authors(self) -> None:
        chapter = self.book is not None and "container_title" in self.made.texts
        for names in self.all("AuthorList"):
            self._add_names(names, "author")
        if self.book is not None:
            for names in self.all("AuthorList", self.book):
                self._add_names(names, "container-author" if chapter else "author")
        for name in self.root.iter("Investigator", "PersonalNameSubject"):
            self.taken.update(name.iter())
            self.made.keep(tag_of(name), str(author_of(name, "")))

    def _add_names(self, names: etree._Element, role: str) -> None:
        role = "editor" if names.get("Type", "").lower() == "editors" else role
        for name in self.all("Author", names):
            self.taken.update(name.iter())
            author = author_of(name, role)
            for place in name.iter("Affiliation"):
                self.made.keep("Affiliation", plain_text(place))
            if is_others(str(author)):
                self.made.et_al = True
            elif name.get("ValidYN") == "N":
                # As misprinted: the list has the right name as well.
                self.made.keep("Author", str(author))
            elif author not in self.made.authors:
                self.made.authors.append(author)
        if names.get("CompleteYN") == "N":
            self.made.et_al = True

    def _container(self) -> None:
        self.put("Journal/Title", "container_title")
        journal = self.root.find(".//MedlineJournalInfo")
        if journal is not None:
            name = self.first("MedlineTA", journal)
            if "container_title" not in self.made.texts and self.book is None:
                self.made.put("container_title", name, "MedlineTA")
            else:
                self.made.keep("MedlineTA", name)
        issns = [plain_text(one) for one in self.all("Journal/ISSN")]
        if journal is not None:
            issns += [plain_text(one) for one in self.all("ISSNLinking", journal)]
        self.made.put("issn", clean_issn(" ".join(issns)) if issns else "", "ISSN")
        self.put("Journal/JournalIssue/Volume", "volume")
        self.put("Journal/JournalIssue/Issue", "issue")
        self.put("Language", "language")
        if self.book is not None:
            for path, field in (
                ("Publisher/PublisherName", "publisher"),
                ("Publisher/PublisherLocation", "publisher_place"),
                ("CollectionTitle", "collection_title"),
                ("Volume", "volume"),
                ("Edition", "edition"),
            ):
                self.put(path, field, self.book)
            isbns = ", ".join(plain_text(one) for one in self.all("Isbn", self.book))
            self.made.put("isbn", isbns, "Isbn")

    def _dates(self) -> None:
        issue = self.main.find("Journal/JournalIssue/PubDate")
        if issue is None and self.book is not None:
            issue = self.book.find("PubDate")
        others = [*self.main.iterfind("ArticleDate"), *self.main.iterfind("ContributionDate")]
        for date in [issue, *others] if issue is not None else others:
            self.taken.update(date.iter())
            printed = date_text(date)
            read = database_date(printed)
            if not self.made.issued and read:
                self.made.issued = read
                if date.find("MedlineDate") is not None:
                    self.made.keep("MedlineDate", printed)
            elif printed:
                self.made.keep(tag_of(date), printed)

    def _pages(self) -> None:
        printed = [plain_text(one) for one in self.all("Pagination/MedlinePgn")]
        first, last = (self.first(f"Pagination/{name}") for name in ("StartPage", "EndPage"))
        if not any(printed):
            printed = [f"{first}-{last}" if last and last != first else first]
        for text in filter(None, printed):
            total = total_pages(text)
            pages, _, discussion = text.partition(";")
            read = "; ".join(filter(None, (page_range(pages), discussion.strip())))
            self.made.put("number_of_pages" if total else "page", total or read, "MedlinePgn")
            if read != text and not total:
                self.made.keep("MedlinePgn", text)

    def _identifiers(self) -> None:
        """Those of the work itself: the list of references has others."""
        valid = (one for one in self.all("ELocationID") if one.get("ValidYN") != "N")
        found = [(one, one.get("EIdType", "")) for one in valid]
        for path in ("PubmedData/ArticleIdList/ArticleId", "PubmedBookData/ArticleIdList/ArticleId"):
            found += [(one, one.get("IdType", "")) for one in self.all(path, self.root)]
        found += [(one, one.get("IdType", "")) for one in self.all("ArticleIdList/ArticleId")]
        if self.book is not None and "container_title" not in self.made.texts:
            found += [(one, one.get("EIdType", "")) for one in self.all("ELocationID", self.book)]
        for one, kind in found:
            text = plain_text(one)
            if kind == "doi" and (doi := normalise_doi(text)):
                if doi != normalise_doi(self.made.texts.get("doi", "")):
                    self.made.put("doi", clean_doi(text), "doi")
            elif kind in ("pmc", "pmcid") and (pmcid := normalise_pmcid(text)):
                self.made.put("pmcid", pmcid, kind)
            elif kind == "pubmed":
                self.made.put("pmid", text, kind)
            elif kind not in ("pmcid", "pmc-uid"):
                self.made.keep(kind or "ArticleId", text)

    def _keywords(self) -> None:
        for heading in self.root.iter("MeshHeading"):
            self.taken.update(heading.iter())
            names = [
                ("*" if one.get("MajorTopicYN") == "Y" else "") + plain_text(one)
                for one in heading.iterfind("*")
                if tag_of(one) in ("DescriptorName", "Descriptor", "QualifierName", "SubHeading")
            ]
            self.made.add_keywords(["/".join(filter(None, names))])
        for word in self.root.iter("Keyword"):
            self.taken.add(word)
            # The star of what the work is mainly about, as in MEDLINE's own format.
            self.made.add_keywords([("*" if word.get("MajorTopicYN") == "Y" else "") + plain_text(word)])

    def _corrections(self) -> None:
        for other in self.root.iter("CommentsCorrections"):
            self.taken.update(other.iter())
            source, pmid, note = (self.first(name, other) for name in ("RefSource", "PMID", "Note"))
            parts = (source, f"PMID: {pmid}" if pmid else "", note)
            self.made.keep(other.get("RefType", "") or "CommentsCorrections", ". ".join(filter(None, parts)))

    def _type(self) -> None:
        kinds = [plain_text(one) for one in self.root.iter("PublicationType")]
        self.taken.update(self.root.iter("PublicationType"))
        lowered = " ".join(kinds).lower()
        named = next((csl_type for sign, csl_type in _TYPES if sign in lowered), "")
        if self.book is not None:
            named = "chapter" if "container_title" in self.made.texts else "book"
        elif "container_title" not in self.made.texts and not named:
            named = "document"
        self.made.type = named or "article-journal"
        for kind in kinds:
            self.made.keep("PublicationType", kind)

    def _rest(self, element: etree._Element) -> None:
        """Keep what no other has taken: an element with parts of its own as one text."""
        for child in element:
            name = tag_of(child)
            if not name or child in self.taken or name == "ReferenceList":
                continue
            if name in _DATES:
                status = child.get("PubStatus", "")
                self.made.keep(name, f"{status} {date_text(child)}".strip())
            elif name in _JOINED:
                leaves = (plain_text(one) for one in child.iter() if not len(one))
                self.made.keep(name, ", ".join(filter(None, leaves)))
            elif not len(child) or any(tag_of(one) in _MARKUP for one in child):
                self.made.keep(name, plain_text(child))
            else:
                self._rest(child)
