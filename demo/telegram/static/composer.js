// The line one writes in: text, commands with completion, replies and files.

import { attempt, el, size, toast, $ } from "./dom.js";
import { brief } from "./bubbles.js";
import { get, post } from "./net.js";

const BIGGEST = 20 * 1024 * 1024;
const touch = matchMedia("(hover: none)").matches;
let commands = [];
let bot;
let searching = 0;
let chosen = 0;
let reply = null;
let file = null;
let where = () => null;

// `place` gives {chatId, me, threadId} of the open conversation.
export function open(place) {
  where = place;
  $("composer").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  $("input").addEventListener("input", () => { grow(); suggest(); search(); });
  $("input").addEventListener("keydown", keydown);
  $("input").addEventListener("paste", pasted);
  $("attach").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => { take($("file").files[0]); $("file").value = ""; });
  $("menu").addEventListener("click", () => { $("commands").hidden ? suggest(true) : hide(); $("input").focus(); });
  $("context-close").addEventListener("click", clear);
  document.addEventListener("click", (event) => { if (!event.target.closest(".composer")) hide(); });
  drop(document.querySelector(".conversation"));
}

export async function loadCommands() {
  const { chatId, me } = where();
  bot ??= (await get("state").catch(() => null))?.bot.username;
  commands = await get(`chats/${chatId}/commands?user_id=${me}`).catch(() => []);
  $("menu").hidden = commands.length === 0;
}

export function answerTo(message) {
  reply = message;
  file = null;
  context(`Ответ: ${message.from.name}`, brief(message));
  $("input").focus();
}

export function clear() {
  reply = file = null;
  $("context").hidden = true;
}

export const say = attempt(async (text) => {
  const { chatId, me, threadId } = where();
  await post("messages", { chat_id: chatId, user_id: me, text, thread_id: threadId });
});

const send = attempt(async () => {
  const text = $("input").value.trim();
  if (!text && !file) return;
  const { chatId, me, threadId } = where();
  const wish = { chat_id: chatId, user_id: me, text, thread_id: reply ? reply.thread_id : threadId };
  if (reply) wish.reply_to = reply.message_id;
  if (file) wish.document = { name: file.name, base64: await base64(file) };
  await post("messages", wish);
  $("input").value = "";
  clear();
  hide();
  grow();
});

function grow() {
  const input = $("input");
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight + 2, 160)}px`;
}

function context(title, text) {
  $("context-title").textContent = title;
  $("context-text").textContent = text;
  $("context").hidden = false;
}

function take(given) {
  if (!given) return;
  if (given.size > BIGGEST) {
    toast("Файл больше 20 МБ", { wrong: true });
    return;
  }
  file = given;
  reply = null;
  context(given.name, size(given.size));
  $("input").focus();
}

function pasted(event) {
  if (event.clipboardData?.files.length) {
    event.preventDefault();
    take(event.clipboardData.files[0]);
  }
}

function drop(area) {
  area.addEventListener("dragover", (event) => { event.preventDefault(); area.classList.add("dropping"); });
  area.addEventListener("dragleave", () => area.classList.remove("dropping"));
  area.addEventListener("drop", (event) => { event.preventDefault(); area.classList.remove("dropping"); take(event.dataTransfer.files[0]); });
}

function base64(given) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.split(",", 2)[1] || "");
    reader.onerror = () => failed(new Error("Файл не читается"));
    reader.readAsDataURL(given);
  });
}

function matching(all) {
  const text = $("input").value;
  if (all) return commands;
  if (!/^\/[a-z0-9_]*$/i.test(text)) return [];
  return commands.filter((one) => one.command.startsWith(text.slice(1).toLowerCase()));
}

function suggest(all = false) {
  const found = matching(all);
  chosen = 0;
  $("commands").hidden = found.length === 0;
  $("commands").replaceChildren(...found.map((one, place) => el(
    "li",
    { role: "option", "aria-selected": place === 0 ? "true" : "false", data: { command: one.command }, onclick: () => pick(one.command, true) },
    el("b", {}, `/${one.command}`),
    el("span", {}, one.description),
  )));
}

// Inline mode: "@bot words" lists what the bot finds; a choice is said in one's own name.
function asked() {
  const text = $("input").value;
  return bot && text.toLowerCase().startsWith(`@${bot.toLowerCase()} `) ? text.slice(bot.length + 2) : null;
}

const search = attempt(async () => {
  const mine = ++searching;
  if (asked() === null) return;
  await new Promise((done) => { setTimeout(done, 250); });
  const query = asked();
  if (mine !== searching || query === null) return;
  const { results } = await post("inline", { user_id: where().me, query, wait: 5 });
  if (mine !== searching) return;
  chosen = 0;
  $("commands").hidden = !results?.length;
  $("commands").replaceChildren(...(results || []).map((one, place) => el(
    "li",
    { role: "option", "aria-selected": place === 0 ? "true" : "false", data: { result: one.id }, onclick: () => choose(one.id) },
    el("b", {}, one.title),
    el("span", {}, one.description || ""),
  )));
});

const choose = attempt(async (result) => {
  const { chatId, me, threadId } = where();
  await post("inline/chosen", { chat_id: chatId, user_id: me, result_id: result, thread_id: threadId });
  $("input").value = "";
  hide();
  grow();
});

const hide = () => { $("commands").hidden = true; };

function pick(command, now) {
  $("input").value = now ? `/${command}` : `/${command} `;
  hide();
  if (now) send();
  else $("input").focus();
}

function take_choice({ command, result }, now) {
  if (result) choose(result);
  else pick(command, now);
}

function move(step) {
  const items = [...$("commands").children];
  chosen = (chosen + step + items.length) % items.length;
  items.forEach((item, place) => item.setAttribute("aria-selected", String(place === chosen)));
  items[chosen].scrollIntoView({ block: "nearest" });
}

function keydown(event) {
  const choosing = !$("commands").hidden;
  if (choosing && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (choosing && event.key === "Tab") {
    event.preventDefault();
    take_choice($("commands").children[chosen].dataset, false);
  } else if (event.key === "Escape") {
    choosing ? hide() : clear();
  } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing && (choosing || !touch)) {
    event.preventDefault();
    if (choosing) take_choice($("commands").children[chosen].dataset, true);
    else send();
  }
}
