"""Runs the embedded Telegram alone: ``python -m demo.telegram --listen 127.0.0.1:8080 --token 1000:demo``."""

import argparse
import asyncio
import signal
import sys

from bot.clock import now
from demo.telegram.app import create_app, serving
from demo.telegram.cast import CAST

PORT_AT_MOST = 65_535


def main() -> None:
    options = _options()
    host, port = options.listen
    asyncio.run(_serve(host, port, options.token, limits=not options.no_limits))


async def _serve(host: str, port: int, token: str, *, limits: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    app = create_app(cast=CAST, now=now, token=token, limits=limits)
    async with serving(app, host=host, port=port) as address:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        await stop.wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo.telegram", description="An embedded Telegram for one bot.")
    parser.add_argument("--listen", type=_address, default=("127.0.0.1", 8080), metavar="HOST:PORT")
    parser.add_argument("--token", default="1000:demo", help="the token that the bot uses (%(default)s)")
    parser.add_argument("--no-limits", action="store_true", help="let everything through, as no Telegram does")
    return parser.parse_args()


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isdecimal() and int(port) <= PORT_AT_MOST):
        raise argparse.ArgumentTypeError("HOST:PORT is expected")
    return host.strip("[]"), int(port)


if __name__ == "__main__":
    main()
