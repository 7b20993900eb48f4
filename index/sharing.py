"""One open index for all who read the same one in this process: it is most of the memory that they take."""

from __future__ import annotations

import threading
from pathlib import Path
from weakref import WeakValueDictionary

from index.manifest import Manifest, read_manifest
from index.searcher import Index
from index.synonyms import NONE, Synonyms

_lock = threading.Lock()
_open: WeakValueDictionary[tuple[Path, str, str, Synonyms], Index] = WeakValueDictionary()


def open_shared(folder: Path, synonyms: Synonyms = NONE) -> Index:
    """The index in ``folder`` as ``Index.open`` gives it, or the one that is open already.

    Whoosh's readers are not made for several threads at once; an index of Whoosh's is each reader's own.
    Nobody closes a shared one: it goes when the last who holds it lets go.
    """
    manifest = read_manifest(folder)
    if manifest.engine == "whoosh":
        return Index.open(folder, synonyms=synonyms)
    with _lock:
        key = _key(folder, manifest, synonyms)
        found = _open.get(key)
        if found is None:
            found = Index.open(folder, synonyms=synonyms)
            found.shared = True
            # A build may have finished meanwhile.
            _open[_key(folder, found.manifest, synonyms)] = found
        return found


def _key(folder: Path, manifest: Manifest, synonyms: Synonyms) -> tuple[Path, str, str, Synonyms]:
    return folder.resolve(), manifest.keyword, manifest.built, synonyms
