// REST: one function for all of it, and one kind of error.

/** A refusal of the server: its code, its sentence, and for what is not served yet the reason. */
export class Refusal extends Error {
  constructor(status, error) {
    super(error?.message || `the server answered ${status}`);
    this.status = status;
    this.code = error?.code || '';
    this.reason = error?.details?.reason || '';
    this.details = error?.details;
  }

  /** Whether this server does not serve the route at all. */
  get isAbsent() { return this.status === 501; }
}

const pause = (ms, signal) => new Promise((done, failed) => {
  const timer = setTimeout(done, ms);
  signal?.addEventListener('abort', () => { clearTimeout(timer); failed(signal.reason); });
});

/**
 * Asks `/api/v1/PATH`. `query` leaves out what is empty; `body` is sent as JSON. Reading waits and asks again when
 * there were too many requests; writing never does, because nobody knows what became of the first.
 */
export async function ask(method, path, { query, body, signal, headers } = {}) {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query || {})) {
    if (value !== undefined && value !== null && value !== '') parameters.set(key, value);
  }
  const address = `/api/v1/${path}${parameters.size ? '?' + parameters : ''}`;
  const options = { method, signal, headers: { ...headers } };
  if (body !== undefined) {
    options.headers['content-type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  for (let attempt = 0; ; attempt++) {
    let response;
    try {
      response = await fetch(address, options);
    } catch (error) {
      if (error.name === 'AbortError') throw error;
      throw new Refusal(0, { code: 'OFFLINE', message: 'The server cannot be reached' });
    }
    if (response.status === 429 && method === 'GET' && attempt < 3) {
      await pause(Math.min(20, Number(response.headers.get('retry-after')) || 2) * 1000, signal);
      continue;
    }
    if (response.status === 204) return null;
    const isJSON = (response.headers.get('content-type') || '').startsWith('application/json');
    const answer = isJSON ? await response.json() : await response.text();
    if (!response.ok) throw new Refusal(response.status, isJSON ? answer.error : undefined);
    return answer;
  }
}

export const get = (path, query, signal) => ask('GET', path, { query, signal });
export const post = (path, body = {}) => ask('POST', path, { body });
export const patch = (path, body, headers) => ask('PATCH', path, { body, headers });
export const remove = (path, query) => ask('DELETE', path, { query });
