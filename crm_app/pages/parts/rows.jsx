// The lines inside a record (addresses, telephones, contacts): a small table that is edited in place.
import { useEffect, useId, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { DayField } from "./days.jsx";
import { Icon, RefPicker } from "./kit.jsx";

const parse = (text) => {
  try {
    const rows = JSON.parse(text || "[]");
    return Array.isArray(rows) ? rows : [];
  } catch {
    return [];
  }
};

let count = 0;
// a key of our own for each line, so that React keeps its inputs when one above it goes
const keyed = (rows) => rows.map((row) => ({ ...row, key: (count += 1) }));
// what is sent: neither our keys nor the names beside references
const plain = (rows) => JSON.stringify(rows.map(({ key, texts, ...row }) => row));

/**
 * columns: [{name, label, widget, options: [[value, label]], resource, required, initial, width, several}]
 * value: JSON of [{id, …, texts: {reference: name}}]; a hidden input of the given name carries the lines as JSON.
 * errors: {"addresses.0.city": sentence}
 * Of the records that a column with `several` names, many may be added at a time; their lines may be removed so too.
 */
export function Rows({ name, value = "[]", columns = [], labels = {}, pickerLabels = {}, errors = {}, disabled = false }) {
  const several = columns.find((column) => column.several)?.name ?? "";
  const [rows, setRows] = useState(() => keyed(parse(value)));
  const [marked, setMarked] = useState([]);
  const [picking, setPicking] = useState(false);
  const hidden = useRef(null);
  const last = useRef(null);
  const json = plain(rows);
  const announced = useRef(json);

  useEffect(() => {
    if (announced.current === json) return;
    announced.current = json;
    hidden.current.dispatchEvent(new Event("input", { bubbles: true }));
  }, [json]);

  useEffect(() => setRows(keyed(parse(value))), [value]);

  // a kept draft comes back through "kit:set"; the names of references stand in data-text
  useEffect(() => {
    const element = hidden.current;
    const owner = element.form;
    const set = (event) => setRows(keyed(parse(event.detail.text || event.detail.value)));
    const reset = () => setRows(keyed(parse(value)));
    element.addEventListener("kit:set", set);
    owner?.addEventListener("reset", reset);
    return () => {
      element.removeEventListener("kit:set", set);
      owner?.removeEventListener("reset", reset);
    };
  }, [value]);

  const change = (key, part) => setRows((before) => before.map((row) => (row.key === key ? { ...row, ...part } : row)));
  const remove = (keys) => {
    setRows((before) => before.filter((row) => !keys.includes(row.key)));
    setMarked((before) => before.filter((key) => !keys.includes(key)));
  };
  const fresh = () => Object.fromEntries(columns.map((column) => [column.name, column.initial ?? ""]));
  const add = () => {
    flushSync(() => setRows((before) => [...before, ...keyed([fresh()])]));
    last.current?.querySelector("input:not([type=checkbox]), select")?.focus();
  };
  // who is there already is not added twice
  const addAll = (found) => {
    setPicking(false);
    setRows((before) => {
      const there = new Set(before.map((row) => String(row[several])));
      const others = found.filter((one) => !there.has(one.id));
      return [...before, ...keyed(others.map((one) => ({ ...fresh(), [several]: one.id, texts: { [several]: one.name } })))];
    });
  };
  const chosen = marked.filter((key) => rows.some((row) => row.key === key));
  const markable = several !== "" && !disabled && rows.length > 1;

  return (
    <div className="rows">
      <input
        ref={hidden}
        type="hidden"
        name={name}
        value={json}
        data-text={JSON.stringify(rows.map(({ key, ...row }) => row))}
        readOnly
      />
      {rows.length > 0 && (
        <ul>
          {rows.map((row, number) => (
            <li className="rows-line" key={row.key} ref={number === rows.length - 1 ? last : undefined}>
              {markable && (
                <input
                  type="checkbox"
                  className="check rows-mark"
                  aria-label={labels.mark.replace("{name}", row.texts?.[several] ?? "")}
                  checked={chosen.includes(row.key)}
                  onChange={(event) => setMarked(event.target.checked ? [...chosen, row.key] : chosen.filter((key) => key !== row.key))}
                />
              )}
              {columns.map((column) => (
                <Cell
                  key={column.name}
                  column={column}
                  row={row}
                  error={errors[`${name}.${number}.${column.name}`]}
                  disabled={disabled}
                  pickerLabels={pickerLabels}
                  onChange={(part) => change(row.key, part)}
                />
              ))}
              {!disabled && (
                <button
                  type="button"
                  className="button button-quiet button-icon button-sm"
                  aria-label={labels.remove}
                  title={labels.remove}
                  onClick={() => remove([row.key])}
                >
                  <Icon name="x" />
                </button>
              )}
              {errors[`${name}.${number}`] && <p className="field-error">{errors[`${name}.${number}`]}</p>}
            </li>
          ))}
        </ul>
      )}
      {!disabled && (
        <div className="rows-foot">
          <button type="button" className="button button-quiet button-sm rows-add" onClick={add}>
            <Icon name="plus" />
            {labels.add}
          </button>
          {several && !picking && (
            <button type="button" className="button button-quiet button-sm" onClick={() => setPicking(true)}>
              <Icon name="list-checks" />
              {labels.several}
            </button>
          )}
          {markable && chosen.length > 0 && (
            <button type="button" className="button button-quiet button-sm" onClick={() => remove(chosen)}>
              <Icon name="x" />
              {labels.remove_marked.replace("{n}", chosen.length)}
            </button>
          )}
        </div>
      )}
      {picking && (
        <Several
          column={columns.find((column) => column.name === several)}
          labels={labels}
          pickerLabels={pickerLabels}
          onAdd={addAll}
          onClose={() => setPicking(false)}
        />
      )}
    </div>
  );
}

/** A picker for many: each of them becomes a line. */
function Several({ column, labels, pickerLabels, onAdd, onClose }) {
  const box = useRef(null);
  useEffect(() => box.current.querySelector("input:not([type=hidden])").focus(), []);
  const send = () => {
    const hidden = box.current.querySelector("input[type=hidden]");
    const names = (hidden.dataset.text ?? "").split("\n");
    onAdd(hidden.value ? hidden.value.split(",").map((id, index) => ({ id, name: names[index] })) : []);
  };
  return (
    <div
      className="rows-several"
      ref={box}
      role="group"
      aria-label={labels.several}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        onClose();
      }}
    >
      <RefPicker resource={column.resource} multiple label={labels.several} placeholder={column.label} labels={pickerLabels} />
      <button type="button" className="button button-sm" onClick={send}>
        {labels.add_these}
      </button>
      <button type="button" className="button button-quiet button-sm" onClick={onClose}>
        {pickerLabels.cancel}
      </button>
    </div>
  );
}

