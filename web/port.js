// A tab's end of the one connection: the SharedWorker, or a connection of its own where there is none.

const listeners = new Map();
let send;

/** Calls `listener(message)` for every message of a type (see Link). */
export function on(type, listener) {
  if (!listeners.has(type)) listeners.set(type, new Set());
  listeners.get(type).add(listener);
  return () => listeners.get(type).delete(listener);
}

const deliver = (message) => { for (const listener of listeners.get(message.type) || []) listener(message); };

/** Frames of a session behind a position are wanted. */
export const watch = (session, after) => send({ op: 'watch', session, after });
/** They no longer are. */
export const unwatch = (session) => send({ op: 'unwatch', session });
/** The connection is to be proven alive. */
export const check = () => send({ op: 'check' });

/** Connects the tab. Call it once, after the listeners are there. */
export function connect() {
  if (typeof SharedWorker === 'undefined') direct();
  else shared();
  addEventListener('online', check);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) check(); });
  // Timers stand still while a machine sleeps: a late one says that it has slept.
  let last = Date.now();
  setInterval(() => {
    if (Date.now() - last > 20_000) check();
    last = Date.now();
  }, 5000);
}

async function direct() {
  const waiting = [];
  send = (message) => waiting.push(message);
  const { Link } = await import('./link.js');
  const link = new Link({ open: () => new WebSocket(location.origin.replace(/^http/, 'ws') + '/api/v1/ws') });
  send = (message) => {
    if (message.op === 'watch') link.watch(deliver, message.session, message.after);
    else if (message.op === 'unwatch') link.unwatch(deliver, message.session);
    else link.check();
  };
  link.add(deliver);
  waiting.forEach(send);
}

function shared() {
  const worker = new SharedWorker('/page/worker.js', { type: 'module', name: 'tailcast' });
  const lock = 'tailcast-tab-' + Math.random().toString(36).slice(2);
  worker.port.onmessage = ({ data }) => data.forEach(deliver);
  send = (message) => worker.port.postMessage(message);
  const hello = () => send({ op: 'hello', lock });
  if (navigator.locks) {
    // Held for the life of the tab; asked for before the worker asks for it.
    navigator.locks.request(lock, () => { hello(); return new Promise(() => {}); });
  } else {
    hello();
  }
  // A worker that cannot start (an old browser without modules in workers) leaves the tab a connection of its own.
  worker.onerror = () => direct();
  addEventListener('pagehide', () => send({ op: 'bye' }));
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
}
