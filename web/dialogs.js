// Questions to the person: small forms, each one request.
import { post } from './api.js';
import { announce, fill, h, iconButton, stylesheet } from './dom.js';
import * as sessions from './sessions.js';

await stylesheet('/page/more.css');

/** Opens a dialog; it closes by Escape, by its cross, or by the function that is returned. */
export function openDialog(title, ...content) {
  const close = () => dialog.close();
  const dialog = h('dialog', { 'aria-label': title, onclose: () => dialog.remove(), onclick: (event) => { if (event.target === dialog) close(); } },
    h('div.dialog', h('header', h('h2', title), iconButton('close', 'Close', close)), content));
  document.body.append(dialog);
  dialog.showModal();
  return close;
}

/**
 * Asks for some values and does something with them. `fields` are `{name, label, type?, value?, options?, required?,
 * placeholder?}`; `submit(values)` may throw, and what it threw is shown in the dialog.
 */
export function ask(title, fields, label, submit) {
  const problem = h('p.notice.bad', { hidden: true, role: 'alert' });
  const button = h('button.button.primary', { type: 'submit' }, label);
  const inputs = fields.map((field) => [field, inputOf(field)]);
  const form = h('form', { method: 'dialog', onsubmit: async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(inputs.map(([field, input]) => [field.name, field.type === 'checkbox' ? input.checked : input.value.trim()]));
    button.disabled = true;
    try {
      await submit(values);
      dialog.close();
    } catch (error) {
      fill(problem, error.message);
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  } },
  h('header', h('h2', title), iconButton('close', 'Close', () => dialog.close())),
  inputs.map(([field, input]) => h('label.field' + (field.type === 'checkbox' ? '.inline' : ''), field.label, input)),
  problem, h('div.buttons', h('button.button', { type: 'button', onclick: () => dialog.close() }, 'Cancel'), button));
  const dialog = h('dialog', { 'aria-label': title, onclose: () => dialog.remove() }, form);
  document.body.append(dialog);
  dialog.showModal();
  (inputs.find(([field]) => field.focus) || inputs[0])?.[1].focus();
}

function inputOf({ name, type, value, options, required, placeholder, rows }) {
  if (options) return h('select', { name }, options.map(([key, text]) => h('option', { value: key, selected: key === value }, text)));
  if (type === 'area') return h('textarea', { name, rows: rows || 4, required, placeholder, value: value ?? '' });
  return h('input', { name, type: type || 'text', required, placeholder, value: value ?? '', autocomplete: 'off', spellcheck: 'false', checked: type === 'checkbox' && value });
}

const AGENTS = [['claude', 'Claude'], ['codex', 'Codex'], ['gemini', 'Gemini']];

/** Starts an agent. */
export function newSession(values = {}) {
  const projects = sessions.facets();
  ask('New session', [
    { name: 'project_path', label: 'Directory', required: true, value: values.project_path ?? projects[0] ?? '', placeholder: '/home/me/project' },
    { name: 'agent', label: 'Agent', options: AGENTS, value: values.agent },
    { name: 'message', label: 'First message (may be empty)', type: 'area', focus: true },
    { name: 'title', label: 'Title (may be empty)' },
  ], 'Start', async ({ project_path, agent, message, title }) => {
    const answer = await post('sessions', {
      project_path, agent, ...(title && { title }), launch_kind: message ? 'agent_then_message' : 'agent', ...(message && { message }),
    });
    announce('The agent is being started');
    location.hash = '#/s/' + encodeURIComponent(answer.session_id);
  });
}

/** Asks whether something is meant. */
export function confirm(title, text, label, action) {
  ask(title, [], label, action);
  document.querySelector('dialog[open] .buttons').before(h('p', text));
}
