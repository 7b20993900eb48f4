"""One polite conversation with a service over HTTP: httpx asks, tenacity waits and asks again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Generic, TypeVar
from urllib.parse import urlencode, urlsplit

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from corpus.errors import EvidenceError

#: How often one page is asked for.
TRIES = 6
#: Seconds that a service may ask to wait before one had better come back later.
PATIENCE = 300.0

_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_BACK_OFF = wait_exponential_jitter(initial=1, max=60, jitter=1)

T = TypeVar("T")


class Refused(EvidenceError):
    """The service will not answer this request; ``status`` and ``body`` are its own words."""

    def __init__(self, message: str, status: int, body: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = body


class _Failed(Exception):
    """This try failed and the next may not; ``wait`` is how long the service asks for."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What came back: ``address`` as asked, without what is nobody else's business."""

    address: str
    status: int
    content: T


class Client:
    """Asks one service, not faster than it allows, and again where that may help.

    ``private`` parameters (a mail address, a key) are sent and never kept. ``sleep`` and ``clock`` are
    seconds; tests put their own in.
    """

    def __init__(
        self,
        base: str,
        *,
        interval: float = 0.0,
        mailto: str = "",
        private: Mapping[str, str] | None = None,
        key_hint: str = "",
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base = base.rstrip("/")
        self._interval = interval
        self._private = dict(private or {})
        self._key_hint = key_hint
        self._sleep, self._clock = sleep, clock
        self._next = 0.0
        self._reached = False
        agent = f"evidence-kb/{version('evidence-kb')}" + (f" (mailto:{mailto})" if mailto else "")
        self._http = httpx.Client(
            timeout=httpx.Timeout(90, connect=15), follow_redirects=True, headers={"User-Agent": agent}
        )

    @property
    def host(self) -> str:
        """The name of the machine that is asked."""
        return urlsplit(self._base).hostname or self._base

    def address(self, path: str, parameters: Mapping[str, str]) -> str:
        """The address of a request as it may be kept and shown."""
        return f"{self._base}/{path}?{urlencode(parameters)}"

    def get(self, path: str, parameters: Mapping[str, str], read: Callable[[str], T]) -> Answer[T]:
        """The answer as ``read`` takes it; what makes that raise ``ValueError`` is asked for again.

        Raises ``Refused`` for what asking again does not mend, ``EvidenceError`` once the tries are used up.
        """
        retrying = Retrying(
            stop=stop_after_attempt(TRIES),
            wait=_wait,
            retry=retry_if_exception_type(_Failed),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(self._try, path, parameters, read)
        except _Failed as error:
            raise EvidenceError(
                f"{self.host}: {error}, {TRIES} times; run the same command again later to go on."
            ) from error

    def __enter__(self) -> Client:
        """The client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        self._http.close()

    def _try(self, path: str, parameters: Mapping[str, str], read: Callable[[str], T]) -> Answer[T]:
        self._keep_pace()
        try:
            response = self._http.get(f"{self._base}/{path}", params={**parameters, **self._private})
        except (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.UnsupportedProtocol,
            httpx.ProxyError,
        ) as error:
            if not self._reached:
                # Whoever is offline wants to know it now.
                raise EvidenceError(
                    f"cannot reach {self.host}: {_words(error)}; check the network, then run the same"
                    " command again."
                ) from error
            raise _Failed(f"cannot be reached ({_words(error)})") from error
        except httpx.TimeoutException as error:
            raise _Failed("did not answer in time") from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _Failed(f"the connection broke ({_words(error)})") from error
        except (httpx.InvalidURL, httpx.RequestError) as error:
            raise EvidenceError(f"{self._base}: cannot be asked ({_words(error)}).") from error
        self._reached = True
        self._check(response)
        try:
            content = read(response.text)
        except ValueError as error:
            raise _Failed(str(error)) from error
        return Answer(self.address(path, parameters), response.status_code, content)

    def _keep_pace(self) -> None:
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._interval

    def _check(self, response: httpx.Response) -> None:
        status = response.status_code
        if response.is_success:
            return
        if status in _BUSY:
            wait = retry_after(response.headers.get("Retry-After", ""), datetime.now(UTC))
            if wait is not None and wait > PATIENCE:
                raise EvidenceError(
                    f"{self.host}: asks to wait {wait / 60:.0f} minutes ({status});"
                    " run the same command again then to go on."
                )
            raise _Failed(f"answered {status} {response.reason_phrase}".rstrip(), wait)
        said = " ".join(_said(response).split())[:200]
        hint = self._key_hint if status in (401, 403) and self._key_hint else "check the query"
        raise Refused(
            f"{self.host}: refused the request ({status}{f': {said}' if said else ''}); {hint}.",
            status,
            response.text,
        )


def retry_after(header: str, now: datetime) -> float | None:
    """The seconds to wait that a ``Retry-After`` says, in seconds or as a date; ``None`` if it says none."""
    header = header.strip()
    if header.isdigit():
        return float(header)
    try:
        then = parsedate_to_datetime(header)
    except ValueError:
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return max(0.0, (then - now).total_seconds())


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, _Failed) else None
    return _BACK_OFF(state) if asked is None else asked


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _said(response: httpx.Response) -> str:
    """The service's own reason, where it gives one in JSON or in plain text."""
    try:
        content = response.json()
    except ValueError:
        return "" if "<" in response.text else response.text
    if not isinstance(content, dict):
        return str(content)
    message = content.get("message") or content.get("errMsg") or content.get("error") or ""
    if isinstance(message, list) and message and isinstance(message[0], dict):
        # Crossref lists what is wrong with each parameter.
        message = message[0].get("message", "")
    return str(message)
