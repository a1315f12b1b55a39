// The sessions that the list shows: read by REST, kept up to date by the change feed.
import { get } from './api.js';
import { soon } from './dom.js';
import { on } from './port.js';

const PAGE = 60;

const known = new Map();
let order = [];
let total = 0;
let pages = 0;
let filter = {};
let listener = () => {};
let asking;

/** What the list is filtered by: `search`, `agent`, `project`, `status`. */
export const currentFilter = () => filter;
/** How many sessions match on the server. */
export const count = () => total;
/** Whether the server has more of them. */
export const hasMore = () => order.length < total && pages * PAGE < total;
/** A session by id; undefined if it was not read yet. */
export const session = (id) => known.get(id);

const RANK = { waiting_input: 0 };
const rank = (one) => RANK[one.status] ?? (one.activity === 'waiting' ? 0 : 1);
const changedAt = (one) => one.updated_at || '';

/** The sessions to show: those that wait for somebody first, then what is pinned, then by their newest message. */
export function listed() {
  const shown = order.map((id) => known.get(id)).filter((one) => one && passes(one));
  return shown.sort((a, b) => rank(a) - rank(b) || Number(b.pinned || 0) - Number(a.pinned || 0)
    || (changedAt(a) < changedAt(b) ? 1 : changedAt(a) > changedAt(b) ? -1 : a.id < b.id ? -1 : 1));
}

function passes(one) {
  if (filter.agent && one.agent !== filter.agent) return false;
  if (filter.project && one.project_path !== filter.project) return false;
  if (one.kind === 'subagent' || one.archived) return false;
  if (filter.status) return filter.status === 'waiting_input' ? rank(one) === 0 : one.status === filter.status;
  return one.status !== 'closed';
}

/** Calls `body` when the list has changed, at most once per frame. */
export function onList(body) {
  let isDue = false;
  listener = () => {
    if (isDue) return;
    isDue = true;
    soon(() => { isDue = false; body(); });
  };
}

/** Reads the list anew, with another filter if one is given. */
export async function load(next = filter) {
  filter = next;
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  const rows = [];
  let page = 0, answer;
  do {
    answer = await get('sessions', query(++page), signal);
    rows.push(...answer.sessions);
  } while (page < pages && rows.length < answer.total);
  for (const row of rows) known.set(row.id, row);
  pages = page;
  total = answer.total;
  order = rows.map((row) => row.id);
  listener();
}

/** Reads the next page. */
export async function loadMore() {
  const answer = await get('sessions', query(pages + 1));
  pages++;
  total = answer.total;
  take(answer.sessions);
}

function query(page) {
  const { search, agent, project, status } = filter;
  // The states that only some servers know are told apart here.
  const asked = ['active', 'idle', 'closed', 'unreadable'].includes(status) ? status : undefined;
  return { page, page_size: PAGE, kind: 'session', sort: 'updated_at', search, agent, project, status: asked, all: status ? true : undefined };
}

function take(rows) {
  for (const row of rows) {
    known.set(row.id, { ...known.get(row.id), ...row });
    if (!order.includes(row.id)) order.push(row.id);
  }
  listener();
}

/** Reads one session again; its row. */
export async function refresh(id) {
  const { session: row } = await get('sessions/' + encodeURIComponent(id));
  known.set(row.id, { ...known.get(row.id), ...row });
  listener();
  return known.get(row.id);
}

/** The projects and agents of the sessions that were read, for the filters. */
export function facets() {
  const projects = new Map();
  for (const one of known.values()) {
    if (one.project_path && one.kind !== 'subagent') projects.set(one.project_path, (projects.get(one.project_path) || 0) + 1);
  }
  return [...projects].sort((a, b) => b[1] - a[1]).map(([path]) => path);
}

on('feed', () => load().catch(() => {}));

on('change', ({ change }) => {
  const { type, session_id: id, payload } = change;
  const row = known.get(id);
  switch (type) {
    case 'session.created': case 'session.updated': case 'session.forked':
      if (!payload.session) return;
      // A search is answered by the server alone: what is new there is not known to match.
      if (row || !filter.search) take([payload.session]);
      break;
    case 'session.status': case 'session.closed':
      if (!row) return;
      known.set(id, { ...row, status: payload.status, activity: payload.activity, status_since: payload.since });
      listener();
      break;
    case 'transcript.appended':
      if (!row) return;
      known.set(id, { ...row, updated_at: payload.updated_at });
      listener();
      break;
    case 'agent.activity':
      if (!row) return;
      known.set(id, { ...row, activity: payload.state ?? row.activity, tool: payload.tool_name });
      listener();
      break;
  }
});
