// Finding in one transcript: in what is held first, then further and further back.
import { fill, h, iconButton } from './dom.js';
import { clean, clock } from './text.js';

const MOST_PAGES = 600;

function textOf(item) {
  if (item.kind !== 'message') return '';
  return item.blocks.map((block) => [
    block.text, block.name, block.input && JSON.stringify(block.input), contentOf(block.result?.content ?? block.content),
  ].filter(Boolean).join('\n')).join('\n');
}

function contentOf(content) {
  if (!Array.isArray(content)) return content;
  return content.map((part) => (typeof part === 'string' ? part : part?.text ?? '')).join('\n');
}

/** The bar over a transcript; `view` is its TranscriptView. */
export class FindBar {
  constructor(place, view, onClose) {
    this.view = view;
    this.onClose = onClose;
    this.note = h('span.quiet', { role: 'status' });
    this.input = h('input', {
      type: 'search', placeholder: 'Find in this transcript', 'aria-label': 'Find in this transcript', autocomplete: 'off', spellcheck: 'false',
      onkeydown: (event) => {
        if (event.key === 'Enter') { event.preventDefault(); this.next(event.shiftKey ? 1 : -1); }
        if (event.key === 'Escape') { event.stopPropagation(); this.close(); }
      },
      oninput: () => { this.at = null; clearTimeout(this.timer); this.timer = setTimeout(() => this.next(-1), 200); },
    });
    this.everywhere = h('a.quiet', { href: '#/search' }, 'in all sessions');
    this.bar = h('div.find', { role: 'search' }, this.input,
      iconButton('down', 'Older (Enter)', () => this.next(-1), { class: 'icon-button up' }),
      iconButton('down', 'Newer (Shift+Enter)', () => this.next(1)), this.note, this.everywhere, h('span.spacer'),
      iconButton('close', 'Close (Esc)', () => this.close()));
    place.before(this.bar);
  }

  focus() { this.input.focus(); this.input.select(); }

  close() {
    this.isClosed = true;
    this.stopped = true;
    clearTimeout(this.timer);
    globalThis.CSS?.highlights?.delete('found');
    this.bar.remove();
    this.onClose();
  }

  /** Goes to the next match: older with -1, newer with 1. */
  async next(by) {
    const query = this.input.value.trim().toLowerCase();
    this.everywhere.setAttribute('href', '#/search/' + encodeURIComponent(this.input.value.trim()));
    if (!query) return fill(this.note);
    const { model, scroller } = this.view;
    const run = this.run = {};
    let index = this.at ? model.items.indexOf(this.at) + by : by < 0 ? this.lastVisible() : scroller.current;
    for (let pages = 0; ; pages++) {
      for (; index >= 0 && index < model.items.length; index += by) {
        if (textOf(model.items[index]).toLowerCase().includes(query)) return this.found(index, query);
      }
      if (by > 0 || !this.view.hasOlder || pages > MOST_PAGES) break;
      // What stands before is read page by page, and can be stopped by a new word.
      const first = model.items[0];
      fill(this.note, `Searching before ${clock(model.items.find((one) => one.timestamp)?.timestamp)}\u2026`);
      if (!(await this.view.older()) || this.isClosed || run !== this.run) return;
      index = model.items.indexOf(first) - 1;
    }
    fill(this.note, by > 0 ? 'No newer match' : this.at ? 'No older match' : 'Not found');
  }

  lastVisible() {
    const { scroller } = this.view;
    const bottom = scroller.top + scroller.height;
    for (let index = scroller.high - 1; index >= scroller.low; index--) {
      const element = scroller.elements.get(scroller.items[index]);
      if (element && element.getBoundingClientRect().top < bottom) return index;
    }
    return scroller.items.length - 1;
  }

  found(index, query) {
    const { model, scroller } = this.view;
    const item = model.items[index];
    this.at = item;
    // What is folded is opened, but only where the match is.
    for (const block of item.blocks) {
      if (block.type === 'tool_use' || block.type === 'thinking') {
        block.isOpen = textOf({ kind: 'message', blocks: [block] }).toLowerCase().includes(query);
      }
    }
    scroller.isFollowing = false;
    scroller.refresh(item);
    const element = scroller.toIndex(index);
    fill(this.note, clock(item.timestamp));
    if (element) this.mark(element, query);
  }

  mark(element, query) {
    element.classList.add('found');
    setTimeout(() => element.classList.remove('found'), 2500);
    if (!globalThis.CSS?.highlights) return;
    const ranges = [];
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node && ranges.length < 200; node = walker.nextNode()) {
      const text = node.data.toLowerCase();
      for (let at = text.indexOf(query); at >= 0 && ranges.length < 200; at = text.indexOf(query, at + query.length)) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + query.length);
        ranges.push(range);
      }
    }
    CSS.highlights.set('found', new Highlight(...ranges));
    ranges[0]?.startContainer.parentElement?.scrollIntoView({ block: 'nearest' });
  }
}

/** A stretch of text with its matches marked; `matches` are pairs of places in UTF-16 units. */
export function marked(text, matches) {
  const made = [];
  let at = 0;
  for (const [start, end] of matches || []) {
    if (start < at || end > text.length) continue;
    made.push(clean(text.slice(at, start)), h('mark', clean(text.slice(start, end))));
    at = end;
  }
  made.push(clean(text.slice(at)));
  return made;
}
