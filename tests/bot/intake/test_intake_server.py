"""Whatever is sent gets the right status, nothing half is kept, nobody else suffers."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from checks.model import Observation
from storage import facts
from storage.tables import health, tokens
from tests.intake_world import SECRET, World, multipart

STATUS = b'date: Mon, 23 Nov 2026 08:59:58 GMT\nkserver_main_page{path="/docs"} 0\n'


def code(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def word(answer: bytes) -> Any:
    return json.loads(answer.partition(b"\r\n\r\n")[2]).get("error")


async def get(world: World, path: str, method: str = "GET", *headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", *headers, "", ""]
    return await world.send("\r\n".join(lines).encode())


async def test_unknown_wrong_and_missing_tokens_answer_alike(world: World) -> None:
    answers = [await world.send(multipart(STATUS, token=token)) for token in ("", "guess", world.own_token + "x")]
    answers.append(await world.send(multipart(STATUS, dealer="0600other")))

    bodies = {answer.partition(b"\r\n\r\n")[2] for answer in answers}
    assert {code(answer) for answer in answers} == {401}
    assert bodies == {b'{"ok":false,"error":"unauthorized"}'}


async def test_a_clients_token_reports_for_that_client_only(world: World) -> None:
    for name in ("vektor.status", "nobody.status"):
        answer = await world.send(multipart(STATUS, name=name, token=world.own_token))
        assert (code(answer), word(answer)) == (401, "unauthorized")
    assert await world.rows() == []


@pytest.mark.parametrize("name", ["nobody.status", "gone.xml"])
async def test_a_client_who_is_not_in_the_list_is_not_found(world: World, name: str) -> None:
    answer = await world.send(multipart(STATUS, name=name))

    assert (code(answer), word(answer)) == (404, "unknown_client")
    assert world.files() == []


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.xml",
        "..\\\\..\\\\boot.xml",
        "/etc/romashka.xml",
        "C:\\\\romashka.xml",
        "..xml",
        ".status",
        "romashka",
        "romashka.exe",
        "romashka.xml.exe",
        " romashka.xml",
        "a" * 200 + ".xml",
        "",
    ],
)
async def test_no_file_name_leads_anywhere(world: World, name: str) -> None:
    answer = await world.send(multipart(STATUS, name=name))

    assert code(answer) in {400, 404}
    assert world.files() == []
    assert await world.rows() == []


@pytest.mark.parametrize("body", [b"", b"--BOUNDARY--\r\n", b"--OTHER\r\n\r\nx", b"\0" * 5000])
async def test_a_body_that_is_no_form_is_refused(world: World, body: bytes) -> None:
    request = multipart(STATUS).partition(b"\r\n\r\n")[0].replace(b"Content-Length: ", b"X-Was: ")

    answer = await world.send(request + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    assert (code(answer), word(answer)) in {(400, "malformed"), (400, "no_file")}


async def test_a_missing_field_is_refused(world: World) -> None:
    answer = await world.send(multipart(STATUS, field_name="attachment"))

    assert (code(answer), word(answer)) == (400, "no_file")
    answer = await world.send(multipart(STATUS).replace(b"multipart/form-data; boundary=BOUNDARY", b"text/plain"))
    assert (code(answer), word(answer)) == (400, "malformed")


@pytest.mark.slow
async def test_half_a_body_stores_nothing(world: World) -> None:
    whole = multipart(b"x" * 200_000, name="romashka.xml")

    for cut in (len(whole) // 2, len(whole) - 20):
        answer = await world.send(whole[:cut], wait=9)
        assert code(answer) == 408
    _, writer = await asyncio.open_connection("127.0.0.1", world.port)
    writer.write(whole[: len(whole) // 2])
    await writer.drain()
    writer.close()
    await asyncio.sleep(0.2)

    assert world.files() == []
    assert await world.rows() == []


async def test_a_form_cut_off_within_its_length_stores_nothing(world: World) -> None:
    whole = multipart(b"x" * 200_000, name="romashka.xml")
    head, _, content = whole.partition(b"\r\n\r\n")
    content = content[:-30]
    length = b"Content-Length: %d" % len(content)

    answer = await world.send(head.rpartition(b"\r\n")[0] + b"\r\n" + length + b"\r\n\r\n" + content)

    assert (code(answer), word(answer)) == (400, "malformed")
    assert world.files() == []


async def drip(world: World, *, pieces: int) -> tuple[bytes, float]:
    """Send half a report, then a byte every tenth of a second, ``pieces`` of them; return the answer and its delay."""
    clock = asyncio.get_running_loop().time
    whole = multipart(b"x" * 1000)
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    writer.write(whole[:-500])
    began = clock()
    answering = asyncio.create_task(reader.read(4096))
    for _ in range(pieces):
        await asyncio.sleep(0.1)
        if answering.done():
            break
        writer.write(b"x")
    async with asyncio.timeout(10):
        answer = await answering
    writer.close()
    return answer, clock() - began


@pytest.mark.slow
async def test_a_slow_sender_is_cut_off_and_nobody_else_notices(world: World) -> None:
    silent, dripping = (asyncio.create_task(drip(world, pieces=pieces)) for pieces in (0, 100))
    await asyncio.sleep(0.1)

    assert code(await world.send(multipart(STATUS))) == 200

    (first, soon), (second, later) = await asyncio.gather(silent, dripping)
    assert (code(first), word(first)) == (408, "too_slow")
    assert (code(second), word(second)) == (408, "too_slow")
    assert 0.8 < soon < later
    assert 2.8 < later < 8


async def test_headers_that_never_end_are_cut_off(world: World) -> None:
    clock = asyncio.get_running_loop().time
    began = clock()

    answers = await asyncio.gather(world.send(b""), world.send(multipart(STATUS)[:60]))

    assert answers == [b"", b""]
    assert 0.9 < clock() - began < 4.9


async def test_a_hundred_at_once_lose_nothing(world: World) -> None:
    answers = await asyncio.gather(*(world.send(multipart(STATUS, name=f"client{n}.status")) for n in range(100)))

    assert {code(answer) for answer in answers} == {200}
    assert len(await world.rows()) == 100
    assert len(await world.arrivals()) == 100
    assert len(world.files()) == 100


async def test_the_same_report_twice_has_one_effect(world: World) -> None:
    first = await world.send(multipart(STATUS))
    observed = len(world.observed)
    world.now += timedelta(minutes=15)
    second = await world.send(multipart(STATUS))

    assert code(first) == code(second) == 200
    assert len(await world.rows()) == 1
    assert [seen.code for seen in world.observed[observed:]] == ["SmartStatusSilent"]
    arrival = (await world.arrivals())["romashka", "status"]
    assert (arrival.heard_at, arrival.count) == (world.now, 2)
    assert len(world.files()) == 1


async def test_the_same_report_twice_at_once_has_one_effect(world: World) -> None:
    answers = await asyncio.gather(*(world.send(multipart(STATUS)) for _ in range(20)))

    assert {code(answer) for answer in answers} == {200}
    assert len(await world.rows()) == 1
    assert sum(seen.code == "MainPageBroken" for seen in world.observed) == 1


async def test_only_the_last_file_of_a_kind_stays(world: World) -> None:
    for minute in range(3):
        await world.send(multipart(STATUS.replace(b"08:59", b"09:%02d" % minute)))
    await world.send(multipart(b"<sysinfo/>", name="romashka.xml"))

    assert len(await world.rows()) == 4
    kept = sorted(arrival.file for arrival in (await world.arrivals()).values())
    assert world.files() == kept
    assert len(kept) == 2


async def test_a_report_that_cannot_be_recorded_is_not_acknowledged(world: World) -> None:
    def fail(_observations: Sequence[Observation]) -> None:
        raise RuntimeError("between receive and commit")

    world.failing = fail
    answer = await world.send(multipart(STATUS))
    assert (code(answer), word(answer)) == (503, "try_again")
    assert (await world.rows(), await world.arrivals()) == ([], {})

    world.failing = lambda _: None
    assert code(await world.send(multipart(STATUS))) == 200
    assert len(await world.rows()) == 1
    assert world.said()["romashka", "MainPageBroken"] == "ok"


async def test_one_that_fails_spoils_nobody_in_its_batch(world: World) -> None:
    def fail(observations: Sequence[Observation]) -> None:
        if any(seen.subject.name == "client7" for seen in observations):
            raise RuntimeError("poison")

    world.failing = fail
    answers = await asyncio.gather(*(world.send(multipart(STATUS, name=f"client{n}.status")) for n in range(20)))

    assert [code(answer) for answer in answers] == [503 if n == 7 else 200 for n in range(20)]
    assert {row.client for row in await world.rows()} == {f"client{n}" for n in range(20)} - {"client7"}


async def test_a_broken_report_is_taken_and_told(world: World) -> None:
    answer = await world.send(multipart(b"PK\x03\x04cut", name="romashka.zip"))

    assert code(answer) == 200
    broken = [seen for seen in world.observed if seen.code == "UploadBroken"]
    assert [(seen.outcome.value, seen.reason, seen.detail) for seen in broken] == [
        ("fail", "report_truncated", "sysinfo")
    ]
    (row,) = await world.rows()
    assert row.broken == "truncated"


async def test_reports_are_never_given_out(world: World) -> None:
    await world.send(multipart(STATUS))

    for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
        answer = await get(world, f"/files/romashka.status?token={SECRET}", method)
        assert code(answer) == 405
        assert b"kserver" not in answer


async def test_a_use_of_a_token_is_noted(world: World) -> None:
    await world.send(multipart(STATUS, token=world.own_token))

    async with world.database.read() as connection:
        assert await connection.scalar(select(tokens.c.last_used_at)) == world.now


async def test_no_token_reaches_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def fail(_observations: Sequence[Observation]) -> None:
        raise RuntimeError("boom")

    world.failing = fail
    await world.send(multipart(STATUS, token=world.own_token))
    await get(world, f"/upload?token={SECRET}")
    await get(world, f"/files/romashka.xml?token={SECRET}", "HEAD")
    await world.send(f"POST /upload?token={SECRET} HTTP/9.9\r\nbad\r\n\r\n".encode())

    for record in caplog.records:
        whole = record.getMessage() + str(record.exc_info) + (record.exc_text or "")
        assert SECRET not in whole
        assert world.own_token not in whole


async def api(world: World, body: Any, *, token: str | None = None, query: bool = False) -> bytes:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    token = world.own_token if token is None else token
    path = f"/api/v1/reports?token={token}" if query else "/api/v1/reports"
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(data)}\r\n"
    head += "" if query else f"Authorization: Bearer {token}\r\n"
    return await world.send(head.encode() + b"\r\n" + data)


METRICS = {"kind": "status", "metrics": [{"name": "kserver_main_page", "value": 1, "labels": {"status": "update DB"}}]}


@pytest.mark.parametrize("query", [True, False])
async def test_a_report_comes_as_json_too(world: World, query: bool) -> None:
    answer = await api(world, METRICS, query=query)

    assert answer.endswith(b'{"ok":true,"path":"/files/romashka.status"}')
    assert world.said()["romashka", "MainPageBroken"] == "fail"
    assert code(await get(world, f"/files/romashka.status?token={world.own_token}", "HEAD")) == 200


async def test_sysinfo_facts_come_as_json_too(world: World) -> None:
    facts = {"version": "6.4.5.127", "key": "ok", "seats": 20, "reported_at": "2026-11-23T12:00:00+03:00"}

    assert code(await api(world, {"kind": "sysinfo", "client": "romashka", **facts})) == 200

    (row,) = await world.rows()
    assert row.reported_at == world.now
    assert row.facts == {"form": "api", "reported_at": "2026-11-23T09:00:00Z", "version": "6.4.5.127"} | {
        "key": "ok",
        "seats": 20,
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", ""),
        (b"{", ""),
        ([], ""),
        ({"kind": "gossip"}, ""),
        ({**METRICS, "secret": "topsecret"}, "status.secret"),
        ({"kind": "status", "metrics": []}, "status.metrics"),
        ({"kind": "status", "metrics": [{"name": "топ", "value": 1}]}, "status.metrics.0.name"),
        ({"kind": "sysinfo", "version": "six"}, "sysinfo.version"),
        ({"kind": "sysinfo", "reported_at": "0001-01-01T00:00:00+14:00"}, "sysinfo.reported_at"),
        ({"kind": "sysinfo", "reported_at": "2026-11-23T12:00:00"}, "sysinfo.reported_at"),
    ],
)
async def test_json_that_breaks_a_rule_names_field_and_rule_only(world: World, body: Any, field: str) -> None:
    answer = await api(world, body)

    assert code(answer) == 400
    said = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert said["fields"][0]["field"] == field
    assert b"topsecret" not in answer
    assert await world.rows() == []


async def test_json_wants_the_clients_own_token(world: World) -> None:
    assert code(await api(world, METRICS, token=SECRET)) == 401
    assert code(await api(world, METRICS, token="guess")) == 401
    assert code(await api(world, {**METRICS, "client": "vektor"})) == 401
    assert code(await api(world, b" " * 2_000_000)) == 413


async def test_health_readiness_and_metrics(world: World) -> None:
    world.probes["database"] = lambda: None
    assert code(await get(world, "/healthz")) == 200
    assert (await get(world, "/readyz")).endswith(b'{"ok":true,"checks":{"database":"ok"}}')

    async def late() -> str | None:
        await asyncio.sleep(9)
        return None

    async def wrong() -> str | None:
        raise RuntimeError("secret words")

    world.probes |= {"sweep": lambda: "last sweep 9 min ago", "late": late, "wrong": wrong}
    answer = await get(world, "/readyz")
    assert code(answer) == 503
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["checks"] == {
        "database": "ok",
        "sweep": "last sweep 9 min ago",
        "late": "no answer in time",
        "wrong": "RuntimeError",
    }
    metrics = await get(world, "/metrics")
    assert b'smartbot_http_requests_total{route="/readyz",status="503"} 1.0' in metrics


@pytest.mark.parametrize("path", ["/", "/files/", "/upload/..", "/%00", "/files/%2e%2e%2fx.xml?token=x", "//", "/api"])
async def test_every_other_path_says_nothing(world: World, path: str) -> None:
    assert code(await get(world, path)) in {400, 404, 405}
    assert code(await get(world, path, "HEAD")) in {400, 401, 404, 405}


async def test_nothing_but_reports_was_judged(world: World) -> None:
    async with world.database.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(health)) == 0


async def test_what_an_upload_says_is_remembered_and_a_broken_one_changes_nothing(world: World) -> None:
    sample = (Path(__file__).parents[2] / "testdata" / "sysinfo.xml").read_bytes()
    for body in (sample, sample[:300]):
        assert code(await world.send(multipart(body, name="romashka.xml"))) == 200

    async with world.database.read() as connection:
        latest = await facts.latest(connection, "romashka")
        changes = await facts.history(connection, "romashka", "version")
    assert latest is not None
    assert (latest.facts.version, latest.at) == ("6.4.5.127", world.now)
    assert [(change.before, change.after) for change in changes] == [(None, "6.4.5.127")]


async def test_forty_volumes_on_a_lost_share_are_one_failure(world: World) -> None:
    message = r"Не могу открыть файл \\nas\te\n.bsz (ошибка 53)"
    base = f'<base name="Том" end="2027-12-31" error="53" message="{message}"/>'
    report = f'<sysinfo><report date="2026-11-23T12:00:00+03:00"/><bases>{base * 40}</bases></sysinfo>'

    assert code(await world.send(multipart(report.encode(), name="romashka.xml"))) == 200

    failed = [seen for seen in world.observed if seen.outcome.value == "fail"]
    assert [(seen.code, seen.reason, seen.detail) for seen in failed] == [
        ("StorageUnreachable", "error_53", r"\\nas\te 40/40")
    ]
