// The conversation: keeps messages of every chat, shows those of the open chat and topic, follows what changes.

import { attempt, day, el, plural, $ } from "./dom.js";
import { bubble, brief, service } from "./bubbles.js";
import { get } from "./net.js";

export const ALL = 0;
export const GENERAL = 1;
const CLOSE = 300;
const FIRST_SHOWN = 300;

const chats = new Map();
const cut = new Set();
let shown = null;
let missed = 0;
let following = true;
let lastTop = 0;

export const messagesOf = (chatId) => [...(chats.get(chatId)?.values() || [])];
export const find = (chatId, messageId) => chats.get(chatId)?.get(messageId);

// `asked` is how many messages were wanted at most; as many as that means that there may be earlier ones.
export function fill(chatId, list, asked = FIRST_SHOWN) {
  chats.set(chatId, new Map(list.map((message) => [message.message_id, message])));
  if (list.length < asked) cut.delete(chatId);
  else cut.add(chatId);
}

export async function load(chatId) {
  const known = Math.max(chats.get(chatId)?.size || 0, FIRST_SHOWN);
  const list = await get(`chats/${chatId}/messages?last=${known}`);
  if ((chats.get(chatId)?.size || 0) <= known) fill(chatId, list, known);
  else await load(chatId);
}

const loadEarlier = attempt(async () => {
  const { id } = shown.chat;
  const before = $("feed").scrollHeight - $("feed").scrollTop;
  fill(id, await get(`chats/${id}/messages`), Infinity);
  following = false;
  show(shown);
  $("feed").scrollTop = $("feed").scrollHeight - before;
});

export async function refresh(chatId, messageId) {
  const message = await get(`chats/${chatId}/messages/${messageId}`).catch(() => null);
  const known = chats.get(chatId);
  if (!known) return null;
  if (message) known.set(messageId, message);
  else known.delete(messageId);
  return message;
}

export const forget = (chatId, messageId) => chats.get(chatId)?.delete(messageId);

export const topicOf = (message) => message.thread_id || GENERAL;
export const inTopic = (message, topic) => topic === ALL || topicOf(message) === topic;

// `open`: {chat, topic, me, act}
export function show(open) {
  const another = !shown || shown.chat.id !== open.chat.id || shown.topic !== open.topic || shown.me !== open.me;
  const follow = another || following;
  shown = open;
  const keep = $("feed").scrollTop;
  $("messages").replaceChildren(...nodes());
  if (follow) toEnd();
  else $("feed").scrollTop = keep;
}

// Puts one message anew without touching the others, if it stands there already; else draws all.
export function update(chatId, message) {
  if (!shown || shown.chat.id !== chatId) return;
  const feed = $("feed");
  const old = message && feed.querySelector(`.message[data-id="${message.message_id}"]`);
  if (old) {
    const follow = following;
    const node = bubble(message, viewOf(message, { first: old.classList.contains("first"), last: old.classList.contains("last") }));
    old.replaceWith(node);
    if (follow) toEnd();
    return;
  }
  if (message && !following && message.from.id !== shown.me && inTopic(message, shown.topic)) missed += 1;
  show(shown);
  jumpButton();
}

function nodes() {
  const list = messagesOf(shown.chat.id).filter((message) => inTopic(message, shown.topic));
  if (!list.length) return [empty()];
  const out = cut.has(shown.chat.id) ? [el("button", { class: "earlier", onclick: loadEarlier }, "Показать, что было раньше")] : [];
  list.forEach((message, place) => {
    const before = list[place - 1];
    const after = list[place + 1];
    if (!before || day(before.date) !== day(message.date)) out.push(el("div", { class: "day" }, day(message.date)));
    if (message.service) out.push(service(message));
    else out.push(bubble(message, viewOf(message, { first: !together(before, message), last: !together(message, after) })));
  });
  return out;
}

function together(one, two) {
  if (!one || !two || one.service || two.service) return false;
  const sameTopic = (one.thread_id || 0) === (two.thread_id || 0);
  return one.from.id === two.from.id && sameTopic && two.date - one.date < CLOSE && day(one.date) === day(two.date);
}

function viewOf(message, { first, last }) {
  const { chat, topic, me, act } = shown;
  const mine = message.from.id === me;
  const group = chat.type !== "private";
  const tagged = topic === ALL && chat.topics.length > 0;
  return {
    first, last, mine, me, act, chatId: chat.id,
    showName: group && first && !mine,
    topic: tagged ? chat.topics.find((one) => one.id === message.thread_id)?.title || "Общая" : null,
    quoted: message.reply_to ? find(chat.id, message.reply_to) : null,
  };
}

function empty() {
  const { chat } = shown;
  const words = chat.type === "private"
    ? ["Здесь вы и бот", "Напишите /start или откройте список команд справа от поля ввода."]
    : ["Пока тихо", "Сломайте что-нибудь на пульте, и сюда придёт карточка аварии."];
  return el("div", { class: "empty" }, el("strong", {}, words[0]), words[1]);
}

export function atEnd() {
  const feed = $("feed");
  return feed.scrollHeight - feed.scrollTop - feed.clientHeight < 80;
}

export function toEnd() {
  const feed = $("feed");
  feed.scrollTop = feed.scrollHeight;
  lastTop = feed.scrollTop;
  following = true;
  missed = 0;
  jumpButton();
}

// Pictures and late fonts grow after they are drawn: whoever reads the end stays at the end.
export function follow() {
  new ResizeObserver(() => { if (following) toEnd(); }).observe($("messages"));
  new ResizeObserver(() => { if (following) toEnd(); }).observe($("feed"));
  $("feed").addEventListener("scroll", scrolled, { passive: true });
}

// Only a move upwards is somebody's wish to read: the end also runs away by itself when something grows.
function scrolled() {
  const top = $("feed").scrollTop;
  if (atEnd()) following = true;
  else if (top < lastTop - 2) following = false;
  lastTop = top;
  jumpButton();
}

function jumpButton() {
  if (atEnd()) missed = 0;
  $("jump").hidden = atEnd();
  $("jump-count").hidden = missed === 0;
  $("jump-count").textContent = missed;
}

export function jumpTo(messageId) {
  const node = $("feed").querySelector(`[data-id="${messageId}"]`);
  if (!node) return;
  node.scrollIntoView({ block: "center", behavior: "smooth" });
  node.classList.remove("found");
  requestAnimationFrame(() => node.classList.add("found"));
}

export function lastLine(chat, me) {
  const last = messagesOf(chat.id).at(-1);
  if (!last) return { who: "", words: "Сообщений пока нет", date: null };
  const who = last.service || chat.type === "private" ? "" : last.from.id === me ? "Вы" : last.from.name;
  return { who, words: brief(last), date: last.date };
}

export function subtitle(chat, bot) {
  if (chat.type === "private") return chat.bot === "kicked" ? "бот заблокирован" : "бот";
  const people = chat.members.filter((one) => !["left", "kicked"].includes(one.status)).length;
  const also = ["member", "administrator"].includes(chat.bot) ? ` и ${bot.name}` : ", бота в группе нет";
  return plural(people, "участник", "участника", "участников") + also;
}
