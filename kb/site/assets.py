"""Style sheet and script, with an address that changes when they do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "static"
#: The parts of the style sheet under static/css/: what all pages share, then each kind of page, then media.
_STYLES = ("base", "home", "results", "themes", "record", "cite", "map", "desk", "data", "media")
_MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load; ``mark`` changes when its content does."""

    content: bytes
    media_type: str
    mark: str


@cache
def read(name: str) -> Asset | None:
    """The file of that name; ``None`` if there is none."""
    paths = [_FOLDER / name]
    if name == "site.css":
        paths = [_FOLDER / "css" / f"{style}.css" for style in _STYLES]
    if paths[0].suffix not in _MEDIA_TYPES or not paths[0].is_file():
        return None
    content = b"\n".join(path.read_bytes() for path in paths)
    return Asset(content, _MEDIA_TYPES[paths[0].suffix], hashlib.sha256(content).hexdigest()[:12])


def address(name: str) -> str:
    """The path of the file, to be put through ``urls.path``."""
    found = read(name)
    return f"/-/kb/{name}?{found.mark if found else ''}"
