// Cells of a list that are edited where they stand: double click, a long press, F2 or Enter; Tab goes on to the next one.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { Icon } from "./kit.jsx";
import { Cell } from "./rows.jsx";

const useBrowserLayoutEffect = typeof window === "undefined" ? useEffect : useLayoutEffect;
const LONG_PRESS_MS = 500;
const MOVED_PX = 10;

const keyOf = (at) => `${at.row} ${at.name}`;
const cellAt = (at) => document.querySelector(`table[data-list] tr[data-row="${at.row}"] td[data-field="${at.name}"]`);
const placeOf = (cell) => ({ row: Number(cell.parentElement.dataset.row), name: cell.dataset.field });

const TYPED = new Set(["text", "email", "tel", "number", "decimal"]);
const shownIn = (cell) => (cell.querySelector(".truncate") ?? cell).textContent;

/** The cells that can be edited and are not hidden, in the order in which they are read. */
const editable = (columns, root = document) =>
  [...root.querySelectorAll("table[data-list] td[data-field], td[data-field]")].filter(
    (cell) => columns[cell.dataset.field] && cell.parentElement.dataset.row && cell.offsetParent,
  );

function markRow(row) {
  for (const other of document.querySelectorAll("table[data-list] tr.is-current")) other.classList.remove("is-current");
  row.classList.add("is-current");
}

/** Arrow keys among the cells, once one of them or the row's link has the focus. */
function wander(event, cell) {
  const row = cell.parentElement;
  const cells = [...row.querySelectorAll("td[data-field]")].filter((one) => one.offsetParent);
  const at = cells.indexOf(cell);
  const beside = { ArrowRight: at + 1, ArrowLeft: at - 1 }[event.key];
  const next = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key];
  const found = beside === undefined ? next?.querySelector(`td[data-field="${cell.dataset.field}"]`) : cells[beside];
  if (!found) return;
  event.preventDefault();
  found.focus();
  found.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** What begins an edit, listened for on the whole list. */
function useBeginnings(able, columns, begin) {
  const latest = useRef(null);
  latest.current = { columns, begin };
  useEffect(() => {
    if (!able) return;
    let press = null;
    const cellOf = (event) => event.target.closest?.("table[data-list] td[data-field]");
    const starts = (event, cell) => {
      if (!cell || !latest.current.columns[cell.dataset.field]) return false;
      event.preventDefault();
      latest.current.begin(placeOf(cell));
      return true;
    };
    const twice = (event) => {
      const cell = cellOf(event);
      if (event.target.closest("a, button, input")) return;
      starts(event, cell);
    };
    const key = (event) => {
      const row = event.target.closest?.("table[data-list] tr[data-row]") ?? document.querySelector("table[data-list] tr.is-current");
      const cell = cellOf(event);
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
      if (event.key === "F2" && row) {
        if (!starts(event, event.target === cell ? cell : undefined)) starts(event, editable(latest.current.columns, row)[0]);
      } else if (event.key === "Enter" && cell && event.target === cell) {
        starts(event, cell);
      } else if (event.key.startsWith("Arrow") && cell && (event.target === cell || event.target.matches("a"))) {
        wander(event, cell);
      }
    };
    const focus = (event) => {
      const cell = cellOf(event);
      if (cell && event.target === cell) markRow(cell.parentElement);
    };
    const end = () => {
      clearTimeout(press?.timer);
      if (press && !press.done) press = null;
    };
    const down = (event) => {
      end();
      press = null;
      const cell = cellOf(event);
      if (event.pointerType === "mouse" || !cell || !latest.current.columns[cell.dataset.field]) return;
      press = { x: event.clientX, y: event.clientY, done: false };
      press.timer = setTimeout(() => {
        press.done = true;
        latest.current.begin(placeOf(cell));
      }, LONG_PRESS_MS);
    };
    const move = (event) => {
      if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) > MOVED_PX) end();
    };
    // the finger that lets go after a long press is no click on the row's link, and asks for no menu
    const swallow = (event) => {
      if (!press) return;
      if (press.done || event.type === "contextmenu") event.preventDefault();
      if (press.done) event.stopPropagation();
      if (event.type === "click") press = null;
    };
    const listeners = { dblclick: twice, keydown: key, focusin: focus, pointerdown: down, pointermove: move, pointerup: end, pointercancel: end };
    for (const [name, act] of Object.entries(listeners)) document.addEventListener(name, act);
    document.addEventListener("click", swallow, true);
    document.addEventListener("contextmenu", swallow, true);
    return () => {
      end();
      for (const [name, act] of Object.entries(listeners)) document.removeEventListener(name, act);
      document.removeEventListener("click", swallow, true);
      document.removeEventListener("contextmenu", swallow, true);
    };
  }, [able]);
}

