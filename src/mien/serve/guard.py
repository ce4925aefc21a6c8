"""What every request passes before anything else sees it: host, origin, token, size and pace of its body.

ASGI, so that bodies are counted as they come and never held here.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import socket
import time
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mien.serve.faults import ApiError, response_of
from mien.serve.metrics import Metrics
from mien.serve.settings import LOOPBACK, ServeSettings

COOKIE = "mien-token"
OPEN = ("/api/health", "/v1/images/results/")
"""How paths begin that need no token."""

PROGRAMS = ("/api/", "/v1/", "/sdapi/", "/metrics")
"""How paths begin that are no files of the page."""

POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; connect-src 'self' blob: data:; worker-src 'self' blob:; "
    "media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}
SLOWEST, TOGETHER = 20_000, 4
"""Bytes per second below which a body is given up after a while; how many of the largest bodies fit at once."""

EXPOSED = "X-Mien-Box, X-Mien-Preserved, X-Seed, Retry-After"


class Guard:
    """Args:
    app: what is guarded.
    settings: of the server.
    metrics: counts answers.
    """

    def __init__(self, app: ASGIApp, settings: ServeSettings, metrics: Metrics) -> None:
        self.app, self.settings, self.metrics = app, settings, metrics
        self.held = 0  # bytes of bodies whose requests have not ended
        self._names = {*LOOPBACK, "[::1]", *(name.lower() for name in settings.hosts), settings.host.lower()}
        if not settings.on_loopback:
            self._names |= {socket.gethostname().lower(), socket.getfqdn().lower()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        sending = self._sender(scope, send, origin if origin in self.settings.origins else "")
        try:
            answer = self._checked(scope, headers, origin)
        except ApiError as error:
            answer = response_of(error, scope["path"])
        if answer is not None:
            await answer(scope, receive, sending)
            return
        body = _Body(receive, self)
        try:
            await self.app(scope, body.receive, sending)
        except ApiError as error:
            await response_of(error, scope["path"])(scope, receive, sending)
        finally:
            self.held -= body.count

    def _checked(self, scope: Scope, headers: Headers, origin: str) -> Response | None:
        """What is answered at once; None lets the request pass."""
        host, path = headers.get("host", ""), scope["path"]
        if not self._is_ours(host):
            raise ApiError("host", "The server is not known by this name; start it with --allow-host.")
        foreign = origin and origin not in self.settings.origins
        if foreign and urlsplit(origin).netloc.lower() != host.lower():
            raise ApiError("origin", "Requests of other pages are refused; start the server with --allow-origin.")
        if headers.get("sec-fetch-site") == "cross-site" and not origin and path.startswith(PROGRAMS):
            raise ApiError("origin", "Requests of other pages are refused; start the server with --allow-origin.")
        if scope["method"] == "OPTIONS" and origin in self.settings.origins:
            return Response(status_code=204)
        if self.settings.token and (answer := self._token(scope, headers, path)) is not None:
            return answer
        length = headers.get("content-length", "0")
        if not length.isdigit() or len(length) > 15:
            raise ApiError("length", "The length of the body is no number; send a right one.")
        if int(length) > self.settings.upload_bytes:
            raise _too_large(self.settings.upload_bytes)
        return None

    def _is_ours(self, host: str) -> bool:
        name = host.lower().rsplit(":", 1)[0] if not host.endswith("]") else host.lower()
        if name in self._names:
            return True
        return not self.settings.on_loopback and self.settings.host in ("0.0.0.0", "::") and _is_address(name)

    def _token(self, scope: Scope, headers: Headers, path: str) -> Response | None:
        if path == "/" and (given := parse_qs(scope["query_string"].decode("latin-1")).get("token")):
            if not self._same(given[0]):
                raise ApiError("token", "This is not the server's token.")
            answer = RedirectResponse("/", 303)
            answer.set_cookie(COOKIE, self.settings.token, httponly=True, samesite="strict")
            return answer
        if not path.startswith(PROGRAMS) or path.startswith(OPEN) or self._same(_given(headers)):
            return None
        raise ApiError(
            "token",
            "This server asks for a token; send 'Authorization: Bearer TOKEN', or open /?token=TOKEN once.",
            headers={"WWW-Authenticate": "Bearer"},
        )

    def _same(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.settings.token.encode())

    def _sender(self, scope: Scope, send: Send, origin: str) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.metrics.request(scope["method"] if scope["method"].isalpha() else "other", message["status"])
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if origin else "same-origin")
                kept = "no-store" if scope["path"].startswith(PROGRAMS) else "no-cache"
                headers.setdefault("Cache-Control", kept)
                if origin:
                    headers["Access-Control-Allow-Origin"] = origin
                    headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
                    headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, X-Mien-Key, X-Mien-Name"
                    headers["Access-Control-Expose-Headers"] = EXPOSED
                    headers["Access-Control-Allow-Private-Network"] = "true"
                headers.add_vary_header("Origin")
            await send(message)

        return sending


class _Body:
    """Counts a body, the time that it takes, and what all bodies together hold in memory."""

    def __init__(self, receive: Receive, guard: Guard) -> None:
        self._receive, self._guard, self._start = receive, guard, time.monotonic()
        self.count, self._whole = 0, False

    async def receive(self) -> Message:
        """The next message; see ASGI."""
        if self._whole:
            return await self._receive()
        settings = self._guard.settings
        late = time.monotonic() - self._start > 3 * settings.body_seconds + self.count / SLOWEST
        try:
            message = await asyncio.wait_for(self._receive(), 0 if late else settings.body_seconds)
        except TimeoutError as error:
            raise ApiError("timeout", "The body came too slowly; send it again.") from error
        length = len(message.get("body", b""))
        self.count += length
        self._guard.held += length
        self._whole = not message.get("more_body", False)
        if self.count > settings.upload_bytes:
            raise _too_large(settings.upload_bytes)
        if self._guard.held > TOGETHER * settings.upload_bytes:
            raise ApiError("queue_full", "Too much is being uploaded at once; try again.", headers={"Retry-After": "2"})
        return message


def _too_large(most: int) -> ApiError:
    return ApiError("too_large", f"The body has more than {most / 1e6:.0f} MB; reduce the picture first.")


def _given(headers: Headers) -> str:
    """The token of a request: Bearer, the password of Basic (A1111's clients), or the page's cookie."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return value.strip()
    if kind.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode("utf-8", "replace").partition(":")[2]
        except (binascii.Error, ValueError):
            return ""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return "" if found is None else found.value


def _is_address(name: str) -> bool:
    """Whether a host is an IP address rather than a name."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, name.strip("[]"))
        except OSError:
            continue
        return True
    return False
