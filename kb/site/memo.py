"""What pages count over a whole library, kept for as long as the library stays as it is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary

from kb.knowledge_base import KnowledgeBase

_MOST = 128

_Given = TypeVar("_Given")
_Asked = ParamSpec("_Asked")

_kept: WeakKeyDictionary[KnowledgeBase, tuple[int, OrderedDict[Hashable, Any]]] = WeakKeyDictionary()


def kept(
    work: Callable[Concatenate[KnowledgeBase, _Asked], _Given],
) -> Callable[Concatenate[KnowledgeBase, _Asked], _Given]:
    """The same function, run once for each state of the file and each of its (hashable) arguments.

    What it gives is shared, so nobody may change it.
    """

    @wraps(work)
    def remembered(library: KnowledgeBase, *args: _Asked.args, **kwargs: _Asked.kwargs) -> _Given:
        state = library.store.value("PRAGMA data_version")
        seen, found = _kept.get(library, (None, OrderedDict[Hashable, Any]()))
        if seen != state:
            found = OrderedDict()
            _kept[library] = state, found
        key = (work, args, tuple(sorted(kwargs.items())))
        if key not in found:
            found[key] = work(library, *args, **kwargs)
            while len(found) > _MOST:
                found.popitem(last=False)
        found.move_to_end(key)
        return cast(_Given, found[key])

    return cast(Callable[Concatenate[KnowledgeBase, _Asked], _Given], remembered)
