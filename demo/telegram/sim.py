"""The control interface ``/sim``: what tests and the page see and do, as JSON over HTTP."""

import base64
import binascii
import json
from typing import Any
from urllib.parse import quote

from aiohttp import web

from demo.telegram import people, views
from demo.telegram.errors import Refusal, bad
from demo.telegram.faults import Fault
from demo.telegram.methods.queries import content_of
from demo.telegram.queries import answered
from demo.telegram.rooms import Message
from demo.telegram.seams import ESTATE, STORIES, WORLD, Stories
from demo.telegram.wishes import Chosen, Edited, FaultWish, Limits, Member, Pressed, Said, Searched, StoryWish, wish_of

routes = web.RouteTableDef()

PICTURES = {"image/png", "image/jpeg", "image/gif"}


def state_of(app: web.Application) -> views.View:
    """Tell who is here, what is broken and what is ordered."""
    world = app[WORLD]
    estate, stories = app.get(ESTATE), app.get(STORIES)
    return {
        "chats": views.chats(world),
        "people": views.people(world),
        "bot": views.bot(world),
        "estate": dict(estate.state()) if estate else {"redirects": [], "clients": []},
        "stories": [dict(story) for story in stories.names()] if stories else [],
        "limits": world.flood.enforced,
        "faults": [_fault(one) for one in world.faults.standing(world.now())],
        "time": int(world.now().timestamp()),
    }


def _fault(ordered: Fault) -> views.View:
    until = int(ordered.until.timestamp()) if ordered.until else None
    return {"method": ordered.method, "kind": ordered.kind, "times": ordered.times, "until": until}


@routes.get("/sim/state")
async def state(request: web.Request) -> web.Response:
    return web.json_response(state_of(request.app))


@routes.get("/sim/calls")
async def calls(request: web.Request) -> web.Response:
    """Tell the ledger; ``?since=NUMBER`` goes on from the last entry seen, ``?method=NAME`` picks one method."""
    since = _number(request.query.get("since", "0"))
    return web.json_response(request.app[WORLD].ledger.since(since, method=request.query.get("method")))


@routes.get("/sim/chats/{chat_id}/messages")
async def messages(request: web.Request) -> web.Response:
    """Tell what was said, oldest first; ``?last=NUMBER`` leaves out what is older than so many messages."""
    world = request.app[WORLD]
    room = world.room(_number(request.match_info["chat_id"]))
    last = _number(request.query.get("last", "0"))
    return web.json_response(views.messages(world, room, last=max(last, 0)))


