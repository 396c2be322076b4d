// The panel: breaks and mends the estate, plays the stories, troubles the link between the bot and the chat.

import { attempt, clock, el, icon, plural, $ } from "./dom.js";
import { get, post, remove } from "./net.js";

const WORDS = {
  ok: "исправен", refuse: "соединения отклоняются", hang: "соединяется и молчит", slow: "отвечает медленно",
  502: "прокси отвечает 502", 503: "регламентные работы, 503", wrong_target: "ведёт не туда", key_lost: "потерян ключ защиты",
  no_seats: "нет свободных мест",
};
const USUAL = { redirect: ["ok", "refuse", "hang", "slow", "502", "503", "wrong_target"], client: Object.keys(WORDS) };
const TROUBLES = [
  { name: "Telegram просит подождать", about: "429 на каждый вызов, минуту", wish: { method: "*", kind: "429", seconds: 60, retry_after: 5 } },
  { name: "Ответы теряются", about: "сообщение доходит, бот об этом не узнаёт, минуту", wish: { method: "sendMessage", kind: "drop", seconds: 60 } },
  { name: "Telegram молчит", about: "вызов принят и висит, минуту", wish: { method: "*", kind: "hang", seconds: 60 } },
  { name: "Сбой на стороне Telegram", about: "502 с HTML-страницей, минуту", wish: { method: "*", kind: "502html", seconds: 60 } },
  { name: "Связь с Telegram пропала", about: "соединения обрываются, ничего не доходит, минуту", wish: { method: "*", kind: "refuse", seconds: 60 } },
];
const SPEEDS = [[60, "минута за секунду"], [600, "10 минут за секунду"], [3600, "час за секунду"], [14400, "4 часа за секунду"]];
const USUAL_SPEED = 600;
const CALLS_SHOWN = 60;

let state = null;
let query = "";
let playing = new Map();
let calls = [];

export function open() {
  $("tabs").addEventListener("click", (event) => event.target.dataset.tab && choose(event.target.dataset.tab));
}

export function choose(name) {
  for (const tab of $("tabs").children) tab.setAttribute("aria-selected", String(tab.dataset.tab === name));
  for (const sheet of ["estate", "stories", "link"]) $(sheet).hidden = sheet !== name;
  if (name === "link") loadCalls();
}

export function show(told) {
  state = told;
  drawEstate();
  drawStories();
  drawLink();
  const broken = brokenOnes().length;
  $("panel-dot").hidden = broken === 0;
  $("panel-subtitle").textContent = subtitle(broken);
}

const estateIsHere = () => state.estate.redirects.length + state.estate.clients.length > 0;
const brokenOnes = () => [...state.estate.redirects, ...state.estate.clients].filter((one) => one.state !== "ok");

function subtitle(broken) {
  if (!estateIsHere()) return "Стенд не подключён";
  const clients = plural(state.estate.clients.length, "клиент", "клиента", "клиентов");
  return broken ? `${clients}, сломано: ${broken}` : `${clients}, всё исправно`;
}

function statesOf(kind) {
  const told = state.estate.states?.[kind];
  return told ? told.map((one) => [one.state, one.title]) : USUAL[kind].map((name) => [name, WORDS[name] || name]);
}

const change = attempt(async (kind, name, wanted) => {
  await post("estate", { [kind]: name, state: wanted });
});

function select(kind, one) {
  const states = statesOf(kind);
  return el(
    "select",
    { "aria-label": `Состояние ${one.title || one.name}`, onchange: (event) => change(kind, one.name, event.target.value).then(again) },
    states.map(([name, title]) => el("option", { value: name, selected: name === one.state }, title)),
  );
}

async function again() {
  show(await get("state"));
}

function drawEstate() {
  const sheet = $("estate");
  if (document.activeElement && sheet.contains(document.activeElement) && document.activeElement.tagName === "SELECT") {
    document.activeElement.blur();
  }
  if (!estateIsHere()) {
    sheet.replaceChildren(el("p", { class: "hint" }, "Здесь ломают и чинят серверы стенда. Сейчас чат запущен без него."));
    return;
  }
  const { redirects, clients } = state.estate;
  const list = el("div", { id: "clients" });
  sheet.replaceChildren(
    ...(brokenOnes().length || state.estate.network === "lost" ? [el("button", { class: "act mend wide", onclick: mendAll }, "Починить всё")] : []),
    ...(state.estate.network ? [networkCard()] : []),
    el("h2", {}, "Серверы переадресации"),
    ...redirects.map((one) => redirectCard(one, clients)),
    el("h2", {}, "Клиенты", el("small", {}, String(clients.length))),
    el("label", { class: "search" }, icon("search"), searchBox(list)),
    list,
  );
  drawClients(list);
}

