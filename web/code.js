// Blocks of code: coloured where the language is known well enough, copied whole.
import { announce, copy, h, iconButton } from './dom.js';

const LONGEST = 30_000;
const words = (text) => new Set(text.split(' '));

const C_LIKE = 'break case catch class const continue default do else enum export extends false finally for from function if import in instanceof interface let new null of return static super switch this throw true try type typeof undefined var void while with yield async await';
const KEYWORDS = {
  js: words(C_LIKE),
  python: words('and as assert async await break class continue def del elif else except False finally for from global if import in is lambda None nonlocal not or pass raise return self True try while with yield match case'),
  swift: words('actor any as async await break case catch class continue default defer deinit do else enum extension fallthrough false fileprivate final for func guard if import in init inout internal is isolated let mutating nil nonisolated open operator override private protocol public repeat rethrows return self Self some static struct subscript super switch throw throws true try typealias unowned var weak where while'),
  rust: words('as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while'),
  go: words('break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var nil true false'),
  c: words('auto bool break case char class const constexpr continue default delete do double else enum extern false float for goto if inline int long namespace new nullptr operator private protected public return short signed sizeof static struct switch template this throw true try typedef typename union unsigned using virtual void volatile while final abstract package import extends implements interface boolean byte null var'),
  shell: words('if then else elif fi for in do done case esac while until function return export local set unset exit echo cd source'),
  sql: words('select from where insert into values update set delete create table index view drop alter add column primary key foreign references join left right inner outer on as and or not null is in like order by group having limit offset union all distinct begin commit rollback'),
  json: words('true false null'),
  css: words('important media supports keyframes import'),
};
const NAMES = {
  javascript: 'js', jsx: 'js', ts: 'js', tsx: 'js', typescript: 'js', mjs: 'js', node: 'js', py: 'python', python3: 'python',
  rs: 'rust', golang: 'go', cpp: 'c', 'c++': 'c', h: 'c', hpp: 'c', cc: 'c', java: 'c', kotlin: 'c', kt: 'c', cs: 'c', csharp: 'c',
  php: 'c', sh: 'shell', bash: 'shell', zsh: 'shell', console: 'shell', fish: 'shell', yaml: 'shell', yml: 'shell', toml: 'shell', ini: 'shell',
  dockerfile: 'shell', makefile: 'shell', ruby: 'python', rb: 'python', jsonc: 'json', json5: 'json', jsonl: 'json', scss: 'css', less: 'css',
};

const STRING = '"(?:[^"\\\\\\n]|\\\\.)*"|\'(?:[^\'\\\\\\n]|\\\\.)*\'';
const NUMBER = '\\b(?:0[xXbBoO][\\da-fA-F_]+|\\d[\\d_]*(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)\\b';
const WORD = '[A-Za-z_$][\\w$]*';
const COMMENTS = {
  shell: '#.*', python: '#.*|"""[\\s\\S]*?"""|\'\'\'[\\s\\S]*?\'\'\'', sql: '--.*|/\\*[\\s\\S]*?\\*/', json: '//.*', css: '/\\*[\\s\\S]*?\\*/',
};
const C_COMMENT = '//.*|/\\*[\\s\\S]*?(?:\\*/|$)';
const patterns = new Map();

function pattern(language) {
  if (!patterns.has(language)) {
    const comment = COMMENTS[language] ?? C_COMMENT;
    const strings = language === 'js' ? STRING + '|`(?:[^`\\\\]|\\\\.)*`' : language === 'rust' ? '"(?:[^"\\\\]|\\\\.)*"' : STRING;
    patterns.set(language, new RegExp(`(${comment})|(${strings})|(${NUMBER})|(${WORD})`, 'g'));
  }
  return patterns.get(language);
}

/** Code as text and coloured spans. */
export function highlighted(code, name) {
  const key = String(name || '').toLowerCase();
  if (key === 'diff' || key === 'patch') return diffLines(code);
  const language = KEYWORDS[key] ? key : NAMES[key];
  if (!language || code.length > LONGEST) return [code];
  const made = [], keywords = KEYWORDS[language], reader = pattern(language);
  let plain = 0;
  reader.lastIndex = 0;
  for (let match = reader.exec(code); match; match = reader.exec(code)) {
    const [text, comment, string, number, word] = match;
    const isKeyword = word && keywords.has(language === 'sql' ? word.toLowerCase() : word);
    const isCall = word && !isKeyword && code[reader.lastIndex] === '(';
    const kind = comment ? 'c' : string ? 's' : number ? 'n' : isKeyword ? 'k' : isCall ? 'f' : null;
    if (!kind) continue;
    if (match.index > plain) made.push(code.slice(plain, match.index));
    made.push(h('span.' + kind, text));
    plain = reader.lastIndex;
  }
  if (plain < code.length) made.push(code.slice(plain));
  return made;
}

function diffLines(code) {
  return code.split('\n').map((line) => {
    const kind = /^(\+\+\+|---|@@|diff |\*\*\* )/.test(line) ? '.m' : line[0] === '+' ? '.add' : line[0] === '-' ? '.del' : '';
    return h('span.line' + kind, line + '\n');
  });
}

/** A block of code with its language and a button that copies it. */
export function codeBlock(code, language, { limit = 12_000 } = {}) {
  const pre = h('pre', { tabindex: 0 });
  const show = (length) => {
    const part = code.length > length ? code.slice(0, length) : code;
    pre.replaceChildren(h('code', highlighted(part, language)));
  };
  show(limit);
  const block = h('figure.code', h('div.code-bar', h('span', language || ''), copyButton(() => code, 'Copy the code')), pre);
  if (code.length > limit) block.append(more(code.length, limit, show));
  return block;
}

/** A button that copies a text. */
export function copyButton(text, label) {
  return iconButton('copy', label, async (event) => {
    event.stopPropagation();
    event.preventDefault();
    announce((await copy(await text())) ? 'Copied' : 'This browser does not allow copying', '');
  });
}

/** A button that shows more of a long text, a stretch at a time, so that no click makes a page of elements. */
export function more(total, shown, show, step = 60_000) {
  const label = () => `Show ${Math.min(step, total - shown).toLocaleString('en')} of ${(total - shown).toLocaleString('en')} more characters`;
  const button = h('button.more', { type: 'button', onclick: (event) => {
    event.stopPropagation();
    shown = Math.min(total, shown + step);
    show(shown);
    if (shown >= total) button.remove();
    else button.textContent = label();
  } }, label());
  return button;
}
