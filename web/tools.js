// Calls of tools: one line that says what was done, and when opened the input and the result.
import { h, icon, safeAddress } from './dom.js';
import { codeBlock, copyButton, more } from './code.js';
import { changeCount, diffView } from './diff.js';
import { baseName, clean, firstLine, shorten, size } from './text.js';

const LANGUAGES = { js: 1, jsx: 1, ts: 1, tsx: 1, mjs: 1, py: 1, swift: 1, rs: 1, go: 1, c: 1, cpp: 1, h: 1, hpp: 1, cc: 1, java: 1, kt: 1, cs: 1, rb: 1, sh: 1, sql: 1, json: 1, css: 1, yaml: 1, yml: 1, toml: 1, php: 1 };

const text = (value) => (typeof value === 'string' ? value : Array.isArray(value) ? value.map(text).join(' ') : value == null ? '' : JSON.stringify(value));
const command = (input) => {
  const words = input.command ?? input.cmd ?? input.script;
  // Agents wrap what they run: `bash -lc "…"` is what stands in the quotation.
  return Array.isArray(words) && /^(ba|z)?sh$/.test(baseName(words[0])) && words.length === 3 ? words[2] : text(words);
};
const path = (input) => text(input.file_path ?? input.path ?? input.notebook_path ?? input.absolute_path ?? input.filename);

/** A patch of `apply_patch`, wherever the agent has put it. */
function patch(block) {
  const input = block.input;
  for (const value of [input.patch, input.input, input.raw, typeof input === 'string' ? input : null, command(input)]) {
    if (typeof value === 'string' && value.includes('*** Begin Patch')) return value;
  }
  return null;
}

function edits(input) {
  if (Array.isArray(input.edits)) {
    return input.edits.filter((edit) => edit && typeof edit === 'object')
      .map((edit) => [text(edit.old_string ?? edit.oldText), text(edit.new_string ?? edit.newText)]);
  }
  const before = input.old_string ?? input.old_str ?? input.oldText, after = input.new_string ?? input.new_str ?? input.newText;
  return typeof before === 'string' && typeof after === 'string' ? [[before, after]] : null;
}

/** What a call does, in a line. */
function summary(block, cwd) {
  const input = block.input ?? {};
  const changed = patch(block);
  if (changed) return [...changed.matchAll(/^\*\*\* (?:Add|Update|Delete) File: (.*)$/gm)].map((match) => short(match[1], cwd)).join(', ');
  const run = command(input);
  if (run) return firstLine(run, 200);
  if (Array.isArray(input.todos ?? input.plan)) {
    const steps = input.todos ?? input.plan;
    return `${steps.filter((step) => step?.status === 'completed').length} of ${steps.length} done`;
  }
  const file = path(input);
  const pattern = text(input.pattern ?? input.query ?? input.regex);
  if (pattern) return firstLine(file ? `${pattern}  in ${short(file, cwd)}` : pattern, 200);
  if (file) return short(file, cwd);
  const said = input.description ?? input.url ?? input.prompt ?? input.skill ?? input.name ?? input.message
    ?? Object.values(input).find((value) => typeof value === 'string' && value);
  return firstLine(text(said), 200);
}

function short(file, cwd) {
  const name = clean(file);
  return shorten(cwd && name.startsWith(cwd + '/') ? name.slice(cwd.length + 1) : name, 160);
}

const isEdit = (block) => Boolean(edits(block.input ?? {}) || patch(block));

/** A call as an element. `context` has `cwd`, `session`, `busy` (whether a turn runs). */
export function toolView(block, context) {
  const result = block.result;
  const state = result ? (result.is_error ? 'failed' : 'done') : context.isLive ? 'running' : 'open';
  block.isOpen ??= isEdit(block) && !result?.is_error;
  const body = h('div.tool-body');
  const details = h('details.tool.' + state, { open: block.isOpen },
    h('summary',
      icon('chevron'),
      h('span.tool-name', toolName(block.name)),
      h('span.tool-what', { dir: 'auto' }, summary(block, context.cwd)),
      counts(block),
      h('span.tool-state', { title: STATES[state] }, h('span.offscreen', STATES[state]))),
    body);
  const build = () => { if (details.open && !body.firstChild) body.append(...toolBody(block, context)); };
  details.addEventListener('toggle', () => { block.isOpen = details.open; build(); });
  build();
  const extras = [];
  if (block.subagent) extras.push(subagentLink(block.subagent));
  if (block.running && !result) extras.push(h('pre.running', clean(String(block.running).slice(-800)).split('\n').slice(-4).join('\n')));
  return extras.length ? h('div.tool-group', details, extras) : details;
}

const STATES = { done: 'done', failed: 'failed', running: 'running', open: 'no result' };

/** `mcp__server__tool` as people say it. */
function toolName(name) {
  const match = /^mcp__(.+?)__(.+)$/.exec(name);
  return shorten(clean(match ? `${match[1]}: ${match[2]}` : name), 60);
}

export function subagentLink(session) {
  return h('a.subagent', { href: '#/s/' + encodeURIComponent(session) }, icon('fork'), 'Sub-agent\u2019s transcript');
}

