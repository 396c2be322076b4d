"""Methods that answer people: presses of buttons and inline searches."""

from typing import Any

from demo.telegram import words
from demo.telegram.entities import Formatted, checked_url, units
from demo.telegram.errors import bad
from demo.telegram.keyboards import Keyboard, inline_keyboard
from demo.telegram.parameters import Parameters
from demo.telegram.world import World

MAX_ANSWER = 200
MAX_RESULTS = 50
MAX_ID = 64
MAX_TEXT = 4096


def answer_callback_query(world: World, parameters: Parameters) -> Any:
    text = parameters.text("text")
    if len(text) > MAX_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    url = parameters.text("url")
    if url and not checked_url(url):
        raise bad("URL_INVALID")
    answer = {"answer": text, "alert": parameters.flag("show_alert"), **({"url": url} if url else {})}
    world.queries.answer(parameters.text("callback_query_id"), answer, world.now())
    return True


def _judge(result: dict[str, Any]) -> None:
    """Refuse a result that Telegram would refuse."""
    number = str(result.get("id", ""))
    if not 0 < len(number.encode()) <= MAX_ID:
        raise bad("RESULT_ID_INVALID")
    if result.get("type") != "article":
        raise bad("can't parse inline query result: only articles are served here")
    if not str(result.get("title", "")).strip():
        raise bad("can't parse inline query result: title must be non-empty")
    content_of(result)


def content_of(result: dict[str, Any]) -> tuple[Formatted, Keyboard]:
    """Return the text and the buttons that a chosen result becomes."""
    content = result.get("input_message_content")
    if not isinstance(content, dict):
        raise bad("can't parse inline query result: can't find field \"input_message_content\"")
    source, mode = str(content.get("message_text", "")), str(content.get("parse_mode") or "")
    body = words.formatted(source, parse_mode=mode, entities=content.get("entities"))
    if not body.text or units(body.text) > MAX_TEXT:
        raise bad("MESSAGE_TOO_LONG" if body.text else "MESSAGE_EMPTY")
    return body, inline_keyboard(result.get("reply_markup"))


def answer_inline_query(world: World, parameters: Parameters) -> Any:
    results = parameters.object("results")
    if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
        raise bad("can't parse inline query results: expected an Array of InlineQueryResult")
    if len(results) > MAX_RESULTS:
        raise bad("RESULTS_TOO_MUCH")
    for result in results:
        _judge(result)
    if len({result.get("id") for result in results}) != len(results):
        raise bad("RESULT_ID_DUPLICATE")
    world.queries.answer(parameters.text("inline_query_id"), {"results": results}, world.now())
    return True
