// The small set of local React components. Plain React; every visible text comes in as a prop.
import {
  useCallback,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useLocation } from "react-router";
import { ColorModeContext, DispatchContext } from "$/utils/context-registry";
import { DRAFT_PREFIX, baseOf, draftLeftBehind, keepDraft, ownDraft, storage } from "./drafts.js";
import { PageLink } from "./links.jsx";
import { QuickCreate, useMaker } from "./quick.jsx";
import sprite from "$/public/icons.svg?no-inline"; // its name holds a hash: drawing an icon asks nobody

const isBrowser = typeof window !== "undefined";
// The pages are rendered once at build time, where layout effects do not exist.
const useBrowserLayoutEffect = isBrowser ? useLayoutEffect : useEffect;

/** The newest version of a callback behind one identity, for listeners that are added once. */
export function useLatest(value) {
  const ref = useRef(value);
  useBrowserLayoutEffect(() => {
    ref.current = value;
  });
  return ref;
}

/* ------------------------------------------------------------------ icon, avatar */

export function Icon({ name, size = "", className = "" }) {
  const classes = ["icon", size && `icon-${size}`, className].filter(Boolean).join(" ");
  return (
    <svg className={classes} aria-hidden="true">
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}

export function initials(text) {
  const words = String(text ?? "").split(/[\s.,&/-]+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  // short lower-case words ("de", "la", "y") say nothing about a name
  const names = words.filter((word) => word.length > 3 || word !== word.toLowerCase());
  const chosen = (names.length ? names : words).slice(0, 2);
  return chosen.map((word) => [...word][0].toLocaleUpperCase()).join("");
}

/** One of five grounds, always the same one for the same text. */
function avatarGround(text) {
  let hash = 0;
  for (const letter of String(text ?? "")) hash = (hash * 31 + letter.codePointAt(0)) >>> 0;
  return `av-${(hash % 5) + 1}`;
}

export function Avatar({ text, className = "" }) {
  return (
    <span className={`avatar ${avatarGround(text)} ${className}`.trim()} aria-hidden="true">
      {initials(text)}
    </span>
  );
}

/* ------------------------------------------------------------------ forms over HTTP */

function fillError(place, text) {
  place.replaceChildren();
  if (!text) return;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#circle-alert`);
  svg.append(use);
  const span = document.createElement("span");
  span.textContent = text;
  place.append(svg, span);
}

/** The control of a field; of a group of radio buttons the first one. */
function controlOf(form, name) {
  const found = form.elements.namedItem(name);
  return found && !found.tagName ? found[0] : found;
}

function showErrors(form, fields, detail) {
  const places = new Map(
    [...form.querySelectorAll("[data-error-for]")].map((place) => [place.dataset.errorFor, place]),
  );
  const general = [detail].filter(Boolean);
  let first = null;
  for (const control of form.elements) {
    if (!control.name) continue;
    const text = [fields[control.name] ?? []].flat().join(" ");
    const place = places.get(control.name);
    if (control.dataset.hint === undefined) control.dataset.hint = control.getAttribute("aria-describedby") ?? "";
    const describedBy = [control.dataset.hint, text && place?.id].filter(Boolean).join(" ");
    if (describedBy) control.setAttribute("aria-describedby", describedBy);
    else control.removeAttribute("aria-describedby");
    if (text) {
      control.setAttribute("aria-invalid", "true");
      first ??= control;
    } else {
      control.removeAttribute("aria-invalid");
    }
  }
  for (const [name, text] of Object.entries(fields)) {
    if (!places.has(name)) general.push([text].flat().join(" "));
  }
  for (const [name, place] of places) {
    fillError(place, name === "" ? general.join(" ") : [fields[name] ?? []].flat().join(" "));
  }
  first?.focus();
}

function showStep(form, step) {
  for (const part of form.querySelectorAll("[data-step]")) {
    const active = part.dataset.step === step;
    part.hidden = !active;
    // a hidden required field would keep the browser from submitting
    for (const control of part.querySelectorAll("input, select, textarea, button")) control.disabled = !active;
    if (active) part.querySelector("input, select, textarea")?.focus();
  }
}

/** An address of this application; anything else leads to the start page. */
function ownAddress(address) {
  try {
    const url = new URL(address, window.location.origin);
    return url.origin === window.location.origin ? url.href : "/";
  } catch {
    return "/";
  }
}

export function AuthForm({
  action,
  nextUrl = "",
  busyText = "",
  networkError = "",
  forgetDrafts = false,
  onDone,
  className = "",
  id,
  children,
}) {
  const form = useRef(null);
  const running = useRef(false);
  const [busy, setBusy] = useState(false);
  const prefix = useId();

  useEffect(() => {
    const element = form.current;
    element.querySelectorAll("[data-error-for]").forEach((place, index) => {
      place.id ||= `${prefix}error${index}`;
      place.setAttribute("role", "alert");
      place.classList.add("field-error");
    });
    showStep(element, "");
  }, [prefix]);

  useEffect(() => {
    for (const button of form.current.querySelectorAll('button[type="submit"], button:not([type])')) {
      if (busy) button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
    }
  }, [busy]);

  async function submit(event) {
    event.preventDefault();
    if (running.current) return;
    running.current = true;
    setBusy(true);
    const element = form.current;
    const data = {};
    for (const [name, value] of new FormData(element, event.nativeEvent.submitter)) {
      if (typeof value !== "string") continue;
      data[name] = name in data ? [data[name], value].flat() : value;
    }
    let leaving = false;
    try {
      const response = await fetch(action, {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", Accept: "application/json, application/problem+json" },
        body: JSON.stringify(data),
      });
      const answer = await response.json().catch(() => ({}));
      if (!response.ok) {
        const fields = answer.fields ?? {};
        const nothing = !answer.detail && !Object.keys(fields).length;
        showErrors(element, fields, nothing ? answer.title || networkError : answer.detail);
      } else {
        showErrors(element, {}, "");
        if (answer.step) {
          showStep(element, answer.step);
        } else {
          if (forgetDrafts) storage.removeByPrefix(DRAFT_PREFIX);
          const target = answer.next || nextUrl;
          if (target) {
            leaving = true;
            window.location.assign(ownAddress(target));
          } else {
            element.reset();
            onDone?.(answer);
          }
        }
      }
    } catch {
      showErrors(element, {}, networkError);
    }
    // while the browser leaves the page the button stays busy
    if (!leaving) {
      running.current = false;
      setBusy(false);
    }
  }

  return (
    <form noValidate ref={form} id={id} className={className} action={action} method="post" onSubmit={submit}>
      {children}
      <span className="sr-only" role="status">
        {busy ? busyText : ""}
      </span>
    </form>
  );
}

export function PasswordInput({ name, id, autocomplete, showLabel, hideLabel, required = true, className = "", describedBy }) {
  const [shown, setShown] = useState(false);
  return (
    <div className={`input ${className}`.trim()}>
      <input
        id={id}
        name={name}
        type={shown ? "text" : "password"}
        autoComplete={autocomplete}
        autoCapitalize="none"
        spellCheck={false}
        required={required}
        aria-describedby={describedBy}
      />
      <button
        type="button"
        className="input-button"
        aria-label={shown ? hideLabel : showLabel}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
      >
        <Icon name={shown ? "eye-off" : "eye"} />
      </button>
    </div>
  );
}

export function CopyButton({ text, label, doneLabel, className = "" }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 2500);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <button
      type="button"
      className={`button button-sm ${className}`.trim()}
      onClick={() => navigator.clipboard?.writeText(text).then(() => setDone(true), () => {})}
    >
      <Icon name={done ? "check" : "copy"} />
      <span aria-live="polite">{done ? doneLabel : label}</span>
    </button>
  );
}

