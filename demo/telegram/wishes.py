"""What callers of ``/sim`` may ask for: one strict model per wish, and how one is read from a request."""

from typing import Annotated, Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from demo.telegram.errors import bad
from demo.telegram.faults import Kind


class Wish(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Document(Wish):
    name: str = Field(min_length=1, max_length=255)
    base64: str


class Said(Wish):
    chat_id: int
    user_id: int
    text: str = ""
    document: Document | None = None
    thread_id: int | None = None
    reply_to: int | None = None
    anonymous: bool = False


class Edited(Wish):
    chat_id: int
    user_id: int
    message_id: int
    text: str


class Pressed(Wish):
    """``button`` is its words, its data, or its place ``[row, column]``."""

    chat_id: int
    user_id: int
    message_id: int
    button: str | tuple[int, int]
    wait: float = Field(default=15.0, ge=0, le=30)


class Searched(Wish):
    user_id: int
    query: str
    wait: float = Field(default=15.0, ge=0, le=30)


class Chosen(Wish):
    """``result_id`` is of the person's last search."""

    chat_id: int
    user_id: int
    result_id: str
    thread_id: int | None = None


class Member(Wish):
    """``user_id`` does it to ``who``: themselves or the bot."""

    chat_id: int
    user_id: int
    who: int
    status: Literal["member", "administrator", "left", "kicked"]


class FaultWish(Wish):
    method: str = "*"
    kind: Annotated[Kind, BeforeValidator(str)]
    times: int | None = Field(default=None, ge=1)
    seconds: float | None = Field(default=None, gt=0)
    retry_after: int | None = Field(default=None, ge=0)
    chat_id: int | None = None
    accepted: bool | None = None


class Limits(Wish):
    enforced: bool


class StoryWish(Wish):
    speed: float = Field(default=60.0, gt=0)


Asked = TypeVar("Asked", bound=Wish)


async def wish_of(request: web.Request, model: type[Asked]) -> Asked:
    try:
        return model.model_validate_json(await request.read() or b"{}")
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise bad(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
