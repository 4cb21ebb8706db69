// What is being typed into a document, for whoever beside the grid wants to know.

let read = null;
const watchers = new Set();

/** look(): {lines, head} of what stands in the form; null once there is no form. */
export function tell(look) {
  read = look;
  watchers.forEach((watcher) => watcher());
}

export const typed = () => read?.() ?? null;

export function watch(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}
