"""Manners of every answer: what a browser may load, what may be sent to us, what a table can search."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{inline}; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_POLICY_OURS = _POLICY.format(inline="").encode()
_READ_ONLY = b"This site can only be read: GET and HEAD."
# Datasette's own tools under /-/ bring styles in the page; scripts stay out there too.
_POLICY_TOOLS = _POLICY.format(inline=" 'unsafe-inline'").encode()


#: Bytes of a form: a piece to be mended can be long, and three bytes may stand for one.
LARGEST_FORM = 1 << 19
_FORM = b"application/x-www-form-urlencoded"


def wrap(app: App, *, read_only: bool, takes: Callable[[str], bool] = lambda path: False) -> App:
    """The application with our headers; ``read_only`` refuses every method but GET and HEAD.

    A POST to a path that ``takes`` forms comes through, whole and of moderate size.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        scope = {**scope, "query_string": searchable(scope.get("query_string", b""))}
        scope["headers"] = [each for each in scope.get("headers", []) if _readable(*each)]
        head = scope["method"] == "HEAD"

        async def send_mannerly(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _headers(scope, message.get("headers", []))}
            elif head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        path = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0].decode("latin-1")
        if scope["method"] == "POST" and takes(path):
            form = await _form(scope, receive, send_mannerly)
            if form is not None:
                await app(scope, _again(form, receive), send_mannerly)
        elif read_only and scope["method"] not in ("GET", "HEAD"):
            await _refuse(send_mannerly, 405, _READ_ONLY)
        else:
            await app(scope, receive, send_mannerly)

    return wrapped


async def _form(scope: Scope, receive: Receive, send: Send) -> bytes | None:
    """The body of a form; ``None`` once it was refused, or its sender is gone."""
    headers = {bytes(name).lower(): bytes(value) for name, value in scope["headers"]}
    if headers.get(b"content-type", b"").split(b";")[0].strip().lower() != _FORM:
        await _refuse(send, 415, b"Only a form of this site is taken here.")
        return None
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LARGEST_FORM:
            await _refuse(send, 413, b"That is too long for a form of this site.")
            return None
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    """What gives the body that was read already, then what comes after it."""
    rest = [{"type": "http.request", "body": body, "more_body": False}]

    async def given() -> MutableMapping[str, Any]:
        return rest.pop() if rest else await receive()

    return given


def _readable(name: bytes, value: bytes) -> bool:
    """Whether Datasette reads the header without failing, as it does on cookies and tokens of odd bytes."""
    if name.lower() == b"x-csrftoken":
        return value.isascii()
    if name.lower() != b"cookie":
        return True
    try:
        SimpleCookie().load(value.decode("utf-8"))
    except (CookieError, UnicodeDecodeError):
        return False
    return True


def searchable(query_string: bytes) -> bytes:
    """The query string without what Datasette's search in a table fails on: NUL, and nothing but quotes."""
    if b"_search" not in query_string:
        return query_string
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
    mended = []
    for name, value in pairs:
        if name.startswith("_search") and name != "_searchmode":
            value = value.replace("\x00", " ")
            if not value.replace('"', " ").strip():
                continue
        mended.append((name, value))
    return query_string if mended == pairs else urlencode(mended).encode()


def _headers(scope: Scope, headers: list[Any]) -> list[tuple[bytes, bytes]]:
    given = [(bytes(name).lower(), bytes(value)) for name, value in headers]
    names = {name for name, _ in given}
    tools = b"/-/" in (scope.get("raw_path") or scope["path"].encode())
    ours = {
        b"content-security-policy": _POLICY_TOOLS if tools else _POLICY_OURS,
        b"referrer-policy": b"same-origin",
        b"x-content-type-options": b"nosniff",
    }
    return [*given, *((name, value) for name, value in ours.items() if name not in names)]


async def _refuse(send: Send, status: int, sentence: bytes) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(sentence)).encode()),
        *([(b"allow", b"GET, HEAD")] if status == 405 else []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence})
