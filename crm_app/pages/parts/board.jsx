// A board: lanes of cards. A card is moved with the mouse, with a finger that rests on it first, or with the keyboard (Space,
// arrows, Space). What a move means, and whether it may be, the server says; until then the card waits where it was put.
import { useEffect, useRef, useState } from "react";
import { Avatar, Icon, useLatest } from "./kit.jsx";
import { PageLink } from "./links.jsx";
import { BADGE_ICONS, Badges } from "./lists.jsx";

const HOLD_MS = 300;
const MOVED_PX = 6;
const LANE_PX = 190;
const STRIP_PX = 52;

// the button or finger that lets a card go is no click on its link
const swallow = (event) => {
  event.preventDefault();
  event.stopPropagation();
};
const laneUnder = (x, y) => document.elementFromPoint(x, y)?.closest("[data-lane]")?.dataset.lane ?? "";
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** Which lanes have room side by side; the others, the last first, are strips. `first` is always open. */
function useRoom(box, names, first) {
  const [room, setRoom] = useState(names.length);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => {
      const wide = entry.contentRect.width;
      const fit = Math.floor((wide - names.length * STRIP_PX) / (LANE_PX - STRIP_PX));
      setRoom(Math.max(1, Math.min(names.length, fit)));
    });
    watch.observe(box.current);
    return () => watch.disconnect();
  }, [box, names.length]);
  const order = first ? [first, ...names.filter((name) => name !== first)] : names;
  return order.slice(0, room);
}

/** Moves a card with mouse, pen or finger. The card itself stays; a copy of it follows. */
function usePointer(board, latest) {
  useEffect(() => {
    const host = board.current;
    let press = null;
    const ghost = (event) => {
      press.ghost.style.transform = `translate(${event.clientX - press.x}px, ${event.clientY - press.y}px) rotate(-1.2deg)`;
    };
    const start = () => {
      const at = press.card.getBoundingClientRect();
      press.ghost = press.card.cloneNode(true);
      press.ghost.className = "card is-dragging is-ghost";
      press.ghost.setAttribute("aria-hidden", "true");
      Object.assign(press.ghost.style, { left: `${at.left}px`, top: `${at.top}px`, width: `${at.width}px` });
      document.body.append(press.ghost);
      latest.current.lift(press.key, press.lane);
    };
    const end = () => {
      clearTimeout(press?.timer);
      press?.ghost?.remove();
      press = null;
    };
    const down = (event) => {
      end();
      const card = event.target.closest("[data-card]");
      if (!card || event.button || !event.isPrimary || !latest.current.able) return;
      press = { card, key: card.dataset.card, lane: card.closest("[data-lane]").dataset.lane, x: event.clientX, y: event.clientY };
      if (event.pointerType !== "mouse") press.timer = setTimeout(start, HOLD_MS);
    };
    const move = (event) => {
      if (!press) return;
      const far = Math.hypot(event.clientX - press.x, event.clientY - press.y) > MOVED_PX;
      if (!press.ghost && far && event.pointerType === "mouse") start();
      else if (!press.ghost && far) end();
      if (!press?.ghost) return;
      ghost(event);
      latest.current.aim(laneUnder(event.clientX, event.clientY));
    };
    const up = (event) => {
      const held = press?.ghost ? press : null;
      end();
      if (!held) return;
      addEventListener("click", swallow, true);
      setTimeout(() => removeEventListener("click", swallow, true), 50);
      latest.current.drop(held.key, laneUnder(event.clientX, event.clientY));
    };
    const give = () => {
      if (press?.ghost) latest.current.drop("", "");
      end();
    };
    const still = (event) => {
      if (press?.ghost) event.preventDefault(); // the page does not scroll under a card that is carried
    };
    const menu = (event) => {
      if (press && event.pointerType !== "mouse") event.preventDefault();
    };
    const escape = (event) => {
      if (event.key === "Escape" && press?.ghost) give();
    };
    host.addEventListener("pointerdown", down);
    host.addEventListener("touchmove", still, { passive: false });
    host.addEventListener("contextmenu", menu);
    const others = { pointermove: move, pointerup: up, pointercancel: give, keydown: escape };
    for (const [name, act] of Object.entries(others)) addEventListener(name, act);
    return () => {
      end();
      host.removeEventListener("pointerdown", down);
      host.removeEventListener("touchmove", still);
      host.removeEventListener("contextmenu", menu);
      for (const [name, act] of Object.entries(others)) removeEventListener(name, act);
    };
  }, [board, latest]);
}

function Card({ card, resource, waiting, lifted, hint, onKey }) {
  return (
    <li className={`card${waiting ? " is-waiting" : ""}${lifted ? " is-lifted" : ""}`} data-card={card.id} aria-busy={waiting}>
      <PageLink to={`/${resource}/${card.id}`} className="card-title truncate" draggable={false} aria-describedby={hint} onKeyDown={onKey} title={card.title}>
        {card.title}
      </PageLink>
      <div className="card-sub truncate" dir="auto" title={card.about}>{card.about}</div>
      <div className="card-line">
        <span className="card-money">{card.money}</span>
        <span className="card-sub fig">{card.day}</span>
      </div>
      {(card.badges || card.owner) && (
        <div className="card-foot">
          <Badges text={card.badges} />
          {card.owner && (
            <span className="card-owner" title={card.owner}>
              <Avatar text={card.owner} />
              <span className="sr-only">{card.owner}</span>
            </span>
          )}
        </div>
      )}
    </li>
  );
}

