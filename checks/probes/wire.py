"""Drive libcurl from the event loop: one new connection for every exchange, a total deadline, bounded bytes."""

from __future__ import annotations

import asyncio
import select
from contextlib import suppress
from typing import Any, Final

import pycurl

from checks.probes.exchange import Answer, Exchange, Limits, set_up

IDLE_HANDLES: Final = 64
BOTH: Final = select.EPOLLIN | select.EPOLLOUT
WRONG: Final = select.EPOLLERR | select.EPOLLHUP
WANTED: Final = {pycurl.POLL_IN: select.EPOLLIN, pycurl.POLL_OUT: select.EPOLLOUT, pycurl.POLL_INOUT: BOTH}
HAPPENED: Final = {
    0: 0,
    select.EPOLLIN: pycurl.CSELECT_IN,
    select.EPOLLOUT: pycurl.CSELECT_OUT,
    BOTH: pycurl.CSELECT_IN | pycurl.CSELECT_OUT,
}
"""From epoll's words to libcurl's and back."""


class Wire:
    """libcurl's multi interface on the running event loop."""

    def __init__(self, *, user_agent: str, ca_file: str | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._user_agent = user_agent
        self._ca_file = ca_file
        self._idle: list[Exchange] = []
        self._busy: dict[Any, Exchange] = {}
        self._watched: set[int] = set()
        self._epoll = select.epoll()
        self._loop.add_reader(self._epoll.fileno(), self._ready)
        self._timer: asyncio.Handle | None = None
        self._multi: Any = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)

    @property
    def busy(self) -> int:
        """Exchanges under way."""
        return len(self._busy)

    async def get(self, url: str, *, dial: str, seconds: float, limits: Limits) -> Answer:
        """Ask for ``url`` at the address ``dial`` (``ip:port``, ``[ip]:port``), whatever its host resolves to.

        ``url`` must be http or https with an ASCII host. The body of a redirect is not waited for.
        """
        exchange = self._idle.pop() if self._idle else self._fresh()
        handle = exchange.handle
        handle.setopt(pycurl.URL, url)
        return await self._run(exchange, dial=dial, seconds=seconds, limits=limits, turning=True, keep=True)

    async def send(
        self, method: str, url: str, *, dial: str, seconds: float, limits: Limits, headers: list[bytes], body: bytes
    ) -> Answer:
        """Any other request, with headers and a body of the caller's; nothing of it stays in a handle."""
        exchange = self._fresh()
        handle = exchange.handle
        handle.setopt(pycurl.URL, url)
        handle.setopt(pycurl.HTTPHEADER, headers)
        if method == "HEAD":
            handle.setopt(pycurl.NOBODY, 1)
        elif method != "GET" or body:
            handle.setopt(pycurl.POST, 1)
            handle.setopt(pycurl.POSTFIELDSIZE_LARGE, len(body))
            handle.setopt(pycurl.COPYPOSTFIELDS, body)
            handle.setopt(pycurl.CUSTOMREQUEST, method)
        return await self._run(exchange, dial=dial, seconds=seconds, limits=limits, turning=False, keep=False)

    async def _run(
        self, exchange: Exchange, *, dial: str, seconds: float, limits: Limits, turning: bool, keep: bool
    ) -> Answer:
        handle, milliseconds = exchange.handle, max(1, int(seconds * 1000))
        handle.setopt(pycurl.CONNECT_TO, [f"::{dial}"])
        handle.setopt(pycurl.TIMEOUT_MS, milliseconds)
        done: asyncio.Future[tuple[int, str]] = self._loop.create_future()
        exchange.begin(limits, done, turning=turning)
        self._multi.add_handle(handle)
        self._busy[handle] = exchange
        try:
            self._act()
            code, message = await done
            answer = exchange.answer(code, message)
        finally:
            if self._busy.pop(handle, None) is not None:
                self._multi.remove_handle(handle)
            if keep and done.done() and not done.cancelled() and len(self._idle) < IDLE_HANDLES:
                self._idle.append(exchange)
            else:
                handle.close()
        return answer

    def _fresh(self) -> Exchange:
        exchange = Exchange()
        set_up(exchange.handle, user_agent=self._user_agent, ca_file=self._ca_file)
        return exchange

    def _watch(self, what: int, fd: int, _multi: object, _data: object) -> None:
        if what == pycurl.POLL_REMOVE:
            self._watched.discard(fd)
            with suppress(OSError):
                self._epoll.unregister(fd)
        elif fd in self._watched:
            self._epoll.modify(fd, WANTED[what])
        else:
            self._watched.add(fd)
            self._epoll.register(fd, WANTED[what])

    def _ready(self) -> None:
        """Hand all sockets that something has happened on to libcurl, in one go."""
        act, running = self._multi.socket_action, len(self._busy)
        for fd, events in self._epoll.poll(0):
            if fd in self._watched:
                _, running = act(fd, HAPPENED[events & BOTH] | (pycurl.CSELECT_ERR if events & WRONG else 0))
        if running < len(self._busy):
            self._reap()

    def _set_timer(self, milliseconds: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if milliseconds == 0:
            self._timer = self._loop.call_soon(self._act)
        elif milliseconds > 0:
            self._timer = self._loop.call_later(milliseconds / 1000, self._act)

    def _act(self) -> None:
        """Let libcurl do what is due by its clock."""
        _, running = self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        if running < len(self._busy):
            self._reap()

    def _reap(self) -> None:
        left = 1
        while left:
            left, finished, failed = self._multi.info_read()
            for handle in finished:
                self._finish(handle, 0, "")
            for handle, code, message in failed:
                self._finish(handle, code, message)

    def _finish(self, handle: Any, code: int, message: str) -> None:
        exchange = self._busy.pop(handle)
        self._multi.remove_handle(handle)
        if exchange.done is not None and not exchange.done.done():
            exchange.done.set_result((code, message))

    def close(self) -> None:
        for handle, exchange in list(self._busy.items()):
            self._multi.remove_handle(handle)
            if exchange.done is not None:
                exchange.done.cancel()
        self._busy.clear()
        for exchange in self._idle:
            exchange.handle.close()
        self._idle.clear()
        self._multi.close()
        self._loop.remove_reader(self._epoll.fileno())
        self._epoll.close()
        if self._timer is not None:
            self._timer.cancel()
