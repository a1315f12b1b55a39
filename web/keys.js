// The keyboard: everything can be done without a mouse.
import { h } from './dom.js';
import * as list from './list.js';

const KEYS = [
  ['j / k', 'next, previous message; in the list: session'], ['g / G', 'first, last'], ['[ / ]', 'previous, next session'],
  ['/', 'find in the transcript; in the list: search'], ['n / N', 'older, newer match while finding'], ['Enter', 'open'], ['o', 'open or fold what is focused'], ['f', 'follow or pause'],
  ['d', 'jump to a time'], ['c', 'write a message'], ['i', 'interrupt'], ['l', 'go to the list'], ['s', 'search everything'],
  ['+', 'new session'], ['t', 'colours'], ['Esc', 'back'], ['?', 'this help'],
];

/** Shows the keys. */
export async function help() {
  const { openDialog } = await import('./dialogs.js');
  openDialog('Keys', h('dl.keys', KEYS.map(([key, what]) => [h('dt', key.split(' / ').flatMap((one, index) => [index ? ' ' : '', h('kbd', one)])), h('dd', what)])));
}

/** Begins to listen. `view()` is what is open, if anything. */
export function setUp({ view, turnTheme }) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector('dialog[open]')) return;
    const target = event.target;
    const isTyping = target.matches?.('input, textarea, select, [contenteditable]');
    if (isTyping) {
      if (event.key === 'Escape') { target.blur(); view()?.escape?.(); }
      return;
    }
    const action = actionOf(event.key, view(), turnTheme);
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function actionOf(key, view, turnTheme) {
  const inList = list.hasFocus() || !view?.step;
  switch (key) {
    case 'j': case 'ArrowDown': if (key !== 'j' && !list.hasFocus()) return null; return () => (inList ? list.step(1) : view.step(1));
    case 'k': case 'ArrowUp': if (key !== 'k' && !list.hasFocus()) return null; return () => (inList ? list.step(-1) : view.step(-1));
    case 'g': return () => (inList ? list.step(-Infinity) : view.toStart());
    case 'G': return () => (inList ? list.step(Infinity) : view.toEnd());
    case '[': case ']': return () => {
      const next = list.neighbour(key === '[' ? -1 : 1);
      if (next) location.hash = '#/s/' + encodeURIComponent(next);
    };
    case '/': return () => (inList || !view.find ? document.getElementById('search').focus() : view.find());
    case 'n': return view?.findNext?.bind(view, -1);
    case 'N': return view?.findNext?.bind(view, 1);
    case 'o': return view?.toggleFold?.bind(view);
    case 'f': return view?.toggleFollow?.bind(view);
    case 'd': return view?.jump?.bind(view);
    case 'c': return view?.compose?.bind(view);
    case 'i': return view?.interrupt?.bind(view);
    case 'l': return () => (document.body.dataset.place === 's' && matchMedia('(max-width: 760px)').matches ? (location.hash = '#/') : list.step(0));
    case 's': return () => { location.hash = '#/search'; };
    case '+': return () => import('./dialogs.js').then((dialogs) => dialogs.newSession());
    case 't': return turnTheme;
    case '?': return help;
    case 'Escape': return () => (view?.escape?.() ? null : list.hasFocus() ? document.getElementById('main-area').focus() : (location.hash = '#/'));
    default: return null;
  }
}