/**
 * lanes: [{state, look, count, sum, more, cards: [{id, title, about, money, day, owner, badges}]}], titles: {state: word};
 * answer counts the server's answers to moves. onMove(card, state, once), onMore(state).
 */
export function Board({ lanes = [], titles = {}, resource = "", able = false, answer = 0, labels = {}, onMove, onMore }) {
  const box = useRef(null);
  const [held, setHeld] = useState(null); // {key, from, to}: a card that is being carried
  const [put, setPut] = useState(null); // {key, to}: a card that waits for the server's answer
  const [first, setFirst] = useState("");
  const [said, setSaid] = useState("");
  const names = lanes.map((lane) => lane.state);
  const open = useRoom(box, names, first);
  useEffect(() => setPut(null), [answer]);

  const titleOf = (key) => lanes.flatMap((lane) => lane.cards).find((card) => String(card.id) === String(key))?.title ?? "";
  const drop = (key, to) => {
    const from = held?.from;
    setHeld(null);
    if (!key || !to || to === from) {
      if (key) setSaid(fill(labels.left, { name: titleOf(key) }));
      return;
    }
    setPut({ key: String(key), to });
    setSaid(fill(labels.moved, { name: titleOf(key), lane: titles[to] }));
    onMove?.(Number(key), to, crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`);
  };
  const latest = useLatest({
    able: able && !put,
    lift: (key, from) => setHeld({ key: String(key), from, to: from }),
    aim: (to) => setHeld((now) => (now && to && now.to !== to ? { ...now, to } : now)),
    drop,
  });
  usePointer(box, latest);

  const focusCard = (lane, place) => {
    const links = box.current.querySelectorAll(`[data-lane="${lane}"] .card-title`);
    links[Math.max(0, Math.min(place, links.length - 1))]?.focus();
  };
  const press = (event, card, lane, place) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const key = String(card.id);
    const carried = held?.key === key;
    if (event.key === " " && able && !put) {
      if (carried) drop(key, held.to);
      else {
        setHeld({ key, from: lane, to: lane });
        setSaid(fill(labels.lifted, { name: card.title, lane: titles[lane] }));
      }
    } else if (event.key === "Escape" && carried) drop(key, held.from);
    else if (carried && event.key === "Enter") drop(key, held.to);
    else if (carried && step) {
      const to = names[names.indexOf(held.to) + step];
      if (to) {
        setHeld({ ...held, to });
        setSaid(fill(labels.over, { lane: titles[to] }));
      }
    } else if (step) {
      const rest = step > 0 ? names.slice(names.indexOf(lane) + 1) : names.slice(0, names.indexOf(lane)).reverse();
      const next = rest.find((name) => open.includes(name) && box.current.querySelector(`[data-lane="${name}"] .card-title`));
      if (next) focusCard(next, place);
    } else if (event.key === "ArrowUp") focusCard(lane, place - 1);
    else if (event.key === "ArrowDown") focusCard(lane, place + 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const away = put && lanes.flatMap((lane) => lane.cards).find((card) => String(card.id) === put.key);
  return (
    <div className="board" ref={box} role="group" aria-label={labels.board}>
      <p className="sr-only" id="board-hint">{able ? labels.hint : ""}</p>
      <p className="sr-only" role="status">{said}</p>
      {lanes.map((lane) => {
        const target = held && held.to === lane.state && held.to !== held.from ? " is-target" : "";
        const cards = away ? lane.cards.filter((card) => card !== away) : lane.cards;
        const shown = away && put.to === lane.state ? [away, ...cards] : cards;
        if (!open.includes(lane.state)) {
          return (
            <button type="button" className={`lane-strip${target}`} key={lane.state} data-lane={lane.state} onClick={() => setFirst(lane.state)} aria-label={`${titles[lane.state]}, ${lane.count}`}>
              <span className="count fig">{lane.count}</span>
              <span>{titles[lane.state]}</span>
            </button>
          );
        }
        return (
          <section className={`lane${target}`} key={lane.state} data-lane={lane.state} aria-label={titles[lane.state]}>
            <div className="lane-head">
              <h2 className="lane-name">
                <span className={`look-${lane.look}`}><Icon name={BADGE_ICONS[lane.look] ?? "circle-dashed"} size="sm" /></span>
                <span className="truncate">{titles[lane.state]}</span>
                <span className="count fig">{lane.count}</span>
              </h2>
              <div className="lane-sum">{lane.sum}</div>
            </div>
            <div className="lane-scroll" tabIndex={shown.length ? 0 : undefined} role={shown.length ? "group" : undefined} aria-label={shown.length ? titles[lane.state] : undefined}>
              <ol className="lane-cards">
                {shown.map((card, place) => (
                  <Card key={card.id} card={card} resource={resource} waiting={card === away} lifted={held?.key === String(card.id)} hint="board-hint" onKey={(event) => press(event, card, lane.state, place)} />
                ))}
                {target && <li className="card-slot" aria-hidden="true" />}
              </ol>
              {lane.more && (
                <button type="button" className="button button-quiet button-sm lane-more" onClick={() => onMore?.(lane.state)}>
                  {labels.more}
                </button>
              )}
            </div>
          </section>
        );
      })}
    </div>
  );
}
