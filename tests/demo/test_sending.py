"""Messages over the embedded Bot API, by plain aiogram: what is accepted and what is refused, in Telegram's words."""

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BufferedInputFile,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
)

from demo.telegram import ANNA, OLGA, SUPPORT

CHAT = SUPPORT.id
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def keys(*buttons: InlineKeyboardButton) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[list(buttons)])


def key(text: str = "Беру", **action: object) -> InlineKeyboardMarkup:
    return keys(InlineKeyboardButton(text=text, **(action or {"callback_data": "take:1"})))


async def test_the_bot_hears_its_own_name(bot: Bot):
    me = await bot.get_me()

    assert me.is_bot
    assert me.id == bot.id
    assert me.username == "smart_te_bot"


async def test_a_wrong_token_is_unauthorized(address, bot):
    async with Bot("1000:other", session=bot.session) as stranger:
        with pytest.raises(TelegramUnauthorizedError):
            await stranger.get_me()


async def test_an_unknown_method_is_not_found(sim):
    async with sim.http.post(f"{sim.address}/bot1000:secret/sendMoney") as answer:
        assert answer.status == 404
        assert (await answer.json())["ok"] is False


async def test_a_message_is_seen_as_it_was_formatted(bot, sim):
    sent = await bot.send_message(
        CHAT,
        '🔴 <b>Ромашка &amp; Ко</b>: <code>romashka.example.ru</code> <a href="http://10.0.0.1/docs">вход</a>',
        parse_mode="HTML",
        message_thread_id=2,
        disable_notification=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_markup=keys(
            InlineKeyboardButton(text="Беру", callback_data="take:1"),
            InlineKeyboardButton(text="Админка", url="http://10.0.0.1/admin"),
            InlineKeyboardButton(text="Текст", copy_text=CopyTextButton(text="Здравствуйте")),
        ),
    )
    (seen,) = await sim.messages(CHAT)

    assert sent.text == "🔴 Ромашка & Ко: romashka.example.ru вход"
    assert [(entity.type, entity.extract_from(sent.text)) for entity in sent.entities] == [
        ("bold", "Ромашка & Ко"),
        ("code", "romashka.example.ru"),
        ("text_link", "вход"),
    ]
    assert sent.is_topic_message
    assert seen["from"] == {"id": bot.id, "is_bot": True, "name": "СМАРТ-бот"}
    assert seen["silent"]
    assert not seen["edited"]
    assert seen["buttons"] == [
        [
            {"text": "Беру", "data": "take:1"},
            {"text": "Админка", "url": "http://10.0.0.1/admin"},
            {"text": "Текст", "copy": "Здравствуйте"},
        ]
    ]


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<b>жир", 'Can\'t find end tag corresponding to start tag "b"'),
        ("я <font>", 'Unsupported start tag "font" at byte offset 3'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("5 < 6", 'Unsupported start tag "" at byte offset 2'),
        ("<a href='x>", 'Unclosed start tag "a" at byte offset 0'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ('<span class="big">x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
        ('<a ="x">z</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
    ],
)
async def test_wrong_html_is_refused_where_it_is_wrong(bot, html, reason):
    with pytest.raises(TelegramBadRequest) as refused:
        await bot.send_message(CHAT, html, parse_mode="HTML")

    assert refused.value.message == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "message text is empty"),
        (" \n ", "message text is empty"),
        ("<b></b>", "message text is empty"),
        ("я" * 4097, "message is too long"),
        ("🔴" * 2049, "message is too long"),
    ],
)
async def test_a_text_has_a_length(bot, text, reason):
    with pytest.raises(TelegramBadRequest) as refused:
        await bot.send_message(CHAT, text, parse_mode="HTML")

    assert refused.value.message == f"Bad Request: {reason}"