function searchBox(list) {
  const input = el("input", { type: "search", placeholder: "Найти клиента", "aria-label": "Найти клиента" });
  input.value = query;
  input.addEventListener("input", () => { query = input.value; drawClients(list); });
  return input;
}

function networkCard() {
  const lost = state.estate.network === "lost";
  return el("button", {
    class: lost ? "act mend wide" : "act break wide",
    onclick: () => post("estate", { network: lost ? "ok" : "lost" }).then(again),
  }, lost ? "Вернуть боту связь" : "Оборвать связь бота");
}

function redirectCard(one, clients) {
  const behind = clients.filter((client) => client.redirect === one.name).length;
  const broken = one.state !== "ok";
  const act = broken
    ? el("button", { class: "act mend", onclick: () => change("redirect", one.name, "ok").then(again) }, "Починить")
    : el("button", { class: "act break", onclick: () => change("redirect", one.name, "refuse").then(again) }, "Сломать");
  return el(
    "section",
    { class: broken ? "card broken" : "card" },
    el("header", {}, el("i", { class: "lamp" }), el("div", {},
      el("strong", {}, one.title && one.title !== one.name ? `${one.name} · ${one.title}` : one.name),
      el("small", {}, `за ним ${plural(behind, "клиент", "клиента", "клиентов")}`))),
    el("div", { class: "acts" }, select("redirect", one), act),
  );
}

function drawClients(list) {
  const wanted = query.trim().toLowerCase();
  const found = state.estate.clients.filter((one) => `${one.name} ${one.title || ""}`.toLowerCase().includes(wanted));
  const ordered = [...found].sort((a, b) => (a.state === "ok") - (b.state === "ok"));
  list.replaceChildren(...(ordered.length ? ordered.map(clientRow) : [el("p", { class: "hint" }, "Никого не нашлось.")]));
}

function clientRow(one) {
  return el(
    "div",
    { class: one.state === "ok" ? "client" : "client broken" },
    el("i", { class: "lamp" }),
    el("div", {}, el("b", {}, one.title || one.name), el("small", {}, one.redirect ? `${one.name} · за ${one.redirect}` : one.name)),
    select("client", one),
  );
}

const mendAll = attempt(async () => {
  if (state.estate.network === "lost") await post("estate", { network: "ok" });
  for (const [kind, list] of [["redirect", state.estate.redirects], ["client", state.estate.clients]]) {
    for (const one of list.filter((each) => each.state !== "ok")) await post("estate", { [kind]: one.name, state: "ok" });
  }
  await again();
});

function drawStories() {
  const sheet = $("stories");
  if (!state.stories.length) {
    sheet.replaceChildren(el("p", { class: "hint" }, "Истории здесь не подключены."));
    return;
  }
  if (sheet.querySelector(".card")) return;
  sheet.replaceChildren(
    el("p", { class: "hint" }, "Настоящие случаи из поддержки. Каждая история играется в своём мире и на своих часах: здешний чат она не трогает."),
    ...state.stories.map(storyCard),
  );
}

function storyCard(story) {
  const speed = el("select", { "aria-label": "Скорость" }, SPEEDS.map(([value, words]) => el("option", { value, selected: value === USUAL_SPEED }, words)));
  const card = el("section", { class: "card", data: { story: story.name } });
  const play = el("button", { class: "act", onclick: attempt(() => start(story.name, Number(speed.value), card)) }, "Проиграть");
  card.append(
    el("header", {}, el("div", {}, el("strong", {}, story.title || story.name), el("small", {}, dateOf(story.name)))),
    el("div", { class: "acts" }, speed, play),
    el("div", { class: "outcome" }),
  );
  return card;
}

function dateOf(name) {
  const date = new Date(`${name}T00:00:00`);
  return Number.isNaN(date.getTime()) ? name : date.toLocaleDateString("ru-RU", { day: "numeric", month: "long", year: "numeric" });
}

