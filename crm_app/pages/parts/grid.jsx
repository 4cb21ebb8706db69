// The lines of a trade document, entered as in a spreadsheet. What is computed comes from the server; nothing is added up here.
import { memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Icon, useLatest, useOutside, usePopup } from "./kit.jsx";
import { pastedNumbers, pastedRows } from "./pasted.js";
import { EXACT, TEXT, bare, groupMoved, headed, isBlank, oneMore, picked, productsLike, settled, shownIn, taken, typedIn, written } from "./sought.js";
import { tell } from "./typing.js";

const FIELDS = ["group", "product", "description", "quantity", "unit", "price", "listed", "discount", "tax_class", "choice", "recurrence"];
const PATIENCE = 10_000;
const SCAN_PACE = 35; // ms between two characters: no hand types so fast
const SEARCH_WAIT = 60; // ms of silence before the list is asked for: who has seen it is no scanner
const UNDO_STEPS = 100;
const EDGE = 72; // px: a line that is dragged so near to the edge of the page draws it along
const PULL = 14; // px a frame

const parse = (text) => {
  try {
    const rows = JSON.parse(text || "[]");
    return Array.isArray(rows) ? rows : [];
  } catch {
    return [];
  }
};

let count = 0;
const keyed = (rows) => rows.map((row) => ({ ...row, key: `l${(count += 1)}` }));
const priceText = (price, locale) => Number(price).toLocaleString(locale || undefined, { minimumFractionDigits: 2, maximumFractionDigits: 6, useGrouping: "always" });
const sent = (row, names) =>
  Object.fromEntries([...(row.id ? [["id", row.id]] : []), ...names.map((name) => [name, row[name] ?? ""])]);

/** The same object as long as it says the same, so that rows that did not change are not drawn again. */
function useSame(value) {
  const text = JSON.stringify(value);
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => value, [text]);
}

/** name → value of what stands around the lines in their form. */
function headOf(form, own) {
  const head = {};
  for (const control of form?.elements ?? []) {
    if (!control.name || control.name === own) continue;
    head[control.name] = control.type === "checkbox" ? (control.checked ? "true" : "") : control.value;
  }
  return head;
}

/** usual: name → text */
function showUsual(form, usual) {
  for (const box of form.querySelectorAll("input[id^='f-'], textarea[id^='f-']")) {
    const text = usual[box.id.slice(2)];
    if (text === undefined && box.dataset.usual === undefined) continue;
    box.dataset.blank ??= box.placeholder;
    box.placeholder = text ?? box.dataset.blank;
    if (text === undefined) delete box.dataset.usual;
    else box.dataset.usual = "";
  }
}

/**
 * value: JSON of [{id, …, texts: {product: name}}]; a hidden input of the given name carries the lines as JSON.
 * sheet: {serial, currency, totals: [{label, value, look}], lines: [{key, net, subtotal, faults, price, …}]}
 * errors: {"lines.0.quantity": sentence}; options: {tax_class: [[value, label]], choice: …, recurrence: …}
 */
