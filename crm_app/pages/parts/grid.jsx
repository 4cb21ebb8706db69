// The lines of a trade document, entered as in a spreadsheet. What is computed comes from the server; nothing is added up here.
import { memo, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Icon, useLatest, useOutside, usePopup } from "./kit.jsx";
import { pastedRows } from "./pasted.js";
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
const isBlank = (row) => !row.id && !row.product && !row.description && !row.price && !row.find;
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
  const live = useLatest({ opened, onPreview, onExplain, onLook, names, name });

  const filled = rows.filter((row) => !isBlank(row));
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
      const found = keyed(parse(event.detail.text || event.detail.value));
      setRows(found.length ? found : [fresh()]);
    };
    element.addEventListener("kit:set", set);
    return () => element.removeEventListener("kit:set", set);
  }, [fresh, setRows]);

  const typedNow = useCallback(() => {
    const { opened: open, names: fields, name: own } = live.current;
    const lines = newest.current
      .filter((row) => !isBlank(row))
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

  const asking = useRef(json);
  useEffect(() => {
    if (disabled || asking.current === json + rows.some((row) => row.find)) return;
    asking.current = json + rows.some((row) => row.find);
    compute();
  }, [json, rows, disabled, compute]);

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
      act("", (before) => {
        const rows = there
          ? before
              .map((row) => (row.key === there.key ? { ...row, quantity: oneMore(row.quantity) } : row))
              .filter((row) => row.key !== key || row.id)
          : before.map((row) =>
              row.key === key
                ? { ...row, product: "", find: code, scanned: code, missed: undefined, description: code, unit: "", price: "", tax_class: "", texts: {} }
                : row,
            );
        return rows.at(-1)?.key === spare.key ? rows : [...rows, spare];
      });
      setSearch(null);
      focus(spare.key, "product");
    },
    [act, focus, fresh],
  );

  const pick = useCallback(
    (key, item) => {
      // another product: the server fills in what belongs to it
      act("", (before) =>
        before.map((row) =>
          row.key === key
            ? { ...row, product: item.id, find: undefined, missed: undefined, description: "", unit: "", price: "", tax_class: "", texts: { ...row.texts, product: item.name } }
            : row,
        ),
      );
      setSearch(null);
    },
    [act],
  );

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

  const rename = useCallback(
    (key, text) => {
      act("", (before) => {
        const at = before.findIndex((row) => row.key === key);
        const old = before[at]?.group;
        let end = at;
        while (end + 1 < before.length && before[end + 1].group === old) end += 1;
        return before.map((row, index) => (index >= at && index <= end ? { ...row, group: text } : row));
      });
    },
    [act],
  );

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
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
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
    const made = pastedRows(text).map((row) => fresh({ ...row, group: rows[at].group ?? "" }));
    if (!made.length) return;
    setSearch(null);
    act("", (before) => [...before.slice(0, at + (isBlank(before[at]) ? 0 : 1)), ...made, ...before.slice(at + 1)]);
    focus(made.at(-1).key, "quantity");
  }

  // ---- dragging by the grip, with mouse, pen or finger
  const drag = useRef(null);
  useEffect(() => () => (drag.current = null), []);

  /** The line that is dragged goes where the pointer is; at the edge of the page what lies beyond comes along. */
  function carry(pull) {
    const { key, mark, x, y, page } = drag.current;
    const { top, bottom } = page === document.scrollingElement ? { top: 0, bottom: window.innerHeight } : page.getBoundingClientRect();
    const by = y < top + EDGE ? -PULL : y > bottom - EDGE ? PULL : 0;
    if (pull && by) page.scrollTop += by;
    if (pull && !by) return;
    const inside = Math.max(top + EDGE, Math.min(y, bottom - EDGE)); // neither the head nor the bar below covers it there
    const under = document.elementFromPoint(x, by ? inside : y)?.closest("tr[data-key]");
    if (!under || under.dataset.key === key) return;
    move(key, newest.current.findIndex((row) => row.key === under.dataset.key), mark);
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
      drag.current = { key: grip.closest("[data-key]").dataset.key, mark: `drag ${(count += 1)}`, x, y, page: scrollerOf(box.current) };
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
    () => ({ change, pick, scan, look, remove, repeat, step, rename, toggle, explain, setSearch }),
    [change, pick, scan, look, remove, repeat, step, rename, toggle, explain],
  );
  const numbers = new Map(filled.map((row, index) => [row.key, index]));
  const faultsOf = (row) => {
    const start = `${name}.${numbers.get(row.key)}`;
    const own = Object.entries(errors)
      .filter(([place]) => place === start || place.startsWith(`${start}.`))
      .map(([place, text]) => [place.slice(start.length + 1), text]);
    const missed = row.missed ? { product: words.unknown } : {};
    return JSON.stringify({ ...(isBlank(row) ? {} : computed.get(row.key)?.faults), ...Object.fromEntries(own), ...missed });
  };

  return (
    <div className="grid" ref={box} onKeyDown={keyDown} onPaste={paste} {...dragging}>
      <input
        ref={hidden}
        type="hidden"
        name={name}
        value={json}
        data-text={JSON.stringify(filled.map(({ key, ...row }) => row))}
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

/** One more of it, where it is a number; a comma is a decimal mark as well as a point is. */
const oneMore = (quantity) => {
  const mark = quantity?.includes(",") ? "," : ".";
  const value = Number((quantity || "0").replace(",", "."));
  return Number.isFinite(value) ? String(Math.round((value + 1) * 1e6) / 1e6).replace(".", mark) : quantity;
};

/** The rows with one more, as the server knows it: a scanned product that has a line already is counted there. */
function settled(rows, row, answer) {
  if (!answer) return [...rows, row];
  const { find, ...rest } = row;
  if (!answer.product) return [...rows, row.scanned || row.coded ? { ...rest, missed: true } : rest];
  const same = row.scanned ? rows.findIndex((one) => one.product === answer.product) : -1;
  if (same >= 0)
    return rows.map((one, index) => (index === same ? { ...one, scanned: one.scanned ?? row.scanned, quantity: oneMore(one.quantity) } : one));
  return [...rows, { ...rest, product: answer.product, description: "", texts: { ...row.texts, product: answer.product_name } }];
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
      {heads && <Group key={`${key}g`} line={key} text={row.group} words={words} disabled={disabled} onRename={calls.rename} />}
      <tr data-key={key} className={option ? "option-line" : ""}>
        <td className="grip">
          {!disabled && (
            <button
              type="button"
              data-grip=""
              tabIndex={-1}
              aria-label={`${words.move}, ${number}`}
              title={words.move_hint}
              onKeyDown={(event) => {
                if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
                event.preventDefault();
                calls.step(key, event.key === "ArrowUp" ? -1 : 1);
              }}
            >
              <Icon name="grip-vertical" />
            </button>
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

function Group({ line, text, words, disabled, onRename }) {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  const commit = () => {
    if (typed !== text) onRename(line, typed.trim());
  };
  return (
    <tr className="group" data-key={line}>
      <td className="grip" />
      <td colSpan={6}>
        {disabled ? (
          text
        ) : (
          <input
            className="cell-input"
            data-field="group"
            aria-label={words.group}
            value={typed}
            onInput={(event) => event.stopPropagation()}
            onChange={(event) => {
              event.stopPropagation();
              setTyped(event.target.value);
            }}
            onBlur={commit}
            onKeyDown={(event) => {
              if (event.key === "Enter") commit();
            }}
          />
        )}
      </td>
      <td className="p2" colSpan={2} />
    </tr>
  );
}

/** A barcode, or what came from a scanner: faster than any hand (`took` ms), and the Enter at once after it (`paused` ms). */
const isScan = (text, took, paused) => {
  const code = (text ?? "").trim();
  return /^\d{8,14}$/.test(code) || (/^\S{6,40}$/.test(code) && took < code.length * SCAN_PACE && paused < SEARCH_WAIT);
};

/** A product by code or by a part of its name; a text without a product is a line too. */
function ProductCell({ row, wrong, id, number, words, searching, active, calls }) {
  const shown = row.product ? (row.texts?.product ?? "") : (row.description ?? "").split("\n")[0];
  const [typed, setTyped] = useState(null);
  const input = useRef(null);
  const faulty = wrong.product || (!row.product && wrong.description);
  const close = () => {
    setTyped(null);
    calls.setSearch((before) => (before?.key === row.key ? null : before));
  };
  // set while the list decides what becomes of the text, so that leaving the cell does not
  const leaving = useRef(false);
  const began = useRef(0);
  const last = useRef(0);
  const keepText = (text) => {
    // what was typed and not chosen from the list is the line's own text
    if (text !== null && text.trim() !== shown) {
      calls.change(row.key, text.trim() ? { product: "", description: text.trim() } : { product: "", description: "", texts: {} });
    }
    close();
  };
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
      value={typed ?? shown}
      onInput={(event) => event.stopPropagation()}
      onFocus={(event) => event.target.select()}
      onChange={(event) => {
        event.stopPropagation();
        const text = event.target.value;
        last.current = event.timeStamp;
        if (text.length <= 1) began.current = last.current;
        setTyped(text);
        calls.setSearch(
          text.trim()
            ? { key: row.key, text, anchor: input.current, active: 0, items: null, leaving, onPicked: close, onText: () => keepText(text) }
            : null,
        );
      }}
      onBlur={() => {
        if (!leaving.current) keepText(typed);
        leaving.current = false;
      }}
      onKeyDown={(event) => {
        if (!searching) return;
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          const by = event.key === "ArrowDown" ? 1 : -1;
          calls.setSearch((before) => {
            const size = (before?.items?.length ?? 0) + 1;
            return before && { ...before, active: (before.active + by + size) % size };
          });
        } else if (event.key === "Enter" && isScan(typed, event.timeStamp - began.current, event.timeStamp - last.current)) {
          event.preventDefault();
          leaving.current = true;
          setTyped(null);
          calls.scan(row.key, typed.trim());
        } else if (event.key === "Enter" || event.key === "Tab") {
          if (event.key === "Enter") event.preventDefault();
          else leaving.current = true;
          calls.setSearch((before) => before && { ...before, accept: event.key });
        } else if (event.key === "Escape") {
          event.preventDefault();
          event.stopPropagation();
          calls.setSearch(null);
        }
      }}
    />
  );
}

/** The list under the product cell. The last option keeps what was typed as text. */
function Products({ search, setSearch, words, locale, calls }) {
  const popup = useRef(null);
  const anchor = useMemo(() => ({ current: search.anchor }), [search.anchor]);
  usePopup(anchor, popup, true, { limit: 380 });
  const items = search.items ?? [];

  useEffect(() => {
    const control = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const address = `/api/v1/products?q=${encodeURIComponent(search.text)}&size=8&fields=name,code,price,currency,unit&filter[active]=true`;
        const response = await fetch(address, { credentials: "same-origin", signal: control.signal, headers: { Accept: "application/json" } });
        const answer = response.ok ? await response.json() : { items: [] };
        const found = (answer.items ?? []).map((item) => ({ ...item, id: String(item.id) }));
        setSearch((before) => (before?.key === search.key && before.text === search.text ? { ...before, items: found } : before));
      } catch (error) {
        if (error.name !== "AbortError") setSearch((before) => before && { ...before, items: [] });
      }
    }, SEARCH_WAIT);
    return () => {
      control.abort();
      clearTimeout(timer);
    };
  }, [search.key, search.text, setSearch]);

  // Enter or Tab before the answer has come: it is taken when it is there
  useEffect(() => {
    if (!search.accept || search.items === null) return;
    const item = search.items[search.active];
    // Tab leaves the cell by itself, a moment later or already
    if (search.accept === "Enter") search.leaving.current = true;
    if (item) {
      search.onPicked();
      calls.pick(search.key, item);
    } else search.onText();
    if (search.accept === "Enter") {
      const quantity = search.anchor.closest("tr")?.querySelector('[data-field="quantity"]');
      quantity?.focus();
      quantity?.select();
    }
  }, [search, setSearch, calls]);

  useEffect(() => {
    popup.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [search.active]);

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
            onClick={() => setSearch((before) => before && { ...before, active: index, accept: "Enter" })}
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
          aria-selected={search.items !== null && search.active === items.length}
          onClick={() => setSearch((before) => before && { ...before, items, active: items.length, accept: "Enter" })}
        >
          <Icon name="pencil" size="sm" />
          <span className="truncate">{(words.as_text ?? "").replace("{typed}", search.text)}</span>
        </div>
      </div>
      <span className="sr-only" role="status">
        {search.items === null ? words.searching : items.length ? "" : words.nothing}
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
