"""Judges inline keyboards as Telegram does: what a button may carry and how much."""

from typing import Any

from demo.telegram.entities import checked_url
from demo.telegram.errors import bad

MAX_BUTTONS = 100
MAX_ROW = 8
MAX_DATA = 64
MAX_COPY = 256
ACTIONS = {"callback_data", "url", "copy_text", "switch_inline_query", "switch_inline_query_current_chat"}
UNSUPPORTED = {"web_app", "login_url", "pay", "callback_game", "switch_inline_query_chosen_chat"}

Keyboard = tuple[tuple[dict[str, Any], ...], ...]


def inline_keyboard(markup: Any) -> Keyboard:
    """Return the accepted keyboard, empty if there is none; other kinds of markup are refused here."""
    if markup is None or markup == {}:
        return ()
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" not in markup:
        return _no_other_markup(markup)
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    keyboard = tuple(tuple(_button(button) for button in row) for row in rows if row)
    if sum(map(len, keyboard)) > MAX_BUTTONS or any(len(row) > MAX_ROW for row in keyboard):
        raise bad("reply markup is too long")
    return keyboard


def _no_other_markup(markup: dict[str, Any]) -> Keyboard:
    if markup.keys() & {"keyboard", "remove_keyboard", "force_reply"}:
        return ()
    raise bad("object expected as reply markup")


def _button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad("can't parse inline keyboard button: can't find field \"text\"")
    if not text.strip():
        raise bad("inline keyboard button text must be non-empty")
    if unsupported := button.keys() & UNSUPPORTED:
        raise bad(f"BUTTON_TYPE_INVALID: {min(unsupported)}")
    actions = [action for action in ACTIONS if button.get(action) is not None]
    if len(actions) != 1:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    return {"text": text, actions[0]: _action(actions[0], button[actions[0]])}


def _action(action: str, value: Any) -> Any:
    match action:
        case "callback_data":
            if not isinstance(value, str) or not 1 <= len(value.encode()) <= MAX_DATA:
                raise bad("BUTTON_DATA_INVALID")
        case "url":
            if not isinstance(value, str) or not checked_url(value):
                raise bad(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
            return checked_url(value)
        case "copy_text":
            text = value.get("text") if isinstance(value, dict) else None
            if not isinstance(text, str) or not 1 <= len(text) <= MAX_COPY:
                raise bad("BUTTON_COPY_TEXT_INVALID")
            return {"text": text}
    return value
