"""How long a connection may take to say what it wants: uvicorn itself waits for ever."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class LimitedProtocol(H11Protocol):
    """Closes a connection whose request's head is not there ``timeout_keep_alive`` seconds after it began."""

    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """A client connects."""
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request."""
        super().data_received(data)
        if self._head is None and self._waits:
            self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        if self._head is not None:
            self._head.cancel()
        super().connection_lost(exc)

    @property
    def _waits(self) -> bool:
        """Whether a request has begun, and its head has not ended. Idle connections have a limit already."""
        return self.conn.their_state is h11.IDLE and self.timeout_keep_alive_task is None

    def _expect(self) -> None:
        self._head = self.loop.call_later(self.timeout_keep_alive, self._expire)

    def _expire(self) -> None:
        self._head = None
        if self._waits and not self.transport.is_closing():
            self.transport.close()
