"""The check login: asks an installation to let the check user in, and leaves again; searches and opens nothing."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlencode

from checks.model import Facts, Fault
from checks.probes.exchange import Answer
from checks.probes.failure import LookFailed
from checks.probes.findings import Look, page_of
from checks.probes.http import Step, Trail, doors, hop_of
from checks.probes.urls import Place, place

FORM = b"Content-Type: application/x-www-form-urlencoded"
COOKIES_AT_MOST = 4096
LEFT_FOR_LEAVING = 0.05


async def look(now: Look) -> Facts:
    """Log in once, at the address of the list itself: no redirect is followed, the password goes nowhere else."""
    credentials = now.credentials
    if credentials is None:
        raise LookFailed(Fault.OURSELVES, "пароль проверочного входа не читается")
    settings = now.engine.settings
    here = place(now.target.url)
    fields = {"user": credentials.login, "pass": credentials.password.reveal(), "path": settings.login_catalogue}
    goal = Place(here.scheme, here.host, here.port, settings.login_path)
    step = await _send(goal, now, method="POST", headers=[FORM], body=urlencode(fields).encode())
    trail = Trail(steps=[step], fault=step.hop.fault, detail=step.hop.detail)
    page = page_of(step, now.engine)
    if step.answer is not None and settings.logout_path:
        await _leave(goal, step.answer, now)
    return now.web_facts(trail, page)


async def _leave(goal: Place, answer: Answer, now: Look) -> None:
    """Log out with the cookies just given; how that goes tells nothing of the installation."""
    cookies = cookies_of(answer)
    if cookies and now.deadline.left > LEFT_FOR_LEAVING:
        out = Place(goal.scheme, goal.host, goal.port, now.engine.settings.logout_path)
        await _send(out, now, method="GET", headers=[b"Cookie: " + cookies], body=b"")


async def _send(goal: Place, now: Look, *, method: str, headers: list[bytes], body: bytes) -> Step:
    engine, deadline = now.engine, now.deadline
    door = (await doors(goal, engine, deadline))[0]
    answer = await engine.wire.send(
        method, goal.url, dial=door, seconds=deadline.left, limits=engine.limits, headers=headers, body=body
    )
    return Step(place=goal, hop=hop_of(goal, door, answer, 0.0, now.at), answer=answer)


def cookies_of(answer: Answer) -> bytes:
    """Return what the server wants to be reminded of, as one header value; empty when there is nothing sensible."""
    pairs = []
    for name, value in answer.headers:
        if name != "set-cookie":
            continue
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(value.decode("latin-1"))
        except CookieError:
            continue
        pairs += [f"{key}={one.coded_value}" for key, one in jar.items()]
    line = "; ".join(pairs).encode("latin-1", "replace")
    return line if len(line) <= COOKIES_AT_MOST else b""
