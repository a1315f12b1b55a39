// One session's transcript: history by pages, then live; one view of it at a time.
import { Refusal, get } from './api.js';
import { announce, fill, h, soon } from './dom.js';
import { isBehind, position } from './position.js';
import { MOST_ITEMS, Transcript } from './model.js';
import { on, unwatch, watch } from './port.js';
import { itemRenderer } from './render.js';
import { Scroller } from './scroll.js';
import { clean } from './text.js';

const FIRST = 60, PAGE = 200, JOIN = 500;
const INCLUDE = 'text,thinking,tools';

/** A session as it is shown; `close` ends it. `onChange` is told when what stands around the transcript changes. */
export class TranscriptView {
  constructor(element, session, { agent, cwd, onChange }) {
    this.session = session;
    this.onChange = onChange;
    this.context = { session, agent, cwd, isLive: false };
    this.model = new Transcript();
    this.buffer = [];
    this.state = 'loading';
    this.unread = 0;
    this.asking = new AbortController();
    this.viewport = element;
    fill(element, h('div.edge', { role: 'status' }), h('div.items', { role: 'log', 'aria-live': 'off', 'aria-label': 'Transcript' }));
    this.edge = element.firstChild;
    this.scroller = new Scroller(element, {
      render: itemRenderer(this.context),
      onTop: () => this.older(),
      onBottom: () => this.reachedEnd(),
      onMove: () => this.moved(),
    });
    this.off = [
      on('frame', (message) => { if (message.session === session) this.take(message); }),
      on('watching', (message) => { if (message.session === session) this.watching(message); }),
      on('caught_up', (message) => { if (message.session === session) this.caughtUp(message); }),
      on('gone', (message) => { if (message.session === session) this.fail(new Refusal(404, message)); }),
    ];
  }

  close() {
    this.isClosed = true;
    this.asking.abort();
    for (const off of this.off) off();
    if (this.isWatching) unwatch(this.session);
    this.later?.();
  }

  get isFollowing() { return this.scroller.isFollowing && !this.isDetached; }

  // Opening.

