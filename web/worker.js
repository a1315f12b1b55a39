// The SharedWorker: one connection for all tabs of a browser.
import { Link } from './link.js';

const link = new Link({ open: () => new WebSocket(location.origin.replace(/^http/, 'ws') + '/api/v1/ws') });

onconnect = (event) => {
  const port = event.ports[0];
  let outbox = [];
  const flush = () => { const batch = outbox; outbox = []; port.postMessage(batch); };
  // A burst is one message to a tab, not a thousand.
  const listener = (message) => { if (outbox.push(message) === 1) setTimeout(flush, 0); };
  port.onmessage = ({ data }) => {
    if (data.op === 'watch') link.watch(listener, data.session, data.after);
    else if (data.op === 'unwatch') link.unwatch(listener, data.session);
    else if (data.op === 'check') link.check();
    else if (data.op === 'bye') link.remove(listener);
    else if (data.op === 'hello') {
      link.add(listener);
      // A tab that crashes says no goodbye; its lock is free then. Only secure contexts have locks.
      navigator.locks?.request(data.lock, () => link.remove(listener));
    }
  };
};
