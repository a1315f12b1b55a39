// The one connection to the server: a WebSocket that carries the change feed and every transcript somebody watches.
// It lives in the SharedWorker for all tabs, or in the page where there is none.

const PING_PATIENCE = 4000;
const FEED = ['sessions', 'activity', 'transcript', 'messages', 'memory', 'hooks', 'settings', 'inventory', 'system'];

/**
 * Keeps the connection: comes back by itself with the position of everything it carries, so that nothing is missed,
 * and counts what was missed. Listeners are functions that are given messages:
 *
 * `state {state, since}` live, connecting or offline; `feed {}` the list of sessions must be read anew; `change`;
 * `watching {session, fresh}`: fresh if frames come from the asked position on, else only from now on; `frame`;
 * `caught_up {session, count, away}`; `gone {session, message}`.
 */
export class Link {
  constructor({ open, retry = 400, maxRetry = 10_000 }) {
    this.openSocket = open;
    this.retry = retry;
    this.maxRetry = maxRetry;
    this.attempt = 0;
    this.listeners = new Set();
    this.topics = new Map();
    this.feedAfter = null;
    this.isPlaced = false;
    this.refs = new Map();
    this.nextRef = 1;
    this.state = 'connecting';
    this.since = Date.now();
    this.connect();
  }

  // What tabs ask for.

  add(listener) {
    this.listeners.add(listener);
    listener({ type: 'state', state: this.state, since: this.since });
    // A tab that comes later has missed the word that the list can be read.
    if (this.isPlaced) listener({ type: 'feed' });
  }

  remove(listener) {
    this.listeners.delete(listener);
    for (const session of [...this.topics.keys()]) this.unwatch(listener, session);
  }

  watch(listener, session, after) {
    let topic = this.topics.get(session);
    if (topic) {
      topic.listeners.add(listener);
      listener({ type: 'watching', session, fresh: false });
      if (topic.isCaughtUp) listener({ type: 'caught_up', session, count: 0, away: false });
      return;
    }
    topic = { after, listeners: new Set([listener]), isCaughtUp: false, count: 0, wasAway: false };
    this.topics.set(session, topic);
    listener({ type: 'watching', session, fresh: true });
    if (this.state === 'live') this.subscribe(session, topic);
  }

  unwatch(listener, session) {
    const topic = this.topics.get(session);
    if (!topic?.listeners.delete(listener) || topic.listeners.size) return;
    this.topics.delete(session);
    this.send({ op: 'unsubscribe', topics: ['transcript:' + session] });
  }

  /** After sleep, or when a network is back: a connection that only looks alive is found out at once. */
  check() {
    if (this.state !== 'live') return this.reconnect();
    const socket = this.socket;
    const timer = setTimeout(() => { if (socket === this.socket) this.lost(); }, PING_PATIENCE);
    this.send({ op: 'ping' }, () => clearTimeout(timer));
  }

  // The connection.

  reconnect() {
    if (this.socket?.readyState === 0) return;
    clearTimeout(this.timer);
    this.connect();
  }

  connect() {
    const socket = this.openSocket();
    this.socket = socket;
    socket.onopen = () => { if (socket === this.socket) this.begin(); };
    socket.onmessage = (event) => { if (socket === this.socket) this.take(JSON.parse(event.data)); };
    socket.onclose = () => { if (socket === this.socket) this.lost(); };
  }

  lost() {
    const socket = this.socket;
    this.socket = null;
    this.refs.clear();
    try { socket?.close(); } catch { /* it was never open */ }
    this.enter(this.attempt ? 'offline' : 'connecting');
    for (const topic of this.topics.values()) {
      if (topic.isCaughtUp) { topic.wasAway = true; topic.count = 0; }
      topic.isCaughtUp = false;
    }
    const wait = Math.min(this.maxRetry, this.retry * 2 ** this.attempt++);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), wait * (0.75 + Math.random() / 2));
  }

  begin() {
    this.attempt = 0;
    const isFresh = this.feedAfter === null;
    this.send({ op: 'subscribe', topics: FEED, ...(isFresh ? {} : { after: this.feedAfter }) }, () => {
      this.isPlaced = true;
      if (isFresh) this.tell({ type: 'feed' });
    });
    for (const [session, topic] of this.topics) this.subscribe(session, topic);
    this.enter('live');
  }

  subscribe(session, topic) {
    const start = topic.after ? { after: topic.after } : { tail: 0 };
    this.send(
      { op: 'subscribe', topics: ['transcript:' + session], include: 'text,thinking,tools,activity,meta', ...start },
      null,
      (error) => this.tell({ type: 'gone', session, message: error.message }, topic.listeners));
  }

  send(message, onack, onerror) {
    if (this.socket?.readyState !== 1) return;
    const ref = this.nextRef++;
    if (onack || onerror) this.refs.set(ref, { onack, onerror });
    this.socket.send(JSON.stringify({ ...message, ref }));
  }

  enter(state) {
    if (state === this.state) return;
    this.state = state;
    this.since = Date.now();
    this.tell({ type: 'state', state, since: this.since });
  }

  // What comes.

  take(message) {
    if (message.op === 'ack' || message.op === 'error') {
      const waiting = this.refs.get(message.ref);
      this.refs.delete(message.ref);
      if (message.op === 'ack') waiting?.onack?.(message);
      else waiting?.onerror?.(message);
      return;
    }
    if (message.op !== 'event') return;
    if (message.topic?.startsWith('transcript:')) return this.frame(message.topic.slice(11), message);
    if (message.event === 'reset') {
      this.feedAfter = message.id;
      return this.tell({ type: 'feed' });
    }
    if (message.id) this.feedAfter = message.id;
    this.tell({ type: 'change', change: message });
  }

  frame(session, { event, id, data }) {
    const topic = this.topics.get(session);
    if (!topic) return;
    if (event === 'reset') {
      // Whoever watches reads the end of the new content by REST; from the socket comes what follows it.
      topic.after = null;
      this.send({ op: 'unsubscribe', topics: ['transcript:' + session] });
      this.subscribe(session, topic);
      return this.tell({ type: 'frame', session, event, id, data }, topic.listeners);
    }
    if (id) topic.after = id;
    if (event === 'hello') return;
    if (event === 'caught_up') {
      topic.isCaughtUp = true;
      this.tell({ type: 'caught_up', session, count: topic.count, away: topic.wasAway }, topic.listeners);
      topic.wasAway = false;
      topic.count = 0;
      return;
    }
    if (!topic.isCaughtUp && event === 'message') topic.count++;
    this.tell({ type: 'frame', session, event, id, data }, topic.listeners);
  }

  tell(message, listeners = this.listeners) {
    for (const listener of listeners) listener(message);
  }
}
