// The choice of lines before a document is carried on: ticks and quantities, or a share of everything; what it comes to.
import { useEffect, useId, useRef, useState } from "react";
import { Dialog, Icon, useLatest } from "./kit.jsx";

const PAUSE = 250;

/** A labelled number of the choice, with what is wrong with it. */
function Share({ way, label, value, error, onText }) {
  const id = useId();
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="input choose-share"
        inputMode="decimal"
        autoComplete="off"
        data-autofocus=""
        data-way={way}
        value={value}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        onChange={(event) => onText(event.target.value)}
      />
      {error && (
        <p className="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

/** A line: its tick, what it is, what is left, how much of it. */
function Line({ row, taken, quantity, error, labels, onTick, onText }) {
  const id = useId();
  return (
    <tr data-line={row.line}>
      <td>
        <input type="checkbox" className="check" checked={taken} aria-label={`${labels.take} ${row.text}`} onChange={(event) => onTick(event.target.checked)} />
      </td>
      <th scope="row">
        <span dir="auto">{row.text}</span> {row.option && <span className="tag">{row.option}</span>}
        {row.document && <span className="choose-document">{row.document}</span>}
      </th>
      <td className="num">{row.quantity}</td>
      <td className="num">{row.left}</td>
      <td className="choose-quantity">
        <input
          className="input num"
          inputMode="decimal"
          autoComplete="off"
          value={quantity}
          disabled={!taken}
          aria-label={`${labels.quantity}: ${row.text}`}
          aria-invalid={error ? "true" : undefined}
          aria-describedby={error ? id : undefined}
          onChange={(event) => onText(event.target.value)}
          onFocus={(event) => event.target.select()}
        />
        {error && (
          <p className="field-error" id={id}>
            {error}
          </p>
        )}
      </td>
      <td>{row.unit}</td>
    </tr>
  );
}

/**
 * offers: {line, document, text, unit, quantity, left, share, option}; others: {id, text, money, chosen}; ways: "lines", "percent",
 * "deposit", "deposit_amount"; sum and errors answer the typing `serial`.
 */
export function Choose({ open = false, ...more }) {
  return (
    <Dialog open={open} title={more.title} width="760px" closeLabel={more.labels.close} onClose={more.onClose}>
      <Form key={more.once} {...more} />
    </Dialog>
  );
}

function Form({ title, once, ways = [], offers = [], others = [], sum = {}, errors = {}, serial = 0, answer = 0, labels, onClose, onWeigh, onOther, onDone }) {
  const [way, setWay] = useState("lines");
  const [shares, setShares] = useState({});
  const [left, setLeft] = useState({});
  const [typed, setTyped] = useState({ percent: "50", deposit: "30", deposit_amount: "" });
  const [sent, setSent] = useState(0);
  const [busy, setBusy] = useState(false);
  const count = useRef(0);

  // an option is left out unless it is ticked
  const isLeft = (row) => left[row.line] ?? Boolean(row.option);
  const taken = offers.filter((row) => !isLeft(row));
  const choice =
    way === "lines" ? { way, lines: taken.map((row) => ({ line: row.line, quantity: shares[row.line] ?? row.share })) } : { way, [way]: typed[way] };
  const live = useLatest({ onWeigh });
  const asked = JSON.stringify([choice, others.filter((one) => one.chosen).map((one) => one.id)]);

  // the server makes it, adds it up and takes it back; the newest choice is the one that counts
  useEffect(() => {
    const number = ++count.current;
    setSent(number);
    const timer = setTimeout(() => live.current.onWeigh?.(JSON.parse(asked)[0], number), PAUSE);
    return () => clearTimeout(timer);
  }, [asked, live]);
  useEffect(() => setBusy(false), [answer]);

  const known = serial === sent;
  const wrong = known && Object.keys(errors).length > 0;
  return (
    <form
      className="form choose"
      onSubmit={(event) => {
        event.preventDefault();
        if (busy || wrong) return;
        setBusy(true);
        onDone?.(choice, once);
      }}
    >
      {ways.length > 1 && (
        <div className="segmented" role="group" aria-label={labels.how}>
          {ways.map((one) => (
            <button key={one} type="button" aria-pressed={one === way} onClick={() => setWay(one)}>
              {labels[one]}
            </button>
          ))}
        </div>
      )}
      {way === "lines" ? (
        <div className="sums-scroll choose-scroll" tabIndex={0} role="region" aria-label={labels.lines}>
          <table className="sums">
            <thead>
              <tr>
                <th>
                  <input
                    type="checkbox"
                    className="check"
                    checked={offers.length > 0 && taken.length === offers.length}
                    aria-label={labels.all}
                    onChange={(event) => setLeft(Object.fromEntries(offers.map((row) => [row.line, !event.target.checked])))}
                  />
                </th>
                <th>{labels.line}</th>
                <th className="num">{labels.whole}</th>
                <th className="num">{labels.left}</th>
                <th className="num">{labels.quantity}</th>
                <th aria-label={labels.unit} />
              </tr>
            </thead>
            <tbody>
              {offers.map((row) => (
                <Line
                  key={row.line}
                  row={row}
                  labels={labels}
                  taken={!isLeft(row)}
                  quantity={shares[row.line] ?? row.share}
                  error={known && !isLeft(row) ? errors[row.line] : ""}
                  onTick={(on) => setLeft({ ...left, [row.line]: !on })}
                  onText={(text) => setShares({ ...shares, [row.line]: text })}
                />
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <Share key={way} way={way} label={labels[`${way}_of`]} value={typed[way]} error={known && typed[way] ? errors[way] : ""} onText={(text) => setTyped({ ...typed, [way]: text })} />
      )}
      {others.length > 0 && !way.startsWith("deposit") && (
        <fieldset className="choose-others">
          <legend className="label">{labels.also}</legend>
          {others.map((one) => (
            <label key={one.id} className="option-row">
              <input type="checkbox" className="check" checked={one.chosen} onChange={(event) => onOther?.(one.id, event.target.checked)} />
              <span className="grow">{one.text}</span>
              <span className="fig">{one.money}</span>
            </label>
          ))}
        </fieldset>
      )}
      <div className="choose-sum" role="status" aria-busy={!known || undefined}>
        {known && errors.form ? (
          <p className="field-error">
            <Icon name="circle-alert" />
            {errors.form}
          </p>
        ) : (
          ["net", "tax", "total"].map((name) => (
            <span key={name} className={`choose-${name}`}>
              {labels[name]} <b className="fig">{sum[name] || (wrong ? "\u2013" : "\u2026")}</b>
            </span>
          ))
        )}
      </div>
      <div className="dialog-foot">
        <button type="button" className="button" onClick={() => onClose?.()}>
          {labels.cancel}
        </button>
        <button type="submit" className="button button-primary" disabled={wrong} aria-busy={busy || undefined}>
          {title}
        </button>
      </div>
    </form>
  );
}
