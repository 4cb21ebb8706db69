// A date as one types it (3/4, hoy, +7, 25 nov), in the form of the page's country, with a calendar beside it. What is typed is
// read here to show at once how it was understood; what is stored is what the server reads (core/days.py).
import { useEffect, useId, useRef, useState, useSyncExternalStore } from "react";
import { Icon, useOutside, usePopup } from "./kit.jsx";

// How the country writes dates, and the words of the calendar: the same for every field of the page. It stands outside of this
// file, which a page may hold twice (once for Python's components and once for those beside it).
const shared = (globalThis.crmDays ??= {
  words: { form: "", week: 0, zone: "UTC", choose: "", before: "", after: "", today: "" },
  listeners: new Set(),
});
const current = () => shared.words;
const subscribe = (listener) => {
  shared.listeners.add(listener);
  return () => shared.listeners.delete(listener);
};

/** Tells the fields of the page what they need; it shows nothing. */
export function DayWords({ form, week, zone, labels }) {
  const { choose, before, after, today } = labels;
  useEffect(() => {
    shared.words = { form, week, zone, choose, before, after, today };
    shared.listeners.forEach((listener) => listener());
  }, [form, week, zone, choose, before, after, today]);
  return null;
}

const MONTHS = ["ene jan", "feb", "mar", "abr apr", "may", "jun", "jul", "ago aug", "sep set", "oct", "nov", "dic dec"];
const AWAY = { hoy: 0, today: 0, mañana: 1, manana: 1, tomorrow: 1, ayer: -1, yesterday: -1 };
const SMALL = new Set(["de", "del", "of", "the", "st", "nd", "rd", "th"]);
const mark = (form) => form.match(/[/.-]/)?.[0] ?? "/";
const order = (form) => [...new Set(form.replace(/[^dmya]/g, "").replace(/a/g, "y"))].join("");
const plus = (day, days) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + days);
const now = () => {
  const [year, month, day] = new Intl.DateTimeFormat("en-CA", { timeZone: current().zone }).format(new Date()).split("-").map(Number);
  return new Date(year, month - 1, day); // the reader's today, which the server goes by too
};
const same = (one, two) => one?.getTime() === two?.getTime();

/** The same day of another month, or its last one. */
function plusMonths(day, months) {
  const last = new Date(day.getFullYear(), day.getMonth() + months + 1, 0);
  return last.getDate() < day.getDate() ? last : new Date(day.getFullYear(), day.getMonth() + months, day.getDate());
}

function dayOf(year, month, day) {
  if (![2, 4].includes(year.length) || month.length > 2 || day.length > 2) return null;
  // two figures lie between 80 years ago and 20 years ahead
  const full = year.length === 4 ? Number(year) : Number(year) + (Number(year) > (now().getFullYear() % 100) + 20 ? 1900 : 2000);
  const found = new Date(full, Number(month) - 1, Number(day));
  const sound = found.getFullYear() === full && found.getMonth() === Number(month) - 1 && full >= 1900 && full <= 2999;
  return sound ? found : null;
}

const away = (text) => (/^[+\-−]\d{1,4}$/.test(text) ? Number(text.replace("−", "-")) : AWAY[text]);

function cut(figures, ordered) {
  const sizes = { 4: [2, 2], 6: [2, 2, 2], 8: ordered[0] === "y" ? [4, 2, 2] : [2, 2, 4] }[figures.length];
  if (!sizes) return [figures];
  let at = 0;
  return sizes.map((size) => figures.slice(at, (at += size)));
}

