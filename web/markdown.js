// The part of Markdown that agents write, as elements. What is not understood stays text; nothing is ever HTML.
import { h, safeAddress } from './dom.js';
import { codeBlock } from './code.js';
import { clean } from './text.js';

const FENCE = /^( {0,3})(`{3,}|~{3,})\s*([^`\s]*)/;
const HEADING = /^ {0,3}(#{1,6})\s(.*)$/;
const RULE = /^ {0,3}(?:(?:-\s*){3,}|(?:_\s*){3,}|(?:\*\s*){3,})$/;
const BULLET = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const QUOTE = /^ {0,3}> ?/;
const DIVIDER = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const DEEPEST = 6;

/** A text as elements: paragraphs, headings, lists, quotations, tables, rules, code. */
export function markdown(text) {
  return blocks(clean(text).split('\n'), 0);
}

function blocks(lines, depth) {
  const made = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at];
    if (!line.trim()) { at++; continue; }
    const reader = [fenced, heading, rule, quote, list, table].find((read) => {
      const result = read(lines, at, depth);
      if (!result) return false;
      made.push(result.element);
      at = result.next;
      return true;
    });
    if (reader) continue;
    const start = at++;
    while (at < lines.length && lines[at].trim() && !begins(lines, at)) at++;
    made.push(h('p', { dir: 'auto' }, inline(lines.slice(start, at).join('\n'))));
  }
  return made;
}

function begins(lines, at) {
  const line = lines[at];
  return FENCE.test(line) || HEADING.test(line) || QUOTE.test(line) || BULLET.test(line) || RULE.test(line);
}

