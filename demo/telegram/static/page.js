// The page: who you are, which chat is open, and what to draw anew when something happens.

import boot from "/boot.js";
import { attempt, avatar, clock, day, el, $ } from "./dom.js";
import { brief } from "./bubbles.js";
import * as composer from "./composer.js";
import * as feed from "./feed.js";
import { get, listen } from "./net.js";
import * as panel from "./panel.js";

const TYPING = 5000;
let state = null;
let me = null;
let chatId = null;
let topic = feed.ALL;
let typing = null;
const drafts = new Map();

const act = {
  reply: (message) => composer.answerTo(message),
  jump: (messageId) => feed.jumpTo(messageId),
  command: (text) => composer.say(text),
  deepLink,
};

const chat = () => state.chats.find((one) => one.id === chatId);
const inside = (one, person) => one.members.some((member) => member.id === person && !["left", "kicked"].includes(member.status));
const mine = () => state.chats.filter((one) => inside(one, me));

function view(name) {
  document.body.dataset.view = name;
}

// ── what was read: per person and chat, kept in the browser ─────────────────────────────────────────────────────

const readKey = (id, where) => `read:${me}:${id}:${where}`;
const readTo = (id, where) => Number(localStorage.getItem(readKey(id, where)) || 0);

// How many messages nobody has seen under this person's name: reading «Все» reads every topic.
function unread(one, only = feed.ALL) {
  const all = readTo(one.id, feed.ALL);
  const isNews = (message) =>
    message.from.id !== me && !message.service && message.message_id > all && message.message_id > readTo(one.id, feed.topicOf(message));
  return feed.messagesOf(one.id).filter((message) => feed.inTopic(message, only) && isNews(message)).length;
}

function markRead() {
  const seen = document.visibilityState === "visible" && document.body.dataset.view !== "chats" && feed.atEnd();
  const last = feed.messagesOf(chatId).at(-1);
  if (seen && last) localStorage.setItem(readKey(chatId, topic), last.message_id);
}

function drawRead() {
  markRead();
  drawTop();
  drawChats();
}

// ── drawing ─────────────────────────────────────────────────────────────────────────────────────────────────────

function drawPeople() {
  $("persons").replaceChildren(...state.people.map((one) => el(
    "button",
    { class: "person", role: "radio", "aria-checked": String(one.id === me), onclick: () => become(one.id) },
    avatar({ id: one.id, name: one.name }),
    el("div", {}, el("b", {}, one.name), el("span", {}, one.title || one.role)),
  )));
}

function nameOf(one) {
  return one.type === "private" ? state.bot.name : one.title;
}

function faceOf(one) {
  return avatar({ id: one.id, name: nameOf(one), isBot: one.type === "private", group: one.type !== "private" });
}

function drawChats() {
  $("chats").replaceChildren(...mine().map((one) => {
    const { who, words, date } = feed.lastLine(one, me);
    const count = unread(one);
    return el(
      "button",
      { class: "chat", "aria-current": String(one.id === chatId), data: { kind: one.type === "private" ? "bot" : "group" }, onclick: () => go(one.id) },
      faceOf(one),
      el("div", {},
        el("div", { class: "first" }, el("strong", {}, nameOf(one)), date && el("time", {}, day(date) === "Сегодня" ? clock(date) : day(date))),
        el("div", { class: "second" }, el("span", {}, who && el("b", {}, `${who}: `), words), count > 0 && el("i", { class: "count" }, String(count)))),
    );
  }));
  const total = mine().reduce((sum, one) => sum + unread(one), 0);
  document.title = total ? `(${total}) СМАРТ-бот` : "СМАРТ-бот: чат без Telegram";
}

function drawTop() {
  const one = chat();
  const face = faceOf(one);
  face.id = "chat-avatar";
  $("chat-avatar").replaceWith(face);
  $("chat-title").textContent = nameOf(one);
  $("chat-subtitle").textContent = typing ? "бот печатает…" : feed.subtitle(one, state.bot);
  $("topics").hidden = one.topics.length === 0;
  const tabs = [{ id: feed.ALL, title: "Все" }, { id: feed.GENERAL, title: "Общая" }, ...one.topics];
  $("topics").replaceChildren(...tabs.map((each) => {
    const count = each.id === feed.ALL ? 0 : unread(one, each.id);
    const attributes = { role: "tab", "aria-selected": String(each.id === topic), onclick: () => choose(each.id) };
    return el("button", attributes, each.title, count > 0 && el("i", { class: "count" }, String(count)));
  }));
  drawPinned(one);
}

function drawPinned(one) {
  const last = one.pinned.map((id) => feed.find(one.id, id)).filter((message) => message && feed.inTopic(message, topic)).at(-1);
  $("pinned").hidden = !last;
  if (!last) return;
  $("pinned-text").textContent = brief(last);
  $("pinned").onclick = () => feed.jumpTo(last.message_id);
}

function drawFeed() {
  feed.show({ chat: chat(), topic, me, act });
}

