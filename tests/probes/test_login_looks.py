"""The check login: one request with the password, one to leave, and nothing is ever searched or opened."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.facts import read
from checks.model import Credentials, Facts, Fault, LookKind, Mark, Outcome, Target
from checks.probes import Engine, look
from checks.probes.exchange import Answer
from checks.probes.login import cookies_of
from checks.secret import Secret
from tests.builders import NOON, client
from tests.wires import answer, listening, moved

KEY = Credentials(login="smartlogin", password=Secret("п@роль&=+ 1"))
IN = answer(302, Location="/docs", Set_Cookie="session=abc; path=/; HttpOnly")


class Kodweb:
    """Answers the login, then whatever comes."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.heard: list[tuple[bytes, bytes]] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), b":0")
        self.heard.append((head, await reader.readexactly(int(length.partition(b":")[2]))))
        writer.write(self.answers.pop(0) if self.answers else moved("/"))
        await writer.drain()


async def logs_in(engine: Engine, kodweb: Kodweb, key: Credentials | None = KEY) -> Facts:
    async with listening(kodweb) as web:
        target = Target(kind=LookKind.LOGIN, subject=client(), url=f"http://127.0.0.1:{web.port}/docs")
        return await look(target, engine=engine, at=NOON, credentials=key)


def outcome(facts: Facts) -> list[Outcome]:
    return [one.outcome for one in read(facts)]


async def test_it_logs_in_and_leaves_again(engine: Engine) -> None:
    kodweb = Kodweb(IN)

    facts = await logs_in(engine, kodweb)

    assert (facts.fault, facts.status, outcome(facts)) == (None, 302, [Outcome.OK])
    (came, form), (left, _) = kodweb.heard
    assert came.startswith(b"POST /users/login.asp HTTP/1.1\r\n")
    assert parse_qs(form.decode()) == {"user": ["smartlogin"], "pass": ["п@роль&=+ 1"], "path": ["/docs"]}
    assert left.startswith(b"GET /users/logout.asp HTTP/1.1\r\n")
    assert b"\r\nCookie: session=abc\r\n" in left


async def test_nothing_of_the_password_is_in_the_facts(engine: Engine) -> None:
    assert "роль" not in repr(await logs_in(engine, Kodweb(IN)))


@pytest.mark.parametrize(
    ("said", "marks", "told"),
    [
        (answer(200, "Ошибка авторизации".encode()), {Mark.BAD_LOGIN}, [Outcome.FAIL]),
        (answer(200, b"<!-- toomanyusers -->"), {Mark.NO_SEATS}, []),
        (moved("/docs?error=toomanyusers"), {Mark.NO_SEATS}, []),
        (answer(401), set(), [Outcome.FAIL]),
        (answer(204), set(), [Outcome.OK]),
        (answer(503), set(), []),
        (answer(404), set(), []),
    ],
)
async def test_a_refusal_is_told_from_everything_else(engine: Engine, said: bytes, marks: set, told: list) -> None:
    facts = await logs_in(engine, Kodweb(said))

    assert (facts.marks, outcome(facts)) == (marks, told)


async def test_without_a_password_nothing_is_asked_and_nothing_known(engine: Engine) -> None:
    kodweb = Kodweb(IN)

    facts = await logs_in(engine, kodweb, None)

    assert facts.fault is Fault.OURSELVES
    assert (kodweb.heard, outcome(facts)) == ([], [])


async def test_a_redirect_elsewhere_gets_no_password(engine: Engine) -> None:
    async with listening(answer(200)) as other:
        kodweb = Kodweb(moved(f"http://127.0.0.1:{other.port}/users/login.asp", 307))
        await logs_in(engine, kodweb)
    assert other.requests == []


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_no_cookie_raises_or_splits_a_header(values: list[bytes]) -> None:
    headers = tuple(("set-cookie", value) for value in values)
    sent = Answer(
        code=0, message="", cut=None, status=302, headers=headers, body=b"", begun=True, connect=0, tls=0,
        first_byte=0, total=0, errno=0, verify=0, chain=(),
    )  # fmt: skip

    line = cookies_of(sent)

    assert b"\r" not in line
    assert b"\n" not in line


async def test_a_ping_is_known_or_not_permitted(engine: Engine) -> None:
    target = Target(kind=LookKind.PING, subject=client(), url="http://127.0.0.1:80")

    facts = await look(target, engine=engine, at=datetime(2026, 11, 25, tzinfo=UTC))

    assert facts.fault is None or (facts.fault is Fault.OURSELVES and "не разрешён" in facts.detail)
