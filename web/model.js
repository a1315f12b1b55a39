// The stretch of a transcript that a tab holds: what stands one below the other, made of the events of a stream.

/** Most items that are held; beyond it those at the far end are let go and read again when they are wanted. */
export const MOST_ITEMS = 4000;

/** A message, or a mark between messages: a turn's end, a compaction, damage, a reset. */
function item(kind, id, fields) {
  return { kind, id, key: id ?? `~${++item.count}`, version: 0, ...fields };
}
item.count = 0;

/**
 * Items in file order. Results stand with their calls: `calls` finds a call by its id, and a result whose call is not
 * held stands by itself until it is.
 */
export class Transcript {
  constructor() {
    this.items = [];
    this.calls = new Map();
    this.orphans = new Map();
    this.byID = new Map();
    this.meta = {};
  }

  get first() { return this.items.find((one) => one.id)?.id; }
  get last() { return this.lastCursor; }

  /** Events that follow what is held. Returns the items that changed besides those that were added. */
  append(events) {
    const changed = new Set();
    for (const event of events) {
      if (event.id) this.lastCursor = event.id;
      for (const made of this.make(event, changed)) {
        this.items.push(made);
        if (made.id) this.byID.set(made.id, made);
      }
    }
    return changed;
  }

  /** Events that come before all that is held. Returns how many items were added in front. */
  prepend(events) {
    const before = this.items;
    const last = this.lastCursor;
    this.items = [];
    const changed = this.append(events);
    const added = this.items.length;
    this.lastCursor = last ?? this.lastCursor;
    this.items = this.items.concat(before);
    return { added, changed };
  }

  /** Lets items at one end go. */
  drop(count, fromEnd) {
    const gone = fromEnd ? this.items.splice(-count) : this.items.splice(0, count);
    for (const one of gone) {
      this.byID.delete(one.id);
      for (const block of one.blocks || []) {
        if (block.type === 'tool_use') this.calls.delete(block.id);
        if (block.type === 'tool_result') this.orphans.delete(block.tool_use_id);
      }
    }
    if (fromEnd) this.lastCursor = this.items.findLast((one) => one.id)?.id;
    return gone.length;
  }

  make({ event, id, data }, changed) {
    switch (event) {
      case 'message': return this.message(id, data, changed);
      case 'update': this.update(data, changed); return [];
      case 'turn': return this.turn(id, data);
      case 'compaction': case 'retract': case 'branch': case 'damaged': case 'reset':
        return [item('mark', id, { mark: event, data })];
      case 'subagent': return this.subagent(data, changed);
      case 'activity': this.activity(data, changed); return [];
      case 'meta': this.meta[data.key] = data.value; return [];
      default: return [];
    }
  }

  turn(id, data) {
    this.isBusy = data.state === 'started';
    this.nowActive = null;
    return data.state === 'started' ? [] : [item('mark', id, { mark: 'turn', data })];
  }

  message(id, data, changed) {
    const blocks = [];
    for (const block of data.blocks || []) {
      if (block.type === 'tool_result' && this.settle(block, data, changed)) continue;
      blocks.push(block);
    }
    if (!blocks.length) return [];
    const made = item('message', id, {
      role: data.role, blocks, timestamp: data.timestamp, model: data.model, usage: data.usage, author: data.author,
      isSidechain: data.sidechain, isQueued: data.queued, isError: data.is_error, uuid: data.uuid,
    });
    for (const block of blocks) this.know(block, made, changed);
    return [made];
  }

  know(block, owner, changed) {
    if (block.type === 'tool_result') this.orphans.set(block.tool_use_id, { block, owner });
    if (block.type !== 'tool_use') return;
    this.calls.set(block.id, { block, owner });
    const orphan = this.orphans.get(block.id);
    if (!orphan) return;
    this.orphans.delete(block.id);
    block.result = orphan.block;
    const rest = orphan.owner.blocks.filter((one) => one !== orphan.block);
    orphan.owner.blocks = rest;
    this.touch(orphan.owner, changed);
  }

  settle(result, message, changed) {
    const call = this.calls.get(result.tool_use_id);
    if (!call) return false;
    call.block.result = { ...result, at: message.timestamp };
    call.block.running = null;
    this.touch(call.owner, changed);
    return true;
  }

  update(data, changed) {
    const owner = this.byID.get(data.id) ?? this.items.find((one) => one.uuid && one.uuid === data.uuid);
    if (!owner) return;
    for (const { index, ...block } of data.blocks) {
      if (block.type === 'tool_result' && this.settle(block, data, changed)) continue;
      const known = owner.blocks[index];
      owner.blocks[index] = known?.type === 'tool_use' && known.result ? { result: known.result, ...block } : block;
      this.know(owner.blocks[index], owner, changed);
    }
    owner.blocks = owner.blocks.filter(Boolean);
    this.touch(owner, changed);
  }

  subagent({ call, session_id }, changed) {
    const known = this.calls.get(call);
    if (known) {
      known.block.subagent = session_id;
      this.touch(known.owner, changed);
      return [];
    }
    return [item('mark', null, { mark: 'subagent', data: { session_id } })];
  }

  activity(data, changed) {
    const known = this.calls.get(data.call);
    if (known && !known.block.result) {
      known.block.running = data.text;
      this.touch(known.owner, changed);
    } else {
      this.nowActive = data.text;
    }
  }

  touch(owner, changed) {
    owner.version++;
    changed.add(owner);
  }
}