function fenced(lines, at) {
  const match = FENCE.exec(lines[at]);
  if (!match) return null;
  const [, indent, fence, language] = match;
  let end = at + 1;
  while (end < lines.length && !(lines[end].trim().startsWith(fence) && /^[`~]+$/.test(lines[end].trim()))) end++;
  const strip = new RegExp(`^ {0,${indent.length}}`);
  const code = lines.slice(at + 1, end).map((line) => line.replace(strip, '')).join('\n');
  return { element: codeBlock(code, language), next: end + 1 };
}

function heading(lines, at) {
  const match = HEADING.exec(lines[at]);
  if (!match) return null;
  // The page's own headings are h1 and h2.
  const level = Math.min(6, match[1].length + 2);
  let text = match[2].trim();
  while (text.endsWith('#')) text = text.slice(0, -1);
  return { element: h('h' + level, { dir: 'auto' }, inline(text.trim())), next: at + 1 };
}

function rule(lines, at) {
  return RULE.test(lines[at]) ? { element: h('hr'), next: at + 1 } : null;
}

function quote(lines, at, depth) {
  if (!QUOTE.test(lines[at]) || depth >= DEEPEST) return null;
  const inner = [];
  for (; at < lines.length && lines[at].trim() && (QUOTE.test(lines[at]) || !begins(lines, at)); at++) {
    inner.push(lines[at].replace(QUOTE, ''));
  }
  return { element: h('blockquote', blocks(inner, depth + 1)), next: at };
}

function list(lines, at, depth) {
  const first = BULLET.exec(lines[at]);
  if (!first || depth >= DEEPEST) return null;
  const indent = first[1].length, isOrdered = /\d/.test(first[2]);
  const items = [];
  while (at < lines.length) {
    const match = BULLET.exec(lines[at]);
    if (!match || match[1].length < indent || match[1].length > indent + 1) break;
    if (/\d/.test(match[2]) !== isOrdered) break;
    const width = lines[at].length - match[3].length;
    const inner = [match[3]];
    for (at++; at < lines.length; at++) {
      const line = lines[at], own = line.search(/\S/);
      if (own < 0) {
        const next = lines[at + 1];
        if (next === undefined || next.search(/\S/) <= indent) break;
        inner.push('');
      } else if (own > indent + 1) inner.push(line.slice(Math.min(own, width)));
      else if (begins(lines, at) || !inner.at(-1)) break;
      else inner.push(line);
    }
    items.push(listItem(inner, depth));
    while (at < lines.length && !lines[at].trim() && BULLET.test(lines[at + 1] ?? '')) at++;
  }
  const start = isOrdered ? parseInt(first[2], 10) : 1;
  return { element: h(isOrdered ? 'ol' : 'ul', start === 1 ? {} : { start }, items), next: at };
}

function listItem(lines, depth) {
  const task = /^\[([ xX])\] (.*)/.exec(lines[0]);
  const item = h('li', { dir: 'auto' });
  if (task) {
    lines[0] = task[2];
    item.classList.add('task');
    item.append(h('span.box', { role: 'img', 'aria-label': task[1] === ' ' ? 'to do' : 'done' }, task[1] === ' ' ? '\u2610' : '\u2611'), ' ');
  }
  const inner = blocks(lines, depth + 1);
  // A list of short lines has no paragraphs in it.
  if (inner[0]?.tagName === 'P') inner.splice(0, 1, ...inner[0].childNodes);
  item.append(...inner);
  return item;
}

function table(lines, at) {
  if (!lines[at].includes('|') || !DIVIDER.test(lines[at + 1] ?? '') || !lines[at + 1].includes('-')) return null;
  const head = cells(lines[at]);
  if (head.length < 2 && !lines[at].trim().startsWith('|')) return null;
  const sides = cells(lines[at + 1]).map((cell) => (cell.endsWith(':') ? (cell.startsWith(':') ? 'mid' : 'end') : ''));
  const row = (texts, tag) => h('tr', head.map((_, index) =>
    h(tag + (sides[index] ? '.' + sides[index] : ''), { dir: 'auto' }, inline(texts[index] ?? ''))));
  const body = [];
  for (at += 2; at < lines.length && lines[at].includes('|') && lines[at].trim(); at++) body.push(row(cells(lines[at]), 'td'));
  return { element: h('div.table', { tabindex: 0 }, h('table', h('thead', row(head, 'th')), h('tbody', body))), next: at };
}

function cells(line) {
  return line.trim().replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, '|'));
}

// One pass over the text; each mark is looked for at its place only, so that no text takes longer than its length.
const MARK = /(`+)|(\*\*|__)(?=\S)|(~~)(?=\S)|([*_])(?=\S)|(!?\[)|(https?:\/\/[^\s<>"'`\u27e8\u27e9]+)|\\([\\`*_{}[\]()#+\-.!|>~])/g;

/** A line's text with code, emphasis and links. */
export function inline(text, depth = 0) {
  const made = [];
  let plain = 0;
  const mark = new RegExp(MARK.source, 'g');
  for (let match = mark.exec(text); match; match = mark.exec(text)) {
    const result = depth < DEEPEST && span(text, match, depth);
    if (!result) continue;
    if (match.index > plain) made.push(text.slice(plain, match.index));
    made.push(result.node);
    plain = mark.lastIndex = result.end;
  }
  if (plain < text.length) made.push(text.slice(plain));
  return made;
}

function span(text, match, depth) {
  const [whole, ticks, strong, strike, emphasis, bracket, address, escaped] = match;
  const start = match.index + whole.length;
  if (escaped) return { node: escaped, end: start };
  if (ticks) return code(text, start, ticks);
  if (address) return bare(match.index, address);
  if (bracket) return link(text, start, depth);
  const sign = strong || strike || emphasis;
  // `snake_case_names` are no emphasis.
  if (sign[0] === '_' && /[\p{L}\p{N}]/u.test(text[match.index - 1] ?? '')) return null;
  const end = closing(text, start, sign);
  if (end < 0) return null;
  const tag = strike ? 's' : strong ? 'strong' : 'em';
  return { node: h(tag, inline(text.slice(start, end), depth + 1)), end: end + sign.length };
}

const FARTHEST = 2000;

function closing(text, start, sign) {
  const most = Math.min(text.length, start + FARTHEST);
  for (let at = text.indexOf(sign, start + 1); at > 0 && at < most; at = text.indexOf(sign, at + 1)) {
    if (/\s/.test(text[at - 1]) || text[at - 1] === '\\') continue;
    if (sign.length === 1 && (text[at + 1] === sign || text[at - 1] === sign)) continue;
    if (sign[0] === '_' && /[\p{L}\p{N}]/u.test(text[at + sign.length] ?? '')) continue;
    return at;
  }
  return -1;
}

function code(text, start, ticks) {
  const most = start + FARTHEST;
  let at = text.indexOf(ticks, start);
  while (at >= 0 && at < most && text[at + ticks.length] === '`') {
    while (text[at] === '`') at++;
    at = text.indexOf(ticks, at);
  }
  if (at < 0 || at >= most) return null;
  const inner = text.slice(start, at);
  return { node: h('code', inner.length > 2 ? inner.replace(/^ (.*) $/, '$1') : inner), end: at + ticks.length };
}

function bare(start, address) {
  let text = address.replace(/[.,;:!?*_~]+$/, '');
  while (text.endsWith(')') && !text.includes('(')) text = text.slice(0, -1);
  return { node: anchor(text, [text]), end: start + text.length };
}

function link(text, start, depth) {
  const close = text.slice(start, start + FARTHEST).search(/\]\(/);
  if (close < 0 || text.slice(start, start + close).includes('\n\n')) return null;
  const from = start + close + 2;
  const end = text.slice(from, from + FARTHEST).search(/\)/);
  if (end < 0) return null;
  const address = text.slice(from, from + end).trim().replace(/\s+["'(].*$/, '').replace(/^<(.*)>$/, '$1');
  return { node: anchor(address, inline(text.slice(start, start + close), depth + 1)), end: from + end + 1 };
}

/** A link that cannot run anything and tells nobody where it was found; text where the address is no such link. */
function anchor(address, content) {
  const safe = /^(https?:|mailto:)/i.test(address) ? safeAddress(address) : null;
  if (!safe) return h('span.no-link', { title: clean(address) }, content);
  return h('a', { href: safe, title: safe, target: '_blank', rel: 'noopener noreferrer nofollow' }, content);
}
