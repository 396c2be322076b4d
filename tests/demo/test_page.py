"""The page in a real chromium: what it shows, what a click does, that nothing hostile comes alive."""

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from aiogram.exceptions import TelegramForbiddenError
from aiogram.types import BotCommand, BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup

from demo import telegram
from tests.demo.browser import CHROMIUM, Browser, browsing
from tests.demo.conftest import TOKEN, Clock

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]
CHAT = telegram.SUPPORT.id
MARKUP = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="✋ Беру", callback_data="take"),
            InlineKeyboardButton(text="Админка", url="http://10.0.0.1/admin"),
        ]
    ]
)
HOSTILE = "<img src=x onerror=\"document.title='взломано'\"><script>document.title='взломано'</script>"


class FakeEstate:
    """One redirect server and one client behind it."""

    def __init__(self) -> None:
        self.states = {"r1": "ok", "romashka": "ok"}

    def state(self) -> Mapping[str, Any]:
        return {
            "redirects": [{"name": "r1", "title": "Облако", "state": self.states["r1"]}],
            "clients": [{"name": "romashka", "title": HOSTILE, "redirect": "r1", "state": self.states["romashka"]}],
        }

    async def change(self, wish: Mapping[str, Any]) -> None:
        self.states[wish.get("redirect") or wish["client"]] = wish["state"]


class FakeStories:
    """One story that is over as soon as it begins."""

    def names(self) -> list[dict[str, str]]:
        return [{"name": "2022-11-15", "title": "Отказал сервер переадресации"}]

    async def start(self, name: str, *, speed: float) -> None:
        assert speed > 0

    def progress(self, name: str) -> dict[str, Any]:
        told = [{"at": "2022-11-15T03:02:00+00:00", "chat_id": CHAT, "text": "🔴 Сервер r1 не работает"}]
        return {"done": True, "at": "2022-11-15T04:54:00+00:00", "said": told}


@pytest.fixture
def estate() -> FakeEstate:
    return FakeEstate()


@pytest.fixture
async def address(clock: Clock, estate: FakeEstate) -> AsyncIterator[str]:
    app = telegram.create_app(
        cast=telegram.CAST, now=clock, token=TOKEN, estate=estate, stories=FakeStories(), limits=False
    )
    async with telegram.serving(app) as url:
        yield url


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as browser:
        await browser.size(1280, 800)
        yield browser
        assert browser.complaints == []


async def opened(browser: Browser, address: str, person: telegram.Person, chat_id: int, topic: int = 0) -> None:
    await browser.open(f"{address}/#/{person.id}/{chat_id}/{topic}")
    await browser.until("document.getElementById('connection').textContent === 'на связи'")


async def test_a_card_is_drawn_and_its_button_answers(bot, sim, browser, address):
    await opened(browser, address, telegram.ANNA, CHAT)
    text = f"🔴 <b>r1</b> не работает\n{HOSTILE.replace('<', '&lt;')}"
    sent = await bot.send_message(CHAT, text, parse_mode="HTML", reply_markup=MARKUP, disable_notification=True)
    card = f"document.querySelector('.message[data-id=\"{sent.message_id}\"]')"
    await browser.until(card)

    assert await browser.run(f"{card}.querySelector('.text').textContent") == sent.text
    assert await browser.run(f"{card}.querySelector('b').textContent") == "r1"
    assert await browser.run(f"{card}.querySelectorAll('img, script').length") == 0
    assert "🔕" in await browser.run(f"{card}.querySelector('.meta').textContent")
    assert "взломано" not in await browser.run("document.title")

    await browser.run(f"{card}.querySelector('.keys button').click()")
    (update,) = await bot.get_updates(timeout=5, allowed_updates=["callback_query"])
    await bot.answer_callback_query(update.callback_query.id, "Взяла Анна")
    await bot.edit_message_text("🟢 r1 работает", chat_id=CHAT, message_id=sent.message_id)

    assert await browser.until("document.querySelector('.toast')?.textContent") == "Взяла Анна"
    assert await browser.until(f"{card}.querySelector('.text').textContent === '🟢 r1 работает'")
    assert "изм." in await browser.run(f"{card}.querySelector('.meta').textContent")


