// What is typed and not yet saved, kept in the browser: one draft of each record in each tab.

export const DRAFT_PREFIX = "draft:";
const TAB = "tab";
const MAX_DRAFT = 2_000_000; // a document of 2,000 lines; browsers keep some 5,000,000 characters
const MAX_BASE = 200;
const KEPT_DAYS = 30;
const ANSWER_MS = 250;

// Private windows and full disks refuse storage: a draft is then kept in the page only.
const guarded = (act, otherwise = null) => {
  try {
    return act();
  } catch {
    return otherwise;
  }
};

export const storage = {
  get: (key) => guarded(() => window.localStorage.getItem(key)),
  /** Whether it is kept. */
  set: (key, value) =>
    guarded(() => {
      window.localStorage.setItem(key, value);
      return true;
    }, false),
  remove: (key) => guarded(() => window.localStorage.removeItem(key)),
  keys: (prefix) => guarded(() => Object.keys(window.localStorage).filter((key) => key.startsWith(prefix)), []),
  removeByPrefix: (prefix) => storage.keys(prefix).forEach(storage.remove),
};

const fresh = () => Math.random().toString(36).slice(2, 12);
const page = fresh();
let tab = "";
let channel = null;
const silent = new Map();

/** A tab that was duplicated has the name of the one it came from: the later one takes another as soon as that one answers. */
function hear({ data }) {
  if (data.ask === tab && data.page !== page) channel.postMessage({ there: tab, page: data.page });
  else if (data.there && data.page === page) {
    if (data.there === tab) rename();
    silent.get(data.there)?.();
  }
}

function rename() {
  tab = fresh();
  guarded(() => window.sessionStorage.setItem(TAB, tab));
}

function open() {
  channel = new BroadcastChannel("drafts");
  channel.onmessage = hear;
  channel.postMessage({ ask: tab, page });
}

/** The name of this tab. A reload keeps it. */
function tabName() {
  if (tab) return tab;
  tab = guarded(() => window.sessionStorage.getItem(TAB)) ?? "";
  if (!tab) rename();
  if (typeof BroadcastChannel !== "undefined") {
    open();
    // a page that goes no longer answers for its tab, or its own reload would take it for another
    window.addEventListener("pagehide", () => channel.close());
    window.addEventListener("pageshow", ({ persisted }) => persisted && open());
  }
  return tab;
}

/** Whether that tab is closed: nobody of that name answers. */
function isClosed(name) {
  if (!channel) return Promise.resolve(true);
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(true), ANSWER_MS);
    const end = (closed) => {
      clearTimeout(timer);
      silent.delete(name);
      resolve(closed);
    };
    silent.set(name, () => end(false));
    channel.postMessage({ ask: name, page });
  });
}

const keyOf = (record) => `${DRAFT_PREFIX}${record}:${tabName()}`;

function read(key) {
  const draft = guarded(() => JSON.parse(storage.get(key) ?? "null"));
  return draft?.fields && Object.keys(draft.fields).length ? draft : null;
}

/** This tab's draft of the record: {version, at, fields: {name: {value, text, base}}}, or null. */
export const ownDraft = (record) => read(keyOf(record));

/** A value as one compares with it later: of a long one, as the lines of a document are, a mark. */
export function baseOf(value) {
  if (value.length <= MAX_BASE) return value;
  let mark = 0;
  for (let at = 0; at < value.length; at += 1) mark = (Math.imul(mark, 31) + value.charCodeAt(at)) | 0;
  return `${value.length}:${mark}`;
}

/** Keep it, and whether that could be done; no fields are no draft. `version` is the one of the record that the fields were typed into. */
export function keepDraft(record, version, fields) {
  const key = keyOf(record);
  if (!fields.size) {
    storage.remove(key);
    return true;
  }
  const draft = JSON.stringify({ version, at: Date.now(), fields: Object.fromEntries(fields) });
  return draft.length <= MAX_DRAFT && storage.set(key, draft);
}

/** The newest draft of the record that a closed tab left behind: {key, …} or null. Drafts of a month ago go. */
export async function draftLeftBehind(record) {
  const own = keyOf(record);
  const oldest = Date.now() - KEPT_DAYS * 86_400_000;
  const others = [];
  for (const key of storage.keys(`${DRAFT_PREFIX}${record}:`)) {
    const draft = key === own ? null : read(key);
    if (draft && draft.at > oldest) others.push({ key, ...draft });
    else if (key !== own) storage.remove(key);
  }
  const closed = await Promise.all(others.map((draft) => isClosed(draft.key.split(":").at(-1))));
  return others.filter((_, index) => closed[index]).sort((one, two) => two.at - one.at)[0] ?? null;
}
