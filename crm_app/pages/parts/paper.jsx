// The printed page of a document, drawn while it is written. Where each mark stands is the server's: the layout of the PDF.
import { useEffect, useRef, useState } from "react";
import { useLatest } from "./kit.jsx";
import { typed, watch } from "./typing.js";

const WIDTH = 210;
const HEIGHT = 297;
const REST = 250; // ms without a key before the page is drawn anew
const NOTHING = { lines: "", head: {} };

const draws = {
  text: (key, x, y, size, width, weight, colour, text, turn) => (
    <text
      key={key}
      x={x}
      y={y}
      fontSize={size}
      fontWeight={weight}
      fill={colour}
      textLength={width || undefined}
      lengthAdjust="spacingAndGlyphs"
      transform={turn ? `rotate(${turn} ${WIDTH / 2} ${HEIGHT / 2})` : undefined}
    >
      {text}
    </text>
  ),
  line: (key, x1, y1, x2, y2, width, colour) => <line key={key} x1={x1} y1={y1} x2={x2} y2={y2} stroke={colour} strokeWidth={width} />,
  area: (key, x, y, width, height, corner, ground, border, edge) => (
    <rect key={key} x={x} y={y} width={width} height={height} rx={corner} fill={ground || "none"} stroke={border || "none"} strokeWidth={edge} />
  ),
  scrawl: (key, points, colour, width) => (
    <polyline key={key} points={points} fill="none" stroke={colour} strokeWidth={width} strokeLinecap="round" strokeLinejoin="round" />
  ),
  image: (key, x, y, width, height, href) => <image key={key} x={x} y={y} width={width} height={height} href={href} />,
};

/** pages: the marks of each page (see documents/canvas.py); more: how many pages are left out. onDraw(lines, head): draw them. */
export function Paper({ pages = [], more = 0, showing = "", labels = {}, onDraw }) {
  const box = useRef(null);
  const timer = useRef(0);
  const [visible, setVisible] = useState(false);
  const live = useLatest({ onDraw, visible });

  useEffect(() => {
    const observer = new IntersectionObserver((seen) => setVisible(seen.at(-1).isIntersecting));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (!visible) return undefined;
    const ask = () => {
      const { lines, head } = typed() ?? NOTHING;
      live.current.onDraw?.(lines, head);
    };
    ask();
    const stop = watch(() => {
      clearTimeout(timer.current);
      timer.current = setTimeout(ask, REST);
    });
    return () => {
      clearTimeout(timer.current);
      stop();
    };
  }, [visible, showing, live]);

  return (
    <div ref={box} className="paper">
      {pages.length === 0 && <p className="paper-none">{labels.none}</p>}
      {pages.map((marks, index) => (
        <svg
          key={index}
          className="paper-page"
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={labels.page.replace("{n}", index + 1)}
        >
          {marks.map(([kind, ...values], place) => draws[kind]?.(place, ...values))}
        </svg>
      ))}
      {more > 0 && <p className="paper-none">{labels.more.replace("{n}", more)}</p>}
    </div>
  );
}
