// The pages beside the transcripts: search, memory, hooks, machines, settings.
import { get, patch, post, remove } from './api.js';
import { announce, fill, h, icon, iconButton, stylesheet } from './dom.js';
import { codeBlock } from './code.js';
import { ask, confirm } from './dialogs.js';
import { marked } from './find.js';
import { on } from './port.js';
import { AGENTS } from './render.js';
import { ago, clean, firstLine, moment, plural, size } from './text.js';

await stylesheet('/page/more.css');

/** A page with a heading; `draw(body)` fills it and is called again when the feed says that something changed. */
function page(main, title, buttons, draw, topics = []) {
  const body = h('div.cards');
  const controller = new AbortController();
  fill(main, h('div.page', { tabindex: 0 }, h('div.page-inner',
    h('div.page-head', h('a.icon-button.back', { href: '#/', 'aria-label': 'Back to the list' }, icon('back')), h('h1', title), buttons), body)));
  const redraw = async () => {
    try {
      await draw(body, controller.signal);
    } catch (error) {
      if (error.name === 'AbortError') return;
      fill(body, h('p.notice', { role: 'alert' }, error.isAbsent ? `This server does not serve this yet: ${error.reason || error.message}` : error.message));
    }
  };
  let timer;
  const off = on('change', ({ change }) => {
    if (!topics.includes(change.topic)) return;
    clearTimeout(timer);
    timer = setTimeout(redraw, 300);
  });
  redraw();
  return { title, redraw, close() { controller.abort(); clearTimeout(timer); off(); } };
}

const act = async (request, done, view) => {
  try {
    await request;
    announce(done);
    view?.redraw();
  } catch (error) {
    announce(error.message, 'bad');
  }
};

const button = (label, onclick, kind = '') => h('button.button' + kind, { type: 'button', onclick }, label);
const searchField = (label, value, change) => {
  let timer;
  return h('div.page-search', h('input', { type: 'search', placeholder: label, 'aria-label': label, value, autocomplete: 'off', spellcheck: 'false', oninput: (event) => {
    clearTimeout(timer);
    timer = setTimeout(() => change(event.target.value.trim()), 200);
  } }));
};

/** Full-text search over all sessions. */
export function search(main, words = '') {
  let query = words;
  const field = searchField('Words in titles and messages', query, (value) => {
    query = value;
    history.replaceState(null, '', '#/search/' + encodeURIComponent(value));
    view.redraw();
  });
  const view = page(main, 'Search', null, async (body, signal) => {
    if (!query) return fill(body, h('p.quiet', 'All words must stand in a session; the last letters of each may be missing.'));
    const answer = await get('search', { q: query, limit: 50 }, signal);
    fill(body, h('p.quiet', { role: 'status' }, plural(answer.total, 'session')), answer.results.map(result));
  });
  main.querySelector('.page-head').after(field);
  field.firstChild.focus();
  return view;
}

function result(found) {
  const address = '#/s/' + encodeURIComponent(found.id);
  return h('article.card',
    h('header', h('h3', h('a', { href: address, dir: 'auto' }, firstLine(found.title || found.description || found.id, 120))),
      h('span.quiet', AGENTS[found.agent] || clean(found.agent)), h('time.quiet', { title: moment(found.updated_at) }, ago(found.updated_at))),
    (found.highlights || []).filter((one) => one.field === 'message').slice(0, 4).map((one) =>
      h('a.excerpt', { href: one.cursor ? `${address}/${one.cursor}` : address, dir: 'auto' }, marked(one.text, one.matches))));
}