/** The day that is meant, or null. */
function read(typed, form) {
  const text = typed.trim().toLowerCase();
  const year = String(now().getFullYear());
  if (away(text) !== undefined) return plus(now(), away(text));
  let parts = (text.match(/\d+|\p{L}+/gu) ?? []).filter((part) => !SMALL.has(part));
  if (!parts.length || parts.length > 3 || text.includes(":")) return null;
  const names = parts.filter((part) => !/^\d+$/.test(part));
  if (names.length) {
    const month = names[0].length > 2 ? MONTHS.findIndex((known) => known.split(" ").includes(names[0].slice(0, 3))) : -1;
    const figures = parts.filter((part) => !names.includes(part));
    return names.length === 1 && month >= 0 && figures.length ? dayOf(figures[1] ?? year, String(month + 1), figures[0]) : null;
  }
  let ordered = order(form);
  if (parts.length === 1 && parts[0].length > 2) parts = cut(parts[0], ordered);
  if (parts.length === 1) return parts[0].length < 3 ? dayOf(year, String(now().getMonth() + 1), parts[0]) : null;
  if (parts[0].length === 4) ordered = "ymd";
  if (parts.length === 2) ordered = ordered.replace("y", "");
  if (parts.length !== ordered.length) return null;
  const found = Object.fromEntries([...ordered].map((letter, index) => [letter, parts[index]]));
  return dayOf(found.y ?? year, found.m, found.d) ?? dayOf(found.y ?? year, found.d, found.m);
}

function write(day, form) {
  const two = (value) => String(value).padStart(2, "0");
  const parts = { d: two(day.getDate()), m: two(day.getMonth() + 1), y: String(day.getFullYear()) };
  return [...order(form)].map((letter) => parts[letter]).join(mark(form));
}

/** A day that was typed as programs write it; what cannot be read stays as it is, "" is no day. */
export function plainDay(typed) {
  const day = read(typed, current().form);
  return day ? write(day, "yyyy-mm-dd") : typed.trim();
}

/** Day and time of a text that may hold both. */
function parted(text) {
  const found = text.match(/^(.*?)[\sT,]+(\d{1,2}[:.]\d{2})(?::\d{2})?$/);
  return found ? [found[1], ` ${found[2].replace(".", ":").padStart(5, "0")}`] : [text, ""];
}

/**
 * `value` is the text in the country's form; `onText` is told what is typed, `onDone` what stands there when one leaves it. With `time` a time may follow the day. `relative`
 * leaves "hoy" and "+7" as they are: a filter means them anew each day. `placeholder` stands where nothing is until one goes there.
 */
