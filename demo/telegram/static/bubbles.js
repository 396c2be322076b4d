// One message as an element: who, what, when, its quote, its file and the buttons under it.

import { alertBox, attempt, avatar, clock, copy, el, hue, icon, size, toast, $ } from "./dom.js";
import { post } from "./net.js";
import { link, rich, safeUrl } from "./rich.js";

// `view` says how to show it: {mine, first, last, showName, topic, quoted, me, chatId, act}
export function bubble(message, view) {
  const { from } = message;
  const classes = ["message", view.mine && "mine", view.first && "first", view.last && "last", message.buttons.length && "has-keys"];
  return el(
    "article",
    { class: classes.filter(Boolean).join(" "), data: { id: message.message_id } },
    view.mine ? null : avatar({ id: from.id, name: from.name, isBot: from.is_bot }),
    el("div", { class: "column" }, body(message, view), keys(message, view), reactions(message)),
    el("button", { type: "button", class: "icon reply", "aria-label": "Ответить", onclick: () => view.act.reply(message) }, icon("reply")),
  );
}

export function service(message) {
  return el("div", { class: "service", data: { id: message.message_id } }, message.service);
}

function body(message, view) {
  return el(
    "div",
    { class: "bubble" },
    view.showName && name(message, view),
    message.reply_to && quote(message, view),
    message.photo && photo(message.photo),
    message.document && documentRow(message.document),
    message.text && el("div", { class: "text" }, rich(message.text, message.entities, view.act)),
    meta(message, view),
  );
}

function name({ from, via }, { topic }) {
  return el("div", { class: "name", data: { hue: hue(from.id, from.is_bot) } }, from.name, via && el("span", { class: "tag" }, `через @${via}`), topic && el("span", { class: "tag" }, topic));
}

function quote(message, { quoted, act }) {
  const words = quoted ? brief(quoted) : "Сообщение удалено";
  return el(
    "button",
    { type: "button", class: "quote", onclick: () => act.jump(message.reply_to) },
    el("b", {}, quoted ? quoted.from.name : "Ответ"),
    el("span", {}, words),
  );
}

export function brief(message) {
  if (message.service) return message.service;
  const line = message.text.split("\n", 1)[0];
  if (message.photo) return line ? `🖼 ${line}` : "🖼 Картинка";
  if (message.document) return `📎 ${message.document.name}`;
  return line;
}

function photo({ url, width, height }) {
  const image = el("img", { src: url, width, height, loading: "lazy", alt: "Картинка" });
  image.style.height = "auto";
  return el("button", { type: "button", class: "photo", "aria-label": "Открыть картинку", onclick: () => enlarge(url) }, image);
}

function enlarge(url) {
  $("lightbox").querySelector("img").src = url;
  $("lightbox").showModal();
}

function documentRow({ url, name: title, size: bytes }) {
  return el(
    "a",
    { class: "document", href: url, download: title },
    el("span", {}, icon("file")),
    el("span", {}, el("b", {}, title), el("em", {}, size(bytes))),
  );
}

function meta(message, { act }) {
  return el(
    "div",
    { class: "meta" },
    el("button", { type: "button", class: "reply", "aria-label": "Ответить", onclick: () => act.reply(message) }, icon("reply")),
    message.pinned && icon("pin"),
    message.silent && el("span", { title: "Без звука" }, "🔕"),
    message.edited && el("span", { title: `Изменено в ${clock(message.edit_date)}` }, "изм."),
    el("time", {}, clock(message.date)),
  );
}

function reactions(message) {
  return message.reactions.length ? el("div", { class: "reactions" }, message.reactions.map((one) => el("span", {}, one))) : null;
}

function keys(message, view) {
  if (!message.buttons.length) return null;
  const rows = message.buttons.map((row, line) =>
    el("div", { class: "row" }, row.map((button, column) => key(button, [line, column], message, view))),
  );
  return el("div", { class: "keys" }, rows);
}

function key(button, place, message, view) {
  if (button.url !== undefined) return link(button.url, [button.text, icon("link")], view.act);
  if (button.copy !== undefined) {
    return el("button", { type: "button", onclick: () => copy(button.copy) }, button.text, icon("copy"));
  }
  const press = attempt((event) => pressed(event.currentTarget, place, message, view));
  return el("button", { type: "button", onclick: press }, button.text);
}

async function pressed(node, place, message, view) {
  node.classList.add("waiting");
  node.disabled = true;
  try {
    const told = await post("presses", { chat_id: view.chatId, user_id: view.me, message_id: message.message_id, button: place });
    if (told.answer === null) toast("Бот не ответил", { wrong: true });
    else if (told.answer && told.alert) alertBox(told.answer);
    else if (told.answer) toast(told.answer, { long: told.answer.length > 60 });
    if (told.url && safeUrl(told.url)) window.open(told.url, "_blank", "noopener");
  } finally {
    node.classList.remove("waiting");
    node.disabled = false;
  }
}