/* ------------------------------------------------------------------ record form */

const SENDABLE = 900_000;

/** A value as it is sent. No field holds so much: the server refuses what is left of it too, where the whole would be more
 * than its socket takes, and nobody would hear of it. The form keeps all that was typed. */
const sendable = (value) => (typeof value === "string" ? value.slice(0, SENDABLE) : value);

/** name → value of every named control. Groups and several values are joined by ",". */
function readForm(form) {
  const values = new Map();
  for (const control of form.elements) {
    if (!control.name || control.type === "file" || control.type === "submit" || control.type === "button") continue;
    let parts;
    if (control.type === "checkbox" || control.type === "radio") parts = control.checked ? [control.value] : [];
    else if (control.type === "select-multiple") parts = [...control.selectedOptions].map((option) => option.value);
    else parts = [control.value];
    values.set(control.name, [...(values.get(control.name) ?? []), ...parts]);
  }
  return new Map([...values].map(([name, parts]) => [name, parts.join(",")]));
}

/** Put a value into the controls of a name. Pickers take it, with its text, through the event "kit:set". */
function writeField(form, name, value, text) {
  const chosen = new Set(value.split(","));
  for (const control of form.elements) {
    if (control.name !== name) continue;
    if (control.type === "checkbox" || control.type === "radio") {
      control.checked = value !== "" && (chosen.has(control.value) || control.value === value);
    } else if (control.type === "select-multiple") {
      for (const option of control.options) option.selected = chosen.has(option.value);
    } else {
      control.value = value;
      control.dispatchEvent(new CustomEvent("kit:set", { detail: { value, text } }));
    }
  }
}

/** The children were built anew under the cursor: go on in the same field at the same place. */
function refocus(form, old) {
  if (!old || old.isConnected) return;
  const target = (old.id && document.getElementById(old.id)) || (old.name && controlOf(form, old.name));
  if (!target) return;
  target.focus({ preventScroll: true });
  // only text fields have a selection
  if (typeof old.selectionStart === "number") target.setSelectionRange(old.selectionStart, old.selectionEnd);
}

/** What was refused, where one sees it: the first field at fault has the focus; where none can have it, the sentence is shown. */
function showFault(form) {
  const field = form.querySelector('[aria-invalid="true"]:not(:disabled)');
  if (field) field.focus();
  else form.querySelector('[role="alert"]')?.scrollIntoView({ block: "center" });
}

