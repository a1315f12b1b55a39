// Items of a transcript as elements.
import { h, icon } from './dom.js';
import { codeBlock, copyButton, more } from './code.js';
import { markdown } from './markdown.js';
import { clipped, imageView, reference, resultView, subagentLink, toolView } from './tools.js';
import { clean, clock, day, duration, firstLine, moment, plural, size } from './text.js';

const LONGEST = 12_000;
const PAUSE = 15 * 60_000;

/** Makes the function that renders one item of a session; `context` has session, agent, cwd, isLive. */
export function itemRenderer(context) {
  return (item, previous) => {
    const article = h('article.item.' + item.kind, { 'data-id': item.id });
    article.classList.add(item.role || item.mark);
    const dayBefore = previous && (previous.timestamp || previous.shownDay);
    item.shownDay = item.timestamp || dayBefore;
    if (item.timestamp && day(item.timestamp) !== (dayBefore ? day(dayBefore) : '')) {
      article.append(h('h2.day', h('span', day(item.timestamp))));
    }
    if (item.kind === 'mark') article.append(markView(item));
    else if (item.blocks.length) messageView(item, previous, context, article);
    // It keeps its place: what is not laid out has none, and the scroller measures.
    else article.classList.add('gone');
    return article;
  };
}

function messageView(item, previous, context, article) {
  const who = speaker(item, context);
  const isNext = previous?.kind === 'message' && speaker(previous, context) === who && previous.isSidechain === item.isSidechain
    && !(new Date(item.timestamp) - new Date(previous.timestamp) > PAUSE);
  if (item.isSidechain) article.classList.add('sidechain');
  if (item.isError) article.classList.add('bad');
  const time = item.timestamp && h('a.time', { href: `#/s/${encodeURIComponent(context.session)}/${item.id}`, title: moment(item.timestamp) + ' \u2013 link to this record' }, clock(item.timestamp));
  if (!isNext) {
    article.classList.add('first');
    article.append(h('header', h('span.who', who), item.isQueued ? h('span.tag', 'queued') : null,
      item.isSidechain ? h('span.tag', 'sub-agent') : null, item.model && item.role === 'assistant' ? h('span.model', clean(item.model)) : null, time));
  } else if (time) {
    time.classList.add('aside');
    article.append(time);
  }
  article.append(h('div.body', item.blocks.map((block) => blockView(block, item, context))));
}

function speaker(item, context) {
  if (item.author) return clean(item.author);
  if (item.role === 'user') return onlyResults(item) ? 'Tool' : 'You';
  if (item.role === 'system') return 'System';
  return AGENTS[context.agent] || 'Agent';
}

const onlyResults = (item) => item.blocks.every((block) => block.type === 'tool_result');

/** What the agents are called. */
export const AGENTS = { claude: 'Claude', codex: 'Codex', gemini: 'Gemini', copilot: 'Copilot', cursor: 'Cursor', jsonl: 'Log' };

function blockView(block, item, context) {
  switch (block?.type) {
    case 'text': return textView(block, item, context);
    case 'thinking': return thinkingView(block);
    case 'tool_use': return toolView(block, context);
    case 'tool_result': return h('div.orphan', resultView(block));
    case 'image': case 'document': return imageView(block);
    case 'compaction': return compactionView(block);
    default: return h('p.quiet', `A part that this page does not know: ${clean(block?.type ?? 'none')}`);
  }
}

function textView(block, item, context) {
  const text = String(block.text ?? '');
  const isPlain = context.agent === 'jsonl' && item.role === 'system';
  const prose = h('div.prose');
  const show = (length) => prose.replaceChildren(...(isPlain ? [codeBlock(clean(text.slice(0, length)), 'json')] : markdown(text.slice(0, length))));
  show(block.shown ?? LONGEST);
  const made = [prose];
  if (item.role === 'assistant' && text.length > 280) made.push(h('div.actions', copyButton(() => text, 'Copy the message')));
  if (text.length > (block.shown ?? LONGEST)) {
    made.push(more(text.length, block.shown ?? LONGEST, (length) => { block.shown = length; show(length); }, 30_000));
  }
  if (block.truncated) made.push(reference(block));
  return made;
}

function thinkingView(block) {
  const text = String(block.text ?? '');
  if (!text.trim()) return null;
  const body = h('div.prose');
  const details = h('details.thinking', { open: block.isOpen },
    h('summary', icon('chevron'), h('span.label', 'Thought'), h('span.hint', { dir: 'auto' }, firstLine(text, 140))), body);
  const build = () => {
    if (details.open && !body.firstChild) body.append(...markdown(text.slice(0, LONGEST)), ...(text.length > LONGEST ? clipped(text.slice(LONGEST)) : []));
  };
  details.addEventListener('toggle', () => { block.isOpen = details.open; build(); });
  build();
  return details;
}

function compactionView({ summary, trigger, pre_tokens: tokens }) {
  const facts = [trigger === 'auto' ? 'automatic' : trigger === 'manual' ? 'asked for' : null, tokens ? `${Number(tokens).toLocaleString('en')} tokens before` : null].filter(Boolean);
  const line = h('div.line-mark', h('span', 'Context compacted', facts.length ? h('span.quiet', ' \u00b7 ' + facts.join(', ')) : null));
  if (!summary) return line;
  const body = h('div.prose');
  const details = h('details.thinking', h('summary', icon('chevron'), h('span.label', 'Summary'), h('span.hint', firstLine(summary, 140))), body);
  details.addEventListener('toggle', () => { if (details.open && !body.firstChild) body.append(...markdown(summary.slice(0, LONGEST * 2))); });
  return [line, details];
}

const REASONS = { truncated: 'it was cut', replaced: 'it was replaced', unknown_epoch: 'the position is of an older content', not_a_boundary: 'no record ends at the position' };

function markView(item) {
  const data = item.data || {};
  const line = (...content) => h('div.line-mark', h('span', content));
  switch (item.mark) {
    case 'turn':
      if (data.state === 'aborted') return line(h('strong', 'Interrupted'), data.reason ? ` \u00b7 ${clean(data.reason)}` : '');
      return line(data.duration_ms ? `Worked for ${duration(data.duration_ms)}` : 'End of the turn');
    case 'compaction': return h('div', compactionView(data));
    case 'retract': return line(h('strong', 'Rewound'), data.count ? ` \u00b7 ${plural(data.count, 'turn')} taken back` : ' \u00b7 what follows replaces an earlier part');
    case 'branch': return line('Goes on from an earlier message');
    case 'subagent': return h('div', subagentLink(data.session_id));
    case 'reset': return h('div.reset', { role: 'note' }, h('strong', 'The transcript begins anew'), ` \u00b7 ${REASONS[data.reason] || clean(data.reason)}. What follows is read from the file as it is now.`);
    case 'damaged': return damageView(data);
    default: return line(clean(item.mark));
  }
}

const DAMAGE = { malformed: 'These bytes are no record', nul_run: 'Zero bytes, as after a power loss', too_large: 'The record is over the limit', invalid_utf8: 'Some bytes are not UTF-8', unreadable: 'A record on this line could not be told apart' };

function damageView(data) {
  const reason = DAMAGE[data.reason] || `Not a record: ${clean(data.reason)}`;
  return h('div.damaged', { role: 'note' }, h('strong', 'Damaged'), ` \u00b7 ${reason}, ${size(data.length || 0)}`, data.recovered ? ', recovered in part. ' : '. ',
    data.href ? h('a', { href: data.href, target: '_blank', rel: 'noopener' }, 'Open the bytes') : null);
}