export function Grid({
  name,
  value = "[]",
  sheet = {},
  errors = {},
  labels = {},
  locale = "",
  options = {},
  extra = [],
  disabled = false,
  why = [],
  whyKey = "",
  facts = {},
  onPreview,
  onExplain,
  onLook,
}) {
  const names = useSame(FIELDS.filter((field) => (field !== "choice" && field !== "recurrence") || extra.includes(field)));
  const words = useSame(labels);
  const choices = useSame(options);
  const fresh = useCallback(
    (part = {}) => keyed([{ quantity: "1", discount: "", ...(names.includes("choice") ? { choice: "firm", recurrence: "once" } : {}), ...part }])[0],
    [names],
  );
  const [rows, draw] = useState(() => {
    const found = keyed(parse(value));
    return found.length || disabled ? found : [fresh()];
  });
  // the newest lines: keys may come quicker than they are drawn
  const newest = useRef(rows);
  const setRows = useCallback((next) => {
    newest.current = next;
    draw(next);
  }, []);
  const [opened, setOpened] = useState(() => new Set());
  const [asked, setAsked] = useState(null);
  const [how, setHow] = useState(false);
  const [search, setSearch] = useState(null);
  const box = useRef(null);
  const hidden = useRef(null);
  const past = useRef([]);
  const future = useRef([]);
  const lastEdit = useRef("");
  const serial = useRef(0);
  const flight = useRef({ busy: false, again: false, watch: 0 });
  const timer = useRef(0);
  const live = useLatest({ opened, onPreview, onExplain, onLook, names, name, search });

  const filled = written(rows).filter((row) => !isBlank(row));
  const json = JSON.stringify(filled.map((row) => sent(row, names)));

  // ---- the form: hidden value, kept draft, reset
  const announced = useRef(json);
  useEffect(() => {
    if (announced.current === json) return;
    announced.current = json;
    hidden.current.dispatchEvent(new Event("input", { bubbles: true }));
  }, [json]);

  useEffect(() => {
    const element = hidden.current;
    const set = (event) => {
      const found = keyed(typedIn(parse(event.detail.text || event.detail.value)));
      setRows(found.length ? found : [fresh()]);
    };
    element.addEventListener("kit:set", set);
    return () => element.removeEventListener("kit:set", set);
  }, [fresh, setRows]);

  const typedNow = useCallback(() => {
    const { opened: open, names: fields, name: own } = live.current;
    const lines = bare(newest.current)
      .map((row) => ({
        ...sent(row, fields),
        key: row.key,
        ...(row.find ? { find: row.find } : {}),
        ...(open.has(row.key) ? { open: true } : {}),
      }));
    return { lines: JSON.stringify(lines), head: headOf(hidden.current?.form, own) };
  }, [live]);

  useEffect(() => () => tell(null), []);

  // ---- computing, after each key; one question at a time, and after it the newest typing
  const ask = useCallback(() => {
    const trip = flight.current;
    if (trip.busy) {
      trip.again = true;
      return;
    }
    const { onPreview: preview } = live.current;
    if (!preview) return;
    serial.current += 1;
    Object.assign(trip, { busy: true, again: false });
    const { lines, head } = typedNow();
    preview(lines, head, serial.current);
    tell(typedNow);
    // an answer that got lost with the connection is not waited for
    clearTimeout(trip.watch);
    trip.watch = setTimeout(() => {
      trip.busy = false;
      ask();
    }, PATIENCE);
  }, [live, typedNow]);

  const compute = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(ask, 0); // after React has drawn what was typed
  }, [ask]);

  useEffect(() => {
    if (sheet.serial !== serial.current) return;
    const trip = flight.current;
    clearTimeout(trip.watch);
    trip.busy = false;
    if (trip.again) ask();
  }, [sheet, ask]);
  useEffect(() => () => clearTimeout(flight.current.watch), []);

  const question = JSON.stringify(bare(rows).map((row) => [sent(row, names), row.find]));
  const asking = useRef(question);
  useEffect(() => {
    if (disabled || asking.current === question) return;
    asking.current = question;
    compute();
  }, [question, disabled, compute]);

  useEffect(() => {
    const form = hidden.current?.form;
    if (disabled || !form) return undefined;
    const changed = (event) => {
      if (box.current?.contains(event.target)) return;
      if (event.type === "change") setKnown({});
      compute();
    };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    compute();
    return () => {
      form.removeEventListener("input", changed);
      form.removeEventListener("change", changed);
      clearTimeout(timer.current);
    };
  }, [disabled, compute]);

  // what stands in the form where nothing is written: what a new document will take
  useEffect(() => {
    const form = hidden.current?.form;
    if (disabled || !form || !sheet.usual) return undefined;
    const show = () => showUsual(form, sheet.usual);
    const after = () => setTimeout(show, 0);
    show();
    form.addEventListener("focusout", after);
    return () => form.removeEventListener("focusout", after);
  }, [sheet.usual, disabled]);

  const told = useRef(new Map());
  const computed = useMemo(() => {
    const lines = sheet.lines ?? [];
    if (lines[0]?.key) {
      // what says the same stays the same object, and its line is not drawn again
      const kept = (line) => (JSON.stringify(told.current.get(line.key)) === JSON.stringify(line) ? told.current.get(line.key) : line);
      told.current = new Map(lines.map((line) => [line.key, kept(line)]));
      return told.current;
    }
    return new Map(rows.filter((row) => row.id).map((row, index) => [row.key, lines[index]]));
    // a sheet without keys belongs to the rows that came with it
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [sheet.lines]);

  // pasted and scanned codes that the server has found, or not
  useEffect(() => {
    const answered = (row) => row.find && computed.get(row.key)?.sought;
    if (!newest.current.some(answered)) return;
    setRows(newest.current.reduce((rows, row) => settled(rows, row, answered(row) ? computed.get(row.key) : null), []));
  }, [computed, setRows]);

  // ---- what is known of the products of opened lines
  const [known, setKnown] = useState({});
  useEffect(() => {
    if (facts.key) setKnown((before) => ({ ...before, [facts.key]: facts }));
  }, [facts]);

  const look = useCallback(
    (key) => {
      const row = newest.current.find((one) => one.key === key);
      if (!row?.product) return;
      live.current.onLook?.(key, JSON.stringify(sent(row, live.current.names)), headOf(hidden.current?.form, live.current.name));
    },
    [live],
  );

  // ---- changes, each of which can be undone; typing in one cell is one step
  const act = useCallback(
    (mark, make) => {
      if (!mark || mark !== lastEdit.current) {
        past.current = [...past.current.slice(-UNDO_STEPS), newest.current];
        future.current = [];
      }
      lastEdit.current = mark;
      setRows(make(newest.current));
    },
    [setRows],
  );

  // at once, drawn or not: a scanner's next letter does not wait for the next frame
  const focus = useCallback((key, field) => {
    flushSync(() => {});
    const target = box.current?.querySelector(`[data-key="${key}"] [data-field="${field}"]`);
    target?.focus();
    target?.select?.();
  }, []);

  const change = useCallback(
    (key, part) => {
      const more = "price" in part ? { ...part, listed: "" } : part; // what is written stays
      act(`${key} ${Object.keys(part)}`, (before) => before.map((row) => (row.key === key ? { ...row, ...more, missed: undefined } : row)));
    },
    [act],
  );

  /** A scanned code counts one more of its line, or makes a line; the next scan comes right after it, in a line below. */
  const scan = useCallback(
    (key, code) => {
      const there = newest.current.find((row) => row.scanned === code && row.key !== key && !row.missed);
      const last = newest.current.at(-1);
      const spare = last.key !== key && isBlank(last) ? last : fresh({ group: last.group ?? "" });
      act(`${key} typed`, (before) => {
        const rows = there
          ? before
              .map((row) => (row.key === there.key ? { ...row, quantity: oneMore(row.quantity) } : row))
              .filter((row) => row.key !== key || row.id)
          : before.map((row) =>
              row.key === key
                ? { ...picked(row, { id: "", name: "" }), find: code, scanned: code, description: code, texts: {} }
                : row,
            );
        return rows.at(-1)?.key === spare.key ? rows : [...rows, spare];
      });
      setSearch(null);
      focus(spare.key, "product");
    },
    [act, focus, fresh],
  );

  // ---- what is being typed into a product cell: one step with what becomes of it
  const type = useCallback((key, text) => act(`${key} typed`, (before) => before.map((row) => (row.key === key ? { ...row, typed: text, taking: undefined } : row))), [act]);

  const untype = useCallback(
    (key) => {
      if (lastEdit.current === `${key} typed`) past.current.pop();
      lastEdit.current = "";
      setRows(newest.current.map((row) => (row.key === key ? { ...row, typed: undefined, taking: undefined } : row)));
    },
    [setRows],
  );

  /** Take that option of the list, or with EXACT the product of this code; before the list is there, as soon as it is. */
  const accept = useCallback(
    (key, which) => {
      const { search: open } = live.current;
      const { typed } = newest.current.find((row) => row.key === key) ?? {};
      if (typed === undefined) return;
      // who went down the list took what it showed; the first one of a list that is not there yet is still to come
      const items = open?.key === key && open.text === typed && (open.answered || which > 0) ? open.items : undefined;
      const isText = !typed.trim() || which === TEXT || (which === EXACT && /\s/.test(typed.trim()));
      const become = (row) => (isText ? taken(row, []) : items ? taken({ ...row, taking: which }, items) : { ...row, taking: which });
      act(`${key} typed`, (before) => before.map((row) => (row.key === key ? become(row) : row)));
      setSearch((before) => (before?.key === key ? null : before));
    },
    [act, live],
  );

  /** The cell is left: what nothing was chosen for is the line's own text, or the code of a product. */
  const leave = useCallback(
    (key) => {
      const row = newest.current.find((one) => one.key === key);
      if (row?.typed !== undefined && row.taking === undefined) accept(key, EXACT);
      setSearch((before) => (before?.key === key ? null : before));
      lastEdit.current = "";
    },
    [accept],
  );

  const looked = useRef(new Set());
  useEffect(() => {
    for (const { key, typed, taking } of rows) {
      const mark = `${key} ${typed}`;
      if (taking === undefined || looked.current.has(mark)) continue;
      looked.current.add(mark);
      productsLike(typed)
        .catch(() => null)
        .then((items) => {
          looked.current.delete(mark);
          setRows(newest.current.map((row) => (row.key === key && row.typed === typed && row.taking !== undefined ? taken(row, items) : row)));
        });
    }
  }, [rows, setRows]);

  const waits = rows.some((row) => row.taking !== undefined);
  useEffect(() => {
    if (!waits) hidden.current.dispatchEvent(new Event("kit:ready"));
  }, [waits]);

  const add = useCallback(
    (part = {}) => {
      const group = newest.current.at(-1)?.group ?? "";
      const row = fresh({ group, ...part });
      act("", (before) => [...before, row]);
      focus(row.key, part.group === undefined ? "product" : "group");
      return row;
    },
    [act, focus, fresh],
  );

  const remove = useCallback(
    (key) => {
      const at = newest.current.findIndex((row) => row.key === key);
      const next = newest.current[at + 1] ?? newest.current[at - 1];
      act("", (before) => {
        const left = before.filter((row) => row.key !== key);
        return left.length ? left : [fresh()];
      });
      if (next) focus(next.key, "product");
    },
    [act, focus, fresh],
  );

  /** The same once more, right below. */
  const repeat = useCallback(
    (key) => {
      const at = newest.current.findIndex((row) => row.key === key);
      if (at < 0 || isBlank(newest.current[at])) return;
      const field = document.activeElement?.dataset?.field ?? "quantity";
      const { id, scanned, ...same } = newest.current[at];
      const [row] = keyed([same]);
      act("", (before) => [...before.slice(0, at + 1), row, ...before.slice(at + 1)]);
      focus(row.key, field);
    },
    [act, focus],
  );

  const move = useCallback(
    (key, to, mark = "") => {
      act(mark, (before) => {
        const at = before.findIndex((row) => row.key === key);
        if (to < 0 || to >= before.length || at === to) return before;
        const left = before.filter((row) => row.key !== key);
        // it joins the group that it comes to stand in
        const group = (left[to - 1] ?? left[to])?.group ?? "";
        return [...left.slice(0, to), { ...before[at], group }, ...left.slice(to)];
      });
    },
    [act],
  );

  const step = useCallback(
    (key, by) => {
      const at = newest.current.findIndex((row) => row.key === key);
      const field = document.activeElement?.dataset?.field ?? "product";
      move(key, at + by);
      focus(key, field);
    },
    [focus, move],
  );

  const travel = useCallback((from, to) => {
    const row = from.current.pop();
    if (!row) return;
    const { key } = document.activeElement?.closest("[data-key]")?.dataset ?? {};
    const at = newest.current.findIndex((one) => one.key === key);
    to.current.push(newest.current);
    lastEdit.current = "";
    setRows(row);
    // the line that one was in went with it: the keys stay in the grid
    if (at >= 0 && !row.some((one) => one.key === key)) focus(row[Math.min(at, row.length - 1)].key, "product");
  }, [focus, setRows]);

  // ---- groups: what is typed over one is its name when the cell is left
  const head = useCallback((key, text) => act(`${key} heading`, (before) => before.map((row) => (row.key === key ? { ...row, heading: text } : row))), [act]);

  const rename = useCallback(() => {
    if (newest.current.some((row) => row.heading !== undefined)) setRows(headed(newest.current));
    lastEdit.current = "";
  }, [setRows]);

  const moveGroup = useCallback((key, under, mark = "") => act(mark, (before) => groupMoved(before, key, under)), [act]);

  /** The keys of a group's name: the whole group goes, its lines stay where it is taken away. */
  function headKey(event, key) {
    const at = newest.current.findIndex((row) => row.key === key);
    const control = event.ctrlKey || event.metaKey;
    const up = event.key === "ArrowUp";
    if (event.altKey && (up || event.key === "ArrowDown")) {
      let past = at;
      while (newest.current[past]?.group === newest.current[at].group) past += 1;
      const under = newest.current[up ? at - 1 : past];
      if (under) moveGroup(key, under.key);
      focus(key, "group");
    } else if (control && event.key === "Delete") {
      head(key, "");
      rename();
      focus(key, "product");
    } else if (control || event.altKey) return;
    else if (event.key === "Enter" || event.key === "ArrowDown") focus(key, "product");
    else if (up && at > 0) focus(newest.current[at - 1].key, "product");
    else return;
    event.preventDefault();
  }

  const toggle = useCallback(
    (key) => {
      setOpened((before) => {
        const next = new Set(before);
        if (!next.delete(key)) next.add(key);
        return next;
      });
      setKnown(({ [key]: _, ...rest }) => rest);
      compute();
    },
    [compute],
  );

  const explain = useCallback(
    (key, anchor) => {
      const row = newest.current.find((one) => one.key === key);
      setAsked({ key, anchor });
      live.current.onExplain?.(key, JSON.stringify({ ...sent(row, live.current.names), id: row.id }), headOf(hidden.current?.form, live.current.name));
    },
    [live],
  );

  // ---- keys and paste
  function keyDown(event) {
    const cell = event.target.closest("[data-field]");
    const key = event.target.closest("[data-key]")?.dataset.key;
    const control = event.ctrlKey || event.metaKey;
    const letter = event.key.toLowerCase();
    if (control && !event.altKey && (letter === "z" || letter === "y")) {
      event.preventDefault();
      if (letter === "y" || event.shiftKey) travel(future, past);
      else travel(past, future);
      return;
    }
    if (!cell || !key || event.defaultPrevented || event.nativeEvent.isComposing) return;
    const at = rows.findIndex((row) => row.key === key);
    const field = cell.dataset.field;
    if (field === "group" && !event.key.startsWith("ArrowL") && !event.key.startsWith("ArrowR")) headKey(event, key);
    else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      step(key, event.key === "ArrowUp" ? -1 : 1);
    } else if (event.altKey && event.key === "Enter") {
      event.preventDefault();
      toggle(key);
    } else if (control && !event.altKey && letter === "d") {
      event.preventDefault();
      repeat(key);
    } else if (control && event.key === "Delete") {
      event.preventDefault();
      remove(key);
    } else if (cell.tagName === "TEXTAREA" || control || event.altKey) {
      // text of several lines keeps its own keys; Ctrl-Enter is the form's
    } else if (event.key === "Enter") {
      event.preventDefault();
      const next = rows[at + (event.shiftKey ? -1 : 1)];
      if (next) focus(next.key, field);
      else if (!event.shiftKey && !isBlank(rows[at])) add();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && cell.tagName === "INPUT") {
      const next = rows[at + (event.key === "ArrowDown" ? 1 : -1)];
      if (!next) return;
      event.preventDefault();
      focus(next.key, field);
    } else if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && cell.tagName === "INPUT") {
      sideways(event, cell);
    }
  }

  /** At the edge of its text an arrow leads on to the next cell. */
  function sideways(event, cell) {
    const left = event.key === "ArrowLeft";
    const all = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
    const edge = left ? cell.selectionEnd === 0 : cell.selectionStart === cell.value.length;
    if (event.shiftKey || (!edge && !all)) return;
    const cells = [...box.current.querySelectorAll("[data-key] [data-field]")].filter((one) => one.offsetParent !== null);
    const next = cells[cells.indexOf(cell) + (left ? -1 : 1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select?.();
  }

  function paste(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const key = event.target.closest("[data-key]")?.dataset.key;
    if (disabled || !/\t|\n/.test(text.trimEnd()) || !key || event.target.tagName === "TEXTAREA") return;
    event.preventDefault();
    const at = rows.findIndex((row) => row.key === key);
    const numbers = pastedNumbers(text, event.target.dataset.field);
    if (numbers) return fill(at, numbers);
    const made = pastedRows(text).map((row) => fresh({ ...row, group: rows[at].group ?? "" }));
    if (!made.length) return;
    setSearch(null);
    act("", (before) => [...before.slice(0, at + (isBlank(before[at]) ? 0 : 1)), ...made, ...before.slice(at + 1)]);
    focus(made.at(-1).key, "quantity");
  }

  /** Numbers go down from that line; where there is none, a line that lacks what it is. */
  function fill(at, numbers) {
    const put = (row, part) => ({ ...row, ...part, ...("price" in part ? { listed: "" } : {}), ...(isBlank(row) ? { missed: "lacking" } : {}) });
    act("", (before) => [
      ...before.slice(0, at),
      ...numbers.map((part, index) => put(before[at + index] ?? fresh(), part)),
      ...before.slice(at + numbers.length),
    ]);
  }

  // ---- dragging by the grip, with mouse, pen or finger
  const drag = useRef(null);
  useEffect(() => () => (drag.current = null), []);

  /** The line that is dragged goes where the pointer is; at the edge of the page what lies beyond comes along. */
  function carry(pull) {
    const { key, mark, x, y, page, whole } = drag.current;
    const { top, bottom } = page === document.scrollingElement ? { top: 0, bottom: window.innerHeight } : page.getBoundingClientRect();
    const by = y < top + EDGE ? -PULL : y > bottom - EDGE ? PULL : 0;
    if (pull && by) page.scrollTop += by;
    if (pull && !by) return;
    const inside = Math.max(top + EDGE, Math.min(y, bottom - EDGE)); // neither the head nor the bar below covers it there
    const under = document.elementFromPoint(x, by ? inside : y)?.closest("tr[data-key]");
    if (!under || under.dataset.key === key) return;
    if (whole) {
      if (isPast(y, under.dataset.key, key)) moveGroup(key, under.dataset.key, mark);
      return;
    }
    move(key, newest.current.findIndex((row) => row.key === under.dataset.key), mark);
  }

  /** Whether the pointer has passed the middle of that line's group, on the way away from the group that is dragged. */
  function isPast(y, under, key) {
    const { group } = newest.current.find((row) => row.key === under);
    const inside = newest.current.filter((row) => (group ? row.group === group : row.key === under));
    const lines = inside.flatMap((row) => [...box.current.querySelectorAll(`tr[data-key="${row.key}"]`)].map((line) => line.getBoundingClientRect()));
    const middle = (Math.min(...lines.map((line) => line.top)) + Math.max(...lines.map((line) => line.bottom))) / 2;
    const below = newest.current.findIndex((row) => row.key === under) > newest.current.findIndex((row) => row.key === key);
    return below ? y > middle : y < middle;
  }

  function pulling() {
    if (!drag.current) return;
    carry(true);
    requestAnimationFrame(pulling);
  }

  const dragging = {
    onPointerDown: (event) => {
      const grip = event.target.closest("[data-grip]");
      if (!grip || disabled) return;
      const { clientX: x, clientY: y } = event;
      const whole = Boolean(grip.closest(".group"));
      drag.current = { key: grip.closest("[data-key]").dataset.key, mark: `drag ${(count += 1)}`, x, y, page: scrollerOf(box.current), whole };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event) => {
      if (!drag.current) return;
      const { moved } = drag.current;
      Object.assign(drag.current, { x: event.clientX, y: event.clientY, moved: true });
      carry(false);
      if (!moved) requestAnimationFrame(pulling);
    },
    onPointerUp: () => {
      drag.current = null;
    },
    onPointerCancel: () => {
      drag.current = null;
    },
  };

  const calls = useMemo(
    () => ({ change, type, untype, accept, leave, scan, look, remove, repeat, step, rename, head, toggle, explain, focus, setSearch }),
    [change, type, untype, accept, leave, scan, look, remove, repeat, step, rename, head, toggle, explain, focus],
  );
  const numbers = new Map(filled.map((row, index) => [row.key, index]));
  const faultsOf = (row) => {
    const start = `${name}.${numbers.get(row.key)}`;
    const own = Object.entries(errors)
      .filter(([place]) => place === start || place.startsWith(`${start}.`))
      .map(([place, text]) => [place.slice(start.length + 1), text]);
    const missed = row.missed ? { product: words[row.missed] } : {};
    return JSON.stringify({ ...(isBlank(row) ? {} : computed.get(row.key)?.faults), ...Object.fromEntries(own), ...missed });
  };

  return (
    <div className="grid" ref={box} onKeyDown={keyDown} onPaste={paste} {...dragging}>
      <input
        ref={hidden}
        type="hidden"
        name={name}
        value={json}
        data-text={JSON.stringify(rows.filter((row) => !isBlank(row)).map(({ key, ...row }) => row))}
        data-waits={waits ? "" : undefined}
        readOnly
      />
      {errors[name] && (
        <p className="banner banner-late" role="alert">
          <Icon name="circle-alert" />
          {errors[name]}
        </p>
      )}
      <table className="lines" aria-label={words.lines}>
        <thead>
          <tr>
            <th className="grip">
              <span className="sr-only">{words.move}</span>
            </th>
            <th>{words.product}</th>
            <th className="num col-quantity">{words.quantity}</th>
            <th className="col-unit p2">{words.unit}</th>
            <th className="num col-price">{words.price}</th>
            <th className="num col-discount" title={words.discount} aria-label={words.discount}>{words.discount_short}</th>
            <th className="col-tax p2" title={words.tax_class} aria-label={words.tax_class}>{words.tax}</th>
            <th className="num col-net" title={words.net}>{sheet.currency ? `${words.amount}, ${sheet.currency}` : words.amount}</th>
            <th className={disabled ? "col-end is-narrow" : "col-end"}>
              <span className="sr-only">{words.more}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <Line
              key={row.key}
              row={row}
              computed={computed.get(row.key)}
              faults={faultsOf(row)}
              heads={Boolean(row.group) && row.group !== rows[index - 1]?.group}
              open={opened.has(row.key)}
              facts={known[row.key]}
              searching={search?.key === row.key}
              active={search?.key === row.key ? search.active : -1}
              number={index + 1}
              words={words}
              choices={choices}
              disabled={disabled}
              calls={calls}
            />
          ))}
        </tbody>
      </table>
      {!disabled && (
        <div className="lines-foot">
          <button type="button" className="button button-quiet button-sm" onClick={() => add()}>
            <Icon name="plus" />
            {words.add}
          </button>
          <button type="button" className="button button-quiet button-sm" onClick={() => add({ group: newGroup(rows, words.group) })}>
            <Icon name="layers" />
            {words.group}
          </button>
          <span className="hint no-touch p2 grid-hint">{words.hint}</span>
        </div>
      )}
      {(sheet.totals ?? []).length > 0 && (
        <dl className={how ? "totals is-told" : "totals"}>
          <dt className="totals-why">
            <button type="button" className="button button-quiet button-sm" aria-expanded={how} onClick={() => setHow(!how)}>
              <Icon name="info" />
              {words.why_amount}
            </button>
          </dt>
          <dd />
          {sheet.totals.map((total, index) => [
            <dt key={`${index}t`} className={total.look}>
              {total.label}
              {how && total.how && <small>{total.how}</small>}
            </dt>,
            <dd key={`${index}d`} className={total.look}>
              {total.value}
            </dd>,
          ])}
        </dl>
      )}
      {search && <Products search={search} setSearch={setSearch} words={words} locale={locale} box={box} calls={calls} />}
      {asked && <Why asked={asked} ready={asked.key === whyKey} steps={why} words={words} onClose={() => setAsked(null)} />}
    </div>
  );
}