  /** Shows the end, or the record of a cursor, or the first one at a time. */
  async open({ cursor, time } = {}) {
    try {
      if (cursor) await this.openAt(cursor);
      else if (time) await this.openSince(time);
      else await this.openEnd();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Shows another place of the same transcript. */
  async reopen(where) {
    this.isJoining = true;
    this.buffer = [];
    this.unread = 0;
    await this.open(where);
    if (this.isWatching) await this.join().catch((error) => this.fail(error));
  }

  async openEnd() {
    const page = await this.page({ limit: FIRST });
    this.begin(page);
    this.isDetached = false;
    this.scroller.show(this.model.items);
    this.unread = 0;
    this.attach(page.next_after);
  }

  async openAt(cursor) {
    const before = await this.page({ before: cursor, limit: 30 });
    const after = await this.page({ after: before.next_after, limit: PAGE });
    this.begin(before);
    const at = this.model.items.length;
    this.model.append(after.events);
    this.isDetached = true;
    const wanted = this.model.items.findIndex((one) => one.id === cursor);
    if (before.reset || after.reset) announce('That record is not in the transcript any more; this is its beginning', 'bad');
    this.scroller.show(this.model.items, wanted >= 0 ? wanted : at);
    this.flash(wanted >= 0 ? wanted : at);
    if (!after.has_more_after) this.isDetached = false;
    this.attach(after.next_after);
  }

  async openSince(time) {
    const page = await this.page({ since: time, limit: PAGE });
    if (!page.events.length) return this.openEnd();
    const before = await this.page({ before: this.firstID(page.events), limit: 10 });
    this.begin(before);
    const at = this.model.items.length;
    this.model.append(page.events);
    this.isDetached = page.has_more_after;
    this.scroller.show(this.model.items, at);
    this.flash(at);
    this.attach(page.next_after);
  }

  firstID(events) { return events.find((event) => event.id)?.id; }

  begin(page) {
    this.model = new Transcript();
    this.model.append(page.events);
    this.hasOlder = page.has_more_before;
    this.olderFrom = page.next_before ?? this.model.first;
    this.drawEdge();
  }

  page(query) {
    return get(`sessions/${encodeURIComponent(this.session)}/messages`, { view: 'events', include: INCLUDE, ...query }, this.asking.signal);
  }

  fail(error) {
    if (error.name === 'AbortError' || this.isClosed) return;
    this.state = 'failed';
    this.error = error;
    if (!this.model.items.length) fill(this.edge, h('div.empty', h('strong', 'This transcript cannot be shown'), h('p', clean(error.message))));
    else announce(error.message, 'bad');
    this.onChange();
  }

  /** Draws what is shown anew: names and directories have become known. */
  redraw() {
    for (const one of [...this.scroller.elements.keys()]) this.scroller.refresh(one);
  }

  // Live.

  attach(cursor) {
    if (this.isWatching) return;
    this.isWatching = true;
    this.isJoining = true;
    // What lies between here and the end is read by pages, if ever somebody scrolls there.
    watch(this.session, this.isDetached ? null : cursor);
  }

  /** Another tab may watch the session already: then frames come from somewhere behind what was read. */
  watching({ fresh }) {
    if (fresh) this.settleBuffer();
    else this.join().catch((error) => this.fail(error));
  }

  async join() {
    this.isJoining = true;
    while (!this.isDetached && !this.isClosed) {
      const page = await this.page({ after: this.model.last, limit: JOIN });
      if (page.reset) return this.anew({ reason: page.reset.reason });
      this.model.append(page.events).forEach((one) => this.scroller.refresh(one));
      this.endsAt = page.next_after;
      if (!page.has_more_after) break;
    }
    this.settleBuffer();
  }

  settleBuffer() {
    const events = this.buffer;
    this.buffer = [];
    this.isJoining = false;
    for (const event of events) this.take(event);
    this.update();
  }

  take(event) {
    if (event.event === 'reset') return void this.anew(event.data);
    if (event.event === 'status') {
      this.status = event.data.status;
      return this.onChange();
    }
    if (this.isJoining) return void this.buffer.push(event);
    if (event.id && this.model.last && !isBehind(event.id, this.model.last)) return;
    if (this.isDetached) {
      if (event.event === 'message') this.unread++;
      this.newest = event.id ?? this.newest;
      return this.onChange();
    }
    this.buffer.push(event);
    // Frames of one moment are drawn together.
    this.later ??= soon(() => { this.later = null; this.update(); });
    // A tab that was hidden meanwhile has no frames.
    if (document.hidden && this.buffer.length > 200) this.update();
  }

  update() {
    if (this.isClosed || this.isJoining) return;
    const events = this.buffer;
    this.buffer = [];
    const before = this.model.items.length;
    const changed = this.model.append(events);
    this.context.isLive = this.isCaughtUp === true && this.model.isBusy !== false;
    for (const one of changed) this.scroller.refresh(one);
    const added = this.model.items.slice(before);
    if (!before && added.length) this.drawEdge();
    const isFollowing = this.scroller.isFollowing;
    if (added.length || events.length === 0) this.scroller.appended();
    if (!isFollowing) this.unread += added.filter((one) => one.kind === 'message').length;
    else this.bound();
    if (this.isCaughtUp && added.length) this.speak(added);
    this.onChange();
  }

  /** Keeps what is held bounded; what is let go in front is read again when it is wanted. */
  bound() {
    const excess = this.model.items.length - MOST_ITEMS;
    if (excess < 200) return;
    this.model.drop(excess, false);
    this.hasOlder = true;
    this.olderFrom = this.model.first;
    this.scroller.shifted(this.model.items, -excess);
  }

  /** The newest message, for readers of the screen. */
  speak(items) {
    const newest = items.findLast((one) => one.kind === 'message' && one.role === 'assistant');
    const text = newest?.blocks.find((block) => block.type === 'text')?.text;
    if (text) document.getElementById('spoken').textContent = clean(text).slice(0, 400);
  }

  async anew(data) {
    announce('The transcript was rewritten; this is what it holds now', 'bad');
    this.isJoining = true;
    this.buffer = [];
    try {
      const page = await this.page({ limit: FIRST });
      this.begin({ ...page, events: [{ event: 'reset', id: null, data }, ...page.events] });
      this.isDetached = false;
      this.scroller.show(this.model.items);
      await this.join();
    } catch (error) {
      this.fail(error);
    }
  }

  caughtUp({ count, away }) {
    this.isCaughtUp = true;
    this.state = 'live';
    if (away) announce(count ? `Caught up ${count.toLocaleString('en')}` : 'Connected again, nothing was missed');
    this.update();
  }

  // Going through.

  /** Reads what stands before; true when something was. Who asks while it is read gets the same answer. */
  older() {
    if (!this.hasOlder) return Promise.resolve(false);
    if (this.reading) return this.reading;
    this.reading = this.readOlder().finally(() => {
      this.reading = null;
      this.drawEdge();
      // What was read may have no height: a page of results, say.
      if (this.hasOlder && !this.isClosed) this.scroller.settle();
    });
    this.drawEdge();
    return this.reading;
  }

  async readOlder() {
    try {
      const page = await this.page({ before: this.olderFrom, limit: PAGE });
      if (page.reset) return false;
      const { added, changed } = this.model.prepend(page.events);
      this.hasOlder = page.has_more_before;
      this.olderFrom = page.next_before ?? this.model.first;
      this.scroller.shifted(this.model.items, added);
      for (const one of changed) this.scroller.refresh(one);
      const excess = this.model.items.length - MOST_ITEMS;
      if (excess > 0) {
        this.isDetached = true;
        this.model.drop(excess, true);
        this.scroller.cut(this.model.items);
      }
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  /** The end of what is held was reached: false unless it is the end of the transcript. */
  reachedEnd() {
    if (!this.isDetached) {
      if (this.unread) { this.unread = 0; this.onChange(); }
      return true;
    }
    this.reading ??= this.newer().catch((error) => this.fail(error)).finally(() => { this.reading = null; });
    return false;
  }

  async newer() {
    const page = await this.page({ after: this.model.last, limit: PAGE });
    this.model.append(page.events).forEach((one) => this.scroller.refresh(one));
    const excess = this.model.items.length - MOST_ITEMS;
    if (excess > 0) {
      this.model.drop(excess, false);
      this.hasOlder = true;
      this.olderFrom = this.model.first;
      this.scroller.shifted(this.model.items, -excess);
    }
    this.scroller.appended();
    if (page.has_more_after) return;
    this.isDetached = false;
    this.unread = 0;
    await this.join();
  }

  /** Goes to the end and stays there. */
  async toEnd() {
    this.unread = 0;
    if (!this.isDetached) {
      this.scroller.toEnd();
      return this.onChange();
    }
    const page = await this.page({ limit: FIRST });
    this.begin(page);
    this.isDetached = false;
    this.scroller.show(this.model.items);
    await this.join();
    this.onChange();
  }

  /** Goes to the beginning; `epoch` is that of the transcript's first file. */
  async toStart(epoch) {
    if (this.hasOlder) {
      const page = await this.page({ after: `${epoch ?? position(this.model.first)?.epoch}-0`, limit: PAGE });
      this.begin({ ...page, has_more_before: false });
      this.isDetached = page.has_more_after;
    }
    this.scroller.show(this.model.items, 0);
    this.onChange();
  }

  /** Moves to the next or previous message. */
  step(by) {
    const items = this.model.items;
    const focused = document.activeElement?.closest('.item');
    let index = items.findIndex((one) => focused && this.scroller.elements.get(one) === focused);
    if (index < 0) index = this.scroller.current;
    do index += by; while (items[index] && (items[index].kind !== 'message' || !items[index].blocks.length));
    if (index < 0) return void this.older();
    if (index >= items.length) return this.scroller.toEnd();
    this.focus(this.scroller.toIndex(index));
  }

  focus(element) {
    if (!element) return;
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
  }

  flash(index) {
    const element = this.scroller.elements.get(this.model.items[index]);
    element?.classList.add('found');
    setTimeout(() => element?.classList.remove('found'), 2500);
    this.focus(element);
  }

  /** Stops or goes on following. */
  toggleFollow() {
    if (this.isFollowing) {
      this.scroller.isFollowing = false;
      this.onChange();
    } else {
      this.toEnd().catch((error) => this.fail(error));
    }
  }

  moved() { this.onChange(); }

  drawEdge() {
    if (this.reading) fill(this.edge, 'Reading older messages\u2026');
    else if (this.hasOlder) fill(this.edge);
    else fill(this.edge, this.model.items.length ? 'Beginning of the transcript' : h('div.empty', h('strong', 'Nothing here yet'), h('p', 'The transcript has no messages so far; what comes is shown at once.')));
  }
}