async function start(name, speed, card) {
  await post(`stories/${name}`, { speed });
  clearInterval(playing.get(name));
  const look = async () => {
    const told = await get(`stories/${name}`).catch(() => null);
    if (told) drawStory(card, told);
    if (!told || told.done) clearInterval(playing.get(name));
  };
  playing.set(name, setInterval(look, 700));
  await look();
}

// A story has a clock and a time zone of its own: its times are shown as they are written there.
function moment(at) {
  const [, date, time] = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(at) || [];
  return date ? `${dateOf(date).replace(/ \d{4} г\.$/, "")}, ${time}` : String(at ?? "");
}

function drawStory(card, told) {
  const stage = [...told.said, ...(told.acts || [])].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  card.querySelector(".outcome").replaceChildren(
    ...(told.done ? [] : [el("div", { class: "progress" }, el("i"))]),
    el("small", {}, told.done ? "Конец истории" : `На часах истории: ${moment(told.at)}`),
    ...(told.error ? [el("p", { class: "failed" }, `История оборвалась: ${told.error}`)] : []),
    el("ul", { class: "said" }, stage.map(said)),
  );
}

function said(one) {
  const chat = state.chats.find((each) => each.id === one.chat_id);
  const where = chat ? chat.title : "";
  const what = one.by ? `${one.by}${where && where !== one.by ? ` · ${where}` : ""}` : [where, one.edit && "карточка обновлена"].filter(Boolean).join(" · ");
  return el("li", { class: one.by ? "human" : "bot" }, el("time", {}, [moment(one.at), what].filter(Boolean).join(" · ")), one.text);
}

function drawLink() {
  const standing = state.faults.length;
  $("link").replaceChildren(
    el("h2", {}, "Помехи между ботом и Telegram"),
    ...TROUBLES.map((one) => el(
      "div",
      { class: "trouble" },
      el("b", {}, one.name),
      el("small", {}, one.about),
      el("button", { class: "act", onclick: attempt(() => post("faults", one.wish).then(again)) }, "Включить"),
    )),
    ...(standing ? [el("button", { class: "act mend wide", onclick: attempt(() => remove("faults").then(again)) }, `Убрать помехи (${standing})`)] : []),
    el("label", { class: "switch" }, limits(), "Лимиты Telegram на частоту сообщений"),
    el("h2", {}, "Бот в чатах"),
    ...state.chats.map(botRow),
    el("h2", {}, "Вызовы Bot API", el("small", {}, "последние сверху")),
    el("ul", { class: "calls", id: "calls" }),
  );
  drawCalls();
}

// In a group an administrator does it, in a private chat the person themselves.
function botRow(chat) {
  const isPrivate = chat.type === "private";
  const here = ["member", "administrator"].includes(chat.bot);
  const by = isPrivate ? chat.id : (chat.members.find((one) => one.status === "administrator") || chat.members[0]).id;
  const status = here ? "kicked" : isPrivate ? "member" : "administrator";
  const wish = { chat_id: chat.id, user_id: by, who: state.bot.id, status };
  const words = isPrivate ? ["Заблокировать", "Разблокировать"] : ["Выгнать", "Вернуть"];
  return el(
    "div",
    { class: "trouble" },
    el("b", {}, isPrivate ? `Личный чат: ${chat.title}` : chat.title),
    el("small", {}, here ? "бот здесь" : "бот не может писать сюда"),
    el("button", { class: here ? "act" : "act mend", onclick: attempt(() => post("members", wish).then(again)) }, words[here ? 0 : 1]),
  );
}

function limits() {
  const box = el("input", { type: "checkbox" });
  box.checked = state.limits;
  box.addEventListener("change", attempt(() => post("limits", { enforced: box.checked })));
  return box;
}

const loadCalls = attempt(async () => {
  calls = (await get("calls")).filter((one) => one.method !== "getUpdates").slice(-CALLS_SHOWN).reverse();
  drawCalls();
});

export function called(call) {
  calls = [call, ...calls].slice(0, CALLS_SHOWN);
  if (!$("link").hidden) drawCalls();
}

function drawCalls() {
  $("calls")?.replaceChildren(...calls.map((one) => el(
    "li",
    {},
    el("time", {}, clock(Date.parse(one.time) / 1000)),
    el("b", {}, one.method),
    one.verdict === "ok" ? null : el("span", {}, one.verdict),
  )));
}
