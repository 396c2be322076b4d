"""How soon the chat hears of an outage, in how many messages, and what the bot costs while nothing happens."""

from __future__ import annotations

import asyncio
import time

from bench.rig import rig

REFUSING = 60.0
FIRST = "client10000"


async def main() -> None:
    await small()
    await refused()
    await flapping()
    await crowd()


def row(words: str, figure: str, promised: str) -> None:
    print(f"  {words:<72} {figure:>16}   {promised}")


def seconds(took: float | None) -> str:
    return "never" if took is None else f"{took:.1f} s"


async def small() -> None:
    async with rig(clients=300, redirects=1, interval="20s") as one:
        await asyncio.sleep(25)
        assert one.said() == [], one.said()
        name = FIRST
        await one.change(client=name, state="refuse")
        row("one installation dies, interval 20 s: card after", seconds(await one.until("№", seconds=60)), "≤ 40 s")
        await one.change(client=name, state="ok")
        await one.until("снова", seconds=90)
        before = len(one.said())
        await one.change(redirect="r1", state="refuse")
        took = await one.until("r1 не работает", seconds=60)
        row("a redirect server with 300 domains dies: card after", seconds(took), "≤ 15 s")
        await asyncio.sleep(20)
        row("messages about it", str(len(one.said()) - before), "1")


async def refused() -> None:
    """The same while Telegram refuses everything for a minute."""
    async with rig(clients=300, redirects=1, interval="20s") as one:
        await asyncio.sleep(25)
        one.refuse(REFUSING)
        began = time.monotonic()
        await one.change(redirect="r1", state="refuse")
        took = await one.until("№", seconds=REFUSING + 60)
        late = None if took is None else began + took - (began + REFUSING)
        row("Telegram refuses for 60 s: card after it is back", seconds(late), "right after")
        await asyncio.sleep(15)
        row("messages about it", str(len(one.said())), "1")


async def flapping() -> None:
    async with rig(clients=40, redirects=1, interval="2s") as one:
        await asyncio.sleep(4)
        name = FIRST
        for _ in range(20):
            await one.change(client=name, state="refuse")
            await asyncio.sleep(3)
            await one.change(client=name, state="ok")
            await asyncio.sleep(3)
        cards = [text for text in one.said() if "№" in text]
        row("a site that comes and goes for two minutes: messages", str(len(cards)), "1 (as flapping)")


async def crowd() -> None:
    async with rig(clients=10_000, redirects=3, interval="60s") as one:
        row("start with 10,000 clients, imports of libraries included", seconds(one.started), "≤ 3 s after imports")
        await asyncio.sleep(60)
        cpu, began = one.cpu(), time.monotonic()
        await asyncio.sleep(60)
        share = (one.cpu() - cpu) / (time.monotonic() - began)
        row("20,000 looks a minute (10,000 clients by domain and directly)", f"{share:.0%} of a core", "10,000: ≤ 15 %")
        row("memory then", f"{one.memory():.0f} MB", "≤ 350 MB")
        for name in ("r1", "r2", "r3"):
            await one.change(redirect=name, state="refuse")
        took = await one.until("№", seconds=90, times=3)
        row("10,000 clients behind 3 redirect servers fail: 3 cards after", seconds(took), "≤ 10 s")
        await asyncio.sleep(60)
        row("messages in the chat a minute later", str(len(one.said())), "≤ 5")


if __name__ == "__main__":
    asyncio.run(main())
