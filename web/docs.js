// The page of the interface: /openapi.json, for reading. Nothing else is asked of the server.

import { fill, h } from './dom.js';

const methods = ['get', 'post', 'put', 'patch', 'delete'];
const content = document.getElementById('content');
const filter = document.getElementById('filter');

/** The last part of a reference: the name of a schema or of a refusal. */
const nameOf = (reference) => reference.split('/').pop();

/** Operations by what they do: one entry for all paths that lead to the same. */
function routes(document) {
  const found = new Map();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of methods.filter((name) => item[name])) {
      const operation = item[method];
      const key = `${method} ${operation.summary} ${(operation.tags || []).join()}`;
      const route = found.get(key) || { method, operation, paths: [] };
      route.paths.push(path);
      // The canonical mount has the newest forms of bodies and answers.
      if (path.startsWith('/api/v1/') && !route.paths[0].startsWith('/api/v1/')) {
        route.operation = operation;
        route.paths.unshift(route.paths.pop());
      }
      found.set(key, route);
    }
  }
  return [...found.values()];
}

/** The names of the schemas that a body or an answer may have. */
function schemasOf(part) {
  return Object.entries(part?.content || {}).map(([type, { schema }]) =>
    [type, schema?.$ref ? h('a', { href: '#schema-' + nameOf(schema.$ref) }, nameOf(schema.$ref)) : null]);
}

/** An example of a value that a schema allows, with what must be given only. */
function example(schema, all, depth = 0) {
  if (!schema || depth > 6) return null;
  if (schema.$ref) return example(all[nameOf(schema.$ref)], all, depth + 1);
  if ('default' in schema) return schema.default;
  if (schema.enum) return schema.enum[0];
  const choice = (schema.oneOf || schema.anyOf || []).find((part) => part.type || part.$ref || part.required);
  const type = [schema.type].flat().find((name) => name !== 'null');
  if (type === 'object' || schema.properties) {
    const wanted = [...(schema.required || []), ...(choice?.required || [])];
    const known = { ...schema.properties, ...choice?.properties };
    return Object.fromEntries(wanted.map((name) => [name, example(known[name], all, depth + 1)]));
  }
  if (choice) return example(choice, all, depth + 1);
  return { string: 'text', integer: schema.minimum ?? 1, number: 1, boolean: true, array: [] }[type] ?? 'text';
}

/** The command that calls an operation, for a shell. */
function curl({ method, operation, paths }, all) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const query = (operation.parameters || []).filter((p) => p.in === 'query' && p.required).map((p) => `${p.name}=…`);
  const address = location.origin + paths[0].replace(/\{(\w+)\}/g, (_, name) => name.toUpperCase());
  const words = ['curl', '-H', '"X-API-Key: $KEY"'];
  if (operation.responses?.['200']?.content?.['text/event-stream']) words.push('-N');
  if (method !== 'get') words.push('-X', method.toUpperCase());
  const json = operation.requestBody?.content?.['application/json'];
  if (json) {
    words.push('-H', quoted('content-type: application/json'));
    words.push('-d', quoted(JSON.stringify(example(json.schema, all) ?? {})));
  }
  words.push(quoted(address + (query.length ? '?' + query.join('&') : '')));
  return words.join(' ');
}

function table(heads, rows) {
  return h('table', h('thead', h('tr', heads.map((head) => h('th', { scope: 'col' }, head)))), h('tbody', rows));
}

