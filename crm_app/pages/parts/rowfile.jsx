// Rows from a file or pasted from a spreadsheet: rehearsed at once, and written when the reader has seen what it would do.
import { useId, useRef, useState } from "react";
import { DayField, plainDay } from "./days.jsx";
import { Dialog, Icon } from "./kit.jsx";

/**
 * address: where the rows are POSTed; limit: bytes; asks: [{name, label, day}] what is asked beside them, a day or a yes;
 * counts: the names of what the answer counts, writes: those of which there must be any; named: the name of its list of names;
 * labels: see pages/parts/row_file.py, with `paste` rows may be pasted; onDone(change set) once it is written.
 */
export function RowFile({ onDone, labels = {}, ...rest }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button" data-row-file="" onClick={() => setOpen(true)}>
        <Icon name="upload" />
        <span>{labels.open}</span>
      </button>
      <Dialog open={open} title={labels.title} width="640px" closeLabel={labels.close} onClose={() => setOpen(false)}>
        <Form
          {...rest}
          labels={labels}
          onClose={() => setOpen(false)}
          onDone={(key) => {
            setOpen(false);
            onDone?.(key);
          }}
        />
      </Dialog>
    </>
  );
}

function Form({ address, limit = 0, asks = [], counts = [], writes = [], named = "", labels, onClose, onDone }) {
  const [asked, setAsked] = useState({ file: null });
  const [told, setTold] = useState(null);
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const chooser = useRef(null);
  const newest = useRef(0);
  const once = useRef("");
  const id = useId();

  // the newest question is the one that is answered
  const ask = async (question, rehearse) => {
    const number = ++newest.current;
    setBusy(true);
    setError("");
    const found = await send(address, question, rehearse, once.current, labels);
    if (number !== newest.current) return;
    setBusy(false);
    if (found.error) {
      setTold(null);
      setError(found.error);
    } else if (rehearse) setTold(found);
    else onDone(found.change_set ?? 0);
  };
  const change = (part) => {
    const question = { ...asked, ...part };
    setAsked(question);
    once.current = crypto.randomUUID?.() ?? String(Math.random());
    if (!question.file) {
      newest.current += 1;
      setBusy(false);
      setTold(null);
      setError("");
      return;
    }
    if (limit && question.file.size > limit) {
      newest.current += 1;
      setBusy(false);
      setTold(null);
      setError(labels.too_large);
    } else ask(question, true);
  };

  const able = told && !busy && !told.refused && writes.some((name) => told[name] > 0);
  return (
    <form
      className="form row-file"
      onSubmit={(event) => {
        event.preventDefault();
        if (able) ask(asked, false);
      }}
    >
      <p className="dialog-text">{labels.hint}</p>
      <div className="row">
        <button type="button" className="button" onClick={() => chooser.current.click()}>
          <Icon name="paperclip" />
          {labels.choose}
        </button>
        <span className="truncate muted" dir="auto">
          {asked.file?.name ?? labels.none}
        </span>
        <input
          ref={chooser}
          type="file"
          accept=".csv,.txt,text/csv,text/plain"
          hidden
          tabIndex={-1}
          aria-label={labels.choose}
          onChange={(event) => {
            if (event.target.files.length) change({ file: event.target.files[0] });
            event.target.value = "";
          }}
        />
      </div>
      {labels.paste && (
        <div className="field">
          <label className="label" htmlFor={`${id}-paste`}>
            {labels.paste}
          </label>
          <textarea id={`${id}-paste`} className="input" rows={4} spellCheck={false} onChange={(event) => change({ file: pasted(event.target.value, labels) })} />
        </div>
      )}
      {asks.map(({ name, label, day: isDay }) =>
        isDay ? (
          <div className="field" key={name}>
            <label className="label" htmlFor={`${id}-${name}`}>
              {label}
            </label>
            <DayField
              id={`${id}-${name}`}
              onDone={(text) => {
                if (plainDay(text) !== (asked[name] ?? "")) change({ [name]: plainDay(text) });
              }}
            />
          </div>
        ) : (
          <label className="option-row" key={name}>
            <input type="checkbox" className="check" checked={asked[name] ?? false} onChange={(event) => change({ [name]: event.target.checked })} />
            {label}
          </label>
        ),
      )}
      <div className="row-told" role="status" aria-busy={busy || undefined}>
        {error && (
          <p className="field-error">
            <Icon name="circle-alert" />
            {error}
          </p>
        )}
        {told && <Told told={told} counts={counts} named={named} labels={labels} />}
      </div>
      <div className="dialog-foot">
        <button type="button" className="button" onClick={() => onClose?.()}>
          {labels.cancel}
        </button>
        <button type="submit" className="button button-primary" disabled={!able} aria-busy={busy || undefined}>
          {labels.write}
        </button>
      </div>
    </form>
  );
}

/** What was pasted as a file; null where it is nothing. */
const pasted = (text, labels) => (text.trim() ? new File([text], labels.pasted) : null);

/** An ISO day as the page's language writes it. */
const day = (text) => new Date(`${text}T12:00`).toLocaleDateString(document.documentElement.lang || undefined, { dateStyle: "medium" });

/** From one day to another; once where it is the same. */
const days = (told) => [...new Set([told.from, told.to])].map(day).join(" – ");

/** What the file would do, and the lines that cannot be taken. */
function Told({ told, counts, named, labels }) {
  const shown = counts.filter((name, index) => told[name] || index === 0);
  return (
    <>
      {told.read_as && <p>{told.read_as}</p>}
      {told.from && <p className="muted">{[(told[named] ?? []).join(", "), days(told)].filter(Boolean).join(" · ")}</p>}
      <dl className="facts">
        {shown.map((name) => (
          <div key={name} className="fact">
            <dt>{labels[name]}</dt>
            <dd className={name === "refused" ? "look-late" : ""}>{told[name]}</dd>
          </div>
        ))}
      </dl>
      {told.left_out?.length > 0 && (
        <p className="muted small">
          {labels.left_out} {told.left_out.join(", ")}
        </p>
      )}
      {told.lines.length > 0 && (
        <div className="sums-scroll row-lines" tabIndex={0} role="region" aria-label={labels.refused}>
          <table className="sums">
            <tbody>
              {told.lines.map((row, index) => (
                <tr key={index}>
                  <th scope="row">{labels.line.replace("{line}", row.line)}</th>
                  <td>{row.detail}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

/** The answer, or {error} with the sentence that says why there is none. */
async function send(address, { file, ...asked }, rehearse, once, labels) {
  const query = new URLSearchParams({ name: file.name, ...asked, rehearse });
  const headers = { "Content-Type": "application/octet-stream", ...(rehearse ? {} : { "Idempotency-Key": once }) };
  try {
    const answer = await fetch(`${address}?${query}`, { method: "POST", headers, body: file });
    const found = await answer.json();
    return answer.ok ? found : { error: Object.values(found.fields ?? {})[0] || found.detail || labels.network };
  } catch {
    return { error: labels.network };
  }
}
