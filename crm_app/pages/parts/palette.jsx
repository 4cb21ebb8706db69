// The global search: a dialog with one text box and a list of records, pages and commands under it.
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "react-router";
import { Icon } from "./kit.jsx";
import { useGo } from "./links.jsx";

const KEPT = 10;
const RECORD = /^\/([a-z_]+)\/(\d+)\/?$/;

/** Numbers of records only: their names are asked for, so that nobody is shown what they may not read any more. */
const recent = {
  read(who) {
    try {
      const found = JSON.parse(window.localStorage.getItem(`recent:${who}`) ?? "[]");
      return Array.isArray(found) ? found.filter((one) => typeof one === "string").slice(0, KEPT) : [];
    } catch {
      return [];
    }
  },
  add(who, key) {
    try {
      const kept = [key, ...recent.read(who).filter((one) => one !== key)].slice(0, KEPT);
      window.localStorage.setItem(`recent:${who}`, JSON.stringify(kept));
    } catch {
      // a private window keeps nothing
    }
  },
};

const bare = (text) => String(text ?? "").normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const wordsOf = (text) => bare(text).split(/\s+/).filter(Boolean);

/** The text with the searched words marked; accents do not matter, so letters are compared one by one. */
function Marked({ text, words }) {
  const parts = useMemo(() => {
    const letters = [...String(text)];
    const plain = letters.map(bare);
    const starts = [];
    let whole = "";
    plain.forEach((letter, index) => {
      for (let at = 0; at < letter.length; at += 1) starts.push(index);
      whole += letter;
    });
    const marked = letters.map(() => false);
    for (const word of words) {
      const at = whole.startsWith(word) ? 0 : whole.indexOf(` ${word}`) >= 0 ? whole.indexOf(` ${word}`) + 1 : whole.indexOf(word);
      for (let place = at; at >= 0 && place < at + word.length; place += 1) marked[starts[place]] = true;
    }
    const found = [];
    letters.forEach((letter, index) => {
      if (found.length && found.at(-1).on === marked[index]) found.at(-1).text += letter;
      else found.push({ on: marked[index], text: letter });
    });
    return found;
  }, [text, words]);
  return parts.map((part, index) => (part.on ? <mark key={index}>{part.text}</mark> : part.text));
}

/** Those pages or commands in whose name every word begins a word. */
const fitting = (items, words) =>
  items.filter((item) => words.every((word) => ` ${bare(item.label)} ${bare(item.also)}`.includes(` ${word}`)));