@routes.get("/sim/chats/{chat_id}/messages/{message_id}")
async def one_message(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    room = world.room(_number(request.match_info["chat_id"]))
    said = room.messages.get(_number(request.match_info["message_id"]))
    if said is None:
        raise Refusal(404, "message not found")
    return web.json_response(views.message(world, said))


@routes.get("/sim/chats/{chat_id}/commands")
async def commands(request: web.Request) -> web.Response:
    """Tell the menu that ``?user_id=`` sees in a chat."""
    world = request.app[WORLD]
    person = world.person(_number(request.query.get("user_id", "")))
    room = world.room(_number(request.match_info["chat_id"]))
    return web.json_response(world.menus.seen_by(person.id, person.language, room))


@routes.post("/sim/messages")
async def say(request: web.Request) -> web.Response:
    world, wish = request.app[WORLD], await wish_of(request, Said)
    document = (wish.document.name, _decoded(wish.document.base64)) if wish.document else None
    said = people.say(
        world,
        chat_id=wish.chat_id,
        user_id=wish.user_id,
        text=wish.text,
        document=document,
        thread_id=wish.thread_id,
        reply_to=wish.reply_to,
        anonymous=wish.anonymous,
    )
    return web.json_response(views.message(world, said))


@routes.patch("/sim/messages")
async def edit(request: web.Request) -> web.Response:
    world, wish = request.app[WORLD], await wish_of(request, Edited)
    said = people.edit(world, chat_id=wish.chat_id, user_id=wish.user_id, message_id=wish.message_id, text=wish.text)
    return web.json_response(views.message(world, said))


@routes.post("/sim/presses")
async def press(request: web.Request) -> web.Response:
    """Press a button; the answer is null when the bot did not give one in time."""
    world, wish = request.app[WORLD], await wish_of(request, Pressed)
    room, _ = people.present(world, wish.chat_id, wish.user_id)
    button = _button(room.messages.get(wish.message_id), wish.button)
    if "callback_data" not in button:
        return web.json_response({"answer": None, "alert": False} | views.button(button))
    query = people.press(
        world,
        chat_id=wish.chat_id,
        user_id=wish.user_id,
        message_id=wish.message_id,
        data=button["callback_data"],
    )
    return web.json_response(await answered(query, wish.wait) or {"answer": None, "alert": False})


def _button(said: Message | None, wanted: str | tuple[int, int]) -> dict[str, Any]:
    if said is None:
        raise Refusal(404, "message not found")
    if isinstance(wanted, tuple):
        row, column = wanted
        fits = 0 <= row < len(said.keyboard) and 0 <= column < len(said.keyboard[row])
        found = [said.keyboard[row][column]] if fits else []
    else:
        buttons = [button for row in said.keyboard for button in row]
        found = [button for button in buttons if wanted in {button["text"], button.get("callback_data")}]
    if not found:
        raise Refusal(404, "button not found")
    return found[0]


@routes.post("/sim/inline")
async def search(request: web.Request) -> web.Response:
    world, wish = request.app[WORLD], await wish_of(request, Searched)
    query = people.search(world, user_id=wish.user_id, text=wish.query)
    told = await answered(query, wish.wait) or {"results": None}
    world.found[wish.user_id] = told["results"] or []
    return web.json_response(told)


@routes.post("/sim/inline/chosen")
async def choose(request: web.Request) -> web.Response:
    """Choose one of the results of the last search: it becomes a message of the person, by way of the bot."""
    world, wish = request.app[WORLD], await wish_of(request, Chosen)
    results = world.found.get(wish.user_id, [])
    result = next((one for one in results if str(one.get("id")) == wish.result_id), None)
    if result is None:
        raise Refusal(404, "result not found")
    body, keyboard = content_of(result)
    said = people.choose(
        world, chat_id=wish.chat_id, user_id=wish.user_id, thread_id=wish.thread_id, body=body, keyboard=keyboard
    )
    return web.json_response(views.message(world, said))


@routes.post("/sim/members")
async def members(request: web.Request) -> web.Response:
    world, wish = request.app[WORLD], await wish_of(request, Member)
    people.membership(world, chat_id=wish.chat_id, user_id=wish.user_id, who=wish.who, status=wish.status)
    return web.json_response(views.chat(world, world.room(wish.chat_id)))


@routes.post("/sim/faults")
async def fault(request: web.Request) -> web.Response:
    world, wish = request.app[WORLD], await wish_of(request, FaultWish)
    world.faults.order(now=world.now(), **wish.model_dump())
    world.events.publish("state")
    return web.json_response({"ok": True})


@routes.delete("/sim/faults")
async def no_faults(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    world.faults.clear()
    world.events.publish("state")
    return web.json_response({"ok": True})


@routes.post("/sim/limits")
async def limits(request: web.Request) -> web.Response:
    """Switch flood control on or off."""
    world, wish = request.app[WORLD], await wish_of(request, Limits)
    world.flood.enforced = wish.enforced
    world.events.publish("state")
    return web.json_response({"ok": True})


@routes.post("/sim/estate")
async def change_estate(request: web.Request) -> web.Response:
    """Break or mend: the estate itself knows which wishes it can fulfil."""
    estate = request.app.get(ESTATE)
    if estate is None:
        raise Refusal(404, "there is no estate here")
    try:
        wish = json.loads(await request.read())
        if not isinstance(wish, dict):
            raise bad("an object is expected")
        await estate.change(wish)
    except ValueError as error:
        raise bad(str(error)) from None
    request.app[WORLD].events.publish("state")
    return web.json_response({"ok": True})


@routes.post("/sim/stories/{name}")
async def start_story(request: web.Request) -> web.Response:
    wish, name = await wish_of(request, StoryWish), request.match_info["name"]
    try:
        await _stories(request).start(name, speed=wish.speed)
    except KeyError:
        raise Refusal(404, f"no such story: {name[:50]}") from None
    except ValueError as error:
        raise bad(str(error)) from None
    return web.json_response({"ok": True})


@routes.get("/sim/stories/{name}")
async def story(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    try:
        return web.json_response(dict(_stories(request).progress(name)))
    except KeyError:
        raise Refusal(404, f"no such story, or not started: {name[:50]}") from None


def _stories(request: web.Request) -> Stories:
    stories = request.app.get(STORIES)
    if stories is None:
        raise Refusal(404, "there are no stories here")
    return stories


@routes.get("/sim/files/{path:.+}")
async def picture_or_file(request: web.Request) -> web.Response:
    """Give a file to the page; only pictures are shown, anything else is saved."""
    stored = request.app[WORLD].files.by_path.get(request.match_info["path"])
    if stored is None:
        raise Refusal(404, "file not found")
    shown = stored.mime in PICTURES and stored.path.startswith("photos/")
    disposition = "inline" if shown else f"attachment; filename*=UTF-8''{quote(stored.name, safe='')}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, max-age=3600"}
    kind = stored.mime if shown else "application/octet-stream"
    return web.Response(body=stored.content, content_type=kind, headers=headers)


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise bad("document.base64: not base64") from None


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise bad(f"{text[:50]!r} is not a number") from None