/** What is remembered. */
export function memory(main) {
  let query = '';
  const remember = () => ask('Remember something', [
    { name: 'text', label: 'Text', type: 'area', required: true, rows: 5 },
    { name: 'type', label: 'Kind', options: ['discovery', 'preference', 'decision', 'gotcha', 'pattern', 'friction', 'context'].map((kind) => [kind, kind]) },
    { name: 'project', label: 'Project (may be empty)' },
  ], 'Save', async ({ text, type, project }) => { await post('memory/save', { text, type, ...(project && { project }) }); view.redraw(); });
  const view = page(main, 'Memory', button('Remember\u2026', remember), async (body, signal) => {
    const answer = query ? await get('memory/search', { query, limit: 50 }, signal) : await get('memory', { limit: 50 }, signal);
    const rows = rowsOf(answer, 'results', 'memories');
    fill(body, rows.length ? rows.map((row) => memoryCard(row, view)) : h('p.quiet', query ? 'Nothing matches.' : 'Nothing is remembered yet.'));
  }, ['memory']);
  main.querySelector('.page-head').after(searchField('Search the memory', '', (value) => { query = value; view.redraw(); }));
  return view;
}

/** The rows of an answer, whatever its list is called. */
function rowsOf(answer, ...names) {
  if (Array.isArray(answer)) return answer;
  for (const name of names) if (Array.isArray(answer?.[name])) return answer[name];
  return Object.values(answer ?? {}).find(Array.isArray) ?? [];
}

function memoryCard(row, view) {
  const forget = () => confirm('Forget this?', firstLine(row.title || row.text, 200), 'Forget', async () => { await remove('memory/' + row.id); view.redraw(); });
  return h('article.card', h('header', h('h3', { dir: 'auto' }, firstLine(row.title || row.text || row.narrative, 160)), h('span.tag', clean(row.type)),
    row.project ? h('span.quiet', clean(row.project)) : null, h('time.quiet', { title: moment(row.created_at) }, ago(row.created_at)), iconButton('close', 'Forget', forget)),
  h('p', { dir: 'auto' }, clean(row.text ?? row.content ?? row.narrative ?? '')),
  (row.concepts || row.tags || []).length ? h('p', (row.concepts || row.tags).map((one) => [h('span.tag', clean(one)), ' '])) : null);
}

/** Receivers of events. */
export function hooks(main) {
  const add = () => ask('New hook', [
    { name: 'url', label: 'Address that is called', type: 'url', required: true, placeholder: 'https://\u2026' },
    { name: 'type', label: 'Type of event (may be empty, * for any letters)', placeholder: 'session.*' },
    { name: 'secret', label: 'Secret for the signature (may be empty)', type: 'password' },
  ], 'Add', async ({ url, type, secret }) => {
    await post('hooks/contracts', { target: { url, ...(secret && { secret }) }, ...(type && { type_criterion: type.includes('*') ? { pattern: type } : { match: type } }) });
    view.redraw();
  });
  const view = page(main, 'Hooks', button('New hook\u2026', add), async (body, signal) => {
    const contracts = rowsOf(await get('hooks/contracts', {}, signal), 'contracts');
    const deliveries = await get('hooks/deliveries', { limit: 50 }, signal).then((answer) => rowsOf(answer, 'deliveries'), () => []);
    fill(body, contracts.length ? contracts.map((one) => hookCard(one, view)) : h('p.quiet', 'No receiver is registered.'),
      deliveries.length ? [h('h2', 'Deliveries'), deliveryTable(deliveries)] : null);
  }, ['hooks']);
  return view;
}

function hookCard(one, view) {
  const end = () => confirm('Remove this hook?', one.target?.url || one.id, 'Remove', async () => { await remove('hooks/contracts/' + encodeURIComponent(one.id)); view.redraw(); });
  const criteria = [['type', one.type_criterion], ['source', one.source_criterion], ...Object.entries(one.properties || {})].filter(([, value]) => value);
  return h('article.card', h('header', h('h3', clean(one.target?.url ?? one.target?.handler ?? one.id)), one.active === false ? h('span.tag', 'inactive') : null,
    iconButton('close', 'Remove', end)),
  h('p.quiet', criteria.length ? criteria.map(([key, value]) => `${clean(key)} ${clean(value.pattern ?? [value.match].flat().join(', '))}`).join(' \u00b7 ') : 'every event'),
  h('p', button('Send a test', () => act(post(`hooks/contracts/${encodeURIComponent(one.id)}/test`), 'A test is on its way', view))));
}