async def test_length_is_counted_after_markup_in_utf16(bot):
    sent = await bot.send_message(CHAT, "<b>" + "🔴" * 2048 + "</b>&amp;"[:4], parse_mode="HTML")

    assert len(sent.text) == 2048
    assert sent.entities[0].length == 4096


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (key(callback_data="я" * 33), "BUTTON_DATA_INVALID"),
        (key(callback_data=""), "BUTTON_DATA_INVALID"),
        (
            key(url="http://server/admin"),
            "inline keyboard button URL 'http://server/admin' is invalid: Wrong HTTP URL",
        ),
        (key(url="javascript:alert(1)"), "inline keyboard button URL 'javascript:alert(1)' is invalid: Wrong HTTP URL"),
        (key(copy_text=CopyTextButton(text="я" * 257)), "BUTTON_COPY_TEXT_INVALID"),
        (
            InlineKeyboardMarkup(
                inline_keyboard=[[InlineKeyboardButton(text=f"{n}", callback_data=f"{n}")] for n in range(101)]
            ),
            "reply markup is too long",
        ),
        (key(" ", callback_data="x"), "inline keyboard button text must be non-empty"),
        (
            keys(InlineKeyboardButton(text="x")),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
    ],
)
async def test_a_button_that_telegram_would_not_take(bot, markup, reason):
    with pytest.raises(TelegramBadRequest) as refused:
        await bot.send_message(CHAT, "x", reply_markup=markup)

    assert refused.value.message == f"Bad Request: {reason}"


async def test_64_bytes_of_data_are_fine(bot):
    sent = await bot.send_message(CHAT, "x", reply_markup=key(callback_data="я" * 32))

    assert sent.reply_markup.inline_keyboard[0][0].callback_data == "я" * 32


@pytest.mark.parametrize("chat", [555, "@nobody", -1])
async def test_a_chat_that_nobody_knows(bot, chat):
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(chat, "x")


@pytest.mark.parametrize("thread", [1, 77])
async def test_a_topic_that_is_not_there(bot, thread):
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await bot.send_message(CHAT, "x", message_thread_id=thread)


async def test_a_reply_needs_its_message_unless_told_otherwise(bot, sim):
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(CHAT, "x", reply_parameters=ReplyParameters(message_id=1))

    lone = ReplyParameters(message_id=1, allow_sending_without_reply=True)
    first = await bot.send_message(CHAT, "x", message_thread_id=2, reply_parameters=lone)
    second = await bot.send_message(CHAT, "y", reply_parameters=ReplyParameters(message_id=first.message_id))

    assert second.reply_to_message.text == "x"
    assert second.message_thread_id == 2
    assert (await sim.messages(CHAT))[1]["reply_to"] == first.message_id


async def test_an_edit_changes_the_message_in_place(bot, sim):
    sent = await bot.send_message(CHAT, "🔴 упал", reply_markup=key())
    await bot.edit_message_text("🟢 работает", chat_id=CHAT, message_id=sent.message_id)
    (seen,) = await sim.messages(CHAT)

    assert (seen["text"], seen["edited"], seen["buttons"]) == ("🟢 работает", True, [])


async def test_an_edit_to_the_same_is_refused(bot):
    sent = await bot.send_message(CHAT, "<b>x</b>", parse_mode="HTML", reply_markup=key())
    where = {"chat_id": CHAT, "message_id": sent.message_id}

    with pytest.raises(TelegramBadRequest) as refused:
        await bot.edit_message_text("<strong>x</strong>", parse_mode="HTML", reply_markup=key(), **where)
    assert refused.value.message == (
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
        "as a current content and reply markup of the message"
    )
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_reply_markup(reply_markup=key(), **where)
    assert await bot.edit_message_reply_markup(reply_markup=None, **where)


async def test_edits_that_cannot_be(bot, sim):
    theirs = await sim.says(ANNA, "моё", CHAT)
    picture = await bot.send_photo(CHAT, BufferedInputFile(PIXEL, "x.png"), caption="было")

    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("x", chat_id=CHAT, message_id=5)
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("x", chat_id=CHAT, message_id=theirs["message_id"])
    with pytest.raises(TelegramBadRequest, match="there is no text in the message to edit"):
        await bot.edit_message_text("x", chat_id=CHAT, message_id=picture.message_id)
    await bot.edit_message_caption(chat_id=CHAT, message_id=picture.message_id, caption="стало")

    assert (await sim.messages(CHAT))[1]["text"] == "стало"


