// A record made in passing, from the picker that did not find it: a small dialog with the fields that its list asks for.
import { createContext, useContext, useEffect, useId, useState } from "react";
import { createPortal } from "react-dom";
import { Dialog, Icon } from "./kit.jsx";
import { Cell } from "./rows.jsx";

// how many such dialogs lie under this one; a picker in the second one makes nothing
const Depth = createContext(0);
const DEEPEST = 2;
const HEADERS = { Accept: "application/json, application/problem+json", "Content-Type": "application/json" };

const shapes = new Map();

function shapeOf(resource) {
  const key = `${document.documentElement.lang} ${resource}`;
  if (!shapes.has(key)) {
    const asked = fetch(`/api/v1/lists/quick/${resource}`, { credentials: "same-origin", headers: HEADERS })
      .then((response) => (response.ok ? response.json() : Promise.reject(response)))
      .catch(() => {
        shapes.delete(key);
        return null;
      });
    shapes.set(key, asked);
  }
  return shapes.get(key);
}

/** What the dialog of that list looks like: {title, fields}; null until it is known, and for who may not make such records. */
export function useMaker(resource, wanted) {
  const depth = useContext(Depth);
  const [shape, setShape] = useState(null);
  const asks = Boolean(wanted) && depth < DEEPEST && !resource.includes("/");
  useEffect(() => {
    if (!asks) return;
    let gone = false;
    shapeOf(resource).then((found) => !gone && setShape(found?.fields.length ? found : null));
    return () => {
      gone = true;
    };
  }, [asks, resource]);
  return shape;
}

// React's events rise through a portal to the form around the picker, which must not take them for its own
const stop = (event) => event.stopPropagation();
const STOPPED = { onInput: stop, onChange: stop, onSubmit: stop, onClick: stop, onKeyDown: stop, onFocus: stop, onBlur: stop };

const first = (shape, text) => ({
  ...Object.fromEntries(shape.fields.map((field) => [field.name, field.initial ?? ""])),
  ...shape.given,
  [shape.label]: text,
});

/** `onDone({id, name})` is told what was made. */
export function QuickCreate({ resource, shape, text, labels, onDone, onClose }) {
  const depth = useContext(Depth);
  const id = useId();
  const [row, setRow] = useState(() => first(shape, text));
  const [errors, setErrors] = useState({});
  const [doubles, setDoubles] = useState([]);
  const [busy, setBusy] = useState(false);
  const [once] = useState(() => `quick-${Math.random().toString(36).slice(2)}`);

  async function save(event) {
    event?.preventDefault();
    if (busy) return;
    setBusy(true);
    const { texts, ...values } = row;
    const wary = doubles.length ? "" : "?wary=true"; // who has been told of others makes it all the same
    let answer;
    let made = false;
    try {
      const sent = JSON.stringify(values);
      const headers = { ...HEADERS, "Idempotency-Key": `${once} ${sent.length} ${hash(sent)}` };
      const response = await fetch(`/api/v1/lists/quick/${resource}${wary}`, { method: "POST", credentials: "same-origin", headers, body: sent });
      answer = await response.json();
      made = response.ok;
    } catch {
      answer = { fields: { "": labels.error } };
    }
    setBusy(false);
    if (answer.warnings) {
      setErrors({});
      setDoubles(answer.warnings);
      return;
    }
    if (made) {
      onClose();
      onDone({ id: String(answer.id), name: answer.name });
      return;
    }
    const known = new Set(shape.fields.map((field) => field.name));
    const found = answer.fields ?? {};
    const rest = Object.entries(found).filter(([name]) => !known.has(name)).map(([, message]) => message);
    setErrors({ ...found, "": rest.join(" ") || (Object.keys(found).length ? "" : answer.detail || answer.title) });
  }

  return createPortal(
    <div {...STOPPED}>
      <Depth.Provider value={depth + 1}>
        <Dialog open title={shape.title} onClose={onClose} closeLabel={labels.close} className="quick">
          <form
            noValidate
            className="form"
            onSubmit={save}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save(event);
            }}
          >
            {errors[""] && (
              <p className="field-error" role="alert">
                <Icon name="circle-alert" />
                {errors[""]}
              </p>
            )}
            {shape.fields.map((field) => (
              <div className="field" key={field.name}>
                {field.widget !== "checkbox" && field.widget !== "checkboxes" && (
                  <label className="label" htmlFor={`${id}${field.name}`}>
                    {field.label}
                    {field.required && (
                      <span className="needed" aria-hidden="true">
                        {" *"}
                      </span>
                    )}
                  </label>
                )}
                <Cell
                  column={field}
                  row={row}
                  id={`${id}${field.name}`}
                  error={errors[field.name]}
                  pickerLabels={labels}
                  onChange={(part) => {
                    setDoubles([]);
                    setRow((before) => ({ ...before, ...part }));
                  }}
                />
              </div>
            ))}
            {doubles.length > 0 && (
              <div className="banner banner-wait notices" role="alert">
                {doubles.map((one) => (
                  <p key={`${one.field} ${one.id}`}>
                    <Icon name="copy" />
                    <span className="grow">{one.message}</span>
                    {one.id && (
                      <button
                        type="button"
                        className="button button-sm"
                        onClick={() => {
                          onClose();
                          onDone({ id: String(one.id), name: one.name });
                        }}
                      >
                        {labels.take}
                      </button>
                    )}
                  </p>
                ))}
              </div>
            )}
            <div className="dialog-foot">
              <button type="button" className="button" onClick={onClose}>
                {labels.cancel}
              </button>
              <button type="submit" className="button button-primary" aria-busy={busy || undefined}>
                {doubles.length ? labels.anyway : labels.save}
              </button>
            </div>
          </form>
        </Dialog>
      </Depth.Provider>
    </div>,
    document.body,
  );
}

/** A short word for a text: the same one sent again (a double click, a lost answer) makes nothing twice. */
function hash(text) {
  let found = 0;
  for (let at = 0; at < text.length; at += 1) found = (found * 31 + text.charCodeAt(at)) >>> 0;
  return found.toString(36);
}
