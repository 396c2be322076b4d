"""Methods that answer people: presses of buttons and inline searches."""

from typing import Any

from demo.telegram.entities import checked_url
from demo.telegram.errors import bad
from demo.telegram.parameters import Parameters
from demo.telegram.world import World

MAX_ANSWER = 200
MAX_RESULTS = 50


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


def answer_inline_query(world: World, parameters: Parameters) -> Any:
    results = parameters.object("results")
    if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
        raise bad("can't parse inline query results: expected an Array of InlineQueryResult")
    if len(results) > MAX_RESULTS:
        raise bad("RESULTS_TOO_MUCH")
    if len({result.get("id") for result in results}) != len(results):
        raise bad("RESULT_ID_DUPLICATE")
    world.queries.answer(parameters.text("inline_query_id"), {"results": results}, world.now())
    return True
