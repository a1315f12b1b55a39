// Elements, made one by one: nothing in this page is ever parsed as HTML.

/**
 * Makes an element: `h('a.link#id', { href, onclick, hidden: true }, 'text', node, [more])`. Properties that begin
 * with `on` are listeners; null, false and undefined are left out, true is an empty attribute.
 */
export function h(selector, ...rest) {
  const [tag, ...marks] = selector.split(/(?=[.#])/);
  const element = document.createElement(tag || 'div');
  const classes = [];
  for (const mark of marks) {
    if (mark[0] === '#') element.id = mark.slice(1);
    else classes.push(mark.slice(1));
  }
  if (classes.length) element.className = classes.join(' ');
  if (rest.length && isProperties(rest[0])) set(element, rest.shift());
  append(element, rest);
  return element;
}

function isProperties(value) {
  return value !== null && typeof value === 'object' && !(value instanceof Node) && !Array.isArray(value);
}

/** Sets attributes and listeners as `h` does. */
export function set(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value') element.value = value;
    else if (name === 'href') element.setAttribute('href', safeAddress(value) ?? '#');
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  return element;
}

/** Appends strings, nodes and lists of them. */
export function append(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child);
  }
  return element;
}

/** Replaces what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren();
  return append(element, children);
}

/** An address that may stand in a link: our own, or http, https and mailto; null for all others, `javascript:` first. */
export function safeAddress(address) {
  const text = String(address).trim();
  if (text.startsWith('#') || (text.startsWith('/') && !text.startsWith('//'))) return text;
  try {
    const url = new URL(text);
    return ['http:', 'https:', 'mailto:'].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

const ICONS = {
  back: 'M15 5l-7 7 7 7', close: 'M6 6l12 12M18 6L6 18', search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4 4',
  down: 'M12 5v14M6 13l6 6 6-6', chevron: 'M9 6l6 6-6 6', plus: 'M12 5v14M5 12h14', copy:
    'M9 9h10v11H9zM15 9V4H5v11h4', link: 'M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1',
  more: 'M4.5 12h1M11.5 12h1M18.5 12h1', stop: 'M7 7h10v10H7z', send: 'M5 12l15-7-6 15-2-6z', clock:
    'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4l3 2', theme: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 4v16M15 6v12M18 8v8', keys: 'M3 7h18v10H3zM7 10.5h.01M10.5 10.5h.01M14 10.5h.01M17 10.5h.01M8 14h8', help:
    'M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2M12 17.5h.01', list: 'M5 7h14M5 12h14M5 17h14', check: 'M5 13l4 4L19 7',
  memory: 'M6 4h12v16l-6-4-6 4z', hook: 'M12 4v9a4 4 0 1 1-4-4', gear: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4',
  machine: 'M4 5h16v11H4zM9 20h6M12 16v4', fork: 'M7 4v6a4 4 0 0 0 4 4h6M7 4v16M14 11l3 3-3 3',
};

/** One of the page's icons; decoration, so readers of the screen do not hear it. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button with an icon and a name that is heard and shown on hover. */
export function iconButton(name, label, onclick, more = {}) {
  return h('button.icon-button', { type: 'button', title: label, 'aria-label': label, onclick, ...more }, icon(name));
}

/** Copies text; also where the page has no secure context, as on a phone in the same network. */
export async function copy(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch { /* the browser may still allow the older way */ }
  }
  const area = h('textarea.offscreen', { readonly: true });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}

const sheets = new Map();
/** Fetches a style sheet of the page once; done when it holds. */
export function stylesheet(address) {
  if (!sheets.has(address)) {
    sheets.set(address, new Promise((done) => {
      document.head.append(h('link', { rel: 'stylesheet', href: address, onload: done, onerror: done }));
    }));
  }
  return sheets.get(address);
}

/** Calls `body` with the next frame; in a hidden tab, which has none, a little later. Returns what takes it back. */
export function soon(body) {
  if (document.hidden) {
    const timer = setTimeout(body, 200);
    return () => clearTimeout(timer);
  }
  const frame = requestAnimationFrame(body);
  return () => cancelAnimationFrame(frame);
}

let liveTimer;
/** Says something to readers of the screen, and shows it for a moment. */
export function announce(text, kind = '') {
  const region = document.getElementById('live');
  fill(region, h('div.toast' + (kind ? '.' + kind : ''), text));
  clearTimeout(liveTimer);
  liveTimer = setTimeout(() => region.replaceChildren(), kind === 'bad' ? 9000 : 4000);
}
