"""Text from bytes that come in blocks, whatever program wrote them.

UTF-8, UTF-16 and UTF-32 with a mark; UTF-16 of Western text without one; else line by line UTF-8 or, where
a line is none, the code page that the beginning of the file gives away: GB 18030 for Chinese, Windows 1250
for Polish, and Windows 1252 where nothing does.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain

#: Bytes at the beginning of a file by which its encoding is told.
SAMPLE = 1 << 16

# A line longer than this is decoded in stretches.
_LONG = 1 << 20

# UTF-32 before UTF-16: its little-endian mark begins with the other's.
_MARKS = (
    (codecs.BOM_UTF8, ""),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE_MARKS = _MARKS[3:]

# Windows 1252, and Latin 1 for the five bytes that it leaves out.
_WESTERN = "".join(
    bytes([byte]).decode("latin-1" if byte in b"\x81\x8d\x8f\x90\x9d" else "cp1252") for byte in range(256)
)
# Bytes that are no UTF-8, as Python writes them down -> the letter they stand for in Western text.
_ESCAPED = {0xDC00 + byte: _WESTERN[byte] for byte in range(128, 256)}

# Code pages by the names that XML has for them; what is UTF-8 needs no name.
_XML = re.compile(
    rb"\s*<\?xml\s[^<>]{0,100}?encoding\s*=\s*[\"']((?:windows-|cp|iso-8859-|koi8|gb|big5|shift_|euc-)[\w-]{1,20})[\"']",
    re.IGNORECASE,
)
_HIGH = re.compile(rb"[\x80-\xff]+")
# In Western text "ł", "ą" and "ż" would be superscripts and a "¿" within a word. The "²" is no letter in
# either: where it stands, the others are superscripts too.
_POLISH = re.compile(rb"[a-zA-Z](?:\xb3|\xb9|\xbf)[a-z]")
_SQUARE = b"\xb2"
# End marks of DOS and byte order marks come in the middle of files put together with `copy` and `cat`.
_NO_TEXT = (("\ufeff", ""), ("\x1a", ""), ("\x00", "\ufffd"))


def decoded(blocks: Iterable[bytes], sample: bytes) -> Iterator[str]:
    """The text, lines ended by ``\\n`` alone and as many of them as a person counts in the file.

    ``sample`` is the beginning of what the blocks hold. A NUL becomes U+FFFD.
    """
    return _plain(_decoded(iter(blocks), sample))


def is_binary(sample: bytes) -> bool:
    """Whether a file that begins like this holds NUL bytes as no text does."""
    if b"\x00" not in sample or any(sample.startswith(mark) for mark, _ in _MARKS):
        return False
    # A few NULs are holes that a crash or a fixed-width export left in a text.
    counts = [sample.count(byte) for byte in range(9)]
    return not _unmarked(sample) and (20 * sum(counts) > len(sample) or all(counts))


def _decoded(blocks: Iterator[bytes], sample: bytes) -> Iterator[str]:
    for mark, encoding in _MARKS:
        if sample.startswith(mark) and encoding:
            return _wide(blocks, encoding)
    if encoding := _unmarked(sample):
        return _wide(blocks, encoding)
    return _by_lines(blocks, _code_page(sample))


def _wide(blocks: Iterable[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for block in blocks:
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _unmarked(sample: bytes) -> str:
    """The byte order of Western text in UTF-16, where every other byte is NUL; else ""."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    if sum(sample.count(byte) for byte in range(1, 9)):
        return ""
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _code_page(sample: bytes) -> str:
    """The code page of lines that are no UTF-8; "" for Windows 1252."""
    if declared := _declared(sample):
        return declared
    try:
        sample[: len(sample) - _cut_off(sample)].decode("utf-8")
        return ""
    except UnicodeDecodeError:
        pass
    if _is_chinese(sample):
        return "gb18030"
    if len(_POLISH.findall(sample)) > 2 and _SQUARE not in sample:
        return "cp1250"
    return ""


def _declared(sample: bytes) -> str:
    """The code page that an XML declaration names; "" for Latin 1, which is Windows 1252 in fact."""
    found = _XML.match(sample)
    name = found[1].decode("ascii").lower() if found else ""
    if not name or name in ("iso-8859-1", "windows-1252"):
        return ""
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""


def _is_chinese(sample: bytes) -> bool:
    """Whether what is not ASCII are pairs as in GB 2312, and in the frequencies of Chinese."""
    runs = _HIGH.findall(sample[: sample.rfind(b"\n") + 1] or sample)
    if any(len(run) % 2 for run in runs):
        return False
    pairs = [(run[place], run[place + 1]) for run in runs for place in range(0, len(run), 2)]
    if len(pairs) < 20 or any(lead < 0xA1 or trail < 0xA1 for lead, trail in pairs):
        return False
    # Korean has hardly a lead byte above C8, Japanese many of A4 and A5.
    late = sum(0xC8 < lead < 0xD8 for lead, _ in pairs)
    kana = sum(lead in (0xA4, 0xA5) for lead, _ in pairs)
    return 5 * late > len(pairs) and 20 * kana < len(pairs) and 4 * len(runs) < 3 * len(pairs)


def _by_lines(blocks: Iterator[bytes], code_page: str) -> Iterator[str]:
    """Line by line: exports of two programs put together hold both encodings."""
    held = b""
    for block in blocks:
        block = held + block
        end = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        if not end:
            if len(block) < _LONG:
                held = block
                continue
            end = len(block) - _cut_off(block)
        held = block[end:]
        for mark, encoding in _WIDE_MARKS if b"\xff" in block else ():
            place = block.find(mark, 0, end)
            if place >= 0 and b"\x00" in block[place + 2 : place + 4]:
                yield _lines(block[:place], code_page)
                yield from _wide(chain([block[place:]], blocks), encoding)
                return
        yield _lines(block[:end], code_page)
    yield _lines(held, code_page)


def _lines(block: bytes, code_page: str) -> str:
    try:
        return block.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(_line(line, code_page) for line in block.splitlines(keepends=True))


def _line(line: bytes, code_page: str) -> str:
    text = line.decode("utf-8", errors="surrogateescape")
    strange = sum("\udc80" <= letter <= "\udcff" for letter in text)
    if not strange:
        return text
    if sum(letter > "\x7f" for letter in text) > 2 * strange:
        # UTF-8 in which some program has cut a letter in two.
        return text.translate(_ESCAPED)
    if code_page:
        return line.decode(code_page, errors="replace")
    return codecs.charmap_decode(line, "strict", _WESTERN)[0]


def _cut_off(block: bytes) -> int:
    """How many bytes at the end are the beginning of a letter in UTF-8 that goes on behind."""
    for length in range(1, min(4, len(block) + 1)):
        byte = block[-length]
        if byte >= 0xC0:
            return length if length < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else 0
        if byte < 0x80:
            return 0
    return 0


def _plain(blocks: Iterable[str]) -> Iterator[str]:
    """Blocks with the line ends, marks and NULs of text as we keep it."""
    held = ""
    for block in blocks:
        block = held + block
        # The other half of a line end may come with the next block.
        held = "\r" if block.endswith("\r") else ""
        if held:
            block = block[:-1]
        if "\r" in block:
            block = block.replace("\r\n", "\n").replace("\r", "\n")
        for sign, text in _NO_TEXT:
            if sign in block:
                block = block.replace(sign, text)
        if block:
            yield block
    if held:
        yield "\n"
