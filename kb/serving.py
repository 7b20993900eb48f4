"""Serving the site: Datasette with the settings of a site that strangers may use."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import yaml

from corpus.errors import EvidenceError
from corpus.opening import is_frozen
from corpus.store import Store

#: No arbitrary SQL, no download of the file, nothing that costs much for one click.
SETTINGS: dict[str, Any] = {
    "allow_csv_stream": False,
    "allow_download": False,
    "default_allow_sql": False,
    "default_cache_ttl": 60,
    "default_page_size": 50,
    "suggest_facets": False,
    "truncate_cells_html": 240,
}

# A process may usually have 1024 files open; beyond this many connections it says 503.
_CONNECTIONS = 500

#: Told the address once the site answers there.
Ready = Callable[[str], None]


def serve(
    database: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8001,
    open_browser: bool = False,
    metadata: Path | None = None,
    prefix: str = "/",
    proxies: Sequence[str] = (),
    sign_in: Path | None = None,
    warn: Ready = lambda line: None,
    ready: Ready | None = None,
) -> None:
    """Serve the site of an evidence file until it is interrupted; ``port=0`` takes a free one.

    ``prefix`` is the first part of every address, where a proxy gives the site a part of another. What
    ``proxies`` (addresses, networks) say of the visitor and the scheme is believed, what others say is not.

    The people in the file ``sign_in`` may change what is in the evidence file; ``warn`` is told if others can
    read their tokens.

    Raises ``EvidenceError`` in one line for a file that is none, and for a port that cannot be had.
    """
    import uvicorn

    from kb.site.sign_in import warning

    # Whatever is wrong with the file is said now, and in one line.
    Store.open(database).close()
    datasette = site(database, metadata, prefix, sign_in)
    if sign_in and (line := warning(sign_in)):
        warn(line)
    with closing(_listen(host, port)) as listening:
        server = uvicorn.Server(_config(datasette, proxies))
        _warm(datasette)
        address = _address(listening) + datasette.setting("base_url").lstrip("/")
        if ready:
            ready(address)
        if open_browser:
            import webbrowser

            webbrowser.open(address)
        try:
            server.run(sockets=[listening])
        except KeyboardInterrupt:
            # How one ends it; the server has closed its connections by now.
            return


def site(database: Path, metadata: Path | None = None, prefix: str = "/", sign_in: Path | None = None) -> Any:
    """The Datasette of an evidence file, with our plugin and safe settings, not yet listening.

    The people in the file ``sign_in`` may change what is in it; without one, nobody.
    """
    settings = SETTINGS | {"base_url": _base(prefix)}
    from datasette.app import Datasette
    from datasette.plugins import pm

    import kb.site

    if not pm.is_registered(kb.site):
        # Run from a checkout that is not installed: no entry point has told Datasette of the plugin.
        pm.register(kb.site, name="kb")
    files, frozen = ([], [str(database)]) if is_frozen(database) else ([str(database)], [])
    datasette = Datasette(files, immutables=frozen, settings=settings, metadata=_read_metadata(metadata))
    from kb.site.sign_in import use

    use(datasette, sign_in)
    return datasette


def _base(prefix: str) -> str:
    """The prefix as Datasette takes it, between slashes."""
    parts = [part for part in prefix.split("/") if part]
    for part in parts:
        if not re.fullmatch(r"[A-Za-z0-9_-]+", part):
            raise EvidenceError(
                f"the prefix {prefix!r} is none: it takes letters, digits, - and _, as in /evidence/."
            )
    return "".join(f"/{part}" for part in parts) + "/"


def _config(datasette: Any, proxies: Sequence[str]) -> Any:
    import uvicorn

    return uvicorn.Config(
        datasette.app(),
        # Whatever else is installed: this parser gives up on a head of which 16 kB came and no end.
        http="h11",
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="on",
        limit_concurrency=_CONNECTIONS,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        # A proxy keeps connections for a minute; one that is closed under its hands is a request lost.
        timeout_keep_alive=65 if proxies else 5,
        timeout_graceful_shutdown=5,
    )


def _read_metadata(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read ({error.strerror}).") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise EvidenceError(f"{path}: is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise EvidenceError(f"{path}: is no metadata for Datasette; metadata.yml shows the form.")
    return content


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # Said to be TCP, or asyncio leaves Nagle's algorithm on: it holds each answer back for 40 ms.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except (OSError, OverflowError) as error:
        raise EvidenceError(f"no site can be served at {host}, port {port} ({error}).") from error
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except (OSError, OverflowError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or error
        raise EvidenceError(
            f"port {port} on {host} cannot be used ({reason}); `--port` names another."
        ) from error
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def _warm(datasette: Any) -> None:
    """Open the index and load the model before anybody waits for them."""
    from kb.site.evidence import evidence_of

    if evidence := evidence_of(datasette):
        evidence.release.warm()
