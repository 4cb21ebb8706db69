// What lists need beside the kit: the checkboxes of the selection, heads that sort, and a clock.
import { startTransition, useEffect, useRef, useState } from "react";
import { PrefetchPageLinks, useNavigationType } from "react-router";
import { Icon } from "./kit.jsx";

export const BADGE_ICONS = { open: "circle-dot", wait: "clock", done: "circle-check", late: "circle-alert" };

/** The checkbox of a row. It answers at once; what the server says afterwards counts. */
export function Pick({ row, checked = false, label, onPick }) {
  const [shown, setShown] = useState(checked);
  const shift = useRef(false);
  useEffect(() => setShown(checked), [checked, row]); // another record may have come into this line
  return (
    <input
      type="checkbox"
      className="check"
      data-pick=""
      checked={shown}
      aria-label={label}
      onClick={(event) => {
        shift.current = event.shiftKey;
      }}
      onChange={(event) => {
        setShown(event.target.checked);
        onPick?.(row, event.target.checked, shift.current);
      }}
    />
  );
}

/** The checkbox of the head: all rows of the page. The key x picks the current row. */
export function PickAll({ checked = false, some = false, label, onPick }) {
  const box = useRef(null);
  const [shown, setShown] = useState(checked);
  useEffect(() => setShown(checked), [checked, some]);
  useEffect(() => {
    box.current.indeterminate = some && !shown;
  }, [some, shown]);
  useEffect(() => {
    const press = (event) => {
      if (event.key !== "x" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector("dialog[open]")) return;
      if (event.target.isContentEditable || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
      document.querySelector("table[data-list] tr.is-current [data-pick]")?.click();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  return (
    <input ref={box} type="checkbox" className="check" checked={shown} aria-label={label} onChange={(event) => {
      setShown(event.target.checked);
      onPick?.(event.target.checked);
    }} />
  );
}

/** The button in a head: a click sorts by it, with Shift beside what it is sorted by already. */
export function Sort({ name, onSort, title = "", children }) {
  return (
    <button type="button" className="sort" title={title} onClick={(event) => onSort?.(name, event.shiftKey)}>
      {children}
    </button>
  );
}

const STEP_PX = 8;
const KEPT_MS = 500; // after the last key

/**
 * The edge of a head, by which its column is drawn wider or narrower: with the pointer, or with the arrow keys, Home and End.
 * A double click or Delete gives it back its usual width. `onSize(name, pixels)`; 0 is the usual width.
 */
export function Size({ name, width = "", label, title = "", least, most, onSize }) {
  const edge = useRef(null);
  const waiting = useRef(null);
  const [now, setNow] = useState(null);
  const head = () => edge.current.parentElement;
  const asTold = () => {
    head().style.width = "";
    head().removeAttribute("data-drawn");
    if (document.activeElement === edge.current) setNow(head().offsetWidth);
  };
  // an answer to what was drawn before says nothing of what is being drawn
  useEffect(() => {
    if (waiting.current === null) asTold();
  }, [width]);
  useEffect(() => () => clearTimeout(waiting.current), []);
  const draw = (pixels) => {
    const fit = Math.min(most, Math.max(least, Math.round(pixels)));
    head().style.width = `${fit}px`;
    head().setAttribute("data-drawn", "");
    setNow(fit);
    return fit;
  };
  const keep = (pixels, delay) => {
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => {
      waiting.current = null;
      onSize?.(name, pixels);
    }, delay);
  };
  const reset = () => {
    asTold();
    keep(0, 0);
  };
  const drag = (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.focus();
    const [from, before, bar] = [event.clientX, head().offsetWidth, event.currentTarget];
    let pixels = 0;
    const move = (moved) => {
      if (pixels || Math.abs(moved.clientX - from) > 2) pixels = draw(before + moved.clientX - from);
    };
    const end = () => {
      bar.removeEventListener("pointermove", move);
      bar.removeEventListener("lostpointercapture", end);
      if (pixels) keep(pixels, 0);
    };
    bar.setPointerCapture(event.pointerId);
    bar.addEventListener("pointermove", move);
    bar.addEventListener("lostpointercapture", end);
  };
  const press = (event) => {
    const step = event.shiftKey ? 5 * STEP_PX : STEP_PX;
    const here = head().offsetWidth;
    const asked = { ArrowLeft: here - step, ArrowRight: here + step, Home: least, End: most, Delete: 0 }[event.key];
    if (asked === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (asked) keep(draw(asked), KEPT_MS);
    else reset();
  };
  return (
    <span
      ref={edge}
      role="separator"
      tabIndex={0}
      className="col-edge"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={now ?? least}
      aria-valuemin={least}
      aria-valuemax={most}
      title={title}
      onPointerDown={drag}
      onKeyDown={press}
      onFocus={() => setNow(head().offsetWidth)}
      onDoubleClick={reset}
    />
  );
}

/** Calls every so many milliseconds while it is in the page. */
export function Clock({ every = 700, onTick }) {
  const tick = useRef(onTick);
  useEffect(() => {
    tick.current = onTick;
  });
  useEffect(() => {
    const timer = setInterval(() => tick.current?.(), every);
    return () => clearInterval(timer);
  }, [every]);
  return null;
}

/** Calls when `value` is another one, as soon as it has stayed so for a moment; not for the value 0. */
export function Later({ value = 0, delay = 250, onCall }) {
  const call = useRef(onCall);
  useEffect(() => {
    call.current = onCall;
  });
  useEffect(() => {
    if (!value) return undefined;
    const timer = setTimeout(() => call.current?.(), delay);
    return () => clearTimeout(timer);
  }, [value, delay]);
  return null;
}

const ASKED_MS = 1000; // less than the server holds what it read ahead
const SETTLED_MS = 250; // the list's own pictures and fonts come first

const RETURN_MS = 5_000; // for the rows to be there again
const left = new Map(); // address of a list → how far it was scrolled, and the link by which it was left

const addressOf = ({ pathname, search }) => pathname + search;

/** Whether the list is where it was left: its row is there, in its place, and has the focus. */
function isBack({ top, to }) {
  const row = document.querySelector(`table[data-list][aria-busy="false"] a.row-link[href="${to}"]`)?.closest("tr");
  const box = document.querySelector(".table-scroll");
  if (!row || !box) return false;
  box.scrollTop = top; // rows far down are drawn when somebody scrolls: then it goes all the way
  if (box.scrollTop < Math.min(top, box.scrollHeight - box.clientHeight) - 1) return false;
  row.classList.add("is-current");
  row.querySelector("a.row-link").focus({ preventScroll: true });
  return true;
}

/** With the way back, a list is shown where it was left, unless somebody does something meanwhile. */
function useReturn() {
  const isReturn = useNavigationType() === "POP";
  useEffect(() => {
    const leave = (event) => {
      const link = event.target.closest?.("table[data-list] a.row-link");
      const top = document.querySelector(".table-scroll")?.scrollTop ?? 0;
      if (link) left.set(addressOf(window.location), { top, to: link.getAttribute("href") });
    };
    document.addEventListener("click", leave, true);
    return () => document.removeEventListener("click", leave, true);
  }, []);
  useEffect(() => {
    const place = isReturn && left.get(addressOf(window.location));
    if (!place) return;
    const end = performance.now() + RETURN_MS;
    let frame = 0;
    const stop = () => cancelAnimationFrame(frame);
    const look = () => {
      if (!isBack(place) && performance.now() < end) frame = requestAnimationFrame(look);
    };
    const acts = ["pointerdown", "wheel", "keydown"];
    for (const act of acts) window.addEventListener(act, stop, true);
    look();
    return () => {
      stop();
      for (const act of acts) window.removeEventListener(act, stop, true);
    };
  }, []); // of the page as it was entered
}

/**
 * The page of a list's records comes while the list is read, and a record's data (`onAhead(key)`) while its link is still
 * being pressed. A finger that is put down may be about to scroll: it asks when it is lifted.
 */
export function Ahead({ of, onAhead }) {
  useReturn();
  const ask = useRef(onAhead);
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    ask.current = onAhead;
  });
  useEffect(() => {
    const start = `/${of}/`;
    let asked = { key: "", at: 0 };
    const press = (event) => {
      if (event.button !== 0 || event.metaKey || event.altKey || event.ctrlKey || event.shiftKey) return;
      if (event.type === "pointerdown" && event.pointerType !== "mouse") return;
      const way = event.target.closest?.("a.row-link")?.getAttribute("href") ?? "";
      const key = way.startsWith(start) ? way.slice(start.length) : "";
      if (!/^[0-9]+$/.test(key) || (key === asked.key && event.timeStamp - asked.at < ASKED_MS)) return;
      asked = { key, at: event.timeStamp };
      ask.current?.(key);
    };
    const timer = setTimeout(() => setSettled(true), SETTLED_MS);
    document.addEventListener("pointerdown", press, true);
    document.addEventListener("click", press, true);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("pointerdown", press, true);
      document.removeEventListener("click", press, true);
    };
  }, [of]);
  return settled ? <PrefetchPageLinks page={`/${of}/1`} /> : null;
}

const QUIET_MS = 600;
const TALL_PX = 1000; // a window that shows more rows than those that come at once

/** Rows far down: they are drawn when somebody scrolls, or when `token`, what is asked for, has stayed the same for a moment. */
export function Below({ token = "", children }) {
  const [drawn, setDrawn] = useState(null);
  useEffect(() => {
    document.querySelector("table[data-list] tr.is-current")?.classList.remove("is-current");
    const draw = () => startTransition(() => setDrawn(token));
    const timer = setTimeout(draw, QUIET_MS);
    document.addEventListener("scroll", draw, { capture: true, once: true });
    return () => {
      clearTimeout(timer);
      document.removeEventListener("scroll", draw, true);
    };
  }, [token]);
  return drawn === token || window.innerHeight > TALL_PX ? children : null;
}

/** How a record stands: a badge for each line of `text`, "late:Overdue". */
export function Badges({ text = "" }) {
  const found = text.split("\n").filter(Boolean).map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]);
  return (
    <span className="badges" title={found.map(([, word]) => word).join(", ")}>
      {found.map(([look, word]) => (
        <span className={`badge badge-${look}`} key={word}>
          <Icon name={BADGE_ICONS[look] ?? "circle-dashed"} />
          {word}
        </span>
      ))}
    </span>
  );
}
