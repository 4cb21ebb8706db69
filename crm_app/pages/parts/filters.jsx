// The filters of a list: a chip each, changed in a small form beside it; the last chip adds another.
import { useEffect, useId, useRef, useState } from "react";
import { DayField } from "./days.jsx";
import { Icon, RefPicker, useOutside, usePopup } from "./kit.jsx";

const NONE = { place: -1, field: "", operator: "", values: [], names: [] };
const ONE = { field: "text", in: "lines", between: "two" };

/** The operators as they are chosen: "empty" has a positive and a negative side. */
const offered = (field) => field.operators.flatMap((name) => (name === "empty" ? ["empty", "filled"] : [name]));

/** Which control asks for the value, so that one operator can hand what was typed on to the next. */
function shapeOf(field, operator) {
  if (operator === "empty" || operator === "filled") return "none";
  const several = operator === "in";
  if (field.widget === "reference" || field.widget === "country") return several ? "pickers" : "picker";
  if (field.options.length) return several ? "boxes" : "select";
  return ONE[operator] ?? ONE.field;
}

const MODES = { number: "numeric", decimal: "decimal" };

function Value({ field, shape, id, values, names, labels, pickerLabels, invalid, errorId }) {
  const common = {
    id,
    name: "value",
    className: "input",
    "aria-invalid": invalid || undefined,
    "aria-describedby": invalid ? errorId : undefined,
  };
  const text = { ...common, type: "text", inputMode: MODES[field.widget], autoComplete: "off", maxLength: 2000 };
  if (shape === "none") return null;
  if (shape === "picker" || shape === "pickers") {
    const multiple = shape === "pickers";
    return (
      <RefPicker
        id={id}
        name="value"
        resource={field.resource}
        multiple={multiple}
        required={!multiple}
        value={multiple ? values.join(",") : (values[0] ?? "")}
        text={multiple ? names.join("\n") : (names[0] ?? "")}
        labels={pickerLabels}
        invalid={invalid}
        describedBy={invalid ? errorId : undefined}
      />
    );
  }
  if (shape === "select") {
    return (
      <span className="select">
        <select {...common} defaultValue={values[0] ?? field.options[0][0]}>
          {field.options.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        <Icon name="chevron-down" />
      </span>
    );
  }
  if (shape === "boxes") {
    return field.options.map(([value, label], index) => (
      <label className="option-row" key={value}>
        <input type="checkbox" className="check" id={index ? undefined : id} name="value" value={value} defaultChecked={values.includes(value)} />
        {label}
      </label>
    ));
  }
  if (shape === "lines") {
    return <textarea {...common} rows={3} maxLength={20000} defaultValue={values.join("\n")} placeholder={labels.lines} />;
  }
  const one = (given, more) =>
    field.day ? (
      <DayField {...common} {...more} value={given ?? ""} time={field.widget === "datetime"} relative />
    ) : (
      <input {...text} {...more} defaultValue={given ?? ""} />
    );
  if (shape === "two") {
    return (
      <span className="row">
        {one(values[0], { "aria-label": labels.from })}
        {one(values[1], { id: undefined, "aria-label": labels.to })}
      </span>
    );
  }
  return one(values[0]);
}

/** What the form holds: the values, and for pickers the names beside them. */
function read(form, shape) {
  const given = new FormData(form).getAll("value").map(String);
  if (shape === "lines") return { values: given[0].split("\n").filter((line) => line.trim()), names: [] };
  if (shape !== "picker" && shape !== "pickers") return { values: given, names: [] };
  const names = form.elements.namedItem("value")?.dataset?.text ?? "";
  return { values: given[0] ? given[0].split(",") : [], names: names ? names.split("\n") : [] };
}

function Editor({ anchor, start, fields, labels, signs, pickerLabels, error, onSend, onClose }) {
  const popup = useRef(null);
  const form = useRef(null);
  const id = useId();
  const [name, setName] = useState(start.field || fields[0].name);
  const [chosen, setChosen] = useState(start.operator);
  // what was typed so far; another operator begins with it
  const [held, setHeld] = useState({ values: start.values, names: start.names });
  const field = fields.find((one) => one.name === name) ?? fields[0];
  const operators = offered(field);
  const operator = operators.includes(chosen) ? chosen : operators[0];
  const shape = shapeOf(field, operator);
  usePopup(anchor, popup, true);
  useOutside([anchor, popup], true, () => onClose(false));

  // a chip is opened for its value, a new filter for its field
  useEffect(() => {
    const first = start.place < 0 ? `${id}field` : shape === "none" ? `${id}operator` : `${id}value`;
    document.getElementById(first)?.focus();
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  useEffect(() => {
    if (error) document.getElementById(`${id}value`)?.focus();
  }, [error, id]);

  function send(event) {
    event.preventDefault();
    const values = operator === "empty" || operator === "filled" ? [String(operator === "empty")] : read(form.current, shape).values;
    onSend(start.place, field.name, operator === "filled" ? "empty" : operator, values);
  }

  function keyDown(event) {
    event.stopPropagation(); // the keys of the list rest while the form is open
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      onClose(true);
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send(event);
  }

  const group = (list, label) =>
    list.length > 0 && (
      <optgroup label={label}>
        {list.map((one) => (
          <option key={one.name} value={one.name}>
            {one.label}
          </option>
        ))}
      </optgroup>
    );

  return (
    <div
      ref={popup}
      popover="manual"
      className="popup filter-form"
      role="dialog"
      aria-label={start.place < 0 ? labels.add : `${labels.change}: ${field.label}`}
      onKeyDown={keyDown}
      onBlur={(event) => {
        if (event.relatedTarget && !popup.current.contains(event.relatedTarget) && event.relatedTarget !== anchor.current) onClose(false);
      }}
    >
      <form ref={form} noValidate onSubmit={send} className="form">
        {start.place < 0 && (
          <div className="field">
            <label className="label" htmlFor={`${id}field`}>
              {labels.field}
            </label>
            <span className="select">
              <select
                id={`${id}field`}
                className="input"
                value={name}
                onChange={(event) => {
                  setName(event.target.value);
                  setHeld({ values: [], names: [] });
                }}
              >
                {group(fields.filter((one) => one.usual), labels.usual)}
                {group(fields.filter((one) => !one.usual), labels.others)}
              </select>
              <Icon name="chevron-down" />
            </span>
          </div>
        )}
        <div className="field">
          <label className="label" htmlFor={`${id}operator`}>
            {start.place < 0 ? labels.condition : field.label}
          </label>
          <span className="select">
            <select
              id={`${id}operator`}
              className="input"
              value={operator}
              onChange={(event) => {
                if (shape !== "none") setHeld(read(form.current, shape));
                setChosen(event.target.value);
              }}
            >
              {operators.map((one) => (
                <option key={one} value={one}>
                  {signs[field.words + one] ?? signs[one]}
                </option>
              ))}
            </select>
            <Icon name="chevron-down" />
          </span>
        </div>
        {shape !== "none" && (
          <div className="field" role={shape === "boxes" ? "group" : undefined} aria-label={shape === "boxes" ? field.label : undefined}>
            {shape === "boxes" ? (
              <span className="label">{labels.value}</span>
            ) : (
              <label className="label" htmlFor={`${id}value`}>
                {labels.value}
              </label>
            )}
            <Value
              key={`${field.name} ${shape}`}
              field={field}
              shape={shape}
              id={`${id}value`}
              labels={labels}
              pickerLabels={pickerLabels}
              invalid={error !== ""}
              errorId={`${id}error`}
              {...held}
            />
          </div>
        )}
        <p className="field-error" id={`${id}error`} role="alert">
          {error && (
            <>
              <Icon name="circle-alert" />
              {error}
            </>
          )}
        </p>
        <div className="filter-foot">
          <button type="button" className="button button-sm" onClick={() => onClose(true)}>
            {labels.cancel}
          </button>
          <button type="submit" className="button button-sm button-primary">
            {labels.apply}
          </button>
        </div>
      </form>
    </div>
  );
}

/** A filter in words. The whole of it opens the form; the cross takes it away. */
function Chip({ chip, labels, open, onOpen, onDrop, children }) {
  const button = useRef(null);
  const words = [chip.label, chip.sign, chip.value];
  return (
    <span className="chip-place" data-chip={`${chip.field} ${chip.operator}`}>
      <span className="chip">
        <button
          ref={button}
          type="button"
          className="chip-edit"
          title={[chip.label, chip.sign, chip.names.join(", ")].filter(Boolean).join(" ")}
          aria-label={`${labels.change}: ${words.filter(Boolean).join(" ")}`}
          aria-haspopup="dialog"
          aria-expanded={open}
          onClick={onOpen}
        >
          <span>{chip.label}</span>
          <span>{chip.sign}</span>
          {chip.value && <b dir="auto">{chip.value}</b>}
        </button>
        <button type="button" aria-label={labels.remove.replace("{name}", chip.label)} onClick={onDrop}>
          <Icon name="x" />
        </button>
      </span>
      {open && children(button)}
    </span>
  );
}

/** `chips` are the filters that are on, `fields` what may be filtered by; `answer` counts what the server has answered. */
export function Filters({ chips = [], fields = [], labels = {}, signs = {}, pickerLabels = {}, error = "", answer = 0, onSet, onDrop }) {
  const [open, setOpen] = useState(null);
  const [problem, setProblem] = useState("");
  const row = useRef(null);
  const add = useRef(null);
  const sent = useRef(null);
  const seen = useRef(answer);

  const focus = (place) => {
    const chip = [...row.current.querySelectorAll("[data-chip]")].find((one) => one.dataset.chip === place);
    (chip?.querySelector("button") ?? add.current)?.focus();
  };

  // the answer to what was sent: a fault stays at its field, else the new chip takes the focus
  useEffect(() => {
    if (seen.current === answer) return;
    seen.current = answer;
    if (!sent.current) return;
    const place = sent.current;
    sent.current = null;
    setProblem(error);
    if (error) return;
    setOpen(null);
    focus(place);
  }, [answer, error]);

  function begin(start) {
    setProblem("");
    sent.current = null;
    setOpen(start);
  }

  const editor = (anchor, start, opener) => (
    <Editor
      anchor={anchor}
      start={start}
      fields={fields}
      labels={labels}
      signs={signs}
      pickerLabels={pickerLabels}
      error={problem}
      onSend={(place, name, operator, values) => {
        setProblem("");
        sent.current = `${name} ${operator}`;
        onSet?.(place, name, operator, values);
      }}
      onClose={(back) => {
        setOpen(null);
        if (back) focus(opener);
      }}
    />
  );

  return (
    <div className="chips grow" ref={row}>
      {chips.map((chip, place) => {
        const operator = chip.operator === "empty" && chip.values[0] === "false" ? "filled" : chip.operator;
        const key = `${chip.field} ${chip.operator}`;
        return (
          <Chip
            key={`${place} ${key}`}
            chip={chip}
            labels={labels}
            open={open?.place === place}
            onOpen={() => (open?.place === place ? setOpen(null) : begin({ ...chip, operator, place }))}
            onDrop={() => {
              onDrop?.(chip.field, chip.operator);
              add.current?.focus();
            }}
          >
            {(button) => editor(button, open, key)}
          </Chip>
        );
      })}
      {fields.length > 0 && (
        <span className="chip-place">
          <button
            ref={add}
            type="button"
            className="chip chip-ghost"
            aria-label={labels.add}
            aria-haspopup="dialog"
            aria-expanded={open?.place === -1}
            onClick={() => (open?.place === -1 ? setOpen(null) : begin(NONE))}
          >
            <span>
              <Icon name="plus" size="sm" />
              {labels.filter}
            </span>
          </button>
          {open?.place === -1 && editor(add, open, "")}
        </span>
      )}
    </div>
  );
}