function showRoute(route, document) {
  const { method, operation, paths } = route;
  const refusals = Object.values(operation.responses || {}).filter((answer) => answer.$ref)
    .flatMap((answer) => nameOf(answer.$ref).split('.'));
  const parameters = operation.parameters || [];
  const absent = Object.keys(operation.responses || {}).includes('501') && !operation.responses['200'];
  return h(absent ? 'details.entry.absent' : 'details.entry',
    h('summary', h('span.method', method.toUpperCase()), h('code', paths[0]), ' ', h('span.soft', operation.summary)),
    h('div',
      operation.description && h('p', operation.description),
      paths.length > 1 && h('p.soft', 'Also: ', paths.slice(1).map((path) => [h('code', path), ' '])),
      parameters.length > 0 && table(['parameter', 'in', 'what'], parameters.map((p) =>
        h('tr', h('td', h('code', p.name), p.required ? '' : ' (optional)'), h('td', p.in), h('td', p.description)))),
      operation.requestBody && h('p', 'Body: ', schemasOf(operation.requestBody).map(([type, link]) => [h('code', type), ' ', link, ' '])),
      table(['status', 'answer', 'form'], Object.entries(operation.responses || {}).filter(([, answer]) => !answer.$ref)
        .map(([status, answer]) => h('tr', h('td', status), h('td', answer.description),
          h('td', schemasOf(answer).map(([type, link]) => [h('code', type), ' ', link, ' ']))))),
      refusals.length > 0 && h('p.soft', 'Refuses with: ', [...new Set(refusals)].map((code) => [h('a', { href: '#error-' + code }, code), ' '])),
      !absent && h('pre', h('code', curl(route, document.components.schemas)))));
}

/** The statuses with which a code is answered, as the routes tell. */
function statuses(document) {
  const found = new Map();
  for (const item of Object.values(document.paths)) {
    for (const method of methods.filter((name) => item[name])) {
      for (const [status, answer] of Object.entries(item[method].responses || {})) {
        for (const code of answer.$ref ? nameOf(answer.$ref).split('.') : []) {
          found.set(code, (found.get(code) || new Set()).add(status));
        }
      }
    }
  }
  return found;
}

function show(document) {
  const bySection = Map.groupBy(routes(document), ({ operation }) => operation.tags?.[0] || 'other');
  const answered = statuses(document);
  window.document.getElementById('version').textContent = document.info.version;
  fill(content,
    h('section#routes', h('h2', 'Routes'), [...bySection].sort(([a], [b]) => a.localeCompare(b)).map(([name, found]) =>
      [h('h3', name), found.map((route) => showRoute(route, document))])),
    h('section#events', h('h2', 'Events'),
      h('p', 'What the change feed tells: /events as SSE, /ws by topic. Fields may be added; unknown ones and unknown types are to be ignored.'),
      table(['topic', 'type', 'what has happened'], document['x-events'].map((event) =>
        h('tr.entry', h('td', h('code', event.topic)), h('td', h('code', event.type)), h('td', event.meaning))))),
    h('section#errors', h('h2', 'Errors'),
      h('p', 'Every refusal is an object with error.code, error.message and error.request_id.'),
      table(['code', 'status', 'what to do'], document['x-errors'].map((error) =>
        h('tr.entry', { id: 'error-' + error.code }, h('td', h('code', error.code)),
          h('td', [...(answered.get(error.code) || [])].sort().join(', ')),
          h('td', error.remedy, error.retryable ? h('span.soft', ' May succeed later.') : '')))),
    ),
    h('section#schemas', h('h2', 'Schemas'), Object.entries(document.components.schemas).map(([name, schema]) =>
      h('details.entry', { id: 'schema-' + name }, h('summary', h('code', name)),
        h('div', h('pre', h('code', JSON.stringify(schema, null, 2))))))));
  openTarget();
}

/** A link to a schema opens it. */
function openTarget() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target.tagName === 'DETAILS') target.open = true;
  target.scrollIntoView();
}

filter.addEventListener('input', () => {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const entry of document.querySelectorAll('.entry')) {
    const text = (entry.querySelector('summary') || entry).textContent.toLowerCase();
    entry.hidden = !words.every((word) => text.includes(word));
  }
});
addEventListener('hashchange', openTarget);

try {
  const answer = await fetch('/openapi.json');
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  show(await answer.json());
} catch (error) {
  fill(content, h('p', { role: 'alert' }, `/openapi.json cannot be read: ${error.message}`));
}