/** What scrolls around it. */
function scrollerOf(element) {
  for (let at = element.parentElement; at; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY) && at.scrollHeight > at.clientHeight) return at;
  }
  return document.scrollingElement;
}

const newGroup = (rows, word) => {
  const taken = new Set(rows.map((row) => row.group));
  let number = 1;
  while (taken.has(`${word} ${number}`)) number += 1;
  return `${word} ${number}`;
};

const Line = memo(function Line({ row, computed, faults, heads, open, facts, searching, active, number, words, choices, disabled, calls }) {
  const wrong = JSON.parse(faults);
  const { key } = row;
  const auto = (field) => (row[field] ? "" : (computed?.[field] ?? ""));
  const said = Object.entries(wrong);
  const id = `${key}-faults`;
  const input = (field, label, mode, shown = row[field] ?? "") => (
    <input
      className={`cell-input${mode ? " num" : ""}`}
      data-field={field}
      aria-label={`${label}, ${number}`}
      aria-invalid={wrong[field] ? true : undefined}
      aria-describedby={wrong[field] ? id : undefined}
      autoComplete="off"
      inputMode={mode || undefined}
      placeholder={auto(field)}
      value={shown}
      onInput={(event) => event.stopPropagation()}
      onChange={(event) => {
        event.stopPropagation();
        calls.change(key, { [field]: event.target.value });
      }}
      onFocus={(event) => event.target.select()}
    />
  );
  const plain = (field) => <span className="truncate">{computed?.shown?.[field] ?? row[field]}</span>;
  const tax = row.tax_class || computed?.tax_class || "";
  const option = row.choice === "optional" || row.choice === "alternative";
  const flag = option && choices.choice?.find(([one]) => one === row.choice)?.[1];
  // what stands under the name: all that does not say it once more
  const told = (row.description || auto("description")).split("\n");
  const text = told.slice(row.product && told[0] !== row.texts?.product ? 0 : 1).join(" · ");
  return (
    <>
      {heads && <Group key={`${key}g`} line={key} text={row.heading ?? row.group} words={words} disabled={disabled} calls={calls} />}
      <tr data-key={key} className={option ? "option-line" : ""}>
        <td className="grip">
          {!disabled && (
            <Grip
              label={`${words.move}, ${number}`}
              title={words.move_hint}
              onKeyDown={(event) => {
                if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
                event.preventDefault();
                calls.step(key, event.key === "ArrowUp" ? -1 : 1);
              }}
            />
          )}
        </td>
        <td className={searching ? "cell-active" : ""} title={row.texts?.product || row.description}>
          <span className="row">
            {disabled ? (
              <span className="truncate">{row.texts?.product || (row.description ?? "").split("\n")[0]}</span>
            ) : (
              <ProductCell row={row} wrong={wrong} id={id} number={number} words={words} searching={searching} active={active} calls={calls} />
            )}
            {flag && <span className="tag">{flag}</span>}
          </span>
          {text && <span className="line-sub truncate">{text}</span>}
        </td>
        <td className="num">{disabled ? plain("quantity") : input("quantity", words.quantity, "decimal")}</td>
        <td className="p2">{disabled ? plain("unit") : input("unit", words.unit)}</td>
        <td className="num cell-price">
          {row.product && (
            <button
              type="button"
              className="why-button"
              tabIndex={-1}
              aria-label={`${words.why}, ${number}`}
              title={words.why}
              onClick={(event) => calls.explain(key, event.currentTarget)}
            >
              <Icon name="info" />
            </button>
          )}
          {disabled ? plain("price") : input("price", words.price, "decimal", row.listed && row.price ? (computed?.price ?? row.price) : row.price)}
        </td>
        <td className="num">
          {disabled ? row.discount !== "0" && plain("discount") : input("discount", words.discount, "decimal", row.discount === "0" ? "" : (row.discount ?? ""))}
        </td>
        <td className="p2">
          {disabled ? (
            <span className="truncate">{choices.tax_class.find(([one]) => one === tax)?.[1]}</span>
          ) : (
            <Pick field="tax_class" row={row} value={tax} label={words.tax_class} number={number} options={choices.tax_class} calls={calls} />
          )}
        </td>
        <td className="num net">{computed?.net ?? ""}</td>
        <td className={disabled ? "col-end is-narrow" : "col-end"}>
          {!disabled && (
            <span className="row">
              <button
                type="button"
                className="button button-quiet button-icon button-sm"
                tabIndex={-1}
                aria-expanded={open}
                aria-label={`${words.more}, ${number}`}
                title={words.more_hint}
                onClick={() => calls.toggle(key)}
              >
                <Icon name={open ? "chevron-up" : "chevron-down"} />
              </button>
              <button
                type="button"
                className="button button-quiet button-icon button-sm"
                tabIndex={-1}
                aria-label={`${words.remove}, ${number}`}
                title={words.remove_hint}
                onClick={() => calls.remove(key)}
              >
                <Icon name="x" />
              </button>
            </span>
          )}
        </td>
      </tr>
      {open && !disabled && (
        <tr data-key={key} className="line-more">
          <td className="grip" />
          <td colSpan={6}>
            <div className="line-fields">
              <label className="field line-text">
                <span className="label">{words.description}</span>
                <textarea
                  className="input"
                  rows={2}
                  data-field="description"
                  placeholder={auto("description")}
                  value={row.description ?? ""}
                  onInput={(event) => event.stopPropagation()}
                  onChange={(event) => {
                    event.stopPropagation();
                    calls.change(key, { description: event.target.value });
                  }}
                />
              </label>
              <label className="field">
                <span className="label">{words.unit}</span>
                {input("unit", words.unit)}
              </label>
              {["tax_class", "choice", "recurrence"]
                .filter((field) => field === "tax_class" || row[field] !== undefined)
                .map((field) => (
                  <label className="field" key={field}>
                    <span className="label">{words[field]}</span>
                    <Pick
                      field={field}
                      row={row}
                      value={field === "tax_class" ? tax : row[field]}
                      label={words[field]}
                      number={number}
                      options={choices[field]}
                      calls={calls}
                    />
                  </label>
                ))}
              {row.product && (
                <button type="button" className="button button-sm" onClick={(event) => calls.explain(key, event.currentTarget)}>
                  {words.why}
                </button>
              )}
              <button type="button" className="button button-sm" title={words.repeat_hint} onClick={() => calls.repeat(key)}>
                {words.repeat}
              </button>
            </div>
            {row.product && <Facts row={row} facts={facts} margin={computed?.margin} number={number} words={words} calls={calls} />}
          </td>
          <td className="p2" colSpan={2} />
        </tr>
      )}
      {said.length > 0 && (
        <tr className="line-faults">
          <td className="grip" />
          <td colSpan={6} id={id} role="alert">
            {said.map(([field, fault]) => (
              <p className="field-error" key={field}>
                <Icon name="circle-alert" />
                <span>
                  {words[field] ? `${words[field]}: ` : ""}
                  {fault}
                </span>
              </p>
            ))}
          </td>
          <td className="p2" colSpan={2} />
        </tr>
      )}
      {computed?.subtotal && (
        <tr className="subtotal">
          <td className="grip" />
          <td>{`${words.subtotal} ${row.group ?? ""}`}</td>
          <td />
          <td className="p2" />
          <td />
          <td />
          <td className="p2" />
          <td className="num">{computed.subtotal}</td>
          <td />
        </tr>
      )}
    </>
  );
});

