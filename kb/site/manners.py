"""Manners of every answer: what a browser may load, that nothing can be written, what a table can search."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
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
# Datasette's own tools under /-/ bring styles in the page; scripts stay out there too.
_POLICY_TOOLS = _POLICY.format(inline=" 'unsafe-inline'").encode()


def wrap(app: App, *, read_only: bool) -> App:
    """The application with our headers; ``read_only`` refuses every method but GET and HEAD."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        scope = {**scope, "query_string": searchable(scope.get("query_string", b""))}
        head = scope["method"] == "HEAD"

        async def send_mannerly(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _headers(scope, message.get("headers", []))}
            elif head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if read_only and scope["method"] not in ("GET", "HEAD"):
            await _refuse(send_mannerly)
        else:
            await app(scope, receive, send_mannerly)

    return wrapped


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


async def _refuse(send: Send) -> None:
    sentence = b"This site can only be read: GET and HEAD."
    headers = [
        (b"allow", b"GET, HEAD"),
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(sentence)).encode()),
    ]
    await send({"type": "http.response.start", "status": 405, "headers": headers})
    await send({"type": "http.response.body", "body": sentence})