export function DayField({ value = "", onText, onDone, time = false, relative = false, placeholder = "", className = "input", disabled, ...rest }) {
  const { form, choose } = useSyncExternalStore(subscribe, current, current);
  const [open, setOpen] = useState(false);
  const [here, setHere] = useState(false);
  const box = useRef(null);
  const input = useRef(null);
  const popup = useRef(null);
  const id = useId();
  usePopup(box, popup, open);
  useOutside([box, popup], open, () => setOpen(false));

  // another value from outside; the first one may have given way to a draft already
  const shown = useRef(value);
  useEffect(() => {
    if (shown.current !== value && input.current.value !== value) input.current.value = value;
    shown.current = value;
  }, [value]);

  function put(text) {
    if (input.current.value === text) return;
    input.current.value = text;
    onText?.(text);
    input.current.dispatchEvent(new Event("input", { bubbles: true })); // the form around it counts what changed
  }

  /** What was understood takes the place of what was typed; what was not stays, for the server to say so. */
  function settle() {
    const [text, hour] = time ? parted(input.current.value.trim()) : [input.current.value, ""];
    const kept = !form || (relative && away(text.trim().toLowerCase()) !== undefined);
    const day = kept ? null : read(text, form);
    if (day) put(write(day, form) + hour);
    onDone?.(input.current.value);
  }

  function close() {
    setOpen(false);
    input.current.focus();
  }

  function pick(day) {
    put(write(day, form) + (time ? parted(input.current.value.trim())[1] : ""));
    onDone?.(input.current.value);
    close();
  }

  function keyDown(event) {
    if (event.key === "ArrowDown" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      setOpen(true);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    } else if (event.key === "Enter") {
      settle();
    }
  }

  return (
    <span
      className="day-input"
      ref={box}
      onBlur={(event) => {
        if (open && !box.current.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <input
        {...rest}
        ref={input}
        type="text"
        className={className}
        defaultValue={value}
        disabled={disabled}
        placeholder={!here && placeholder ? placeholder : form + (time ? " hh:mm" : "")}
        autoComplete="off"
        spellCheck={false}
        maxLength={40}
        role="combobox"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onChange={(event) => onText?.(event.target.value)}
        onFocus={() => setHere(true)}
        onBlur={() => {
          setHere(false);
          settle();
        }}
        onKeyDown={keyDown}
      />
      {!disabled && (
        <button type="button" className="input-button" tabIndex={-1} aria-label={choose} title={choose} onClick={() => (open ? close() : setOpen(true))}>
          <Icon name="calendar" size="sm" />
        </button>
      )}
      {open && (
        <div ref={popup} id={id} popover="manual" className="popup calendar" role="dialog" aria-label={choose}>
          <Calendar start={read(time ? parted(input.current.value)[0] : input.current.value, form)} onPick={pick} onClose={close} />
        </div>
      )}
    </span>
  );
}

const MOVES = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

function Calendar({ start, onPick, onClose }) {
  const { week, before, after, today } = current();
  const [at, setAt] = useState(start ?? now());
  const grid = useRef(null);
  const said = (day, how) => new Intl.DateTimeFormat(document.documentElement.lang, how).format(day);
  const first = new Date(at.getFullYear(), at.getMonth(), 1);
  const begin = plus(first, -((first.getDay() + 6 - week) % 7));
  const weeks = [0, 1, 2, 3, 4, 5].map((row) => [0, 1, 2, 3, 4, 5, 6].map((column) => plus(begin, row * 7 + column)));

  useEffect(() => {
    grid.current.querySelector('[tabindex="0"]')?.focus();
  }, [at]);

  function keyDown(event) {
    event.stopPropagation(); // the keys of the list and of the form rest
    const weekday = (at.getDay() + 6 - week) % 7;
    const steps = { ...MOVES, Home: -weekday, End: 6 - weekday };
    const months = { PageUp: event.shiftKey ? -12 : -1, PageDown: event.shiftKey ? 12 : 1 };
    if (event.key === "Escape") onClose();
    else if (!grid.current.contains(event.target)) return;
    else if (event.key in steps) setAt(plus(at, steps[event.key]));
    else if (event.key in months) setAt(plusMonths(at, months[event.key]));
    else return;
    event.preventDefault();
  }

  const turn = (months, label, icon) => (
    <button type="button" className="button button-quiet button-icon button-sm" aria-label={label} title={label} onClick={() => setAt(plusMonths(at, months))}>
      <Icon name={icon} />
    </button>
  );
  return (
    <div onKeyDown={keyDown}>
      <div className="calendar-head">
        {turn(-1, before, "chevron-left")}
        <span aria-live="polite">{said(first, { month: "long", year: "numeric" })}</span>
        {turn(1, after, "chevron-right")}
      </div>
      <table role="grid" ref={grid} aria-label={said(first, { month: "long", year: "numeric" })}>
        <thead>
          <tr>
            {weeks[0].map((day) => (
              <th key={day.getDay()} scope="col" abbr={said(day, { weekday: "long" })}>
                {said(day, { weekday: "narrow" })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks
            .filter((row) => row.some((day) => day.getMonth() === at.getMonth()))
            .map((row) => (
              <tr key={row[0].getTime()}>
                {row.map((day) => (
                  <td key={day.getTime()} role="gridcell" aria-selected={same(day, start) || undefined}>
                    <button
                      type="button"
                      tabIndex={same(day, at) ? 0 : -1}
                      aria-label={said(day, { dateStyle: "full" })}
                      aria-current={same(day, now()) ? "date" : undefined}
                      className={day.getMonth() === at.getMonth() ? "calendar-day" : "calendar-day is-other"}
                      onClick={() => onPick(day)}
                    >
                      {day.getDate()}
                    </button>
                  </td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
      <button type="button" className="button button-quiet button-sm" onClick={() => onPick(now())}>
        {today}
      </button>
    </div>
  );
}