function drawAll() {
  drawPeople();
  drawFeed();
  drawRead();
}

// ── going somewhere ─────────────────────────────────────────────────────────────────────────────────────────────

function remember() {
  history.replaceState(null, "", `#/${me}/${chatId}/${topic}`);
  localStorage.setItem("me", me);
}

function become(person) {
  me = person;
  const stay = mine().some((one) => one.id === chatId);
  go(stay ? chatId : mine()[0].id, stay ? topic : feed.ALL, document.body.dataset.view);
}

function go(id, wanted = feed.ALL, where = "chat") {
  drafts.set(chatId, $("input").value);
  chatId = id;
  topic = wanted;
  view(where);
  $("input").value = drafts.get(id) || "";
  composer.clear();
  remember();
  drawAll();
  composer.loadCommands();
}

// Follows a link to the bot: to one's own chat with it (`start`), or into a group (`startgroup`); false if it is none.
function deepLink(address) {
  const url = new URL(address);
  if (!["t.me", "telegram.me"].includes(url.hostname) || url.pathname !== `/${state.bot.username}`) return false;
  const group = url.searchParams.get("startgroup");
  const code = group ?? url.searchParams.get("start") ?? "";
  const open = group === null ? state.chats.find((one) => one.id === me) : groupToStart();
  if (!open) return false;
  if (open.id !== chatId) go(open.id);
  composer.say(`/start${group === null ? "" : `@${state.bot.username}`} ${code}`.trim());
  return true;
}

const groupToStart = () => (chat().type === "private" ? mine().find((one) => one.type !== "private") : chat());

function choose(wanted) {
  topic = wanted;
  remember();
  drawFeed();
  drawRead();
}

function fromAddress() {
  const [, person, id, wanted, where] = location.hash.split("/");
  const people = state.people.map((one) => one.id);
  me = [Number(person), Number(localStorage.getItem("me")), people[0]].find((one) => people.includes(one));
  const known = mine().map((one) => one.id);
  go(known.includes(Number(id)) ? Number(id) : known[0], Number(wanted) || feed.ALL, where || "chat");
}

// ── following ───────────────────────────────────────────────────────────────────────────────────────────────────

// After every connection: something may have happened while there was none.
const loadAll = attempt(async () => {
  state = await get("state");
  await Promise.all(state.chats.map((one) => feed.load(one.id)));
  $("connection").textContent = "на связи";
  $("connection").classList.remove("lost");
  if (mine().some((one) => one.id === chatId)) drawAll();
  else go(mine()[0].id);
  panel.show(state);
});

const loadState = attempt(async () => {
  const before = new Set(state.chats.map((one) => one.id));
  state = await get("state");
  await Promise.all(state.chats.filter((one) => !before.has(one.id)).map((one) => feed.load(one.id)));
  if (!mine().some((one) => one.id === chatId)) go(mine()[0].id);
  drawPeople();
  drawTop();
  drawChats();
  panel.show(state);
});

const happened = attempt(async (event) => {
  switch (event.kind) {
    case "message": {
      const message = await feed.refresh(event.chat_id, event.message_id);
      if (message && message.from.is_bot && event.chat_id === chatId) stopTyping();
      feed.update(event.chat_id, message);
      break;
    }
    case "deleted":
      feed.forget(event.chat_id, event.message_id);
      feed.update(event.chat_id, null);
      break;
    case "pinned":
      await Promise.all([feed.load(event.chat_id), get("state").then((told) => { state = told; })]);
      feed.update(event.chat_id, null);
      break;
    case "typing":
      if (event.chat_id === chatId) startTyping();
      return;
    case "commands":
      composer.loadCommands();
      return;
    case "call":
      panel.called(event.call);
      return;
    default:
      await loadState();
      return;
  }
  drawRead();
});

function startTyping() {
  clearTimeout(typing);
  typing = setTimeout(stopTyping, TYPING);
  drawTop();
}

function stopTyping() {
  clearTimeout(typing);
  typing = null;
  drawTop();
}

function lost() {
  $("connection").textContent = "связи нет, пробую снова";
  $("connection").classList.add("lost");
}

state = boot.state;
for (const [id, messages] of Object.entries(boot.messages)) feed.fill(Number(id), messages);
composer.open(() => ({ chatId, me, threadId: topic > feed.GENERAL ? topic : null }));
panel.open();
$("to-chats").addEventListener("click", () => view("chats"));
$("to-panel").addEventListener("click", () => view("panel"));
$("from-panel").addEventListener("click", () => view("chat"));
$("jump").addEventListener("click", feed.toEnd);
$("feed").addEventListener("scrollend", drawRead, { passive: true });
feed.follow();
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") drawRead(); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && document.body.dataset.view === "panel") view("chat"); });
$("lightbox").addEventListener("click", () => $("lightbox").close());
fromAddress();
panel.show(state);
listen({ onOpen: loadAll, onEvent: happened, onLost: lost });
