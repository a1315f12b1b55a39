// Positions in a transcript, as events carry them.

/** Where a position stands: `epoch-offset[.part]`; a whole record is behind all of its parts. */
export function position(cursor) {
  const match = /^([0-9a-f]{8})-(\d+)(?:\.(\d+))?$/.exec(cursor || '');
  return match && { epoch: match[1], offset: Number(match[2]), part: match[3] ? Number(match[3]) : Infinity };
}

/** Whether a position lies behind another one. Those of another content are: they can only be newer. */
export function isBehind(cursor, other) {
  const a = position(cursor), b = position(other);
  if (!a || !b || a.epoch !== b.epoch) return true;
  return a.offset > b.offset || (a.offset === b.offset && a.part > b.part);
}
