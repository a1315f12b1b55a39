// The list of sessions at the side.
import { fill, h } from './dom.js';
import { AGENTS } from './render.js';
import * as sessions from './sessions.js';
import { ago, baseName, clean, firstLine, moment, plural } from './text.js';

const STATES = { active: 'working', waiting_input: 'waits for you', idle: 'idle', closed: 'closed', exited: 'ended', unreadable: 'cannot be read', headless: 'idle', initializing: 'starting', closing: 'ending', failed: 'failed' };
const rows = new Map();
let list, note, selected = '';

/** What a state is called. */
export const stateName = (status) => STATES[status] || status;

/** A dot in the colour of a state; its name is heard. */
export function stateDot(status) {
  return h(`span.dot.${String(status).replace(/[^a-z_]/g, '')}`, { title: stateName(status) }, h('span.offscreen', stateName(status)));
}

/** Takes the list's place over from the static page. */
export function setUp() {
  list = document.getElementById('sessions');
  note = document.getElementById('list-note');
  const search = document.getElementById('search');
  let timer;
  search.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => reload({ search: search.value.trim() }), 180);
  });
  for (const name of ['status', 'agent', 'project']) {
    document.getElementById('by-' + name).addEventListener('change', (event) => reload({ [name]: event.target.value }));
  }
  note.addEventListener('click', (event) => { if (event.target.matches('button')) sessions.loadMore().catch(complain); });
  new IntersectionObserver(([entry]) => {
    if (entry.isIntersecting && sessions.hasMore()) sessions.loadMore().catch(complain);
  }, { root: list.parentElement, rootMargin: '400px' }).observe(note);
  sessions.onList(draw);
  setInterval(() => { for (const [, row] of rows) row.querySelector('time').textContent = ago(row.time); }, 30_000);
}

function reload(change) {
  sessions.load({ ...sessions.currentFilter(), ...change }).catch(complain);
}

function complain(error) {
  if (error.name !== 'AbortError') fill(note, error.message);
}

/** Marks the session that is open. */
export function select(id) {
  selected = id;
  for (const [key, row] of rows) mark(key, row);
}

function mark(id, row) {
  if (id === selected) row.firstChild.setAttribute('aria-current', 'page');
  else row.firstChild.removeAttribute('aria-current');
}

function draw() {
  const shown = sessions.listed();
  const wanted = shown.map(rowOf);
  const seen = new Set(shown.map((one) => one.id));
  for (const [id, row] of rows) if (!seen.has(id)) { row.remove(); rows.delete(id); }
  let place = list.firstElementChild;
  for (const row of wanted) {
    if (row === place) place = place.nextElementSibling;
    else list.insertBefore(row, place);
  }
  const filter = sessions.currentFilter();
  const isFiltered = Object.values(filter).some(Boolean);
  if (!shown.length) {
    fill(note, isFiltered ? 'No session matches.' : 'No session yet. As soon as an agent writes a transcript on this machine it is listed here.');
  } else if (sessions.hasMore()) {
    fill(note, h('button.more', { type: 'button' }, `${plural(shown.length, 'session')} of ${sessions.count().toLocaleString('en')} \u2013 show more`));
  } else {
    fill(note, plural(shown.length, 'session'));
  }
  const waiting = shown.filter((one) => one.status === 'waiting_input').length;
  document.title = (waiting ? `(${waiting}) ` : '') + (titleOf?.() || 'Tailcast');
  drawProjects(filter.project);
}

let titleOf;
/** What the document's title is made of. */
export function setTitle(make) {
  titleOf = make;
  document.title = make() || 'Tailcast';
}

function drawProjects(chosen) {
  const select = document.getElementById('by-project');
  const projects = sessions.facets();
  if (select.length === projects.length + 1) return;
  fill(select, h('option', { value: '' }, 'Projects'), projects.map((path) => h('option', { value: path, selected: path === chosen }, baseName(path))));
}

function rowOf(one) {
  let row = rows.get(one.id);
  const signature = JSON.stringify([one.title, one.status, one.activity, one.agent, one.project_path, one.last_message, one.updated_at, one.last_message_at, one.tags, one.pinned]);
  if (row?.signature === signature) return row;
  const fresh = makeRow(one);
  fresh.signature = signature;
  if (row) {
    // The focus of whoever walks the list by keyboard survives a change of the row.
    const hadFocus = row.contains(document.activeElement);
    row.replaceWith(fresh);
    if (hadFocus) fresh.firstChild.focus();
  }
  rows.set(one.id, fresh);
  mark(one.id, fresh);
  return fresh;
}

function makeRow(one) {
  const at = one.updated_at;
  const row = h('li', h('a.row', { href: '#/s/' + encodeURIComponent(one.id), 'data-session': one.id },
    h('span.row-top', stateDot(one.status), h('span.row-title', { dir: 'auto' }, titleText(one)), h('time', { datetime: at, title: moment(at) }, ago(at))),
    h('span.row-text', { dir: 'auto' }, excerpt(one)),
    h('span.row-facts', h(`span.agent.${one.agent}`, AGENTS[one.agent] || clean(one.agent)),
      one.project_path ? h('span.project', { title: clean(one.project_path) }, clean(baseName(one.project_path))) : null,
      one.status === 'waiting_input' ? h('span.tag.waits', 'waits for you') : null,
      (one.tags || []).slice(0, 3).map((tag) => h('span.tag', clean(tag))))));
  row.time = at;
  return row;
}

/** The newest message, unless it is the title already. */
function excerpt(one) {
  const text = firstLine(one.last_message || '', 140);
  return text.slice(0, 60) === titleText(one).slice(0, 60) ? '' : text;
}

/** A session's title, or what stands for one. */
export function titleText(one) {
  return firstLine(one?.title || one?.last_message || one?.id || '', 120) || 'Untitled';
}

/** Moves the keyboard's focus in the list. */
export function step(by) {
  const links = [...list.querySelectorAll('a.row')];
  if (!links.length) return;
  const now = links.findIndex((link) => link === document.activeElement);
  const from = now >= 0 ? now : links.findIndex((link) => link.dataset.session === selected);
  const to = by === Infinity ? links.length - 1 : by === -Infinity ? 0 : Math.max(0, Math.min(links.length - 1, from + by));
  links[to].focus();
}

/** The session above or below the one that is open. */
export function neighbour(by) {
  const links = [...list.querySelectorAll('a.row')];
  const now = links.findIndex((link) => link.dataset.session === selected);
  return links[now + by]?.dataset.session;
}

/** Whether the focus is in the list. */
export const hasFocus = () => document.getElementById('side').contains(document.activeElement);