/** The records for a text, the newest text only; without a text the ones visited last. */
function useRecords(text, who) {
  const [state, setState] = useState({ items: [], asked: null, failed: false });
  useEffect(() => {
    const control = new AbortController();
    const asked = text.trim();
    const kept = asked ? "" : recent.read(who).join(",");
    if (!asked && !kept) {
      setState({ items: [], asked, failed: false });
      return;
    }
    const timer = setTimeout(async () => {
      const question = asked ? `q=${encodeURIComponent(asked)}` : `recent=${encodeURIComponent(kept)}`;
      try {
        const options = { credentials: "same-origin", signal: control.signal, headers: { Accept: "application/json" } };
        const response = await fetch(`/api/v1/search?${question}`, options);
        if (!response.ok) throw new Error(String(response.status));
        const answer = await response.json();
        setState({ items: answer.items ?? [], asked, failed: false });
      } catch (error) {
        if (error.name !== "AbortError") setState({ items: [], asked, failed: true });
      }
    }, asked ? 60 : 0);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [text, who]);
  // what was visited last is no answer to a text; an older text's answer stays until the newer one comes
  const items = text.trim() && !state.asked ? [] : state.items;
  return { items, failed: state.failed, busy: state.asked !== text.trim() };
}

/** How near the name is to what was typed: the whole of it, its beginning, all of its words, less. Settings come after. */
function distance(option, words) {
  const name = wordsOf(option.label).join(" ");
  const typed = words.join(" ");
  return (option.rare ? 4 : 0) + (name === typed ? 0 : name.startsWith(typed) ? 1 : words.every((word) => name.includes(word)) ? 2 : 3);
}

/** The nearest first, groups and options alike; where they are as near, as they came. */
function ranked(groups, words) {
  const far = (option) => distance(option, words);
  for (const group of groups) group.options.sort((one, other) => far(one) - far(other));
  return groups.sort((one, other) => far(one.options[0]) - far(other.options[0]));
}

/** Groups of options: records by list, pages, commands; of a text's answers those first that are named so. */
function grouped(records, asked, lists, pages, commands, words, labels) {
  const byName = new Map(lists.map((list) => [list.name, list]));
  const groups = [];
  const put = (title, option) => {
    const last = groups.find((group) => group.title === title);
    if (last) last.options.push(option);
    else groups.push({ title, options: [option] });
  };
  for (const item of records) {
    const list = byName.get(item.resource);
    if (!list) continue;
    const option = { id: `${item.resource}.${item.id}`, icon: list.icon, label: item.label, hint: item.hint, to: `/${item.resource}/${item.id}`, rare: list.rare };
    put(asked ? list.label : labels.recent, asked ? option : { ...option, end: list.one });
  }
  const near = (one, other) => distance(one, words) - distance(other, words);
  for (const page of words.length ? fitting(pages, words).sort(near).slice(0, 6) : pages.filter((one) => !one.rare).slice(0, 6)) put(labels.pages, { ...page, id: `page.${page.to}` });
  for (const command of words.length ? fitting(commands, words) : commands.filter((one) => one.to && !one.rare)) {
    put(labels.commands, { ...command, id: `command.${command.run || command.to}` });
  }
  return words.length ? ranked(groups, words) : groups;
}

function Option({ id, option, words, active, onPoint, onPick }) {
  return (
    <div id={id} role="option" className="palette-item" aria-selected={active} onPointerMove={onPoint} onClick={onPick}>
      <Icon name={option.icon} />
      <span className="truncate">
        <span className="strong">
          <Marked text={option.label} words={words} />
        </span>
        {option.hint && (
          <span className="muted">
            {" "}
            <Marked text={option.hint} words={words} />
          </span>
        )}
      </span>
      {(option.end || active) && (
        <span className="end">
          {option.end && <span>{option.end}</span>}
          {active && (
            <kbd className="key" aria-hidden="true">
              Enter
            </kbd>
          )}
        </span>
      )}
    </div>
  );
}

function Foot({ labels }) {
  return (
    <div className="palette-foot" aria-hidden="true">
      <span>
        <kbd className="key">↑</kbd>
        <kbd className="key">↓</kbd> {labels.move}
      </span>
      <span>
        <kbd className="key">Enter</kbd> {labels.open}
      </span>
      <span>
        <kbd className="key">Ctrl</kbd>
        <kbd className="key">Enter</kbd> {labels.newTab}
      </span>
    </div>
  );
}

function Panel({ who, lists, pages, commands, labels, onLeave, onRun }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const dialog = useRef(null);
  const go = useGo();
  const own = useId();
  const { items, busy, failed } = useRecords(text, who);
  const words = useMemo(() => wordsOf(text), [text]);
  const groups = grouped(items, words.length > 0, lists, pages, commands, words, labels);
  const options = groups.flatMap((group) => group.options);
  const active = Math.min(at, options.length - 1);
  const waiting = useRef(false);
  const place = new Map(options.map((option, index) => [option.id, index]));

  // Enter that came before the answer counts for what the answer brings
  useEffect(() => {
    if (busy || !waiting.current) return;
    waiting.current = false;
    pick(options[active], false);
  });

  useLayoutEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    element.showModal();
    element.querySelector("input").focus();
    return () => {
      if (element.open) element.close();
      if (opener?.isConnected) opener.focus();
    };
  }, []);

  useEffect(() => {
    if (active >= 0) document.getElementById(`${own}${active}`)?.scrollIntoView({ block: "nearest" });
  }, [active, own]);

  function pick(option, aside) {
    if (!option) return;
    if (option.to && aside) return window.open(option.to, "_blank");
    onLeave();
    if (option.to) go(option.to);
    else onRun(option.run);
  }

  function press(event) {
    // a key pressed here is no shortcut of the page
    event.stopPropagation();
    if (event.nativeEvent.isComposing) return;
    const move = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 }[event.key];
    if (move && options.length) {
      event.preventDefault();
      const next = active + move;
      setAt(Math.abs(move) === 1 ? (next + options.length) % options.length : Math.max(0, Math.min(options.length - 1, next)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (busy) waiting.current = true;
      else pick(options[active], event.ctrlKey || event.metaKey);
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      onLeave();
    }
  }

  const note = failed ? labels.error : busy || options.length ? "" : labels.empty;
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label={labels.title}
      onCancel={(event) => {
        event.preventDefault();
        onLeave();
      }}
      onKeyDown={press}
      onPointerDown={(event) => {
        if (event.target === dialog.current) onLeave();
      }}
    >
      <div className="palette-box">
        <div className="palette-input">
          <Icon name="search" size="lg" />
          <input
            type="text"
            role="combobox"
            inputMode="search"
            enterKeyHint="go"
            autoComplete="off"
            spellCheck={false}
            maxLength={200}
            aria-label={labels.title}
            aria-expanded={options.length > 0}
            aria-controls={`${own}list`}
            aria-autocomplete="list"
            aria-activedescendant={active >= 0 ? `${own}${active}` : undefined}
            placeholder={labels.placeholder}
            value={text}
            onChange={(event) => {
              waiting.current = false;
              setText(event.target.value);
              setAt(0);
            }}
          />
          <button type="button" className="button button-quiet button-sm" aria-label={labels.close} onClick={onLeave}>
            Esc
          </button>
        </div>
        <div className="palette-list" id={`${own}list`} role="listbox" aria-label={labels.title} aria-busy={busy} tabIndex={-1}>
          {groups.map((group, index) => (
            <div role="group" aria-labelledby={`${own}group${index}`} key={group.title}>
              <div className="palette-title" id={`${own}group${index}`} role="presentation">
                {group.title}
              </div>
              {group.options.map((option) => (
                <Option
                  key={option.id}
                  id={`${own}${place.get(option.id)}`}
                  option={option}
                  words={words}
                  active={place.get(option.id) === active}
                  onPoint={() => setAt(place.get(option.id))}
                  onPick={(event) => pick(option, event.ctrlKey || event.metaKey)}
                />
              ))}
            </div>
          ))}
        </div>
        {note && (
          <p className={`palette-note${failed ? " late" : ""}`} aria-hidden="true">
            {note}
          </p>
        )}
        <span className="sr-only" role="status">
          {note || (words.length && !busy ? labels.count.replace("{count}", options.length) : "")}
        </span>
        <Foot labels={labels} />
      </div>
    </dialog>
  );
}

