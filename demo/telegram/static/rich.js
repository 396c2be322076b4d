// Turns a text and its entities into elements. Offsets are UTF-16 units, as JavaScript counts strings.

import { copy, el } from "./dom.js";


// `act.command` is called with a tapped command such as "/status", `act.deepLink` with a tapped address.
export function rich(text, entities, act) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return inside(text, 0, text.length, sorted, act);
}

function inside(text, from, to, entities, act) {
  const out = [];
  let at = from;
  let rest = entities;
  while (rest.length) {
    const [first, ...others] = rest;
    const start = Math.max(first.offset, at);
    const end = Math.min(first.offset + first.length, to);
    if (end <= start) {
      rest = others;
      continue;
    }
    const inner = others.filter((other) => other.offset < end);
    out.push(plain(text.slice(at, start), out.at(-1)));
    out.push(wrapped(first, text.slice(start, end), inside(text, start, end, inner, act), act));
    at = end;
    rest = others.filter((other) => other.offset + other.length > end);
  }
  out.push(plain(text.slice(at, to), out.at(-1)));
  return out.filter((node) => node !== "");
}

// A block brings its own line break: the one that is written after it would show twice.
function plain(text, before) {
  const afterBlock = before instanceof HTMLElement && ["PRE", "BLOCKQUOTE"].includes(before.tagName);
  return afterBlock && text.startsWith("\n") ? text.slice(1) : text;
}

function wrapped(entity, text, children, act) {
  switch (entity.type) {
    case "bold": return el("b", {}, children);
    case "italic": return el("i", {}, children);
    case "underline": return el("u", {}, children);
    case "strikethrough": return el("s", {}, children);
    case "code": return el("code", { title: "Скопировать", onclick: () => copy(text) }, text);
    case "pre": return el("pre", { title: "Скопировать", onclick: () => copy(text) }, text);
    case "spoiler": return el("span", { class: "spoiler", onclick: (event) => event.currentTarget.classList.add("open") }, children);
    case "blockquote": return el("blockquote", {}, children);
    case "expandable_blockquote":
      return el("blockquote", { class: "folded", onclick: (event) => event.currentTarget.classList.toggle("folded") }, children);
    case "text_link": return link(entity.url, children, act);
    case "url": return link(text.includes("://") ? text : `http://${text}`, children, act);
    case "email": return link(`mailto:${text}`, children, act);
    case "phone_number": return link(`tel:${text.replace(/[^\d+]/g, "")}`, children, act);
    case "bot_command": return el("button", { type: "button", class: "command", onclick: () => act.command(text) }, text);
    case "mention": case "hashtag": case "text_mention": return el("a", {}, children);
    default: return el("span", {}, children);
  }
}

const SCHEMES = new Set(["http:", "https:", "mailto:", "tel:", "tg:"]);

export function safeUrl(target) {
  try {
    return SCHEMES.has(new URL(target).protocol) ? target : null;
  } catch {
    return null;
  }
}

// A link to the bot itself, `https://t.me/BOT?start=CODE`, is followed inside this chat, as Telegram does.
export function link(target, children, act) {
  const url = safeUrl(target);
  if (!url) return el("span", {}, children);
  const followed = (event) => { if (act.deepLink(url)) event.preventDefault(); };
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer", onclick: followed }, children);
}