async def test_an_alert_waits_to_be_read(bot, browser, address):
    sent = await bot.send_message(CHAT, "🔴 r1", reply_markup=MARKUP)
    await opened(browser, address, telegram.IGOR, CHAT)
    await browser.run(f"document.querySelector('[data-id=\"{sent.message_id}\"] .keys button').click()")
    (update,) = await bot.get_updates(timeout=5)
    await bot.answer_callback_query(update.callback_query.id, "Уже взяла Анна", show_alert=True)

    assert await browser.until("document.querySelector('#alert[open] p')?.textContent") == "Уже взяла Анна"


async def test_a_command_is_completed_and_sent(bot, browser, address):
    await bot.set_my_commands(
        [BotCommand(command="status", description="как дела"), BotCommand(command="down", description="что упало")]
    )
    await opened(browser, address, telegram.OLGA, telegram.OLGA.id)
    await browser.until("!document.getElementById('menu').hidden")
    await browser.run(
        "(() => { const input = document.getElementById('input'); input.value = '/do';"
        " input.dispatchEvent(new Event('input')); input.focus(); })()"
    )

    assert await browser.run("document.getElementById('commands').textContent") == "/downчто упало"
    await browser.ask("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter")
    (update,) = await bot.get_updates(timeout=5)
    assert (update.message.text, update.message.from_user.id) == ("/down", telegram.OLGA.id)
    assert await browser.until("document.querySelector('.message.mine .text')?.textContent") == "/down"


async def test_the_panel_breaks_and_mends(browser, address, estate):
    await opened(browser, address, telegram.ANNA, CHAT)
    await browser.run("document.querySelector('.act.break').click()")
    await browser.until("document.querySelector('.card.broken')")
    assert estate.states["r1"] == "refuse"
    assert await browser.run("document.getElementById('panel-subtitle').textContent") == "1 клиент, сломано: 1"

    await browser.run("document.querySelector('.act.mend.wide').click()")
    await browser.until("!document.querySelector('.card.broken')")
    assert estate.states["r1"] == "ok"


async def test_a_story_is_played_on_the_panel(browser, address):
    await opened(browser, address, telegram.ANNA, CHAT)
    await browser.run("document.querySelector('[data-tab=stories]').click()")
    await browser.run("document.querySelector('#stories .act').click()")

    assert "Сервер r1 не работает" in await browser.until("document.querySelector('.said li')?.textContent")


async def test_an_invitation_is_followed_inside_the_chat(bot, browser, address):
    sent = await bot.send_message(telegram.ADMIN.id, "https://t.me/smart_te_bot?start=code-1")
    await opened(browser, address, telegram.ADMIN, telegram.ADMIN.id)
    await browser.run(f"document.querySelector('[data-id=\"{sent.message_id}\"] a').click()")
    (update,) = await bot.get_updates(timeout=5)

    assert update.message.text == "/start code-1"


async def test_an_invitation_to_a_group_starts_the_bot_there(bot, browser, address):
    url = "https://t.me/smart_te_bot?startgroup=code-2"
    markup = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="В группу", url=url)]])
    await bot.send_message(telegram.ADMIN.id, "Выберите группу", reply_markup=markup)
    await opened(browser, address, telegram.ADMIN, telegram.ADMIN.id)
    await browser.run("document.querySelector('.keys a').click()")
    (update,) = await bot.get_updates(timeout=5)

    assert (update.message.chat.id, update.message.text) == (CHAT, "/start@smart_te_bot code-2")