function counts(block) {
  const pairs = edits(block.input ?? {});
  let added = 0, removed = 0;
  const changed = patch(block);
  if (changed) {
    added = (changed.match(/^\+/gm) || []).length;
    removed = (changed.match(/^-/gm) || []).length;
  } else if (pairs) {
    for (const [before, after] of pairs) {
      const count = changeCount(before, after);
      added += count.added;
      removed += count.removed;
    }
  } else return null;
  return h('span.counts', h('span.plus', '+' + added), ' ', h('span.minus', '\u2212' + removed));
}

function toolBody(block, context) {
  const made = [...inputView(block)];
  if (block.truncated) made.push(reference(block));
  const result = block.result;
  // That an edit was made is said by the edit itself.
  if (result && isEdit(block) && !result.is_error && typeof result.content === 'string') made.push(h('p.quiet', { dir: 'auto' }, firstLine(result.content, 200)));
  else if (result) made.push(...resultView(result));
  else if (context.isLive) made.push(h('p.quiet', 'No result yet.'));
  return made;
}

function inputView(block) {
  const input = block.input ?? {};
  const changed = patch(block);
  if (changed) return [codeBlock(clean(changed), 'diff')];
  const pairs = edits(input);
  if (pairs) return pairs.map(([before, after]) => diffView(before, after));
  const run = command(input);
  if (run) return [input.description ? h('p.quiet', clean(input.description)) : null, codeBlock(clean(run), 'bash')].filter(Boolean);
  const steps = input.todos ?? input.plan;
  if (Array.isArray(steps)) return [h('ul.todos', steps.slice(0, 200).map(todo))];
  const content = input.content ?? input.file_text;
  if (typeof content === 'string' && path(input)) {
    const extension = baseName(path(input)).split('.').pop();
    return [codeBlock(clean(content), LANGUAGES[extension] ? extension : '')];
  }
  if (typeof input === 'object' && !Object.keys(input).length) return [];
  if (typeof input.prompt === 'string') return [h('div.plain', { dir: 'auto' }, clipped(input.prompt))];
  return [codeBlock(clean(typeof input === 'string' ? input : JSON.stringify(input, null, 2)), 'json', { limit: 4000 })];
}

function todo(step) {
  const status = step?.status === 'completed' ? 'completed' : step?.status === 'in_progress' ? 'doing' : 'todo';
  const mark = { completed: '\u2611', doing: '\u25d0', todo: '\u2610' }[status];
  return h('li.' + status, h('span.box', { 'aria-label': status }, mark), ' ', clean(step?.content ?? step?.step ?? step?.text ?? ''));
}

/** What a tool has answered. */
export function resultView(result) {
  const parts = Array.isArray(result.content) ? result.content : [{ type: 'text', text: result.content }];
  const made = parts.flatMap((part) => partView(part));
  if (!made.length) made.push(h('p.quiet', 'No output.'));
  return [h('div.result' + (result.is_error ? '.bad' : ''), made), result.truncated ? reference(result) : null].filter(Boolean);
}

function partView(part) {
  if (typeof part === 'string') return partView({ type: 'text', text: part });
  if (part?.type === 'image' || part?.type === 'document') return [imageView(part)];
  const value = part?.type === 'text' ? part.text : part?.truncated ? null : JSON.stringify(part, null, 2);
  const made = [];
  if (value) {
    const all = clean(value).replace(/\n+$/, '');
    if (all) made.push(h('div.output', h('pre', { tabindex: 0, dir: 'auto' }, h('code', clipped(all, 4000))), copyButton(() => all, 'Copy the output')));
  }
  if (part?.truncated) made.push(reference(part));
  return made;
}

/** A text of which a stretch is shown, and more when it is asked for. */
export function clipped(value, limit = 6000) {
  const all = clean(value);
  if (all.length <= limit) return [all];
  const shown = document.createTextNode(shorten(all, limit));
  return [shown, more(all.length, limit, (length) => { shown.data = all.slice(0, length); })];
}

/** Where to find what was too large to send. */
export function reference(value) {
  const address = safeAddress(value.href) ?? '#';
  return h('p.quiet', `Only the beginning of ${size(value.bytes || 0)} is shown. `, h('a', { href: address, target: '_blank', rel: 'noopener' }, 'Open the record'));
}

/** An image or document, fetched by reference when it comes near. */
export function imageView(media) {
  const address = safeAddress(media.href);
  if (!address) return h('p.quiet', 'An image without a reference.');
  const isShown = /^image\/(png|jpeg|gif|webp)$/.test(media.media_type || '');
  const link = h('a.media', { href: address, target: '_blank', rel: 'noopener' });
  const label = `${media.type === 'document' ? 'Document' : 'Image'}, ${media.media_type || 'unknown type'}, ${size(Math.round((media.bytes || 0) * 0.75))}`;
  if (!isShown) return h('p', (link.append(label), link));
  const image = h('img', { src: address, alt: label, loading: 'lazy', decoding: 'async', onerror: () => link.replaceChildren(`${label} (cannot be shown)`) });
  link.append(image);
  return link;
}
