"""Updates over the embedded Bot API: what people do reaches the bot once, in order, and only where it may see it."""

import asyncio
import base64

import pytest
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiogram.filters import Command
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChatAdministrators,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Message,
)

from demo.telegram import ADMIN, ANNA, IGOR, OLGA, SUPPORT

CHAT = SUPPORT.id
MARKUP = InlineKeyboardMarkup(
    inline_keyboard=[
        [InlineKeyboardButton(text="✋ Беру", callback_data="take:1")],
        [InlineKeyboardButton(text="Админка ↗", url="http://10.0.0.1/admin")],
    ]
)


async def test_what_people_write_comes_in_order_until_it_is_confirmed(bot, sim):
    await sim.says(ANNA, "/status рома", CHAT, thread_id=2)
    await sim.says(OLGA, "привет")
    first, second = await bot.get_updates()

    assert (first.message.text, first.message.message_thread_id) == ("/status рома", 2)
    assert first.message.from_user.id == ANNA.id
    assert first.message.entities[0].type == "bot_command"
    assert (second.message.chat.type, second.message.chat.first_name) == ("private", "Ольга")
    assert [update.update_id for update in await bot.get_updates()] == [first.update_id, second.update_id]
    assert [update.update_id for update in await bot.get_updates(offset=second.update_id)] == [second.update_id]
    assert await bot.get_updates(offset=second.update_id + 1) == []


async def test_a_negative_offset_keeps_the_latest(bot, sim):
    for text in ("раз", "два", "три"):
        await sim.says(OLGA, text)

    assert [update.message.text for update in await bot.get_updates(offset=-2)] == ["два", "три"]
    assert len(await bot.get_updates(limit=1)) == 1


async def test_a_long_poll_ends_when_something_happens(bot, sim):
    poll = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.1)
    await sim.says(OLGA, "/start")

    assert [update.message.text for update in await poll] == ["/start"]


async def test_a_second_poller_ends_the_first(bot):
    first = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(bot.get_updates(timeout=0))

    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await first
    assert await second == []


async def test_only_the_kinds_asked_for_are_kept(bot, sim):
    await bot.get_updates(allowed_updates=["callback_query"])
    await sim.says(OLGA, "мимо")
    assert await bot.get_updates() == []

    await bot.get_updates(allowed_updates=[])
    await sim.says(OLGA, "сюда")
    assert [update.message.text for update in await bot.get_updates()] == ["сюда"]


async def test_a_press_is_answered_to_the_one_who_pressed(bot, sim, clock):
    sent = await bot.send_message(CHAT, "🔴 r1", reply_markup=MARKUP)
    where = {"chat_id": CHAT, "user_id": IGOR.id, "message_id": sent.message_id}
    press = asyncio.create_task(sim.post("presses", button="✋ Беру", **where))
    (update,) = await bot.get_updates(timeout=5)
    query = update.callback_query
    await bot.answer_callback_query(query.id, "Взял Игорь", show_alert=True)

    assert (query.data, query.from_user.id, query.message.message_id) == ("take:1", IGOR.id, sent.message_id)
    assert await press == {"answer": "Взял Игорь", "alert": True}
    with pytest.raises(TelegramBadRequest, match="query is too old and response timeout expired or query ID is"):
        await bot.answer_callback_query(query.id)


async def test_an_answer_that_comes_too_late_or_is_too_long(bot, sim, clock):
    sent = await bot.send_message(CHAT, "🔴 r1", reply_markup=MARKUP)
    asked = {"chat_id": CHAT, "user_id": IGOR.id, "message_id": sent.message_id, "wait": 0}
    assert await sim.post("presses", button="take:1", **asked) == {"answer": None, "alert": False}
    (update,) = await bot.get_updates()
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(update.callback_query.id, "я" * 201)
    clock.passes(seconds=31)

    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(update.callback_query.id)


async def test_buttons_that_are_not_the_bots_business(bot, sim):
    sent = await bot.send_message(CHAT, "🔴 r1", reply_markup=MARKUP)
    where = {"chat_id": CHAT, "user_id": IGOR.id, "message_id": sent.message_id}

    assert (await sim.post("presses", button=[1, 0], **where))["url"] == "http://10.0.0.1/admin"
    assert await sim.post("presses", button="Нет", expect=404, **where) == {"error": "button not found"}
    stranger = where | {"user_id": OLGA.id}
    assert "is not in this chat" in (await sim.post("presses", button=[0, 0], expect=400, **stranger))["error"]
    assert await bot.get_updates() == []


async def test_a_file_from_a_person_can_be_fetched(bot: Bot, sim):
    content = base64.b64encode(b"name\nromashka\n").decode()
    await sim.says(ADMIN, "список", document={"name": "clients.csv", "base64": content})
    (update,) = await bot.get_updates()
    document = update.message.document

    assert (document.file_name, update.message.caption) == ("clients.csv", "список")
    assert (await bot.download(document)).read() == b"name\nromashka\n"


async def test_an_admin_who_hides_gives_no_name(bot, sim):
    await sim.says(ADMIN, "/mutes", CHAT, anonymous=True)
    (update,) = await bot.get_updates()

    assert update.message.from_user.username == "GroupAnonymousBot"
    assert update.message.sender_chat.id == CHAT


