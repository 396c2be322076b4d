"""Look at an online access: log in with the client's own name, read the figures, log out.

Nothing is opened and nothing is searched: figures cost no units, and logging out leaves no seat bound. The password
goes nowhere but into the form.
"""

from __future__ import annotations

import re
from http.cookiejar import CookieJar
from typing import Final
from urllib.parse import quote, urlencode, urljoin

import httpx

from checks.billing import day_of
from checks.model import Credentials, Facts, Fault, Figures, Hop, Mark, Target
from checks.probes.failure import LookFailed
from checks.probes.findings import Look
from checks.probes.transport import LookTransport, Unanswered
from checks.readers.figures import Layout, Read, layout_for
from checks.readers.figures import read_page as read_figures
from checks.readers.pages import read_page

IN: Final = frozenset((200, 204, 301, 302, 303, 307))
UNDERSTOOD: Final = 200
BROKEN: Final = 500
PASSWORD_AGAIN: Final = re.compile(rb"<input[^>]{0,200}type\s*=\s*[\"']?password", re.IGNORECASE)
NO_PAGE: Final = "вошли, но страницы с лимитами нет"
NO_FIGURES: Final = "вошли, но на странице лимитов ничего не найдено"
NO_PASSWORD: Final = "пароль этого доступа не открывается ключом бота"  # noqa: S105 - that there is none
NO_LAYOUT: Final = "в настройке [billing] нет раздела для этого сервера"


async def look(now: Look) -> Facts:
    """Log in, read, log out. ``fault`` and ``status`` are those of the first step that did not succeed."""
    access = now.target.access
    assert access is not None
    layout = layout_for(now.engine.settings.billing, access.host)
    if layout is None:
        raise LookFailed(Fault.OURSELVES, NO_LAYOUT)
    if now.credentials is None:
        raise LookFailed(Fault.OURSELVES, NO_PASSWORD)
    visit = Visit(now, layout)
    try:
        entered = await visit.ask("POST", layout.login, form=_form(layout, now.target, now.credentials))
        marks, excerpt = visit.marks(entered)
        if entered.status_code not in IN or Mark.BAD_LOGIN in marks or Mark.NO_SEATS in marks:
            return visit.facts(status=entered.status_code, marks=marks, excerpt=excerpt)
        try:
            page = await visit.ask("GET", _filled(layout.page, now.target))
        finally:
            await visit.leave()
    except Unanswered as unanswered:
        return visit.facts(fault=unanswered.hop.fault, detail=unanswered.hop.detail, last=unanswered.hop)
    return visit.read(page, entered.status_code)


class Visit:
    """One session at the vendor's server."""

    def __init__(self, now: Look, layout: Layout) -> None:
        self._now = now
        self._layout = layout
        self._transport = LookTransport(now.engine, at=now.at, deadline=now.deadline)
        self._cookies = httpx.Cookies(CookieJar())
        self._hops: list[Hop] = []

    async def ask(self, method: str, path: str, form: bytes | None = None) -> httpx.Response:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
        try:
            request = httpx.Request(method, urljoin(self._now.target.url, path), headers=headers, content=form)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError) as error:
            raise LookFailed(Fault.BAD_ADDRESS, str(error)) from None
        self._cookies.set_cookie_header(request)
        response = await self._transport.handle_async_request(request)
        response.request = request
        self._cookies.extract_cookies(response)
        self._hops.append(response.extensions["hop"])
        return response

    async def leave(self) -> None:
        """Log out, whatever became of the page; what that brings changes nothing."""
        try:
            await self.ask("GET", self._layout.logout)
        except Unanswered as unanswered:
            self._hops.append(unanswered.hop)

    def marks(self, response: httpx.Response) -> tuple[frozenset[Mark], str]:
        page = read_page(
            response.content,
            content_type=response.headers.get("content-type", ""),
            server="",
            status=response.status_code,
            url=response.headers.get("location", ""),
            texts=self._now.engine.settings.texts,
        )
        return page.marks, page.excerpt

    def read(self, page: httpx.Response, entered: int) -> Facts:
        """Read the page with the figures; one that asks for a password again is a refused login.

        A page that is not there is our layout's fault, not the access's: the login itself went well.
        """
        marks, excerpt = self.marks(page)
        status = page.status_code
        if status >= BROKEN or Mark.BAD_LOGIN in marks:
            return self.facts(status=status, marks=marks, excerpt=excerpt)
        if status != UNDERSTOOD:
            return self.facts(status=UNDERSTOOD, detail=f"{NO_PAGE}: код {status}")
        read = read_figures(page.content, page.headers.get("content-type", ""), self._layout)
        if not read.quotas and PASSWORD_AGAIN.search(page.content):
            return self.facts(status=entered, marks=marks | {Mark.BAD_LOGIN})
        detail = "" if read.quotas else NO_FIGURES
        return self.facts(status=status, marks=marks, read=read, detail=detail)

    def facts(
        self,
        *,
        status: int | None = None,
        fault: Fault | None = None,
        detail: str = "",
        marks: frozenset[Mark] = frozenset(),
        excerpt: str = "",
        read: Read | None = None,
        last: Hop | None = None,
    ) -> Facts:
        now = self._now
        figures = None
        if read is not None and read.quotas:
            figures = Figures(at=now.at, quotas=read.quotas, visited_at=read.visited_at)
        return now.facts(
            fault=fault,
            detail=detail,
            hops=(*self._hops, *((last,) if last else ())),
            status=status,
            server=next((hop.server for hop in self._hops if hop.server), None),
            marks=marks,
            excerpt=excerpt,
            figures=figures,
            day=day_of(now.at, self._layout.zone),
        )


def _form(layout: Layout, target: Target, key: Credentials) -> bytes:
    fields = {layout.user_field: key.login, layout.password_field: key.password.reveal()}
    return urlencode({**{name: _filled(text, target) for name, text in layout.fields.items()}, **fields}).encode()


def _filled(text: str, target: Target) -> str:
    access = target.access
    assert access is not None
    return text.replace("{catalogue}", quote(access.catalogue)).replace("{login}", quote(access.login))
