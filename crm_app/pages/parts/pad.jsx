// A pad to sign on: what pen, finger or mouse draw becomes strokes in a hidden field of the form around it.
import { useRef, useState } from "react";
import { Icon } from "./kit.jsx";

const WIDTH = 1000;
const HEIGHT = 400;
const NEAR = 3; // a point that is not this far from the one before is no news
const MOST = 4000;

const place = (event, box) => {
  const { left, top, width, height } = box.getBoundingClientRect();
  const within = (part, most) => Math.round(Math.min(1, Math.max(0, part)) * most);
  return [within((event.clientX - left) / width, WIDTH), within((event.clientY - top) / height, HEIGHT)];
};

/** name: of the field; labels: {hint, clear, pad}. The value is "x,y x,y;x,y …" on a ground of 1000 by 400. */
export function Pad({ name, labels = {} }) {
  const [strokes, setStrokes] = useState([]);
  const box = useRef(null);
  const drawing = useRef(false);
  const count = strokes.reduce((sum, stroke) => sum + stroke.length, 0);

  const begin = (event) => {
    if (event.button || count >= MOST) return;
    event.preventDefault();
    box.current.setPointerCapture(event.pointerId);
    drawing.current = true;
    setStrokes((before) => [...before, [place(event, box.current)]]);
  };
  const go = (event) => {
    if (!drawing.current) return;
    const moves = event.nativeEvent.getCoalescedEvents?.() ?? [];
    const points = (moves.length ? moves : [event]).map((move) => place(move, box.current));
    setStrokes((before) => {
      const last = [...before.at(-1)];
      let room = MOST - before.reduce((sum, stroke) => sum + stroke.length, 0);
      for (const [x, y] of points) {
        const [fromX, fromY] = last.at(-1);
        if (room > 0 && Math.hypot(x - fromX, y - fromY) >= NEAR) {
          last.push([x, y]);
          room -= 1;
        }
      }
      return [...before.slice(0, -1), last];
    });
  };
  const end = () => {
    drawing.current = false;
  };

  const text = strokes.map((stroke) => stroke.map((point) => point.join(",")).join(" "));
  return (
    <div className="pad">
      <svg
        ref={box}
        className="pad-ground"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={labels.pad}
        onPointerDown={begin}
        onPointerMove={go}
        onPointerUp={end}
        onPointerCancel={end}
      >
        <line className="pad-line" x1="60" x2="940" y1="320" y2="320" />
        {text.map((points, index) => (
          <polyline key={index} points={points.includes(" ") ? points : `${points} ${points}`} />
        ))}
      </svg>
      <div className="row pad-foot">
        <span className="hint">{labels.hint}</span>
        <button type="button" className="button button-quiet button-sm" disabled={!strokes.length} onClick={() => setStrokes([])}>
          <Icon name="x" size="sm" />
          {labels.clear}
        </button>
      </div>
      <input type="hidden" name={name} value={text.join(";")} />
    </div>
  );
}
