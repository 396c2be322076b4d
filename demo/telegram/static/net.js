// Talks to the server: reads and writes JSON under /sim, listens to its events.

export class Wrong extends Error {}

async function call(method, path, body) {
  let answer;
  try {
    answer = await fetch(`/sim/${path}`, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Wrong("Сервер не отвечает");
  }
  const told = await answer.json().catch(() => ({ error: `Ответ ${answer.status}` }));
  if (!answer.ok) throw new Wrong(told.error || `Ответ ${answer.status}`);
  return told;
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);
export const remove = (path) => call("DELETE", path);

// Calls onEvent for each event; onOpen after every (re)connection, since events may have been missed before it.
export function listen({ onOpen, onEvent, onLost }) {
  const stream = new EventSource("/sim/events");
  stream.onopen = onOpen;
  stream.onmessage = (message) => onEvent(JSON.parse(message.data));
  stream.onerror = () => {
    onLost();
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => listen({ onOpen, onEvent, onLost }), 2000);
  };
}
