// What an edit changed, line by line.
import { h } from './dom.js';
import { clean } from './text.js';

const MOST_CELLS = 400_000;

/**
 * The steps from one list of lines to another: `{kind: ' ' | '-' | '+', line}`. Lines that both begin or end with are
 * left out of the table; where the rest is too long for it, all of it is one change.
 */
export function compare(before, after) {
  let start = 0, end = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  while (end < before.length - start && end < after.length - start
    && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const same = (lines) => lines.map((line) => ({ kind: ' ', line }));
  const old = before.slice(start, before.length - end), fresh = after.slice(start, after.length - end);
  return [...same(before.slice(0, start)), ...middle(old, fresh), ...same(before.slice(before.length - end))];
}

function middle(old, fresh) {
  const removed = (lines) => lines.map((line) => ({ kind: '-', line }));
  const added = (lines) => lines.map((line) => ({ kind: '+', line }));
  if (old.length * fresh.length > MOST_CELLS) return [...removed(old), ...added(fresh)];
  // The longest common subsequence, from the end, so that the way through it is read from the start.
  const width = fresh.length + 1;
  const table = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      table[i * width + j] = old[i] === fresh[j]
        ? table[(i + 1) * width + j + 1] + 1
        : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
    }
  }
  const steps = [];
  let i = 0, j = 0;
  while (i < old.length && j < fresh.length) {
    if (old[i] === fresh[j]) { steps.push({ kind: ' ', line: old[i++] }); j++; }
    else if (table[(i + 1) * width + j] >= table[i * width + j + 1]) steps.push({ kind: '-', line: old[i++] });
    else steps.push({ kind: '+', line: fresh[j++] });
  }
  return [...steps, ...removed(old.slice(i)), ...added(fresh.slice(j))];
}

const CONTEXT = 3;
const MOST_LINES = 400;

/** A change as elements: what is the same far from any change is left out. */
export function diffView(before, after) {
  const split = (text) => (text === '' ? [] : clean(text).replace(/\n$/, '').split('\n'));
  const steps = compare(split(before), split(after));
  const near = steps.map((_, index) => steps.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some((step) => step.kind !== ' '));
  const rows = [];
  let isGap = false;
  for (const [index, step] of steps.entries()) {
    if (!near[index]) {
      if (!isGap) rows.push(h('span.line.m', '\u22ef\n'));
      isGap = true;
      continue;
    }
    isGap = false;
    const kind = step.kind === '+' ? '.add' : step.kind === '-' ? '.del' : '';
    rows.push(h('span.line' + kind, `${step.kind} ${step.line}\n`));
    if (rows.length >= MOST_LINES) {
      rows.push(h('span.line.m', `\u22ef ${steps.length - index - 1} more lines\n`));
      break;
    }
  }
  return h('pre.diff', { tabindex: 0 }, h('code', rows));
}

/** How many lines a change adds and takes away. */
export function changeCount(before, after) {
  const steps = compare(before === '' ? [] : before.split('\n'), after === '' ? [] : after.split('\n'));
  return { added: steps.filter((step) => step.kind === '+').length, removed: steps.filter((step) => step.kind === '-').length };
}
