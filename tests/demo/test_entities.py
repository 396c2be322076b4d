"""Whatever a bot sends: texts, entities and parameters either make sense or are refused, nothing else happens."""

import html
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.telegram import CAST
from demo.telegram.entities import parse_html, units
from demo.telegram.errors import Refusal
from demo.telegram.methods import METHODS
from demo.telegram.parameters import Parameters
from demo.telegram.words import formatted
from demo.telegram.world import World

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
TAGS = st.lists(
    st.sampled_from(
        ["<b>", "</b>", "<i>", "</i>", "<a href='http://x.ru'>", "</a>", "<pre>", "</pre>", "&amp;", "&#", "<"]
    )
    | TEXTS
).map("".join)
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = [
    "chat_id", "text", "message_id", "message_ids", "reply_markup", "entities", "reply_parameters", "media", "photo",
    "commands", "scope", "reaction", "results", "user_id", "message_thread_id", "url", "parse_mode", "file_id",
    "allowed_updates", "from_chat_id", "name", "action", "callback_query_id", "caption", "secret_token",
]  # fmt: skip
CHATS = st.sampled_from([*[person.id for person in CAST.people], *[group.id for group in CAST.groups]])


def marks(parsed):
    return [
        (
            entity["type"],
            parsed.text.encode("utf-16-le")[entity["offset"] * 2 :][: entity["length"] * 2].decode("utf-16-le"),
        )
        for entity in parsed.entities
    ]


def outcome(call):
    """What came of a call: its result, or the refusal; any other error is a fault."""
    try:
        return call(), None
    except Refusal as refusal:
        return None, refusal


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("<b>a<i>b</i></b>", "ab", [("bold", "ab"), ("italic", "b")]),
        ("🔴<u>я</u>", "🔴я", [("underline", "я")]),
        ('<pre><code class="language-py">x</code></pre>', "x", [("pre", "x")]),
        ("<tg-spoiler>s</tg-spoiler><span class='tg-spoiler'>t</span>", "st", [("spoiler", "s"), ("spoiler", "t")]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", "q")]),
        ('<A HREF="http://10.0.0.1">x</A>', "x", [("text_link", "x")]),
        ('<a href="javascript:alert(1)">x</a>', "x", []),
        ('<a href="tg://user?id=5">x</a>', "x", [("text_mention", "x")]),
        ("&lt;b&gt; &quot;&#1103;&#x44F; &nbsp; &copy", '<b> "яя &nbsp; &copy', []),
        ("a &amp;lt; b", "a &lt; b", []),
        ("<b></b>x", "x", []),
        ("<b>x</>", "x", [("bold", "x")]),
    ],
)
def test_html_is_read_as_telegram_reads_it(source, text, found):
    parsed = parse_html(source)

    assert (parsed.text, marks(parsed)) == (text, found)


def test_blank_ends_are_cut_and_marks_move_along():
    parsed = formatted("\n <b> жир </b> \n", parse_mode="HTML")

    assert (parsed.text, marks(parsed)) == ("жир", [("bold", "жир")])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/status рома", [("bot_command", "/status")]),
        ("см. /down.", [("bot_command", "/down")]),
        ("a/b и 1/2", []),
        ("http://x.ru/a?b=1.", [("url", "http://x.ru/a?b=1")]),
        ("romashka.te-cloud.ru упал", [("url", "romashka.te-cloud.ru")]),
        ("@anna_support, it@romashka.ru", [("mention", "@anna_support"), ("email", "it@romashka.ru")]),
        ("+7 800 000-00-00, круглосуточно", [("phone_number", "+7 800 000-00-00")]),
        ("версия 6.4.5.127", []),
    ],
)
def test_what_becomes_tappable_by_itself(text, found):
    assert marks(formatted(text, parse_mode="")) == found


def test_code_stays_untappable():
    assert [kind for kind, _ in marks(formatted("<code>romashka.ru</code>", parse_mode="HTML"))] == ["code"]


@given(TAGS)
def test_any_markup_is_read_or_refused(source):
    parsed, refusal = outcome(lambda: formatted(source, parse_mode="HTML"))
    if refusal:
        assert refusal.description.startswith("Bad Request: can't parse entities: ")
        return
    for entity in parsed.entities:
        assert entity["length"] > 0
        assert 0 <= entity["offset"] <= entity["offset"] + entity["length"] <= units(parsed.text)


@given(TEXTS)
def test_escaped_text_comes_back_as_it_was(text):
    assert parse_html(html.escape(text)).text == text


@settings(max_examples=300)
@given(
    st.sampled_from(sorted(set(METHODS) - {"getUpdates"})),
    st.dictionaries(st.sampled_from(NAMES), JSONS, max_size=6),
    CHATS,
)
def test_any_call_is_done_or_refused(name, values, chat_id):
    world = World(cast=CAST, now=lambda: datetime(2026, 1, 1, tzinfo=UTC), token="1:x", limits=False)
    said = world.post(world.rooms[chat_id], sender=world.bot_id)
    parameters = Parameters({"chat_id": chat_id, "message_id": said.id, "text": "x"} | values)
    _, refusal = outcome(lambda: METHODS[name](world, parameters))

    assert refusal is None or refusal.code in {400, 403, 409}