/** What is known of the line's product: stock, cost and margin; what it was sold for. A click takes a price. */
function Facts({ row, facts, margin, number, words, calls }) {
  const { key, product } = row;
  const mine = facts?.product === product ? facts : null;
  const missing = facts === undefined || facts.product !== product;
  const { look } = calls;
  useEffect(() => {
    if (missing) look(key);
  }, [missing, look, key, product]);
  const figures = [...(mine?.stock ?? []), ...(margin ?? [])];
  return (
    <div className="line-facts" aria-busy={missing}>
      {figures.length > 0 && (
        <dl className="line-figures">
          {figures.map((figure) => (
            <div key={figure.label}>
              <dt>{figure.label}</dt>
              <dd className={figure.short ? "is-short" : ""}>{figure.value}</dd>
            </div>
          ))}
        </dl>
      )}
      {mine && mine.past.length === 0 && <p className="hint">{words.no_past}</p>}
      {mine && mine.past.length > 0 && (
        <div className="line-past">
          {mine.past.map((list) => (
            <section key={list.title} aria-label={`${list.title}, ${number}`}>
              <h3>{list.title}</h3>
              <ul>
                {list.rows.map((past, index) => (
                  <li key={index}>
                    <span className="past-day">{past.day}</span>
                    <a className="truncate" href={past.address} target="_blank" rel="noopener" title={[past.number, past.who, past.reason].filter(Boolean).join(" · ")}>
                      {past.who}
                    </a>
                    <span className="past-quantity">{`${past.quantity} ×`}</span>
                    {past.price ? (
                      <button
                        type="button"
                        className="past-price"
                        title={words.take}
                        aria-label={`${words.take}, ${past.text} ${past.off}`}
                        onClick={() => calls.change(key, { price: past.price, discount: past.discount })}
                      >
                        {past.text}
                        {past.off && <small>{past.off}</small>}
                      </button>
                    ) : (
                      <span className="past-price">
                        {past.text}
                        {past.off && <small>{past.off}</small>}
                      </span>
                    )}
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </div>
      )}
    </div>
  );
}

function Pick({ field, row, value, label, number, options, calls }) {
  return (
    <select
      className="cell-input"
      data-field={field}
      aria-label={`${label}, ${number}`}
      value={value}
      onInput={(event) => event.stopPropagation()}
      onChange={(event) => {
        event.stopPropagation();
        calls.change(row.key, { [field]: event.target.value });
      }}
    >
      {!value && <option value="" />}
      {options.map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </select>
  );
}

function Group({ line, text, words, disabled, calls }) {
  return (
    <tr className="group" data-key={line}>
      <td className="grip">{!disabled && <Grip label={`${words.move}, ${text}`} title={words.move_hint} />}</td>
      <td colSpan={6}>
        {disabled ? (
          text
        ) : (
          <input
            className="cell-input"
            data-field="group"
            aria-label={words.group}
            value={text}
            onInput={(event) => event.stopPropagation()}
            onChange={(event) => {
              event.stopPropagation();
              calls.head(line, event.target.value);
            }}
            onFocus={(event) => event.target.select()}
            onBlur={calls.rename}
          />
        )}
      </td>
      <td className="p2" colSpan={2} />
    </tr>
  );
}

const Grip = ({ label, title, onKeyDown }) => (
  <button type="button" data-grip="" tabIndex={-1} aria-label={label} title={title} onKeyDown={onKeyDown}>
    <Icon name="grip-vertical" />
  </button>
);

/** A barcode, or what came from a scanner: faster than any hand (`took` ms), and the Enter at once after it (`paused` ms). */
const isScan = (text, took, paused) => {
  const code = (text ?? "").trim();
  return /^\d{8,14}$/.test(code) || (/^\S{6,40}$/.test(code) && took < code.length * SCAN_PACE && paused < SEARCH_WAIT);
};

/** A product by code or by a part of its name; a text without a product is a line too. */
function ProductCell({ row, wrong, id, number, words, searching, active, calls }) {
  const { key, typed } = row;
  const input = useRef(null);
  const faulty = wrong.product || (!row.product && wrong.description);
  const began = useRef(0);
  const last = useRef(0);
  return (
    <input
      ref={input}
      className="cell-input"
      data-field="product"
      role="combobox"
      aria-autocomplete="list"
      aria-expanded={searching}
      aria-controls={searching ? "grid-products" : undefined}
      aria-activedescendant={searching && active >= 0 ? `grid-product-${active}` : undefined}
      aria-label={`${words.product}, ${number}`}
      aria-invalid={faulty ? true : undefined}
      aria-describedby={faulty ? id : undefined}
      autoComplete="off"
      spellCheck={false}
      placeholder={words.find}
      value={typed ?? shownIn(row)}
      onInput={(event) => event.stopPropagation()}
      onFocus={(event) => event.target.select()}
      onChange={(event) => {
        event.stopPropagation();
        const text = event.target.value;
        last.current = event.timeStamp;
        if (text.length <= 1) began.current = last.current;
        calls.type(key, text);
        const search = { key, text, anchor: input.current, active: 0, items: [], answered: false };
        calls.setSearch((before) => (text.trim() ? { ...search, items: before?.key === key ? before.items : [] } : null));
      }}
      onBlur={() => calls.leave(key)}
      onKeyDown={(event) => {
        const control = event.ctrlKey || event.metaKey;
        if (event.key === "Enter" && control) {
          // the form is saved with what the list would give
          if (typed !== undefined) flushSync(() => calls.accept(key, searching ? active : EXACT));
        } else if (event.key === "Escape" && typed !== undefined) {
          event.preventDefault();
          event.stopPropagation();
          if (searching) calls.setSearch(null);
          else {
            flushSync(() => calls.untype(key));
            input.current.select();
          }
        } else if (!searching || event.altKey || control) {
          // the grid's own keys
        } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          const by = event.key === "ArrowDown" ? 1 : -1;
          calls.setSearch((before) => {
            const size = (before?.items.length ?? 0) + 1;
            return before && { ...before, active: (before.active + by + size) % size };
          });
        } else if (event.key === "Enter" && isScan(typed, event.timeStamp - began.current, event.timeStamp - last.current)) {
          event.preventDefault();
          calls.scan(key, typed.trim());
        } else if (event.key === "Enter") {
          event.preventDefault();
          calls.accept(key, active);
          calls.focus(key, "quantity");
        } else if (event.key === "Tab") calls.accept(key, active);
      }}
    />
  );
}

/** The list under the product cell. The last option keeps what was typed as text. */
function Products({ search, setSearch, words, locale, calls }) {
  const popup = useRef(null);
  const anchor = useMemo(() => ({ current: search.anchor }), [search.anchor]);
  usePopup(anchor, popup, true, { limit: 380 });
  const { key, text, items, answered } = search;

  useEffect(() => {
    const control = new AbortController();
    const timer = setTimeout(() => {
      const show = (found) => setSearch((before) => (before?.key === key && before.text === text ? { ...before, items: found, answered: true } : before));
      productsLike(text, control.signal).then(show, (error) => error.name !== "AbortError" && setSearch((before) => before && { ...before, items: [] }));
    }, SEARCH_WAIT);
    return () => {
      control.abort();
      clearTimeout(timer);
    };
  }, [key, text, setSearch]);

  useEffect(() => {
    popup.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [search.active]);

  const take = (index) => {
    calls.accept(key, index);
    calls.focus(key, "quantity");
  };

  return (
    <div ref={popup} popover="manual" className="popup combo-list grid-popup" onPointerDown={(event) => event.preventDefault()}>
      <div role="listbox" id="grid-products" aria-label={words.product}>
        {items.map((item, index) => (
          <div
            key={item.id}
            id={`grid-product-${index}`}
            role="option"
            className="option"
            aria-selected={index === search.active}
            onClick={() => take(index)}
          >
            <div className="grow">
              <div className="name truncate">{item.name}</div>
              <div className="sub truncate">{[item.code, item.unit].filter(Boolean).join(", ")}</div>
            </div>
            <span className="fig muted">{[item.price && priceText(item.price, locale), item.currency].filter(Boolean).join(" ")}</span>
          </div>
        ))}
        <div
          id={`grid-product-${items.length}`}
          role="option"
          className="option"
          aria-selected={answered && search.active === items.length}
          onClick={() => take(TEXT)}
        >
          <Icon name="pencil" size="sm" />
          <span className="truncate">{(words.as_text ?? "").replace("{typed}", text)}</span>
        </div>
      </div>
      <span className="sr-only" role="status">
        {!answered ? words.searching : items.length ? "" : words.nothing}
      </span>
    </div>
  );
}

function Why({ asked, ready, steps, words, onClose }) {
  const popup = useRef(null);
  const close = useRef(null);
  const anchor = useMemo(() => ({ current: asked.anchor }), [asked.anchor]);
  usePopup(anchor, popup, true, { align: "end", limit: 420 });
  useOutside([anchor, popup], true, onClose);
  useEffect(() => close.current?.focus(), []);
  const leave = () => {
    onClose();
    asked.anchor.focus();
  };
  return (
    <div
      ref={popup}
      popover="manual"
      className="popup popover"
      role="dialog"
      aria-label={words.why}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        leave();
      }}
    >
      <div className="popover-title">
        {words.why}
        <button ref={close} type="button" className="button button-quiet button-icon button-sm" aria-label={words.close} onClick={leave}>
          <Icon name="x" />
        </button>
      </div>
      {ready && steps.length === 0 && <p className="hint">{words.typed}</p>}
      <dl className="steps">
        {ready &&
          steps.map((step, index) => [
            <dt key={`${index}t`} className={index === steps.length - 1 ? "end" : ""}>
              {step.what}
              {step.of && <small>{step.of}</small>}
            </dt>,
            <dd key={`${index}d`} className={index === steps.length - 1 ? "end" : ""}>
              {step.price}
            </dd>,
          ])}
      </dl>
    </div>
  );
}
