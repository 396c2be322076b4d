// Small builders of elements: nothing that comes from outside is ever read as HTML.

export const $ = (id) => document.getElementById(id);

export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class") node.className = value;
    else if (key === "data") Object.assign(node.dataset, value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

export const hue = (id, isBot) => (isBot ? "bot" : String(Math.abs(id) % 5));

export function avatar({ id, name, isBot = false, group = false }) {
  const kind = group ? "group" : hue(id, isBot);
  return el("div", { class: "avatar", data: { hue: kind } }, isBot ? icon("pulse") : [...name][0] || "?");
}

export function toast(text, { wrong = false, long = false } = {}) {
  const node = el("div", { class: wrong ? "toast wrong" : "toast" }, text);
  $("toasts").append(node);
  setTimeout(() => node.remove(), long ? 6000 : 3500);
}

export function alertBox(text) {
  $("alert").querySelector("p").textContent = text;
  $("alert").showModal();
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { readonly: true }, text);
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast("Скопировано");
}

export const attempt = (act) => async (...args) => {
  try {
    return await act(...args);
  } catch (error) {
    toast(error.message, { wrong: true });
    return undefined;
  }
};

export function plural(number, one, few, many) {
  const tens = number % 100;
  const ones = number % 10;
  if (tens > 10 && tens < 20) return `${number} ${many}`;
  if (ones === 1) return `${number} ${one}`;
  return ones > 1 && ones < 5 ? `${number} ${few}` : `${number} ${many}`;
}

export const clock = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString("ru-RU", { hour: "2-digit", minute: "2-digit" });

export function day(seconds, now = Date.now()) {
  const date = new Date(seconds * 1000);
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86400000);
  if (days === 0) return "Сегодня";
  if (days === 1) return "Вчера";
  const year = date.getFullYear() === new Date(now).getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString("ru-RU", { day: "numeric", month: "long", year });
}

export function size(bytes) {
  if (bytes < 1024) return `${bytes} Б`;
  const kilo = bytes / 1024;
  const [value, unit] = kilo < 1024 ? [kilo, "КБ"] : [kilo / 1024, "МБ"];
  return `${value.toLocaleString("ru-RU", { maximumFractionDigits: value < 10 ? 1 : 0 })} ${unit}`;
}