/**
 * open: {id, version, values, texts} of the row that is being edited, as the server read it; answer: {number, row, name, error,
 * who, theirs} to the last save. What is typed and refused is kept for its cell until it is stored or given up.
 */
export function Cells({ open = {}, answer = {}, columns = {}, able = false, labels = {}, pickerLabels = {}, onOpen, onSave }) {
  const [at, setAt] = useState(null);
  const [faults, setFaults] = useState({});
  const [closing, setClosing] = useState("");
  const typed = useRef(new Map());
  const seen = useRef(answer.number);

  const begin = (place) => {
    setClosing("");
    setAt(place);
    if (open.id !== place.row || !(place.name in open.values)) onOpen?.(place.row);
  };
  useBeginnings(able, columns, begin);

  const close = (place) => {
    setAt(null);
    setClosing("");
    cellAt(place)?.focus();
  };
  const settle = (place) => {
    typed.current.delete(keyOf(place));
    setFaults(({ [keyOf(place)]: _gone, ...others }) => others);
  };
  const step = (place, by) => {
    const cells = editable(columns);
    const next = cells[cells.indexOf(cellAt(place)) + by];
    if (next) begin(placeOf(next));
    else close(place);
  };
  const save = (place, value, by) => {
    const same = value === open.values[place.name];
    if (same && !faults[keyOf(place)]) settle(place);
    else onSave?.(place.row, place.name, value, open.version);
    if (by) step(place, by);
    else if (same && !faults[keyOf(place)]) close(place);
    else setClosing(keyOf(place));
  };

  useEffect(() => {
    if (seen.current === answer.number) return;
    seen.current = answer.number;
    const place = { row: answer.row, name: answer.name };
    if (answer.error || answer.who) {
      setFaults((before) => ({ ...before, [keyOf(place)]: answer }));
      begin(place);
    } else {
      settle(place);
      if (closing === keyOf(place)) close(place);
    }
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [answer]);

  const cell = at && cellAt(at);
  if (!cell) return null;
  const key = keyOf(at);
  const column = columns[at.name];
  const ready = open.id === at.row && at.name in open.values;
  // words can be typed before the server has said what the cell holds; other inputs wait for it
  if (!ready && !TYPED.has(column.widget)) return null;
  const read = ready ? { value: open.values[at.name], text: open.texts[at.name] ?? "" } : { value: shownIn(cell), text: "" };
  return (
    <Editor
      key={key}
      at={at}
      column={column}
      start={typed.current.get(key) ?? read}
      ready={ready}
      fault={faults[key]}
      busy={closing === key}
      labels={labels}
      pickerLabels={pickerLabels}
      onTyped={(value, text) => typed.current.set(key, { value, text })}
      onSave={(value, by) => save(at, value, by)}
      onGiveUp={() => {
        settle(at);
        close(at);
      }}
    />
  );
}

/** The editor lies over its cell in the top layer, where no scrolling box cuts it off. */
function useOver(at, box) {
  useBrowserLayoutEffect(() => {
    const element = box.current;
    element.showPopover?.();
    const place = () => {
      const cell = cellAt(at)?.getBoundingClientRect();
      if (!cell) return;
      element.style.minWidth = `${Math.max(cell.width, 180)}px`;
      element.style.minHeight = `${cell.height}px`;
      element.style.left = `${Math.max(8, Math.min(cell.left, window.innerWidth - element.offsetWidth - 8))}px`;
      element.style.top = `${Math.max(8, Math.min(cell.top, window.innerHeight - element.offsetHeight - 8))}px`;
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
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
}

function Editor({ at, column, start, ready, fault, busy, labels, pickerLabels, onTyped, onSave, onGiveUp }) {
  const box = useRef(null);
  const [now, setNow] = useState(start);
  const newest = useRef(start);
  const left = useRef(false);
  const touched = useRef(false);
  const wanted = useRef(null);
  useOver(at, box);

  const mark = () => {
    const input = box.current.querySelector("input:not([type=hidden]), select, textarea");
    input?.focus();
    input?.select?.();
  };
  useEffect(mark, [fault]);
  // the value that came from the server took the place of the one that was marked
  useEffect(() => {
    if (ready && !touched.current) mark();
  }, [ready, now]);

  const commit = (by) => {
    left.current = by !== 0;
    wanted.current = ready ? null : by;
    if (!ready) return;
    onSave(newest.current.value, by);
  };
  // the server has said what the cell holds: it counts where nobody has typed meanwhile
  useBrowserLayoutEffect(() => {
    if (!ready) return;
    if (!touched.current) {
      newest.current = start;
      setNow(start);
    }
    if (wanted.current !== null) commit(wanted.current);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [ready]);

  const change = (part) => {
    touched.current = true;
    newest.current = { value: part[column.name], text: part.texts?.[column.name] ?? "" };
    setNow(newest.current);
    onTyped(newest.current.value, newest.current.text);
    // what was picked is stored at once, unless the Tab that picked it goes on to the next cell
    if (part.texts) queueMicrotask(() => !left.current && commit(0));
  };

  const outside = useRef(null);
  outside.current = (event) => {
    if (!box.current?.contains(event.target) && !event.target.closest("dialog, .toasts") && !busy) commit(0);
  };
  useEffect(() => {
    const press = (event) => outside.current(event);
    document.addEventListener("pointerdown", press, true);
    return () => document.removeEventListener("pointerdown", press, true);
  }, []);

  function keyDown(event) {
    if (event.key === "Tab" && !event.target.closest(".cell-acts")) {
      event.preventDefault();
      commit(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape" && !event.defaultPrevented) {
      onGiveUp();
    } else if (event.key === "Enter" && !event.defaultPrevented && !event.shiftKey && !event.target.closest("button")) {
      event.preventDefault();
      commit(0);
    }
    event.stopPropagation();
  }

  return (
    <div
      ref={box}
      popover="manual"
      className={`cell-editor cell-${column.widget}`}
      role="group"
      aria-label={column.label}
      aria-busy={busy || undefined}
      onKeyDown={keyDown}
    >
      <Cell
        column={column}
        row={{ [column.name]: now.value, texts: { [column.name]: now.text } }}
        error={fault?.error}
        pickerLabels={pickerLabels}
        onChange={change}
      />
      {fault?.who && (
        <div className="cell-clash" role="alert">
          <p className="field-error">
            <Icon name="circle-alert" />
            <span>{labels.clash.replace("{who}", fault.who).replace("{theirs}", fault.theirs || labels.empty)}</span>
          </p>
          <button type="button" className="button button-sm" onClick={() => commit(0)}>
            {labels.mine}
          </button>
          <button type="button" className="button button-quiet button-sm" onClick={onGiveUp}>
            {labels.theirs}
          </button>
        </div>
      )}
      <div className="cell-acts">
        <button type="button" className="button button-icon button-quiet" aria-label={labels.cancel} onClick={onGiveUp}>
          <Icon name="x" />
        </button>
        <button type="button" className="button button-icon" aria-label={labels.save} onClick={() => commit(0)}>
          <Icon name="check" />
        </button>
      </div>
    </div>
  );
}