export function Palette({ who = "", lists = [], pages = [], commands = [], labels = {}, onLanguage, onTheme, onSignOut, onKeys }) {
  const [open, setOpen] = useState(false);
  const { pathname } = useLocation();

  useEffect(() => {
    const found = RECORD.exec(pathname);
    if (who && found && lists.some((list) => list?.name === found[1])) recent.add(who, `${found[1]}.${found[2]}`);
  }, [pathname, who, lists]);

  function run(command) {
    const [what, value] = command.split(" ");
    if (what === "language") onLanguage?.(value);
    else if (what === "theme") onTheme?.(value);
    else if (what === "keys") onKeys?.();
    else if (what === "out") onSignOut?.();
  }

  const allowed = (items) => items.filter((item) => item && item.may !== false);
  return (
    <>
      <button
        type="button"
        className="search-global"
        data-global-search=""
        aria-haspopup="dialog"
        aria-keyshortcuts="Control+K"
        aria-label={labels.title}
        onClick={() => setOpen(true)}
      >
        <Icon name="search" />
        <span className="truncate">{labels.title}</span>
        <span className="keys" aria-hidden="true">
          <kbd className="key">Ctrl</kbd>
          <kbd className="key">K</kbd>
        </span>
      </button>
      {open && (
        <Panel
          who={who}
          lists={allowed(lists)}
          pages={allowed(pages)}
          commands={allowed(commands)}
          labels={labels}
          onLeave={() => setOpen(false)}
          onRun={run}
        />
      )}
    </>
  );
}

const INSTALL_AFTER_MS = 3000;

/**
 * The worker that keeps the shell on the device, once the page has come to rest: it fetches all that the page has just fetched.
 * Browsers have none over plain HTTP from another machine.
 */
export function Installed() {
  useEffect(() => {
    if (!("serviceWorker" in navigator)) return undefined;
    const register = () => navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => {});
    const timer = setTimeout(register, INSTALL_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return null;
}
