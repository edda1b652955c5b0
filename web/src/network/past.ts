// What was done and can be taken back. Nothing is changed in place.

export interface Past<T> {
  readonly before: readonly T[];
  readonly now: T;
  readonly after: readonly T[];
}

const MOST = 100;

export function begin<T>(now: T): Past<T> {
  return { before: [], now, after: [] };
}

/** Something new: what had been taken back is gone. */
export function done<T>(past: Past<T>, now: T): Past<T> {
  return { before: [...past.before, past.now].slice(-MOST), now, after: [] };
}

export function undone<T>(past: Past<T>): Past<T> {
  const last = past.before.at(-1);
  if (past.before.length === 0) return past;
  return { before: past.before.slice(0, -1), now: last as T, after: [past.now, ...past.after] };
}

export function redone<T>(past: Past<T>): Past<T> {
  const [next, ...after] = past.after;
  if (past.after.length === 0) return past;
  return { before: [...past.before, past.now], now: next as T, after };
}