async def test_a_message_is_deleted_once(bot, sim):
    sent = await bot.send_message(CHAT, "x")

    assert await bot.delete_message(CHAT, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(CHAT, sent.message_id)
    assert await sim.messages(CHAT) == []


async def test_pictures_and_documents_travel_both_ways(bot, sim):
    photo = await bot.send_photo(
        CHAT, BufferedInputFile(PIXEL, "chart.png"), caption="<b>Неделя</b>", parse_mode="HTML"
    )
    document = await bot.send_document(OLGA.id, BufferedInputFile("имя,домен".encode(), "список.csv"))
    path = (await bot.get_file(document.document.file_id)).file_path
    seen = (await sim.messages(CHAT))[0]

    assert (photo.photo[0].width, photo.caption) == (1, "Неделя")
    assert document.document.file_name == "список.csv"
    assert (await bot.download_file(path)).read().decode() == "имя,домен"
    async with sim.http.get(sim.address + seen["photo"]["url"]) as answer:
        assert answer.content_type == "image/png"
        assert await answer.read() == PIXEL
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await bot.send_photo(CHAT, BufferedInputFile(b"<html>", "x.png"))
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.send_photo(CHAT, BufferedInputFile(PIXEL, "x.png"), caption="я" * 1025)


async def test_a_known_file_is_sent_again_and_swapped(bot, sim):
    from aiogram.types import InputMediaPhoto

    first = await bot.send_photo(CHAT, BufferedInputFile(PIXEL, "a.png"))
    again = await bot.send_photo(CHAT, first.photo[0].file_id)
    media = InputMediaPhoto(media=BufferedInputFile(PIXEL, "b.png"), caption="новая")
    swapped = await bot.edit_message_media(media, chat_id=CHAT, message_id=again.message_id)
    copied = await bot.copy_message(OLGA.id, CHAT, again.message_id)

    assert swapped.caption == "новая"
    assert (await sim.messages(OLGA.id))[0]["message_id"] == copied.message_id
    assert (await sim.messages(OLGA.id))[0]["text"] == "новая"


async def test_pins_are_seen_and_taken_off(bot, sim):
    sent = await bot.send_message(CHAT, "Доска")
    await bot.pin_chat_message(CHAT, sent.message_id, disable_notification=True)
    board, service = await sim.messages(CHAT)

    assert board["pinned"]
    assert service["service"] == "СМАРТ-бот: закреплено сообщение «Доска»"
    assert (await bot.get_chat(CHAT)).pinned_message.message_id == sent.message_id
    await bot.unpin_chat_message(CHAT, message_id=sent.message_id)
    assert not (await sim.messages(CHAT))[0]["pinned"]
    with pytest.raises(TelegramBadRequest, match="message to pin not found"):
        await bot.pin_chat_message(CHAT, 1)


async def test_a_person_who_blocks_the_bot_is_out_of_reach_until_they_write(bot, sim):
    await sim.post("members", chat_id=OLGA.id, user_id=OLGA.id, who=bot.id, status="kicked")
    with pytest.raises(TelegramForbiddenError) as refused:
        await bot.send_message(OLGA.id, "x")
    assert refused.value.message == "Forbidden: bot was blocked by the user"

    await sim.says(OLGA, "/start")
    assert await bot.send_message(OLGA.id, "x")


async def test_a_group_that_throws_the_bot_out(bot, sim):
    await sim.post("members", chat_id=CHAT, user_id=ANNA.id, who=bot.id, status="kicked")
    with pytest.raises(TelegramForbiddenError) as refused:
        await bot.send_message(CHAT, "x")

    assert refused.value.message == "Forbidden: bot was kicked from the supergroup chat"


async def test_a_bot_that_left_is_no_member(bot):
    await bot.leave_chat(CHAT)

    with pytest.raises(TelegramForbiddenError, match="bot is not a member of the supergroup chat"):
        await bot.send_message(CHAT, "x")


async def test_without_rights_nothing_is_pinned(bot, sim):
    await sim.post("members", chat_id=CHAT, user_id=ANNA.id, who=bot.id, status="member")
    sent = await bot.send_message(CHAT, "x")

    with pytest.raises(TelegramBadRequest, match="not enough rights to manage pinned messages in the chat"):
        await bot.pin_chat_message(CHAT, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="not enough rights to create a topic"):
        await bot.create_forum_topic(CHAT, "Ночь")


async def test_members_and_administrators(bot):
    assert (await bot.get_chat_member(CHAT, ANNA.id)).status == "member"
    assert (await bot.get_chat_member(CHAT, OLGA.id)).status == "left"
    assert (await bot.get_chat_member(CHAT, bot.id)).status == "administrator"
    assert {one.user.first_name for one in await bot.get_chat_administrators(CHAT)} == {"Администратор", "СМАРТ-бот"}
    assert await bot.get_chat_member_count(CHAT) == 5
    assert (await bot.get_chat(CHAT)).is_forum
    assert (await bot.get_chat(OLGA.id)).first_name == "Ольга"


async def test_a_new_topic_can_be_written_to(bot, sim):
    topic = await bot.create_forum_topic(CHAT, "Ночь")
    sent = await bot.send_message(CHAT, "x", message_thread_id=topic.message_thread_id)

    assert sent.message_thread_id == topic.message_thread_id
    assert {"id": topic.message_thread_id, "title": "Ночь"} in (await sim.get("state"))["chats"][0]["topics"]


async def test_flood_control_tells_how_long_to_wait(bot, clock):
    for _ in range(5):
        await bot.send_message(CHAT, "x")
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(CHAT, "x")
    assert refused.value.retry_after == 5

    assert await bot.send_message(OLGA.id, "в другой чат можно")
    clock.passes(seconds=5)
    assert await bot.send_message(CHAT, "x")


async def test_a_group_takes_twenty_messages_a_minute(bot, clock):
    for _ in range(20):
        clock.passes(seconds=1)
        await bot.send_message(CHAT, "x")
    clock.passes(seconds=1)
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(CHAT, "x")

    assert refused.value.retry_after == 40


async def test_flood_control_can_be_switched_off(bot, sim):
    await sim.post("limits", enforced=False)

    for _ in range(40):
        await bot.send_message(CHAT, "x")


async def test_reactions_are_shown(bot, sim):
    from aiogram.types import ReactionTypeEmoji

    said = await sim.says(ANNA, "починил", CHAT)
    await bot.set_message_reaction(CHAT, said["message_id"], reaction=[ReactionTypeEmoji(emoji="👍")])

    assert (await sim.messages(CHAT))[0]["reactions"] == ["👍"]
    with pytest.raises(TelegramBadRequest, match="REACTION_INVALID"):
        await bot.set_message_reaction(CHAT, said["message_id"], reaction=[ReactionTypeEmoji(emoji="я")])


async def test_a_body_that_is_no_json_is_refused(sim):
    async with sim.http.post(
        f"{sim.address}/bot1000:secret/sendMessage", data="{", headers={"Content-Type": "application/json"}
    ) as answer:
        assert answer.status == 400


async def test_parameters_come_in_any_shape(sim):
    url = f"{sim.address}/bot1000:secret/sendMessage"
    asked = {"chat_id": CHAT, "text": "x", "reply_markup": '{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}'}
    form = {name: str(value) for name, value in asked.items()}
    for way in ({"json": asked}, {"data": form}, {"params": form}):
        async with sim.http.post(url, **way) as answer:
            assert (await answer.json())["result"]["reply_markup"]["inline_keyboard"][0][0]["text"] == "a"


async def test_a_file_that_is_gone(bot):
    with pytest.raises(TelegramBadRequest, match="invalid file_id"):
        await bot.get_file("nothing")