function deliveryTable(rows) {
  return h('table.list', h('thead', h('tr', ['When', 'Event', 'State', 'Attempts'].map((name) => h('th', name)))),
    h('tbody', rows.map((row) => h('tr', h('td', { title: moment(row.created_at ?? row.timestamp) }, ago(row.created_at ?? row.timestamp)), h('td', clean(row.type ?? row.event)),
      h('td', clean(row.state ?? row.status), row.error ? h('div.quiet', clean(row.error)) : null), h('td', String(row.attempts ?? ''))))));
}

/** This machine and the others. */
export function machines(main) {
  return page(main, 'Machines', null, async (body, signal) => {
    const [health, computers] = await Promise.all([
      get('health', {}, signal), get('computers', {}, signal).then((answer) => rowsOf(answer, 'computers'), () => null)]);
    fill(body, healthCard(health), computers ? computers.map(computerCard) : h('p.quiet', 'This server does not list other machines.'));
  }, ['inventory', 'system']);
}

function healthCard(health) {
  const { tail = {}, streams = {} } = health;
  const facts = [
    ['State', clean(health.status)], ['Version', `${clean(health.version)}, process ${health.pid}`], ['Started', moment(health.started_at)],
    ['Files', `${(tail.files ?? 0).toLocaleString('en')} transcripts by ${clean(tail.mode)}${tail.lag_bytes ? `, ${size(tail.lag_bytes)} behind` : ''}`],
    ['Watches', tail.watches === undefined ? '' : `${tail.watches.toLocaleString('en')} of ${(tail.watch_limit ?? 0).toLocaleString('en')}`],
    ['Watching now', `${plural(streams.sse ?? 0, 'event stream')}, ${plural(streams.ws ?? 0, 'socket')}`],
  ].filter(([, value]) => value);
  return h('article.card', h('header', h('h3', 'This server')), h('dl.facts', facts.map(([key, value]) => [h('dt', key), h('dd', value)])));
}

function computerCard(one) {
  return h('article.card', h('header', h('h3', clean(one.name ?? one.hostname ?? one.id)), h('span.tag', clean(one.status ?? (one.online ? 'online' : '')))),
    h('dl.facts', Object.entries(one).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)).map(([key, value]) => [h('dt', clean(key.replaceAll('_', ' '))), h('dd', key.endsWith('_at') ? moment(value) : clean(value))])));
}

/** The settings that can be changed while the server runs. */
export function settings(main) {
  const view = page(main, 'Settings', null, async (body, signal) => {
    const answer = await get('settings', {}, signal);
    const values = answer.settings ?? answer;
    const rows = flat(values).filter(([key]) => key !== 'version');
    fill(body, h('p.quiet', 'What is changed here is kept, and holds at once.'), rows.length ? h('table.list', h('tbody', rows.map(([key, value]) => settingRow(key, value, answer.version, view)))) : h('p.quiet', 'There are none.'),
      h('details', h('summary', icon('chevron'), 'As JSON'), codeBlock(JSON.stringify(answer, null, 2), 'json')));
  }, ['settings']);
  return view;
}

function flat(value, path = '') {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, path ? `${path}.${key}` : key));
}

function settingRow(key, value, version, view) {
  const save = (next) => {
    const body = key.split('.').reduceRight((inner, part) => ({ [part]: inner }), next);
    return act(patch('settings', body, version === undefined ? {} : { 'if-match': String(version) }), 'Changed', view);
  };
  const control = typeof value === 'boolean'
    ? h('input', { type: 'checkbox', checked: value, 'aria-label': key, onchange: (event) => save(event.target.checked) })
    : h('span', clean(typeof value === 'string' ? value : JSON.stringify(value)), ' ', button('Change\u2026', () => ask(key, [{ name: 'value', label: 'Value', value: typeof value === 'string' ? value : JSON.stringify(value) }], 'Change', async ({ value: text }) => {
      await patch('settings', key.split('.').reduceRight((inner, part) => ({ [part]: inner }), typeof value === 'string' ? text : JSON.parse(text)));
      view.redraw();
    })));
  return h('tr', h('th', clean(key)), h('td', control));
}
