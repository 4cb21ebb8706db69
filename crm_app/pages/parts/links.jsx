// Links inside the application. Lists have many of them, so a link knows no more than where it leads: the router's own
// asks it for the present place too, and is drawn anew whenever that changes.
import { useEffect } from "react";
import { NavLink, useLocation, useNavigate } from "react-router";

/** The notice that the server cannot be reached, while it is shown. */
const cutOff = () => document.querySelector(".connection:not(.is-back):not(:empty)");
const isCalm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Without a connection another page would have nothing to show: what is open stays, and the notice that says why stirs. */
function isHeld() {
  const notice = cutOff();
  if (notice && !isCalm()) notice.animate({ scale: [1, 1.05, 1] }, 300);
  return Boolean(notice);
}

const isAside = (event) => event.button !== 0 || event.metaKey || event.altKey || event.ctrlKey || event.shiftKey;

/**
 * What follows an address of the application: `go("/accounts/7")`. To where one is already leads no second step back. The page
 * is drawn at once and so asks for its data before it is painted, not after. The focus goes before the page does: taken away
 * with it, the browser first lays out once more what nobody sees again.
 */
export function useGo() {
  const navigate = useNavigate();
  return (to) => {
    if (isHeld()) return;
    const { pathname, search, hash } = window.location;
    if (to.split(/[?#]/)[0] !== pathname) document.activeElement?.blur();
    navigate(to, { replace: to === pathname + search + hash, flushSync: true });
  };
}

/** `to` is a path from the root. A click for another tab or window is the browser's. */
export function PageLink({ to, onClick, ...rest }) {
  const go = useGo();
  const follow = (event) => {
    onClick?.(event);
    if (event.defaultPrevented || isAside(event)) return;
    event.preventDefault();
    go(to);
  };
  return <a {...rest} href={to} onClick={follow} />;
}

/** Calls the telephone number without its extension, or begins a message to the address. */
export function ReachLink({ text, phone = false }) {
  const to = phone
    ? `tel:${text.replace(/\s*(x|ext).*$/i, "").replace(/[^+\d]/g, "")}`
    : `mailto:${encodeURIComponent(text).replace("%40", "@")}`;
  return (
    <a className="reach" href={to}>
      {text}
    </a>
  );
}

/** A link of the navigation: the router's own, which knows whether one is there. */
export function NavigationLink({ onClick, ...rest }) {
  const follow = (event) => {
    onClick?.(event);
    if (!isAside(event) && isHeld()) event.preventDefault();
  };
  return <NavLink {...rest} onClick={follow} />;
}

const SOON = 120; // frames in which what was asked for should be there

/** Leads to a section that shows only after the server has been asked for it; what adds to it gets the focus. */
export function ToSection({ target, onGo, children }) {
  const go = () => {
    onGo?.();
    let left = SOON;
    const look = () => {
      const section = document.getElementById(target);
      if (section?.offsetParent) {
        section.scrollIntoView({ block: "start" });
        section.querySelector(".rows-add")?.focus({ preventScroll: true });
      } else if (left-- > 0) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  };
  return (
    <button type="button" className="button button-quiet button-sm" onClick={go}>
      {children}
    </button>
  );
}

let isOpened = false; // the page that the browser itself opens begins at its top

/**
 * Who has followed a link goes on in the content of the page, unless something in it has taken the focus. That comes after
 * the page was painted: before, the browser would lay it out for the focus, and once more for what is still to come.
 */
export function Arrival() {
  const { pathname } = useLocation();
  useEffect(() => {
    if (!isOpened) {
      isOpened = true;
      return undefined;
    }
    let timer = 0;
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => {
        const isLost = !document.activeElement || document.activeElement === document.body;
        if (isLost) document.getElementById("content")?.focus({ preventScroll: true });
      });
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [pathname]);
  return null;
}