async def test_only_the_latest_is_loaded_and_the_rest_on_demand(bot, browser, address):
    for number in range(310):
        await bot.send_message(CHAT, f"сообщение {number}")
    await opened(browser, address, telegram.ANNA, CHAT)
    assert await browser.run("document.querySelectorAll('.message').length") == 300

    await browser.run("document.querySelector('.earlier').click()")
    await browser.until("document.querySelectorAll('.message').length === 310")
    assert await browser.run("document.querySelector('.earlier')") is None


async def test_the_panel_takes_the_bot_out_and_brings_it_back(bot, sim, browser, address):
    await opened(browser, address, telegram.ANNA, CHAT)
    await browser.run("document.querySelector('[data-tab=link]').click()")
    out = "[...document.querySelectorAll('.trouble')].find(one => one.textContent.includes('Техподдержка'))"
    await browser.run(f"{out}.querySelector('button').click()")
    await browser.until(f"{out}.textContent.includes('Вернуть')")
    with pytest.raises(TelegramForbiddenError):
        await bot.send_message(CHAT, "x")

    await browser.run(f"{out}.querySelector('button').click()")
    await browser.until(f"{out}.textContent.includes('Выгнать')")
    assert await bot.send_message(CHAT, "x")


async def test_the_end_is_in_sight_until_somebody_scrolls_up(bot, browser, address):
    for number in range(30):
        await bot.send_message(CHAT, f"сообщение {number}")
    await opened(browser, address, telegram.ANNA, CHAT)
    picture = black_picture()
    await bot.send_photo(CHAT, BufferedInputFile(picture, "x.png"))
    end = "((f) => f.scrollHeight - f.scrollTop - f.clientHeight < 5)(document.getElementById('feed'))"
    await browser.until("document.querySelector('.photo img')?.complete")
    assert await browser.until(end)

    await browser.run("document.getElementById('feed').scrollTop = 0")
    await browser.until("!document.getElementById('jump').hidden")
    await bot.send_message(CHAT, "новое")
    assert await browser.until("document.getElementById('jump-count').textContent === '1'")
    assert await browser.run("document.getElementById('feed').scrollTop") == 0
    await browser.run("document.getElementById('jump').click()")
    assert await browser.until(end)


def black_picture() -> bytes:
    """A black PNG of 400 × 300 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 400, 300, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 401 * 300)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def test_topics_people_and_unread_marks(bot, sim, browser, address):
    await opened(browser, address, telegram.ANNA, CHAT, 3)
    await bot.send_message(CHAT, "в аварии", message_thread_id=2)
    count = "document.querySelector('#topics .count')?.textContent"

    assert await browser.until(count) == "1"
    assert await browser.run("document.querySelectorAll('.message').length") == 0
    await browser.run(
        "[...document.querySelectorAll('#topics button')].find(b => b.textContent.startsWith('Ава')).click()"
    )
    await browser.until(f"!({count})")
    assert await browser.run("document.querySelector('.message .text').textContent") == "в аварии"

    await browser.run("[...document.querySelectorAll('.person')].find(p => p.textContent.includes('Ольга')).click()")
    assert await browser.until("document.querySelectorAll('.chat').length") == 1


@pytest.mark.parametrize("size", [(390, 844), (1280, 800)], ids=["phone", "desk"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_the_page_fits_its_screen(bot, browser, address, size, dark):
    width, height = size
    await bot.send_message(CHAT, "слово" * 200 + " " + "https://example.ru/" + "x" * 300, reply_markup=MARKUP)
    await browser.size(width, height, dark=dark, phone=width < 500)
    await opened(browser, address, telegram.ANNA, CHAT)
    await asyncio.sleep(0.3)
    picture = await browser.photograph()

    assert struct.unpack(">II", picture[16:24]) == (width, height)
    assert len(picture) > 20_000
    assert await browser.run("document.documentElement.scrollWidth") == width
    assert await browser.run("document.querySelector('.message').getBoundingClientRect().right") <= width
    assert await browser.run("document.querySelector('.panel').getBoundingClientRect().width") > 300
