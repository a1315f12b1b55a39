// Follows one session of a Tailcast server. For Node (18 and newer) and browsers, without packages.
//
//   node tail.mjs URL SESSION [--view raw|events] [--after CURSOR] [--key KEY]
//
// prints one line for each event that has an id: its name, its id and its JSON, separated by tabs. Lines named
// `message` are records. A line named `reset` says that everything printed before it is no longer the transcript: the
// next lines are the transcript from its beginning. What concerns the connection goes to standard error.
//
//   import { tail } from './tail.mjs'
//   for await (const event of tail(location.origin, { session })) …
//
// is the same in a page. A page of the server itself sends its cookie; one of another origin needs `key`, and its
// origin in the server's setting allowed_origins.

// The server sends a comment after 15 s without an event; three missing ones are a dead connection.
const SILENCE = 45_000
const LONGEST_WAIT = 30_000

/** The server will give the same answer again: unknown session, wrong key, bad cursor. */
export class Refused extends Error {}

/**
 * Gives a session's events without end, over as many connections as it takes: `{name, id, data}`, `id` null for events
 * that have none, `data` the JSON as text. Whoever stores the id of the last event together with what was made of it,
 * and passes it as `after` the next time, misses nothing and handles nothing twice.
 *
 * options: session, view ('raw' or 'events'), after (a cursor), key, signal (an AbortSignal that ends it), note (told
 * about lost connections).
 */
export async function* tail(url, options) {
  const state = { cursor: options.after ?? null, retry: 2000 }
  let failures = 0
  while (!options.signal?.aborted) {
    try {
      for await (const event of connection(url, options, state)) {
        failures = 0
        // Before the event is given away, and never for half an event.
        if (event.id !== null) state.cursor = event.id
        yield event
      }
    } catch (error) {
      if (error instanceof Refused) throw error
      if (options.signal?.aborted) return
      failures += 1
      // Many clients lose their server in the same moment; they must not all come back in one.
      const longest = Math.min(LONGEST_WAIT, state.retry * 2 ** Math.min(failures - 1, 8))
      const wait = longest * (0.5 + Math.random())
      options.note?.(`connection lost (${error.message}); again in ${(wait / 1000).toFixed(1)} s`)
      await new Promise((resume) => setTimeout(resume, wait))
    }
  }
}

async function* connection(url, { session, view = 'raw', key, signal }, state) {
  const silence = new AbortController()
  const abort = () => silence.abort(new Error('ended'))
  signal?.addEventListener('abort', abort)
  let timer
  const heard = () => {
    clearTimeout(timer)
    timer = setTimeout(() => silence.abort(new Error('silence')), SILENCE)
  }
  try {
    heard()
    const headers = { accept: 'text/event-stream' }
    if (state.cursor) headers['last-event-id'] = state.cursor
    if (key) headers['x-api-key'] = key
    const base = url.replace(/\/+$/, '')
    const response = await fetch(`${base}/api/v1/sessions/${encodeURIComponent(session)}/stream?view=${view}`, {
      headers, signal: silence.signal, cache: 'no-store',
    })
    if (!response.ok) {
      const text = `${response.status}: ${(await response.text()).slice(0, 2000)}`
      const isFinal = response.status < 500 && response.status !== 408 && response.status !== 429
      throw isFinal ? new Refused(text) : new Error(text)
    }
    yield* parse(response.body.getReader(), state, heard)
    throw new Error('the server closed it')
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
    silence.abort() // whoever leaves the loop early leaves no connection behind
  }
}

/** The event stream format (WHATWG HTML, section 9.2), as far as the server uses it. */
async function* parse(reader, state, heard) {
  const decoder = new TextDecoder()
  let rest = ''
  let event = { name: 'message', id: null, data: null }
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return // an event without its blank line is none
    heard()
    rest += decoder.decode(value, { stream: true })
    if (!value.includes(10)) continue // a record of megabytes comes in many pieces
    const lines = rest.split('\n')
    rest = lines.pop()
    for (const line of lines) {
      if (line === '') {
        if (event.data !== null) yield event
        event = { name: 'message', id: null, data: null }
        continue
      }
      const [, field, text] = /^([^:]*):? ?(.*)$/s.exec(line)
      if (field === 'event') event.name = text
      else if (field === 'id') event.id = text
      else if (field === 'data') event.data = event.data === null ? text : `${event.data}\n${text}`
      else if (field === 'retry' && /^\d+$/.test(text)) state.retry = Number(text)
    }
  }
}

async function main(words) {
  const options = { note: (text) => console.error(text), key: process.env.TAILCAST_KEY }
  const names = []
  while (words.length) {
    const word = words.shift()
    if (['--view', '--after', '--key'].includes(word)) options[word.slice(2)] = words.shift()
    else names.push(word)
  }
  if (names.length !== 2) {
    console.error('node tail.mjs URL SESSION [--view raw|events] [--after CURSOR] [--key KEY]')
    return 2
  }
  try {
    for await (const { name, id, data } of tail(names[0], { ...options, session: names[1] })) {
      // hello repeats the position that was asked for; it says nothing new about the transcript.
      if (id !== null && name !== 'hello') process.stdout.write(`${name}\t${id}\t${data}\n`)
    }
  } catch (error) {
    console.error(error.message)
    return 1
  }
}

if (typeof process !== 'undefined' && process.argv?.[1]) {
  const { pathToFileURL } = await import('node:url')
  const { realpathSync } = await import('node:fs')
  if (import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
    process.exitCode = await main(process.argv.slice(2))
  }
}
