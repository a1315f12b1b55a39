// Under a transcript: what is written to the agent, and what it asks.
import { get, post } from './api.js';
import { announce, fill, h, iconButton } from './dom.js';
import { on } from './port.js';
import { clean, firstLine } from './text.js';

const KEYS = [['escape', 'Escape'], ['enter', 'Enter'], ['tab', 'Tab'], ['shift_tab', 'Shift+Tab'], ['key_up', 'Up'], ['key_down', 'Down'], ['cancel', 'Ctrl+C'], ['cancel2x', 'Ctrl+C twice']];
const STEPS = { queued: 'queued', delivered: 'typed', seen: 'seen by the agent', failed: 'failed' };

/** The composer of one session. */
export class Composer {
  constructor(session) {
    this.session = session;
    this.path = 'sessions/' + encodeURIComponent(session);
    this.sent = new Map();
    this.notice = h('div.notice', { hidden: true, role: 'alert' });
    this.question = h('div.question', { hidden: true, role: 'group', 'aria-label': 'The agent asks' });
    this.rows = h('div', { 'aria-live': 'polite' });
    this.input = h('textarea', {
      rows: 1, placeholder: 'Write to the agent', 'aria-label': 'Message to the agent', enterkeyhint: 'send',
      oninput: () => this.grow(),
      onkeydown: (event) => {
        if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
      },
    });
    this.button = iconButton('send', 'Send (Enter)', () => this.send(), { class: 'icon-button send', disabled: true });
    this.stop = iconButton('stop', 'Interrupt (i)', () => this.interrupt());
    this.element = h('div', this.notice, this.question, this.rows,
      h('div.composer', this.input, this.keysButton(), this.stop, this.button));
    this.off = on('change', ({ change }) => this.take(change));
    this.draft = 'draft:' + session;
    try { this.input.value = sessionStorage.getItem(this.draft) || ''; } catch { /* nothing is kept then */ }
    this.grow();
  }

  close() { this.off(); }
  focus() { this.input.focus(); }

  grow() {
    this.button.disabled = !this.input.value.trim();
    if (!CSS.supports('field-sizing', 'content')) {
      this.input.style.height = 'auto';
      this.input.style.height = this.input.scrollHeight + 'px';
    }
    try { sessionStorage.setItem(this.draft, this.input.value); } catch { /* nothing is kept then */ }
  }

  async send() {
    const text = this.input.value.trim();
    if (!text) return;
    const id = (crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`);
    this.input.value = '';
    this.grow();
    try {
      const answer = await post(this.path + '/messages', { message: text, client_message_id: id });
      this.refuse(null);
      this.show(answer.message_id, answer.state, text);
    } catch (error) {
      // What was written is not lost with its refusal.
      this.input.value = this.input.value ? `${text}\n${this.input.value}` : text;
      this.grow();
      this.refuse(error);
    }
  }

  interrupt() { return this.act(post(this.path + '/interrupt'), 'Interrupted'); }
  press(key) { return this.act(post(this.path + '/keys', { key })); }

  async act(request, done) {
    try {
      await request;
      this.refuse(null);
      if (done) announce(done);
    } catch (error) {
      this.refuse(error);
    }
  }

  refuse(error) {
    this.notice.hidden = !error;
    if (error) fill(this.notice, error.isAbsent ? `Not possible on this server: ${error.reason || error.message}` : error.message);
  }

  show(id, state, text) {
    if (state === 'seen') return this.forget(id);
    const row = this.sent.get(id) ?? { text };
    row.element?.remove();
    row.element = h('div.sent', h('span', firstLine(row.text)), h('span', STEPS[state] || clean(state)));
    this.rows.append(row.element);
    this.sent.set(id, row);
  }

  forget(id) {
    this.sent.get(id)?.element.remove();
    this.sent.delete(id);
  }

  take({ type, session_id: session, payload }) {
    if (session !== this.session) return;
    const id = payload?.message_id;
    if (type.startsWith('message.') && this.sent.has(id)) {
      this.show(id, type.slice(8), '');
      if (type === 'message.failed' && payload.reason) this.refuse({ message: `The message was not delivered: ${payload.reason}` });
    }
  }

  keysButton() {
    const button = iconButton('keys', 'Keys', () => {
      const menu = h('div.menu.keys-menu', { role: 'menu' }, KEYS.map(([key, name]) => h('button', { type: 'button', role: 'menuitem', onclick: () => this.press(key) }, name)));
      openMenu(button, menu);
    }, { 'aria-haspopup': 'menu' });
    return button;
  }

  /** The session's state has changed: a question that waits is asked here. */
  async update(status) {
    this.stop.hidden = !['active', 'waiting_input', 'initializing'].includes(status);
    if (status !== 'waiting_input') {
      this.question.hidden = true;
      this.asked = null;
      return;
    }
    if (this.asked) return;
    this.asked = true;
    try {
      const { pending } = await get(this.path + '/pending');
      if (pending) this.ask(pending);
    } catch { /* the terminal is not ours to read; the state itself is shown in the header */ }
  }

  ask(pending) {
    const answer = (body, label) => h('button.button', { type: 'button', onclick: () => this.act(post(this.path + '/answer', body), 'Answered') }, label);
    const options = (pending.options || []).map((option, index) => answer({ option: option.number ?? index + 1 }, clean(option.label ?? option.text ?? option)));
    fill(this.question, h('p', clean(pending.question ?? pending.text ?? pending.title ?? 'The agent waits for an answer.')),
      pending.detail ? h('p.quiet', clean(pending.detail)) : null,
      h('div.choices', options.length ? options : [answer({ approved: true }, 'Allow'), answer({ approved: false }, 'Deny')]));
    this.question.hidden = false;
  }
}

/** Opens a menu at a button; it closes by a choice, a click elsewhere or Escape. */
export function openMenu(button, menu) {
  const close = () => {
    menu.remove();
    document.removeEventListener('pointerdown', outside, true);
    button.focus();
  };
  const outside = (event) => { if (!menu.contains(event.target)) close(); };
  menu.addEventListener('click', (event) => { if (event.target.closest('button')) close(); });
  menu.addEventListener('keydown', (event) => {
    const items = [...menu.querySelectorAll('button')], at = items.indexOf(document.activeElement);
    if (event.key === 'Escape') { event.stopPropagation(); close(); }
    if (event.key === 'ArrowDown') items[(at + 1) % items.length].focus();
    if (event.key === 'ArrowUp') items[(at - 1 + items.length) % items.length].focus();
    if (event.key.startsWith('Arrow')) event.preventDefault();
  });
  document.addEventListener('pointerdown', outside, true);
  document.body.append(menu);
  const box = button.getBoundingClientRect(), size = menu.getBoundingClientRect();
  menu.style.left = Math.max(8, Math.min(innerWidth - size.width - 8, box.right - size.width)) + 'px';
  menu.style.top = (box.bottom + size.height + 8 > innerHeight ? box.top - size.height - 4 : box.bottom + 4) + 'px';
  menu.querySelector('button').focus();
}