async def test_without_rights_the_bot_sees_only_what_is_for_it(bot, sim):
    await sim.post("members", chat_id=CHAT, user_id=ANNA.id, who=bot.id, status="member")
    mine = await bot.send_message(CHAT, "x")
    await sim.says(ANNA, "болтовня", CHAT)
    await sim.says(ANNA, "/down", CHAT)
    await sim.says(ANNA, "ответ", CHAT, reply_to=mine.message_id)
    changed, command, reply = await bot.get_updates()

    assert changed.my_chat_member.new_chat_member.status == "member"
    assert (command.message.text, reply.message.reply_to_message.text) == ("/down", "x")


async def test_comings_and_goings_are_told(bot, sim):
    await bot.get_updates(allowed_updates=["message", "chat_member", "my_chat_member"])
    await sim.post("members", chat_id=CHAT, user_id=IGOR.id, who=IGOR.id, status="left")
    await sim.post("members", chat_id=CHAT, user_id=ADMIN.id, who=OLGA.id, status="member")
    left, told, came, member = await bot.get_updates()

    assert left.message.left_chat_member.id == IGOR.id
    assert (told.chat_member.old_chat_member.status, told.chat_member.new_chat_member.status) == ("member", "left")
    assert came.message.new_chat_members[0].id == OLGA.id
    assert member.chat_member.from_user.id == ADMIN.id
    assert "is not in this chat" in (await sim.says(IGOR, "x", CHAT, expect=400))["error"]


async def test_an_edited_message_is_told_again(bot, sim):
    said = await sim.says(OLGA, "/statsu")
    async with sim.http.patch(
        f"{sim.address}/sim/messages",
        json={"chat_id": OLGA.id, "user_id": OLGA.id, "message_id": said["message_id"], "text": "/status"},
    ) as answer:
        assert (await answer.json())["edited"]
    _, edited = await bot.get_updates()

    assert edited.edited_message.text == "/status"


async def test_the_menu_fits_scope_role_and_language(bot, sim):
    await bot.set_my_commands([BotCommand(command="help", description="помощь")])
    await bot.set_my_commands([BotCommand(command="help", description="help")], language_code="en")
    only_private = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand(command="status", description="как дела")], scope=only_private)
    for_admins = BotCommandScopeChatAdministrators(chat_id=CHAT)
    await bot.set_my_commands([BotCommand(command="audit", description="кто что делал")], scope=for_admins)

    async def menu(person, chat_id):
        return [item["description"] for item in await sim.get(f"chats/{chat_id}/commands?user_id={person.id}")]

    assert await menu(OLGA, OLGA.id) == ["как дела"]
    assert await menu(ANNA, CHAT) == ["помощь"]
    assert await menu(ADMIN, CHAT) == ["кто что делал"]
    await bot.delete_my_commands(scope=for_admins)
    assert await menu(ADMIN, CHAT) == ["помощь"]
    assert (await bot.get_my_commands(language_code="en"))[0].description == "help"
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand(command="Помощь", description="x")])


async def test_inline_search_is_answered(bot, sim):
    search = asyncio.create_task(sim.post("inline", user_id=OLGA.id, query="рома"))
    (update,) = await bot.get_updates(timeout=5)
    found = InlineQueryResultArticle(
        id="1", title="Ромашка", input_message_content=InputTextMessageContent(message_text="🟢 Ромашка")
    )
    await bot.answer_inline_query(update.inline_query.id, [found])

    assert (await search)["results"][0]["title"] == "Ромашка"


async def test_a_webhook_gets_each_update_with_its_secret(bot, sim):
    from aiohttp import web

    taken: asyncio.Queue = asyncio.Queue()

    async def take(request):
        await taken.put((request.headers["X-Telegram-Bot-Api-Secret-Token"], await request.json()))
        return web.Response()

    runner = web.AppRunner(_app(take), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        host, port = runner.addresses[0]
        await bot.set_webhook(f"http://{host}:{port}/hook", secret_token="shh")
        await sim.says(OLGA, "/start")
        secret, update = await asyncio.wait_for(taken.get(), 5)

        assert (secret, update["message"]["text"]) == ("shh", "/start")
        with pytest.raises(TelegramConflictError, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        assert (await bot.get_webhook_info()).url.endswith("/hook")
        await bot.delete_webhook()
        assert await bot.get_updates() == []
        with pytest.raises(TelegramBadRequest, match="An HTTPS URL must be provided for webhook"):
            await bot.set_webhook("http://example.org/hook")
    finally:
        await runner.cleanup()


def _app(take):
    from aiohttp import web

    app = web.Application()
    app.router.add_post("/hook", take)
    return app


async def test_a_whole_aiogram_bot_lives_on_it(bot: Bot, sim):
    dispatcher = Dispatcher()

    @dispatcher.message(Command("status"))
    async def status(message: Message) -> None:
        await message.answer("🟢 Всё в порядке", reply_markup=MARKUP)

    @dispatcher.callback_query()
    async def take(query: CallbackQuery) -> None:
        await query.answer("Взято")
        await query.message.edit_text(f"Взял {query.from_user.first_name}")

    running = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False))
    try:
        await sim.says(ANNA, "/status", CHAT)
        answer = await _eventually(sim, "🟢 Всё в порядке")
        where = {"chat_id": CHAT, "user_id": ANNA.id, "message_id": answer["message_id"]}
        assert (await sim.post("presses", button="✋ Беру", **where))["answer"] == "Взято"
        assert (await _eventually(sim, "Взял Анна"))["message_id"] == answer["message_id"]
    finally:
        await dispatcher.stop_polling()
        await running


async def _eventually(sim, text):
    for _ in range(100):
        found = [message for message in await sim.messages(CHAT) if message["text"] == text]
        if found:
            return found[0]
        await asyncio.sleep(0.02)
    raise AssertionError(f"nobody said {text!r}")
