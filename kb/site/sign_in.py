"""Who may change things on the site: people with a token in a file on the server, and their sessions."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
import os
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from datasette.utils import baseconv
from datasette.utils.asgi import Request, Response

from corpus.errors import EvidenceError

#: Names the file of people for a plain ``datasette``, as ``kb serve --sign-in`` does for ours.
VARIABLE = "KB_SIGN_IN"
#: Seconds until a session ends by itself.
LASTS = 12 * 60 * 60
COOKIE = "ds_actor"

# What stands in an actor of ours: a mark of the token, so that a changed token ends the session.
_MARK = "kb"
_SHORTEST = 16
_LONGEST_NAME = 80
_LARGEST = 1 << 20
# So many wrong tokens in so many seconds, from anywhere, and who gave one of them has to wait.
_FAILURES, _WINDOW = 5, 60.0

_log = logging.getLogger("kb.site")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may decide, by the name that stands with the decisions."""

    name: str
    token: str = field(repr=False)

    @property
    def mark(self) -> str:
        """What a session carries instead of the token, from which the token cannot be told."""
        return hmac.new(self.token.encode(), b"kb session", hashlib.sha256).hexdigest()[:32]


def people(path: Path) -> tuple[Person, ...]:
    """The people of a file: on each line a name and, last, a token; ``#`` begins a comment line.

    Raises ``EvidenceError`` in one line, with the number of a line that is wrong and never what it says.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise EvidenceError(f"{path}: is too large to be a list of people and tokens.")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise EvidenceError(f"{path}: is no text in UTF-8.") from error
    found: list[Person] = []
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            found.append(_person(line, f"{path}:{number}"))
            if found[-1].token in {each.token for each in found[:-1]}:
                raise EvidenceError(f"{path}:{number}: the token stands above already; give each their own.")
    if not found:
        raise EvidenceError(f"{path}: names nobody; write a name and a token on each line.")
    return tuple(found)


def _person(line: str, where: str) -> Person:
    name, _, token = line.strip().rpartition(" ") if " " in line.strip() else line.strip().rpartition("\t")
    name = " ".join(name.split())
    if not name:
        raise EvidenceError(f"{where}: holds one word; write a name, a space and a token.")
    if len(token) < _SHORTEST:
        raise EvidenceError(
            f"{where}: the token has {len(token)} characters, {_SHORTEST} are the least;"
            ' `python -c "import secrets; print(secrets.token_urlsafe())"` makes one.'
        )
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise EvidenceError(f"{where}: the name is too long, or holds what cannot be printed.")
    if name == "root":
        raise EvidenceError(f"{where}: `root` may do everything in Datasette; take another name.")
    return Person(name, token)


def warning(path: Path) -> str:
    """A line about a file that others on the machine can read; "" for one that they cannot."""
    mode = path.stat().st_mode
    return f"{path}: others can read the tokens in it; `chmod 600 {path}` closes it." if mode & 0o044 else ""


class SignIn:
    """The people of a file as it is now, and how often a wrong token was given lately."""

    def __init__(self, path: Path) -> None:
        """Raises ``EvidenceError`` for a file that cannot be used."""
        self.path = path
        self._stamp = _stamp(path)
        self._people = people(path)
        self._failures: deque[tuple[float, str]] = deque(maxlen=10_000)

    @property
    def people(self) -> tuple[Person, ...]:
        """Who may sign in; nobody while the file is wrong."""
        stamp = _stamp(self.path)
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._people = people(self.path)
            except EvidenceError as error:
                _log.error("Nobody can sign in: %s", error)
                self._people = ()
        return self._people

    def find(self, token: str) -> Person | None:
        """Whose token that is; it takes as long for a wrong one as for a right one."""
        given = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        found = None
        for person in self.people:
            if hmac.compare_digest(given, hashlib.sha256(person.token.encode()).digest()):
                found = person
        return found

    def must_wait(self, address: str) -> bool:
        """Whether whoever asks from there must wait: too many tokens were wrong, one of them from there.

        Others may go on: who guesses from many places must not keep the right person out.
        """
        now = time.monotonic()
        while self._failures and now - self._failures[0][0] > _WINDOW:
            self._failures.popleft()
        return len(self._failures) >= _FAILURES and any(
            each == _network(address) for _, each in self._failures
        )

    def failed(self, address: str) -> None:
        """Note a wrong token."""
        self._failures.append((time.monotonic(), _network(address)))

    def name(self, actor: Any) -> str:
        """The name of the person whose session that is; "" for other actors, and one that ended."""
        if not isinstance(actor, dict) or not isinstance(actor.get(_MARK), str):
            return ""
        for person in self.people:
            if person.name == actor.get("id") and hmac.compare_digest(
                person.mark.encode(), actor[_MARK].encode("utf-8", "replace")
            ):
                return person.name
        return ""


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        stat = path.stat()
    except OSError:
        return ()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _network(address: str) -> str:
    """The part of an address that one guest has: all of it, or the first half of one of version 6."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else address


_SITES: WeakKeyDictionary[Any, SignIn | None] = WeakKeyDictionary()


def use(datasette: Any, path: Path | None) -> None:
    """Let the people of that file sign in; ``None``: nobody, whatever the environment says."""
    _SITES[datasette] = SignIn(path) if path else None


def sign_in_of(datasette: Any) -> SignIn | None:
    """How one signs in on this Datasette; ``None`` where nobody can.

    Raises ``EvidenceError`` for a file named by the environment that cannot be used.
    """
    if datasette not in _SITES:
        named = os.environ.get(VARIABLE, "")
        use(datasette, Path(named) if named else None)
    return _SITES[datasette]


def name_of(datasette: Any, request: Request | None) -> str:
    """The name of the person who is signed in; "" for everybody else."""
    signing = sign_in_of(datasette)
    return signing.name(request.scope.get("actor")) if signing and request is not None else ""


def still_signed_in(datasette: Any, actor: Any) -> bool:
    """Whether an actor that came with a cookie holds: ours does for as long as the file says so."""
    if not isinstance(actor, dict) or _MARK not in actor:
        return True
    signing = sign_in_of(datasette)
    return bool(signing and signing.name(actor))


def remember(datasette: Any, request: Request, response: Response, person: Person) -> None:
    """Begin a session: Datasette's own signed cookie, for this site alone and for half a day."""
    actor = {"id": person.name, _MARK: person.mark}
    ends = baseconv.base62.encode(int(time.time()) + LASTS)
    _set(datasette, request, response, datasette.sign({"a": actor, "e": ends}, "actor"), LASTS)


def forget(datasette: Any, request: Request, response: Response) -> None:
    """End the session, and leave no cookie."""
    _set(datasette, request, response, "", 0)
    response.set_cookie("ds_csrftoken", "", max_age=0)


def _set(datasette: Any, request: Request, response: Response, value: str, age: int) -> None:
    # A header that anybody can send: it can only make a cookie stricter.
    secure = "https" in (request.scheme, request.headers.get("x-forwarded-proto"))
    path = datasette.setting("base_url")
    response.set_cookie(COOKIE, value, max_age=age, path=path, secure=secure, httponly=True, samesite="lax")