function LeftDraft({ draft, labels, onTake, onDrop }) {
  const moment = new Date(draft.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  return (
    <div className="banner banner-wait left-draft" role="status">
      <Icon name="circle-dot" />
      <span className="grow">{(labels.left || "").replace("{when}", moment)}</span>
      <button type="button" className="button button-sm" onClick={onTake}>
        {labels.take}
      </button>
      <button type="button" className="button button-quiet button-sm" onClick={onDrop}>
        {labels.drop}
      </button>
    </div>
  );
}

const FIELD = ':is(input:not([type="hidden"]), select, textarea):not([disabled], [readonly])';

/** A new record begins with its first field, where a keyboard is to be had and nothing else has the focus. */
function beginNew(form) {
  if (!window.location.pathname.endsWith("/new") || !window.matchMedia("(pointer: fine)").matches) return;
  const { activeElement, body } = document;
  if (!activeElement || activeElement === body || activeElement.id === "content") form.querySelector(FIELD)?.focus();
}

export function DraftForm({
  draftKey,
  version = 0,
  answer = 0,
  labels = {},
  busy = false,
  onlyChanged = true,
  onSave,
  onCancel,
  className = "",
  id,
  children,
}) {
  const form = useRef(null);
  const baseline = useRef(new Map());
  const sent = useRef(null);
  const kept = useRef(new Map());
  const lastIdentity = useRef(null);
  const focused = useRef(null);
  const timer = useRef(0);
  // the keeper of the record that was typed into, should another record take its place before the timer ends
  const pending = useRef(null);
  const saving = useRef(false);
  const [dirty, setDirty] = useState(0);
  const [restored, setRestored] = useState(false);
  // whether the browser keeps what is typed: it may be too much, or its storage full
  const [safe, setSafe] = useState(true);
  // after Discard the children are built anew, so that pickers too show the stored value
  const [round, setRound] = useState(0);
  const [left, setLeft] = useState(null);
  // the version that what is typed was typed into: older than the record where a draft came back to a changed one, so that
  // saving it asks about every field that somebody else has set meanwhile
  const since = useRef(version);
  const identity = `${version}\n${draftKey}`;

  // name → {value, text, base} of every field that differs from the stored record
  const changes = useCallback(() => {
    const found = new Map();
    for (const [name, value] of readForm(form.current)) {
      // a control that appeared later counts from what it first held
      if (!baseline.current.has(name)) baseline.current.set(name, value);
      const base = baseline.current.get(name);
      if (base !== value) found.set(name, { value, text: controlOf(form.current, name)?.dataset?.text, base: baseOf(base) });
    }
    return found;
  }, []);

  const keep = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = 0;
    setSafe(keepDraft(draftKey, since.current, kept.current));
  }, [draftKey]);

  const look = useCallback(() => {
    if (!form.current) return;
    const found = changes();
    for (const box of form.current.querySelectorAll(".prop")) {
      const control = box.querySelector("[name]");
      box.classList.toggle("is-dirty", !!control && found.has(control.name));
    }
    kept.current = found;
    setDirty(found.size);
    if (found.size) return;
    setRestored(false);
    since.current = version;
  }, [changes, version]);

  const edited = () => {
    look();
    clearTimeout(timer.current);
    pending.current = keep;
    timer.current = setTimeout(keep, 150);
  };

  // A new record, a new version or Discard: the children are new, so take their values as the ones to compare with
  // and put back what was typed and is not yet saved. Storage is written only after something was typed or saved: a
  // page that first shows an empty form must not wipe the draft of the record that is still to come.
  useBrowserLayoutEffect(() => {
    const element = form.current;
    const [oldVersion, oldKey] = (lastIdentity.current ?? "\n").split("\n");
    const sameRecord = lastIdentity.current !== null && oldKey === draftKey;
    if (timer.current && !sameRecord) pending.current();
    const typed = sameRecord ? kept.current : new Map();
    // a page that is filled anew, as after a lost connection, is no answer: only a version after the one that was sent is
    const wasSent = sameRecord && sent.current && version > sent.current.version ? sent.current.fields : null;
    lastIdentity.current = identity;
    baseline.current = readForm(element);
    const draft = sameRecord ? null : ownDraft(draftKey);
    let back;
    if (wasSent) {
      // saved: only what was typed after the form was sent is still open
      back = [...typed].filter(([name, field]) => wasSent.get(name)?.value !== field.value);
    } else if (sameRecord) {
      // another version while one types: what is typed stays, and saving asks about the fields that it has changed
      back = [...typed];
    } else {
      back = Object.entries(draft?.fields ?? {});
    }
    const crossed =
      String(since.current) !== oldVersion || back.some(([name, field]) => !baseline.current.has(name) || field.base !== baseOf(baseline.current.get(name)));
    if (wasSent || !sameRecord || !crossed) since.current = draft?.version ?? version;
    sent.current = null;
    saving.current = false;
    const put = () => {
      for (const [name, field] of back) writeField(element, name, field.value, field.text);
      look();
    };
    put();
    setRestored(draft !== null);
    if (wasSent || typed.size) keep();
    refocus(element, focused.current);
    // pickers mount their own listeners a moment later; they see the draft through the same event
    const later = setTimeout(put, 0);
    return () => clearTimeout(later);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [identity, round]);

  // A tab that was closed may have left a draft of this record: it is offered, never taken up unasked.
  useEffect(() => {
    let gone = false;
    setLeft(null);
    draftLeftBehind(draftKey).then((found) => !gone && setLeft(found));
    return () => {
      gone = true;
    };
  }, [draftKey]);

  function settleLeft(take) {
    storage.remove(left.key);
    if (take) {
      for (const [name, field] of Object.entries(left.fields)) writeField(form.current, name, field.value, field.text);
      since.current = Math.min(since.current, left.version);
      look();
      keep();
    }
    draftLeftBehind(draftKey).then(setLeft);
  }

  // The answer to a save that was refused: the version did not move, everything typed is still open.
  const wasBusy = useRef(false);
  useEffect(() => {
    if (wasBusy.current && !busy) {
      saving.current = false;
      sent.current = null;
      showFault(form.current);
    }
    wasBusy.current = busy;
  }, [busy]);

  // The same from a server that counts its answers instead of saying "busy".
  const answered = useRef(answer);
  useEffect(() => {
    saving.current = false;
    if (form.current && answered.current !== answer) showFault(form.current);
    answered.current = answer;
  }, [answer]);

  useEffect(() => {
    const flush = () => {
      if (timer.current) keep();
    };
    const warn = (event) => {
      if (!kept.current.size) return;
      flush();
      event.preventDefault();
      event.returnValue = labels.leave || "";
    };
    window.addEventListener("beforeunload", warn);
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("beforeunload", warn);
      window.removeEventListener("pagehide", flush);
    };
  }, [keep, labels.leave]);

  // leaving for another page of the application within those 150 ms
  useEffect(
    () => () => {
      if (timer.current) pending.current();
    },
    [],
  );

  function save(event) {
    event?.preventDefault();
    if (busy || saving.current) return;
    const waiting = form.current.querySelector("[data-waits]");
    if (waiting) {
      // what it is still looking up belongs to what is saved
      waiting.addEventListener("kit:ready", () => latestSave.current(), { once: true });
      return;
    }
    look();
    const found = kept.current;
    if (onlyChanged && !found.size) return;
    keep();
    sent.current = { fields: found, version };
    // the server says "busy" a moment later; until then a second press must not send again
    saving.current = true;
    setTimeout(() => {
      if (!wasBusy.current) saving.current = false;
    }, 1500);
    const all = readForm(form.current);
    const sought = [...all].filter(([name]) => !onlyChanged || found.has(name));
    const given = Object.fromEntries(sought.map(([name, value]) => [name, sendable(value)]));
    onSave?.(given, since.current);
  }

  function discard() {
    kept.current = new Map();
    keep();
    setRestored(false);
    setRound(round + 1);
    onCancel?.();
  }

  const latestSave = useLatest(save);
  useEffect(() => {
    const press = (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      const other = event.target.closest?.("form, dialog");
      if (other && other !== form.current && !other.contains(form.current)) return;
      event.preventDefault();
      latestSave.current(event);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [latestSave]);

  // What has the focus comes out from under the bar: when the bar appears, and after a press, which a move before its end
  // would make miss.
  function uncover() {
    const bar = form.current.querySelector(":scope > .unsaved");
    const element = document.activeElement;
    if (!bar || !form.current.contains(element) || bar.contains(element)) return;
    if (element.getBoundingClientRect().bottom > bar.getBoundingClientRect().top) element.scrollIntoView({ block: "nearest" });
  }

  function keyDown(event) {
    if (event.key === "Escape" && !event.defaultPrevented && event.target.matches("input, select, textarea")) {
      event.target.blur();
    }
  }

  useEffect(() => beginNew(form.current), [draftKey]);

  const showBar = dirty > 0 || busy || !onlyChanged;
  const [one, many] = safe ? [labels.unsaved_one, labels.unsaved] : [labels.unkept_one, labels.unkept];
  useEffect(() => {
    if (showBar) uncover();
  }, [showBar]);

  return (
    <form
      ref={form}
      id={id}
      className={`draft-form ${className}`.trim()}
      data-record-form=""
      noValidate
      onSubmit={save}
      onInput={edited}
      onChange={edited}
      onKeyDown={keyDown}
      onClick={uncover}
      onFocus={(event) => {
        focused.current = event.target;
      }}
      onBlur={() => {
        focused.current = null;
      }}
    >
      {left && <LeftDraft draft={left} labels={labels} onTake={() => settleLeft(true)} onDrop={() => settleLeft(false)} />}
      <div className="draft-body" key={`${identity}\n${round}`}>
        {children}
      </div>
      {showBar && (
        <div className="unsaved">
          <span className="row grow" role="status">
            {dirty > 0 && (
              <>
                <span className="wait row">
                  <Icon name="circle-dot" />
                </span>
                <span className="truncate">
                  {((dirty === 1 && one) || many || "{n}").replace("{n}", dirty)}
                  {restored && <span className="unsaved-restored"> · {labels.restored}</span>}
                </span>
              </>
            )}
          </span>
          <button type="button" className="button button-quiet button-sm" disabled={busy} onClick={discard}>
            {labels.discard}
          </button>
          <button
            type="submit"
            className={`button button-sm ${onlyChanged ? "" : "button-primary"}`.trim()}
            aria-busy={busy || undefined}
          >
            {labels.save}
            <span className="keys" aria-hidden="true">
              <kbd className="key">Ctrl</kbd>
              <kbd className="key">Enter</kbd>
            </span>
          </button>
          <span className="sr-only" role="status">
            {busy ? labels.saving : ""}
          </span>
        </div>
      )}
    </form>
  );
}

/* ------------------------------------------------------------------ popups */

/**
 * Show an element in the top layer beside its anchor, above it where there is no room below. The top layer keeps it
 * from being cut off by a scrolling box and lets it stand over a dialog.
 */
export function usePopup(anchor, popup, open, { sameWidth = false, align = "start", limit = Infinity } = {}) {
  useBrowserLayoutEffect(() => {
    const element = popup.current;
    if (!open || !element) return;
    element.showPopover?.();
    const place = () => {
      if (!anchor.current) return;
      const box = anchor.current.getBoundingClientRect();
      const gap = 4;
      if (sameWidth) element.style.width = `${Math.max(box.width, 220)}px`;
      element.style.maxHeight = "";
      const width = element.offsetWidth;
      const height = Math.min(element.scrollHeight, limit);
      const below = window.innerHeight - box.bottom - gap - 8;
      const above = box.top - gap - 8;
      const flips = height > below && above > below;
      const room = flips ? above : below;
      element.style.maxHeight = `${Math.min(room, limit)}px`;
      element.style.top = flips ? `${box.top - gap - Math.min(height, room)}px` : `${box.bottom + gap}px`;
      const left = align === "end" ? box.right - width : box.left;
      element.style.left = `${Math.max(8, Math.min(left, window.innerWidth - width - 8))}px`;
    };
    place();
    const watcher = new ResizeObserver(place);
    watcher.observe(element);
    window.addEventListener("scroll", place, true);
    window.addEventListener("resize", place);
    return () => {
      watcher.disconnect();
      window.removeEventListener("scroll", place, true);
      window.removeEventListener("resize", place);
      if (element.isConnected) element.hidePopover?.();
    };
  }, [open, anchor, popup, sameWidth, align, limit]);
}

export function useOutside(refs, open, onOutside) {
  const latest = useLatest(onOutside);
  useEffect(() => {
    if (!open) return;
    const press = (event) => {
      if (!refs.some((ref) => ref.current?.contains(event.target))) latest.current();
    };
    document.addEventListener("pointerdown", press, true);
    return () => document.removeEventListener("pointerdown", press, true);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [open, latest]);
}

export function Menu({
  buttonLabel = "",
  icon = "",
  ariaLabel = "",
  className = "button",
  align = "end",
  title = "",
  disabled = false,
  children,
}) {
  const [open, setOpen] = useState(false);
  const button = useRef(null);
  const popup = useRef(null);
  const fromEnd = useRef(false);
  const typed = useRef({ text: "", at: 0 });
  const id = useId();
  usePopup(button, popup, open, { align });
  useOutside([button, popup], open, () => setOpen(false));

  const items = () => [...popup.current.querySelectorAll('[role^="menuitem"]')];
  const close = (focus = true) => {
    setOpen(false);
    if (focus) button.current?.focus();
  };

  useEffect(() => {
    if (open) items().at(fromEnd.current ? -1 : 0)?.focus();
    fromEnd.current = false;
  }, [open]);

  function buttonKey(event) {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    fromEnd.current = event.key === "ArrowUp";
    setOpen(true);
  }

  function menuKey(event) {
    const list = items();
    const at = list.indexOf(document.activeElement);
    const move = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (move !== undefined) {
      event.preventDefault();
      list.at(move >= list.length ? 0 : move)?.focus();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Tab") {
      close(false);
    } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
      // letters typed in a row lead to the item that begins with them
      const now = Date.now();
      const text = (now - typed.current.at < 700 ? typed.current.text : "") + event.key.toLowerCase();
      typed.current = { text, at: now };
      list.find((item) => item.textContent.trim().toLowerCase().startsWith(text))?.focus();
    }
    // a key pressed in the menu is no shortcut of the page
    event.stopPropagation();
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        className={`menu-button ${className}`}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={ariaLabel || undefined}
        title={ariaLabel || undefined}
        disabled={disabled}
        onClick={() => setOpen(!open)}
        onKeyDown={buttonKey}
      >
        {icon && <Icon name={icon} />}
        {buttonLabel}
      </button>
      {open && (
        <div
          ref={popup}
          id={id}
          popover="manual"
          className="popup menu"
          role="menu"
          aria-label={ariaLabel || (typeof buttonLabel === "string" ? buttonLabel : "") || title}
          onKeyDown={menuKey}
          onClick={(event) => {
            const item = event.target.closest('[role^="menuitem"]');
            if (item && item.getAttribute("aria-disabled") !== "true") close(item.tagName !== "A");
          }}
        >
          {title && (
            <div className="menu-title" role="presentation">
              {title}
            </div>
          )}
          {children}
        </div>
      )}
    </>
  );
}

export function MenuItem({
  label,
  icon = "",
  keys = "",
  danger = false,
  disabled = false,
  checked,
  href = "",
  plain = false,
  lang,
  onSelect,
}) {
  const inside = (
    <>
      {icon && <Icon name={icon} />}
      <span className="truncate">{label}</span>
      {checked && <Icon name="check" className="check-mark" />}
      {keys && (
        <span className="keys" aria-hidden="true">
          {keys.split(" ").map((key) => (
            <kbd className="key" key={key}>
              {key}
            </kbd>
          ))}
        </span>
      )}
    </>
  );
  const shared = { className: `menu-item${danger ? " danger" : ""}`, tabIndex: -1, lang };
  if (href && !disabled) {
    // "plain" leaves the page, for files and for addresses that are not pages of the application
    return plain ? (
      <a role="menuitem" href={href} onClick={() => onSelect?.()} {...shared}>
        {inside}
      </a>
    ) : (
      <PageLink role="menuitem" to={href} onClick={() => onSelect?.()} {...shared}>
        {inside}
      </PageLink>
    );
  }
  return (
    <button
      type="button"
      role={checked === undefined || checked === null ? "menuitem" : "menuitemradio"}
      aria-checked={checked ?? undefined}
      aria-disabled={disabled || undefined}
      onClick={disabled ? undefined : () => onSelect?.()}
      {...shared}
    >
      {inside}
    </button>
  );
}

export function MenuLine() {
  return <div className="menu-sep" role="separator" />;
}

export function Dialog({ open = false, title, onClose, width = "", closeLabel = "", className = "", children }) {
  const dialog = useRef(null);
  const opener = useRef(null);
  const pressedOutside = useRef(false);
  const id = useId();

  useBrowserLayoutEffect(() => {
    const element = dialog.current;
    if (!open || !element) return;
    opener.current = document.activeElement;
    if (!element.open) element.showModal();
    // the first field, else the first (the harmless) button at the foot, rather than the closing cross
    for (const first of ["[data-autofocus]", 'input:not([type="hidden"], [disabled]), select, textarea', ".dialog-foot button"]) {
      const target = element.querySelector(first);
      if (target) {
        target.focus();
        break;
      }
    }
    return () => {
      if (element.open) element.close();
      // the browser gives focus back only where the dialog is still in the page
      if (opener.current?.isConnected) opener.current.focus();
    };
  }, [open]);

  const outside = (event) => {
    if (event.target !== dialog.current) return false;
    const box = dialog.current.getBoundingClientRect();
    return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
  };

  if (!open) return null;
  return (
    <dialog
      ref={dialog}
      className={`dialog ${className}`.trim()}
      style={width ? { "--dialog-width": width } : undefined}
      aria-labelledby={id}
      onCancel={(event) => {
        if (event.target !== dialog.current) return;
        event.preventDefault();
        onClose?.();
      }}
      onKeyDown={(event) => event.stopPropagation()}
      onPointerDown={(event) => {
        pressedOutside.current = outside(event);
      }}
      onClick={(event) => {
        // a press that began inside (marking text) does not close
        if (pressedOutside.current && outside(event)) onClose?.();
      }}
    >
      <div className="dialog-head">
        <h2 className="dialog-title" id={id}>
          {title}
        </h2>
        {closeLabel && (
          <button type="button" className="button button-quiet button-icon button-sm" aria-label={closeLabel} onClick={() => onClose?.()}>
            <Icon name="x" />
          </button>
        )}
      </div>
      {children}
    </dialog>
  );
}

/* ------------------------------------------------------------------ reference picker, search box */

/** Two names that differ in accents or case only are the same to a reader. */
const fold = (text) => text.trim().normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const splitValue = (value, multiple) => {
  const text = value === null || value === undefined ? "" : String(value);
  if (!text) return [];
  return multiple ? text.split(",") : [text];
};

export function RefPicker({
  name,
  resource,
  value = "",
  text = "",
  placeholder = "",
  labels = {},
  multiple = false,
  disabled = false,
  invalid = false,
  required = false,
  id,
  describedBy,
  label = "",
  filter = "",
  way = false,
  onPick,
  className = "",
}) {
  // [{id, name}]; several names come in one text, one a line
  const initial = useMemo(() => {
    const names = multiple ? String(text ?? "").split("\n") : [text];
    return splitValue(value, multiple).map((one, index) => ({ id: one, name: names[index] || one }));
  }, [value, text, multiple]);
  const [chosen, setChosen] = useState(initial);
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState(null);
  const [items, setItems] = useState(null);
  const [failed, setFailed] = useState(false);
  const [active, setActive] = useState(-1);
  const box = useRef(null);
  const popup = useRef(null);
  const input = useRef(null);
  const hidden = useRef(null);
  const request = useRef(null);
  const timer = useRef(0);
  const own = useId();
  const inputId = id || `${own}input`;
  const listId = `${own}list`;
  const [making, setMaking] = useState(null);
  const maker = useMaker(resource, open && query?.trim() ? labels.create : "");
  const wanted = (query ?? "").trim();
  const makes = Boolean(maker && wanted && items && !failed) && !items.some((item) => fold(item.name) === fold(wanted));
  usePopup(box, popup, open, { sameWidth: true, limit: 320 });
  useOutside([box, popup], open, () => leave());

  const signature = chosen.map((one) => one.id).join(",");
  const shownName = multiple ? "" : (chosen[0]?.name ?? "");

  // the form watches "input"; React set the hidden value just before
  const announced = useRef(signature);
  useEffect(() => {
    if (announced.current === signature) return;
    announced.current = signature;
    hidden.current.dispatchEvent(new Event("input", { bubbles: true }));
  }, [signature]);

  // the server's value changed (or the form was reset): show it
  const lastInitial = useRef(initial);
  useEffect(() => {
    if (lastInitial.current === initial) return;
    lastInitial.current = initial;
    setChosen(initial);
  }, [initial]);

  useEffect(() => {
    const element = hidden.current;
    const owner = element.form;
    const set = (event) => {
      const names = String(event.detail.text ?? "").split("\n");
      setChosen(splitValue(event.detail.value, multiple).map((one, index) => ({ id: one, name: names[index] || one })));
    };
    const reset = () => setChosen(lastInitial.current);
    element.addEventListener("kit:set", set);
    owner?.addEventListener("reset", reset);
    return () => {
      element.removeEventListener("kit:set", set);
      owner?.removeEventListener("reset", reset);
      request.current?.abort();
      clearTimeout(timer.current);
    };
  }, [multiple]);

  function search(words, wait) {
    clearTimeout(timer.current);
    request.current?.abort();
    timer.current = setTimeout(async () => {
      const control = new AbortController();
      request.current = control;
      const place = resource.startsWith("lists/") ? resource : `lists/quick/${resource}/options`;
      const address = `/api/v1/${place}?q=${encodeURIComponent(words)}&size=20${filter ? `&${filter}` : ""}`;
      try {
        const response = await fetch(address, {
          credentials: "same-origin",
          signal: control.signal,
          headers: { Accept: "application/json" },
        });
        if (!response.ok) throw new Error(String(response.status));
        const answer = await response.json();
        const found = (answer.items ?? []).map((item) => ({ id: String(item.id), name: String(item.name ?? item.id), more: item.more ?? "" }));
        setItems(found);
        setFailed(false);
        setActive(found.length && words ? 0 : found.findIndex((item) => chosen.some((one) => one.id === item.id)));
      } catch (error) {
        if (error.name === "AbortError") return;
        setItems([]);
        setFailed(true);
      }
    }, wait);
  }

  function show() {
    if (disabled || open) return;
    setOpen(true);
    // what is typed takes the place of the name
    input.current?.select();
    setItems(null);
    search("", 0);
  }

  function leave() {
    setOpen(false);
    setQuery(null);
    setActive(-1);
    clearTimeout(timer.current);
    request.current?.abort();
  }

  function pick(item) {
    if (multiple) {
      const without = chosen.filter((one) => one.id !== item.id);
      setChosen(without.length < chosen.length ? without : [...chosen, item]);
      setQuery(null);
      if (query) search("", 0);
    } else {
      setChosen([item]);
      leave();
    }
    onPick?.(item.id, item.name);
    input.current?.focus();
  }

  function make() {
    setMaking(wanted);
    leave();
  }

  function clear(one) {
    setChosen(one ? chosen.filter((other) => other.id !== one.id) : []);
    setQuery(null);
    onPick?.("", "");
    input.current?.focus();
  }

  function keyDown(event) {
    const count = (items?.length ?? 0) + (makes ? 1 : 0);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return show();
      if (count) setActive((active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1) + count) % count);
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      if (items?.[active]) pick(items[active]);
      else if (makes && (active === items.length || !items.length)) make();
    } else if (event.key === "Escape" && open) {
      // the first Escape closes the list only, not the dialog or the form around it
      event.preventDefault();
      event.stopPropagation();
      leave();
    } else if (event.key === "Tab" && open) {
      if (query && items?.[active] && !multiple) pick(items[active]);
      leave();
    } else if (event.key === "Backspace" && !query && multiple && chosen.length) {
      clear(chosen.at(-1));
    }
  }

  useEffect(() => {
    if (open && active >= 0) document.getElementById(`${listId}${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active, open, listId]);

  const note = failed ? labels.error : items === null ? labels.searching : items.length ? "" : labels.empty;
  return (
    <div className={`combo ${className}`.trim()}>
      <div
        ref={box}
        className={`input combo-box${disabled ? " is-disabled" : ""}${invalid ? " is-error" : ""}`}
        onClick={(event) => {
          if (!event.target.closest("button")) input.current?.focus();
        }}
      >
        {multiple &&
          chosen.map((one) => (
            <span className="combo-value" key={one.id}>
              <span className="truncate">{one.name}</span>
              <button type="button" aria-label={`${labels.clear ?? ""} ${one.name}`.trim()} disabled={disabled} onClick={() => clear(one)}>
                <Icon name="x" />
              </button>
            </span>
          ))}
        <input
          ref={input}
          id={inputId}
          type="text"
          role="combobox"
          autoComplete="off"
          spellCheck={false}
          aria-label={label || undefined}
          aria-expanded={open}
          aria-controls={open ? listId : undefined}
          aria-autocomplete="list"
          aria-activedescendant={open && active >= 0 ? `${listId}${active}` : undefined}
          aria-invalid={invalid || undefined}
          aria-describedby={describedBy}
          aria-required={required || undefined}
          disabled={disabled}
          placeholder={multiple && chosen.length ? "" : placeholder || labels.none}
          value={query ?? shownName}
          onChange={(event) => {
            setOpen(true);
            setQuery(event.target.value);
            search(event.target.value, 80);
          }}
          onInput={(event) => event.stopPropagation()}
          onClick={show}
          onKeyDown={keyDown}
          onBlur={(event) => {
            if (!popup.current?.contains(event.relatedTarget)) leave();
          }}
        />
        {disabled && way && !multiple && chosen.length > 0 && (
          <PageLink className="combo-way" to={`/${resource}/${chosen[0].id}`} title={shownName}>
            <span className="sr-only">{shownName}</span>
          </PageLink>
        )}
        {!multiple && chosen.length > 0 && !required && !disabled ? (
          <button type="button" className="input-button" aria-label={labels.clear} tabIndex={-1} onClick={() => clear(null)}>
            <Icon name="x" size="sm" />
          </button>
        ) : (
          <Icon name="chevron-down" size="sm" />
        )}
      </div>
      <input ref={hidden} type="hidden" name={name} value={signature} data-text={chosen.map((one) => one.name).join("\n")} readOnly />
      <span className="sr-only" role="status">
        {open ? note : ""}
      </span>
      {open && (
        <div
          ref={popup}
          id={listId}
          popover="manual"
          className="popup combo-list"
          role={items?.length || makes ? "listbox" : undefined}
          aria-label={items?.length || makes ? label || placeholder || name : undefined}
          aria-multiselectable={((items?.length || makes) && multiple) || undefined}
          onPointerDown={(event) => event.preventDefault()}
        >
          {note && (
            <div className={`combo-note${failed ? " late" : ""}`} aria-hidden="true">
              {note}
            </div>
          )}
          {(items ?? []).map((item, index) => {
            const isChosen = chosen.some((one) => one.id === item.id);
            return (
              <div
                key={item.id}
                id={`${listId}${index}`}
                role="option"
                className="option"
                aria-selected={index === active}
                aria-checked={multiple ? isChosen : undefined}
                aria-label={item.name}
                aria-description={item.more || undefined}
                onClick={() => pick(item)}
              >
                <span className="option-name">
                  <span className="truncate" dir="auto">{item.name}</span>
                  {item.more && <span className="hint truncate" dir="auto">{item.more}</span>}
                </span>
                {isChosen && <Icon name="check" />}
              </div>
            );
          })}
          {makes && (
            <div
              id={`${listId}${items.length}`}
              role="option"
              className="option option-make"
              aria-selected={active === items.length || !items.length}
              onClick={make}
            >
              <Icon name="plus" />
              <span className="truncate">{labels.create.replace("{name}", wanted)}</span>
            </div>
          )}
        </div>
      )}
      {making !== null && (
        <QuickCreate resource={resource} shape={maker} text={making} labels={labels} onDone={pick} onClose={() => setMaking(null)} />
      )}
    </div>
  );
}

export function LiveInput({ value = "", delay = 60, enabled = true, onText, placeholder = "", label = "", id, className = "filter-box", clearLabel = "", autofocus = false }) {
  const [text, setText] = useState(value ?? "");
  const input = useRef(null);
  const timer = useRef(0);
  const waiting = useRef(null);
  const sent = useRef(0);
  const latest = useLatest(onText);
  const able = useLatest(enabled);

  // The server's text counts only where nobody is typing, or where the filter was cleared by another control.
  useEffect(() => {
    const typing = document.activeElement === input.current;
    if (waiting.current === null && (!typing || !value)) setText(value ?? "");
  }, [value]);

  const send = useCallback(() => {
    clearTimeout(timer.current);
    if (waiting.current === null || !able.current) return;
    const last = waiting.current;
    waiting.current = null;
    sent.current = performance.now();
    latest.current?.(last);
  }, [latest, able]);

  // what is typed while the page loads waits: the load shows what the address asks for
  useEffect(() => {
    if (enabled) send();
  }, [enabled, send]);

  // and so does what was typed before the page had its scripts
  useEffect(() => {
    const early = input.current.value;
    if (early !== input.current.defaultValue) change(early);
  }, []);

  // the last text is sent even when the box goes away first
  useEffect(() => send, [send]);

  function change(next) {
    setText(next);
    waiting.current = next;
    clearTimeout(timer.current);
    // a lone key is answered at once; only keys that follow each other quickly wait for the last of them
    const rest = delay - (performance.now() - sent.current);
    if (rest <= 0) send();
    else timer.current = setTimeout(send, rest);
  }

  return (
    <div className={`input ${className}`.trim()}>
      <Icon name="search" size="sm" />
      <input
        ref={input}
        id={id}
        type="text"
        inputMode="search"
        enterKeyHint="search"
        autoComplete="off"
        spellCheck={false}
        aria-label={label || placeholder}
        placeholder={placeholder}
        autoFocus={autofocus}
        value={text}
        onChange={(event) => change(event.target.value)}
        onBlur={send}
        onKeyDown={(event) => {
          if (event.key === "Enter") send();
          if (event.key !== "Escape") return;
          if (text) {
            event.preventDefault();
            event.stopPropagation();
            change("");
            send();
          } else {
            event.target.blur();
          }
        }}
      />
      {text && clearLabel && (
        <button
          type="button"
          className="input-button"
          aria-label={clearLabel}
          onClick={() => {
            change("");
            send();
            input.current?.focus();
          }}
        >
          <Icon name="x" size="sm" />
        </button>
      )}
    </div>
  );
}

/* ------------------------------------------------------------------ tabs */

const EDGE_PX = 48; // as wide as what fades

/** Tabs in a row that scrolls where there is no room: it fades where more of them are, and the chosen one is brought into sight. */
export function TabsList({ label = "", children }) {
  const box = useRef(null);
  useEffect(() => {
    const element = box.current;
    const look = () => {
      const most = element.scrollWidth - element.clientWidth;
      const sides = { before: element.scrollLeft > 1, after: element.scrollLeft < most - 1 };
      element.dataset.more = Object.keys(sides).filter((side) => sides[side]).join(" ");
    };
    const reveal = () => {
      const chosen = element.querySelector("[aria-selected=true]");
      if (chosen) {
        const [row, tab] = [element.getBoundingClientRect(), chosen.getBoundingClientRect()];
        element.scrollLeft += Math.min(0, tab.left - row.left - EDGE_PX) + Math.max(0, tab.right - row.right + EDGE_PX);
      }
      look();
    };
    const sized = new ResizeObserver(reveal);
    const changed = new MutationObserver(reveal);
    sized.observe(element);
    changed.observe(element, { subtree: true, childList: true, characterData: true, attributeFilter: ["aria-selected"] });
    element.addEventListener("scroll", look, { passive: true });
    reveal();
    return () => {
      sized.disconnect();
      changed.disconnect();
    };
  }, []);
  return (
    <div ref={box} className="tabs-list" role="tablist" aria-label={label || undefined}>
      {children}
    </div>
  );
}

/* ------------------------------------------------------------------ toasts */

const TOAST_ICONS = { done: "circle-check", late: "circle-alert", info: "info" };
const DRAWN_MS = 300;
const VISIBLE_TOASTS = 3;

const NEAR_PX = 12;
let acting = {}; // what the toasts of the page that is there now do
let spent = ""; // the toast whose button was pressed last
const seen = new Map(); // each toast: since when it is there, and on which page it came

/** When it came; its time goes on though another page draws it anew. */
function firstSeen(id, page) {
  if (!seen.has(id)) seen.set(id, { at: Date.now(), page });
  return seen.get(id);
}

/** A page that comes meanwhile draws its toasts anew, and no click comes of a press that began before: the press counts. */
function pressed(event, act) {
  const { currentTarget: button, clientX, clientY } = event;
  const ends = ["pointerup", "pointercancel"];
  const end = (last) => {
    ends.forEach((moment) => window.removeEventListener(moment, end, true));
    const near = Math.hypot(last.clientX - clientX, last.clientY - clientY) < NEAR_PX;
    if (last.type === "pointerup" && near && !button.isConnected) act();
  };
  ends.forEach((moment) => window.addEventListener(moment, end, true));
}

function Toast({ item, onDismiss, dismissLabel }) {
  const { id, text, kind = "info", action = "", action_id: actionId = "" } = item;
  const [held, setHeld] = useState(false);
  const dismiss = useLatest(onDismiss);
  const { pathname } = useLocation();
  const stays = kind === "late" || held;
  const act = () => {
    if (spent === id) return;
    spent = id;
    acting.onAction?.(actionId);
    acting.onDismiss?.(id);
  };
  const release = () => {
    firstSeen(id, pathname).at = Date.now();
    setHeld(false);
  };
  useEffect(() => {
    const { at, page } = firstSeen(id, pathname);
    const isLeft = kind === "late" && page !== pathname; // it spoke of the page before
    if (stays && !isLeft) return;
    const timer = setTimeout(() => dismiss.current?.(id), isLeft ? 0 : at + (action ? 10_000 : 6_000) - Date.now());
    return () => clearTimeout(timer);
  }, [id, kind, action, pathname, stays, dismiss]);
  return (
    <div
      className={`toast toast-${kind}`}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={release}
      onFocus={() => setHeld(true)}
      onBlur={release}
    >
      <Icon name={TOAST_ICONS[kind] ?? "info"} />
      <span>{text}</span>
      {action && (
        <button type="button" onPointerDown={(event) => pressed(event, act)} onClick={act}>
          {action}
        </button>
      )}
      <button type="button" className="toast-close" aria-label={dismissLabel} onClick={() => onDismiss?.(id)}>
        <Icon name="x" />
      </button>
    </div>
  );
}

export function Toasts({ items = [], onDismiss, onAction, dismissLabel = "" }) {
  const shown = (items ?? []).slice(-VISIBLE_TOASTS);
  const holder = useRef(null);
  const newest = shown.at(-1)?.id;
  useEffect(() => {
    acting = { onAction, onDismiss };
  });

  // A dialog that opened meanwhile lies above: come up over it again. Without a toast it waits, ready to be read out, until
  // the page is drawn: to show it has the browser work out how everything looks at once.
  useEffect(() => {
    const element = holder.current;
    if (!element?.showPopover) return undefined;
    const show = () => {
      if (!element.isConnected) return; // the page has gone meanwhile
      if (!element.matches(":popover-open")) element.showPopover();
      else if (newest !== undefined && document.querySelector("dialog[open]")) {
        element.hidePopover();
        element.showPopover();
      }
    };
    if (newest !== undefined) {
      show();
      return undefined;
    }
    const timer = setTimeout(show, DRAWN_MS);
    return () => clearTimeout(timer);
  }, [newest]);

  const list = (late) =>
    shown
      .filter((item) => (item.kind === "late") === late)
      .map((item) => <Toast key={item.id} item={item} onDismiss={onDismiss} dismissLabel={dismissLabel} />);
  return (
    <div ref={holder} className="toasts" popover="manual">
      <div aria-live="assertive">{list(true)}</div>
      <div aria-live="polite">{list(false)}</div>
    </div>
  );
}

/* ------------------------------------------------------------------ address, keys, connection, theme */

const newKey = () => Math.random().toString(36).slice(2, 10);

/** The same questions in another order are the same address. */
const canonical = (query) => {
  const params = new URLSearchParams(query);
  params.sort();
  return params.toString();
};

const SETTLED_MS = 300;
let owed = null; // the address that is not written yet: {timer, write}

const forgetAddress = () => {
  clearTimeout(owed?.timer);
  owed = null;
};

/** Write the address that waits: before a click may leave the page, and before it goes. */
function writeAddress() {
  const write = owed?.write;
  forgetAddress();
  write?.();
}

/**
 * The address follows the state without telling the router, which would load the page again. Back and Forward reach
 * the router as usual; it compares keys, so every entry gets a key that the router has not seen, the one left too.
 * What replaces waits until no more is typed: each write makes the browser lay the page out, and Safari allows only
 * a hundred of them in half a minute. What is shown stands in `data-address` at once.
 */
export function UrlQuery({ query = "", mode = "push", enabled = true }) {
  const seen = useRef(null);
  useEffect(() => {
    window.addEventListener("click", writeAddress, true);
    window.addEventListener("pagehide", writeAddress);
    window.addEventListener("popstate", forgetAddress, true);
    return () => {
      window.removeEventListener("click", writeAddress, true);
      window.removeEventListener("pagehide", writeAddress);
      window.removeEventListener("popstate", forgetAddress, true);
    };
  }, []);
  useEffect(() => {
    const before = seen.current;
    seen.current = { query, enabled, path: window.location.pathname };
    // only a change made while the page is loaded: what comes with the load came from the address
    if (!before?.enabled || !enabled || before.query === query) return;
    const { pathname, hash } = window.location;
    const next = () => ({ ...window.history.state, usr: null, key: newKey() });
    const address = pathname + (query ? `?${query}` : "") + hash;
    const isShown = () => canonical(query) === canonical(window.location.search);
    if (mode === "replace" || before.path !== pathname) {
      forgetAddress();
      const write = () => window.location.pathname === pathname && !isShown() && window.history.replaceState(next(), "", address);
      owed = { timer: setTimeout(writeAddress, SETTLED_MS), write };
    } else {
      writeAddress();
      if (isShown()) return;
      const entry = window.history.state ?? {};
      window.history.replaceState({ ...entry, key: newKey() }, "");
      window.history.pushState({ ...next(), idx: (entry.idx ?? 0) + 1 }, "", address);
    }
  }, [query, mode, enabled]);
  return <span hidden data-address={query} />;
}

const isTyping = (target) =>
  target.isContentEditable || (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio|button)$/.test(target.type));

function moveRow(step) {
  const table = document.querySelector("table[data-list]");
  const rows = table ? [...table.tBodies].flatMap((body) => [...body.rows]) : [];
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.classList.contains("is-current"));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))];
  rows[at]?.classList.remove("is-current");
  next.classList.add("is-current");
  next.scrollIntoView({ block: "nearest" });
  // the link carries the focus, so that a screen reader follows and Enter is the browser's own
  next.querySelector("a[href]")?.focus({ preventScroll: true });
}

/** Ctrl-K is the search over everything; "/" is the list's own filter where there is one. */
function focusSearch(...places) {
  const target = places.map((place) => document.querySelector(place)).find(Boolean);
  if (!target) return;
  if (target.matches("input")) {
    target.focus();
    target.select();
  } else {
    target.focus();
    target.click();
  }
}

/** From a record back to where one came from; not while something is open or typed. */
function leaveRecord() {
  if (!document.querySelector("[data-record-form]") || document.querySelector(".popup:popover-open, .is-dirty")) return;
  if ([...document.querySelectorAll(".composer textarea")].some((note) => note.value)) return;
  if (window.history.state?.idx > 0) window.history.back();
  else [...document.querySelectorAll(".crumbs a")].at(-1)?.click();
}

/** Whether it is files that are carried with the pointer. */
export const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

/** A file that misses its place would be opened by the browser instead of the page, with all that was typed in it. */
function refuseFiles(event) {
  if (!carriesFiles(event) || event.target.closest?.("input[type=file]")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "none";
}

export function Keys({ onHelp }) {
  const help = useLatest(onHelp);
  useEffect(() => {
    const moments = ["dragover", "drop"];
    moments.forEach((moment) => document.addEventListener(moment, refuseFiles));
    return () => moments.forEach((moment) => document.removeEventListener(moment, refuseFiles));
  }, []);
  useEffect(() => {
    const actions = {
      j: () => moveRow(1),
      k: () => moveRow(-1),
      Enter: () => document.querySelector("table[data-list] tr.is-current a[href]")?.click(),
      "/": () => focusSearch("#list-filter", "[data-global-search]"),
      e: () => document.querySelector(`[data-record-form] ${FIELD}`)?.focus(),
      c: () => document.querySelector("[data-create]")?.click(),
      "?": () => help.current?.(),
      Escape: leaveRecord,
    };
    const press = (event) => {
      if (event.defaultPrevented || event.altKey || event.isComposing) return;
      if (document.querySelector("dialog[open]")) return;
      if (event.ctrlKey || event.metaKey) {
        if (event.key.toLowerCase() !== "k") return;
        event.preventDefault();
        return focusSearch("[data-global-search]", "#list-filter");
      }
      if (isTyping(event.target)) return;
      // a button or link that has the focus keeps its own Enter
      if (event.key === "Enter" && event.target.closest("a, button, [role], summary")) return;
      const action = actions[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [help]);
  return null;
}

const BEAT_MS = 10_000; // between two questions whether the server is still there
const SILENT_BEAT_MS = 2_000;
const ANSWER_MS = 6_000;

/** Whether nothing comes back from the server any more, although nobody has closed the connection. */
function useSilence() {
  const [silent, setSilent] = useState(false);
  useEffect(() => {
    let timer = 0;
    const beat = async () => {
      const asked = !document.hidden && navigator.onLine;
      const answered = !asked || (await fetch("/ping", { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => null));
      if (timer === null) return;
      setSilent(!answered);
      timer = setTimeout(beat, answered ? BEAT_MS : SILENT_BEAT_MS);
    };
    timer = setTimeout(beat, BEAT_MS);
    return () => {
      clearTimeout(timer);
      timer = null;
    };
  }, []);
  return silent;
}

export function Connection({ lost = "", back = "", errors = 0 }) {
  const [offline, setOffline] = useState(false);
  const [phase, setPhase] = useState("up");
  const silent = useSilence();
  const down = offline || silent || errors > 0;

  useEffect(() => {
    const update = () => setOffline(!navigator.onLine);
    update();
    window.addEventListener("online", update);
    window.addEventListener("offline", update);
    return () => {
      window.removeEventListener("online", update);
      window.removeEventListener("offline", update);
    };
  }, []);

  useEffect(() => {
    if (down) {
      // a blink of the network is not worth a word
      const timer = setTimeout(() => setPhase("down"), 700);
      return () => clearTimeout(timer);
    }
    setPhase((now) => (now === "down" ? "back" : now));
  }, [down]);

  useEffect(() => {
    if (phase !== "back") return;
    const timer = setTimeout(() => setPhase("up"), 3000);
    return () => clearTimeout(timer);
  }, [phase]);

  return (
    <div className={`connection${phase === "back" ? " is-back" : ""}`} role="status">
      {phase === "down" && (
        <>
          <Icon name="wifi-off" />
          <span>{lost}</span>
        </>
      )}
      {phase === "back" && (
        <>
          <Icon name="wifi" />
          <span>{back}</span>
        </>
      )}
    </div>
  );
}

const THEMES = ["light", "dark", "system"];

export function Theme({ theme = "", lang = "", title = "", spoken = {}, errors = 0 }) {
  const { rawColorMode, setColorMode } = useContext(ColorModeContext);
  const dispatch = useContext(DispatchContext);

  // Reflex paints the theme it finds in localStorage before React starts and keeps the class on <html>. It is told,
  // not fought: its provider writes class, color-scheme and storage; the attribute only says the same once more.
  // The provider's first effect comes after this one and reads the storage, hence the write here.
  // An empty theme is "not known yet": what was painted stays.
  useEffect(() => {
    if (!THEMES.includes(theme)) return;
    storage.set("theme", theme);
    if (rawColorMode !== theme) setColorMode(theme);
    if (theme === "system") delete document.documentElement.dataset.theme;
    else if (document.documentElement.dataset.theme !== theme) document.documentElement.dataset.theme = theme;
  }, [theme, rawColorMode, setColorMode]);

  // A page that is opened without a server is told by nobody in which language: it speaks the last one of this device.
  useEffect(() => {
    if (lang) {
      storage.set("language", lang);
      if (document.documentElement.lang !== lang) document.documentElement.lang = lang; // the same once more styles all anew
      return;
    }
    const last = storage.get("language");
    if (!last || !spoken.state || (navigator.onLine && !errors)) return;
    dispatch?.[spoken.state]?.({ [spoken.field]: last });
    document.documentElement.lang = last;
  }, [lang, errors, spoken.state, spoken.field, dispatch]);

  useEffect(() => {
    if (title) document.title = title;
  }, [title]);
  return null;
}
