// What can be done with a session besides reading it and writing to it; fetched when it is wanted.
import { get, patch, post, remove } from './api.js';
import { openMenu } from './composer.js';
import { ask, confirm, openDialog } from './dialogs.js';
import { announce, copy, h } from './dom.js';
import { stateName } from './list.js';
import { AGENTS } from './render.js';
import * as sessions from './sessions.js';
import { clean, moment, plural, size } from './text.js';

/** Opens the menu of a SessionView at a button. */
export function openActions(view, button) {
  const action = (label, run) => h('button', { type: 'button', role: 'menuitem', onclick: () => run(view) }, label);
  const { pinned, archived } = view.row ?? {};
  openMenu(button, h('div.menu', { role: 'menu' },
    action('Details', details),
    action('Copy the link', async () => announce((await copy(location.href)) ? 'Copied' : 'This browser does not allow copying')),
    h('hr'),
    action('Title\u2026', rename), action('Tags\u2026', retag),
    action(pinned ? 'Unpin' : 'Pin', () => change(view, { pinned: !pinned })),
    action(archived ? 'Take out of the archive' : 'Archive', () => change(view, { archived: !archived })),
    h('hr'),
    action('Fork\u2026', fork), action('Revive', revive), action('End the session\u2026', end)));
}

async function saved(view, request) {
  await request;
  await sessions.refresh(view.session);
  view.changed();
}

async function change(view, values) {
  try {
    await saved(view, patch(view.path, values));
    announce('Changed');
  } catch (error) {
    view.composer.refuse(error);
  }
}

function rename(view) {
  ask('Title', [{ name: 'title', label: 'Title', value: view.row?.title ?? '' }], 'Change', ({ title }) => saved(view, patch(view.path, { title })));
}

function retag(view) {
  const value = (view.row?.tags || []).join(', ');
  ask('Tags', [{ name: 'tags', label: 'Tags, separated by commas', value }], 'Change', ({ tags }) =>
    saved(view, patch(view.path + '/tags', { tags: tags.split(',').map((tag) => tag.trim()).filter(Boolean) })));
}

function fork(view) {
  ask('Fork', [
    { name: 'prompt', label: 'What the new session begins with (may be empty)', type: 'area' }, { name: 'title', label: 'Title (may be empty)' },
  ], 'Fork', async ({ prompt, title }) => {
    const answer = await post(view.path + '/fork', { ...(prompt && { prompt }), ...(title && { title }) });
    location.hash = '#/s/' + encodeURIComponent(answer.session_id);
  });
}

async function revive(view) {
  try {
    let operation = await post(view.path + '/revive');
    announce('The agent is being started again');
    for (let round = 0; operation?.state === 'running' && round < 60; round++) {
      await new Promise((done) => setTimeout(done, 1000));
      operation = await get('operations/' + encodeURIComponent(operation.id));
    }
    if (operation?.state === 'failed') view.composer.refuse({ message: operation.error?.message || 'The agent could not be started' });
  } catch (error) {
    view.composer.refuse(error);
  }
}

function end(view) {
  confirm('End the session', 'The agent and its terminal are ended. The transcript stays.', 'End', async () => {
    await remove(view.path);
    announce('The session has ended');
  });
}

/** Asks for a moment and shows what was said then. */
export function jump(view) {
  const now = new Date();
  const value = new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  ask('Jump to a time', [{ name: 'time', label: 'First message from this moment on', type: 'datetime-local', value, required: true }], 'Jump',
    // The server gives what is later than a moment.
    ({ time }) => view.reopen({ time: new Date(new Date(time) - 1).toISOString() }));
}

function details({ row = {} }) {
  const code = (text) => h('code', clean(text));
  const facts = [
    ['Id', code(row.id)], row.native_session_id && row.native_session_id !== row.id ? ['Agent\u2019s id', code(row.native_session_id)] : null,
    ['Status', `${stateName(row.status)} since ${moment(row.status_since)}`], ['Agent', AGENTS[row.agent] || clean(row.agent)],
    row.model ? ['Model', clean(row.model)] : null, row.project_path ? ['Directory', code(row.project_path)] : null,
    row.metadata?.git_branch ? ['Branch', code(row.metadata.git_branch)] : null,
    row.metadata?.agent_version ? ['Version', clean(row.metadata.agent_version)] : null,
    ['Machine', clean(row.computer)], row.tmux_session_name ? ['Terminal', code(row.tmux_session_name)] : null,
    ['Created', moment(row.created_at)], ['Last message', row.last_message_at ? moment(row.last_message_at) : 'none'],
    row.total_messages != null ? ['Messages', `${row.total_messages.toLocaleString('en')} in ${plural(row.total_turns ?? 0, 'turn')}`] : null,
    ['Transcript', size(row.transcript?.bytes ?? 0)],
  ].filter(Boolean);
  openDialog('Session', h('dl.facts', facts.map(([key, value]) => [h('dt', key), h('dd', value)])));
}
