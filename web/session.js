// An open session: header, transcript, find bar, composer.
import { fill, h, icon, iconButton, soon } from './dom.js';
import { Composer } from './composer.js';
import { setTitle, stateDot, stateName, titleText } from './list.js';
import { on } from './port.js';
import { AGENTS } from './render.js';
import * as sessions from './sessions.js';
import { TranscriptView } from './transcript.js';
import { clean, plural } from './text.js';

/** What `#/s/ID` shows. */
export class SessionView {
  constructor(main, session, cursor) {
    this.session = session;
    this.main = main;
    this.path = 'sessions/' + encodeURIComponent(session);
    this.row = sessions.session(session);
    this.head = h('header.head');
    this.viewport = h('section.transcript', { tabindex: 0, 'aria-label': 'Transcript' });
    this.activity = h('div.activity', { hidden: true });
    this.endButton = h('button.to-end', { type: 'button', hidden: true, onclick: () => this.toEnd() });
    this.composer = new Composer(session);
    this.foot = h('footer.foot', h('div.foot-inner', this.endButton, this.activity, this.composer.element));
    fill(main, this.head, this.viewport, this.foot);
    this.drawHead();
    this.off = [
      on('state', ({ state }) => { this.link = state; this.draw(); }),
      on('change', ({ change }) => { if (change.session_id === this.row?.id) this.changed(); }),
    ];
    this.link = document.body.dataset.link || 'connecting';
    this.start(cursor);
  }

  get title() { return titleText(this.row ?? { id: this.session }); }

  async start(cursor) {
    this.view = new TranscriptView(this.viewport, this.session, {
      agent: this.row?.agent, cwd: this.row?.project_path, onChange: () => this.draw(),
    });
    const opening = this.view.open({ cursor });
    this.viewport.focus({ preventScroll: true });
    try {
      this.row = await sessions.refresh(this.session);
      const isNews = this.view.context.cwd !== this.row.project_path;
      Object.assign(this.view.context, { agent: this.row.agent, cwd: this.row.project_path });
      if (isNews) this.view.redraw();
      this.changed();
    } catch { /* the transcript says what is wrong */ }
    await opening;
    this.draw();
  }

  close() {
    for (const off of this.off) off();
    this.view?.close();
    this.composer.close();
    this.finder?.close();
    this.later?.();
  }

  changed() {
    this.row = sessions.session(this.row?.id ?? this.session) ?? this.row;
    this.composer.update(this.row?.status);
    this.composer.element.hidden = this.row?.kind === 'subagent';
    this.drawHead();
    setTitle(() => this.title);
  }

  // The header.

  drawHead() {
    const row = this.row;
    const signature = JSON.stringify([row?.title, row?.status, row?.activity, row?.model, row?.tags, row?.project_path, row?.parent_session_id]);
    if (signature === this.headSignature) return;
    this.headSignature = signature;
    this.followButton = h('button.follow-state', { type: 'button', onclick: () => this.toggleFollow() }, h('span'));
    fill(this.head,
      h('a.icon-button.back', { href: '#/', 'aria-label': 'Back to the list' }, icon('back')),
      h('div.head-text', h('h1', { dir: 'auto', title: this.title }, this.title), h('div.head-facts', this.facts(row))),
      this.followButton,
      iconButton('search', 'Find (/)', () => this.find()),
      iconButton('clock', 'Jump to a time (d)', () => this.jump()),
      this.menuButton());
    this.draw();
  }

  facts(row) {
    if (!row) return [];
    const parent = row.parent_session_id;
    return [
      h('span.state', stateDot(row.status), stateName(row.status), row.status_reason ? `: ${clean(row.status_reason)}` : ''),
      h('span.agent', AGENTS[row.agent] || clean(row.agent)),
      row.model ? h('span.model', clean(row.model)) : null,
      row.project_path ? h('span.path', { title: clean(row.project_path) }, clean(row.project_path)) : null,
      parent ? h('a', { href: '#/s/' + encodeURIComponent(parent) }, row.kind === 'subagent' ? 'parent' : 'forked from') : null,
      (row.tags || []).map((tag) => h('span.tag', clean(tag))),
    ];
  }

  /** Draws what stands around the transcript, once per frame. */
  draw() {
    this.later ??= soon(() => { this.later = null; this.drawNow(); });
  }

  drawNow() {
    const view = this.view;
    if (!view) return;
    const [state, text, title] = this.state();
    this.followButton.className = 'follow-state ' + state;
    this.followButton.firstChild.textContent = text;
    this.followButton.title = title;
    this.followButton.setAttribute('aria-label', `${text}. ${title}`);
    this.viewport.dataset.state = state;
    const isAway = !view.isFollowing && view.model.items.length > 0;
    const label = view.unread ? plural(view.unread, 'new message') : 'To the end';
    this.endButton.hidden = !isAway;
    this.endButton.classList.toggle('new', view.unread > 0);
    if (this.endButton.dataset.label !== label) fill(this.endButton, icon('down'), label);
    this.endButton.dataset.label = label;
    const doing = view.isFollowing && view.model.nowActive;
    this.activity.hidden = !doing;
    if (doing) fill(this.activity, h('span.dot.active'), h('span', clean(doing).slice(-200)));
  }

  state() {
    const view = this.view;
    if (this.link === 'offline') return ['offline', 'Offline', 'The server cannot be reached; what is missed is read as soon as it can'];
    if (this.link === 'connecting' || view.state === 'loading') return ['replaying', 'Connecting', 'The connection is being made'];
    if (view.state === 'failed') return ['offline', 'Stopped', view.error?.message || ''];
    if (!view.isCaughtUp) return ['replaying', 'Replaying', 'What was missed is being read'];
    if (!view.isFollowing) return ['behind', view.unread ? `Paused, ${view.unread} new` : 'Paused', 'Click or press f to follow again'];
    return ['live', 'Live', 'What is written is shown at once; click or press f to pause'];
  }

  // What keys and buttons do.

  goTo(cursor) { return this.reopen({ cursor }); }
  step(by) { this.view.step(by); }
  toStart() { this.view.toStart(this.row?.transcript?.files?.[0]?.epoch).catch((error) => this.view.fail(error)); }
  toEnd() { this.view.toEnd().catch((error) => this.view.fail(error)); }
  toggleFollow() { this.view.toggleFollow(); }
  compose() { this.composer.focus(); }
  interrupt() { this.composer.interrupt(); }
  findNext(by) { if (this.finder) this.finder.next(by); }

  async reopen(where) {
    await this.view.reopen(where);
    this.draw();
  }

  async find() {
    const { FindBar } = await import('./find.js');
    this.finder ??= new FindBar(this.viewport, this.view, () => { this.finder = null; this.viewport.focus(); });
    this.finder.focus();
  }

  escape() {
    if (!this.finder) return false;
    this.finder.close();
    return true;
  }

  toggleFold() {
    const item = document.activeElement?.closest('.item') ?? this.viewport.querySelector('.item.found');
    const details = item?.querySelector('details');
    if (details) details.open = !details.open;
  }

  async jump() { (await import('./actions.js')).jump(this); }

  menuButton() {
    const button = iconButton('more', 'More', async () => (await import('./actions.js')).openActions(this, button), { 'aria-haspopup': 'menu' });
    return button;
  }
}
