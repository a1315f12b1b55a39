// What transcripts hold is text from anywhere: here it is made fit to be shown.

/* eslint-disable no-control-regex */
const SEQUENCES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]{0,4096}(?:\u0007|\u001b\\)|[()][A-Z0-9])/g;
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/g;

/**
 * Text with everything visible that would act instead of being read: control characters become their pictures,
 * characters that turn the direction of what follows become their number. Sequences that colour a terminal are
 * left out, line breaks are made `\n`.
 */
export function clean(text) {
  return String(text ?? '').replace(/\r\n?/g, '\n').replace(SEQUENCES, '').replace(INVISIBLE, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return '\u2421';
    return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`;
  });
}

/** The first line that says something, at most `limit` characters long. */
export function firstLine(text, limit = 160) {
  const line = clean(String(text ?? '').slice(0, limit * 8)).trim().split('\n', 1)[0];
  return shorten(line, limit);
}

/** The beginning of a text; never half a surrogate pair. */
export function shorten(text, limit) {
  if (text.length <= limit) return text;
  const end = /[\ud800-\udbff]/.test(text[limit - 1]) ? limit - 1 : limit;
  return text.slice(0, end) + '\u2026';
}

/** Bytes as people read them. */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000, unit = 0;
  while (value >= 999.5 && unit < units.length - 1) { value /= 1000; unit++; }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** A number with its noun. */
export function plural(count, noun, many = noun + 's') {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : many}`;
}

/** The last part of a path. */
export function baseName(path) {
  return String(path ?? '').replace(/\/+$/, '').split('/').pop() || String(path ?? '');
}

const DAY = 86_400_000;

/** How long ago, in two or three characters. */
export function ago(time, now = Date.now()) {
  const ms = now - new Date(time).getTime();
  if (!Number.isFinite(ms)) return '';
  if (ms < 60_000) return 'now';
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)}m`;
  if (ms < DAY) return `${Math.floor(ms / 3_600_000)}h`;
  if (ms < 14 * DAY) return `${Math.floor(ms / DAY)}d`;
  const date = new Date(time);
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleDateString('en', sameYear ? { month: 'short', day: 'numeric' } : { year: 'numeric', month: 'short' });
}

/** A clock time. */
export function clock(time) {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** A day, as a heading between messages. */
export function day(time) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '';
  return date.toLocaleDateString('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
}

/** The whole moment. */
export function moment(time) {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '' : date.toLocaleString('en-GB');
}

/** A length of time. */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