/** One value of a record: the input that its column asks for. With an `id` a label stands beside it, else it names itself. */
export function Cell({ column, row, id, error, disabled, pickerLabels, onChange }) {
  const value = row[column.name] ?? "";
  const own = useId();
  const described = error ? `${own}error` : undefined;
  const common = {
    id,
    className: "input",
    "aria-label": id ? undefined : column.label,
    "aria-invalid": error ? true : undefined,
    "aria-describedby": described,
    disabled,
  };
  let control;
  if (column.readonly) {
    control = (
      <span className="rows-plain" title={column.label}>
        {value}
      </span>
    );
  } else if (column.widget === "textarea") {
    control = (
      <textarea
        {...common}
        rows={4}
        maxLength={column.size || undefined}
        value={value}
        onChange={(event) => onChange({ [column.name]: event.target.value })}
      />
    );
  } else if (column.widget === "checkboxes") {
    const chosen = value ? value.split(",") : [];
    control = (
      <fieldset className="options-inline" aria-describedby={described}>
        <legend className={id ? "label" : "sr-only"}>{column.label}</legend>
        {column.options.map(([key, label]) => (
          <label className="option-row" key={key}>
            <input
              type="checkbox"
              className="check"
              disabled={disabled}
              checked={chosen.includes(key)}
              onChange={(event) =>
                onChange({ [column.name]: (event.target.checked ? [...chosen, key] : chosen.filter((one) => one !== key)).join(",") })
              }
            />
            {label}
          </label>
        ))}
      </fieldset>
    );
  } else if (column.widget === "select") {
    control = (
      <span className="select">
        <select {...common} value={value} onChange={(event) => onChange({ [column.name]: event.target.value })}>
          {!column.required && column.initial === "" && <option value="" />}
          {column.options.map(([key, label]) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
        </select>
        <Icon name="chevron-down" />
      </span>
    );
  } else if (column.widget === "checkbox") {
    control = (
      <label className="option-row">
        <input
          type="checkbox"
          className="check"
          disabled={disabled}
          checked={value === true || value === "true"}
          onChange={(event) => onChange({ [column.name]: event.target.checked ? "true" : "" })}
        />
        {column.label}
      </label>
    );
  } else if (column.widget === "reference") {
    control = (
      <RefPicker
        resource={column.resource}
        id={id}
        value={String(value)}
        text={row.texts?.[column.name] ?? ""}
        label={id ? "" : column.label}
        placeholder={id ? "" : column.label}
        describedBy={described}
        labels={pickerLabels}
        disabled={disabled}
        way={column.way}
        required={column.required}
        invalid={Boolean(error)}
        onPick={(key, text) => onChange({ [column.name]: key, texts: { ...row.texts, [column.name]: text } })}
      />
    );
  } else if (column.widget === "date") {
    control = <DayField {...common} title={id ? undefined : column.label} value={value} onText={(text) => onChange({ [column.name]: text })} />;
  } else {
    control = (
      <input
        {...common}
        type={{ email: "email", tel: "tel" }[column.widget] ?? "text"}
        inputMode={{ number: "numeric", decimal: "decimal" }[column.widget]}
        placeholder={id ? undefined : column.label}
        title={id ? undefined : column.label}
        autoComplete="off"
        maxLength={column.size || undefined}
        value={value}
        onChange={(event) => onChange({ [column.name]: event.target.value })}
      />
    );
  }
  return (
    <div className={`rows-cell rows-${column.widget}`} style={column.width ? { flexBasis: column.width } : undefined}>
      {!id && column.widget !== "checkboxes" && (
        <span className="label rows-label" aria-hidden="true">
          {column.widget === "checkbox" ? "\u00a0" : column.label}
        </span>
      )}
      {control}
      {error && (
        <p className="field-error" id={described}>
          {error}
        </p>
      )}
    </div>
  );
}
