"""The methods of the Bot API: one table from Telegram's names to functions of the world and the parameters."""

from collections.abc import Callable
from typing import Any

from demo.telegram.methods import chats, commands, edits, polling, queries, sending
from demo.telegram.parameters import Parameters
from demo.telegram.world import World

Method = Callable[[World, Parameters], Any]

METHODS: dict[str, Method] = {
    "getMe": chats.get_me,
    "getChat": chats.get_chat,
    "getChatMember": chats.get_chat_member,
    "getChatAdministrators": chats.get_chat_administrators,
    "getChatMemberCount": chats.get_chat_member_count,
    "leaveChat": chats.leave_chat,
    "createForumTopic": chats.create_forum_topic,
    "pinChatMessage": chats.pin_chat_message,
    "unpinChatMessage": chats.unpin_chat_message,
    "unpinAllChatMessages": chats.unpin_all_chat_messages,
    "sendChatAction": chats.send_chat_action,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "copyMessage": sending.copy_message,
    "getFile": sending.get_file,
    "editMessageText": edits.edit_message_text,
    "editMessageCaption": edits.edit_message_caption,
    "editMessageReplyMarkup": edits.edit_message_reply_markup,
    "editMessageMedia": edits.edit_message_media,
    "deleteMessage": edits.delete_message,
    "deleteMessages": edits.delete_messages,
    "setMessageReaction": edits.set_message_reaction,
    "answerCallbackQuery": queries.answer_callback_query,
    "answerInlineQuery": queries.answer_inline_query,
    "setMyCommands": commands.set_my_commands,
    "getMyCommands": commands.get_my_commands,
    "deleteMyCommands": commands.delete_my_commands,
    "setMyDescription": commands.accept,
    "setMyShortDescription": commands.accept,
    "setMyName": commands.accept,
    "setChatMenuButton": commands.accept,
    "getUpdates": polling.get_updates,
    "setWebhook": polling.set_webhook,
    "deleteWebhook": polling.delete_webhook,
    "getWebhookInfo": polling.get_webhook_info,
    "logOut": polling.accept,
    "close": polling.accept,
}

BY_LOWER_NAME = {name.lower(): (name, method) for name, method in METHODS.items()}
"""Telegram does not mind the case of a method's name."""

COUNTED = {
    "sendMessage", "sendPhoto", "sendDocument", "copyMessage", "editMessageText", "editMessageCaption",
    "editMessageReplyMarkup", "editMessageMedia",
}  # fmt: skip
"""Methods that flood control counts."""
