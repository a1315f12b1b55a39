// The page: what the address names is shown, and the connection's state is told.
import { announce, fill, h, icon, iconButton } from './dom.js';
import * as keys from './keys.js';
import * as list from './list.js';
import { check, connect, on } from './port.js';
import { SessionView } from './session.js';
import { clock } from './text.js';

const main = document.getElementById('main-area');
const THEMES = ['auto', 'light', 'dark'];
let view = null;

/** The parts of the address behind `#/`. */
function route() {
  return location.hash.replace(/^#\/?/, '').split('/').map((part) => {
    try { return decodeURIComponent(part); } catch { return part; }
  });
}

function show() {
  const [place, id, rest] = route();
  const isSession = place === 's' && id;
  if (isSession && view?.session === id) return rest ? view.goTo(rest) : undefined;
  view?.close();
  view = null;
  document.body.dataset.place = place || 'list';
  for (const link of document.querySelectorAll('#places a')) {
    if (link.getAttribute('href') === '#/' + place) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  list.select(isSession ? id : '');
  if (isSession) view = new SessionView(main, id, rest);
  else if (PAGES.includes(place)) showPage(place, id);
  else welcome();
  list.setTitle(() => view?.title);
}

const PAGES = ['search', 'memory', 'hooks', 'machines', 'settings'];

async function showPage(place, rest) {
  const address = location.hash;
  const pages = await import('./pages.js');
  if (location.hash !== address) return;
  view = pages[place](main, rest);
  list.setTitle(() => view?.title);
}

function welcome() {
  const key = (name) => [h('kbd', name), ' '];
  fill(main, h('div.page', h('div.welcome', h('h1', 'Tailcast'),
    h('p', 'Choose a session to see what its agent does, live. Sessions that wait for you stand on top of the list.'),
    h('p.quiet', key('j'), key('k'), 'move in the list, ', key('Enter'), 'opens, ', key('/'), 'searches, ', key('?'), 'shows all keys.'))));
}

function applyTheme(name) {
  document.documentElement.dataset.theme = name;
  try { localStorage.setItem('theme', name); } catch { /* a browser that keeps nothing starts with its own */ }
}

function savedTheme() {
  try { return localStorage.getItem('theme') || 'auto'; } catch { return 'auto'; }
}

function turnTheme() {
  const next = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length];
  applyTheme(next);
  announce(`Colours: ${next === 'auto' ? 'as the system' : next}`);
}

function drawPlaces() {
  const place = (name, label, sign) => h('a', { href: '#/' + name, title: label }, icon(sign), h('span', label));
  fill(document.getElementById('places'), place('search', 'Search', 'search'), place('memory', 'Memory', 'memory'),
    place('hooks', 'Hooks', 'hook'), place('machines', 'Machines', 'machine'), place('settings', 'Settings', 'gear'));
  fill(document.getElementById('side-tools'), iconButton('plus', 'New session (+)', () => import('./dialogs.js').then((dialogs) => dialogs.newSession())),
    iconButton('theme', 'Colours (t)', turnTheme), iconButton('help', 'Keys (?)', keys.help));
}

const STATES = { live: 'live', connecting: 'connecting', offline: 'offline' };
let offlineTimer;

function drawState({ state, since }) {
  const element = document.getElementById('link-state');
  element.className = 'link-state ' + state;
  fill(element, STATES[state], state === 'offline' ? h('button.linkish', { type: 'button', onclick: check }, 'try now') : null);
  element.title = `${STATES[state]} since ${clock(since)}`;
  document.body.dataset.link = state;
  clearTimeout(offlineTimer);
  // A socket does not tell why it was refused; an answer does.
  if (state !== 'live') offlineTimer = setTimeout(signedOut, 1500);
}

async function signedOut() {
  try {
    const response = await fetch('/api/v1/version');
    if (response.status === 401) announce('This browser is not known any more: tailcast open makes an address that lets it in', 'bad');
  } catch { /* nobody is there */ }
}

applyTheme(savedTheme());
drawPlaces();
list.setUp();
on('state', drawState);
keys.setUp({ view: () => view, turnTheme });
connect();
addEventListener('hashchange', show);
show();
