// Files on their way to a record: drop, choose or photograph them; each shows how far it is, or why it was refused.
import { useEffect, useRef, useState } from "react";
import { Icon, carriesFiles, useLatest } from "./kit.jsx";

const STILL_MS = 400; // a pointer that carries something is told of again and again until it leaves
let count = 0;
let waiting = []; // files that were let go where the page shows no place for them yet

/** Whether files are carried over the page, which they may be let go on anywhere; `take` gets them. */
function useDropped(take) {
  const [over, setOver] = useState(false);
  const taken = useLatest(take);
  useEffect(() => {
    let timer = 0;
    const meant = (event) => carriesFiles(event) && !document.querySelector("dialog[open]");
    const carried = (event) => {
      if (!meant(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      clearTimeout(timer);
      timer = setTimeout(() => setOver(false), STILL_MS);
      setOver(true);
    };
    const dropped = (event) => {
      if (!meant(event)) return;
      event.preventDefault();
      clearTimeout(timer);
      setOver(false);
      taken.current([...event.dataTransfer.files]);
    };
    window.addEventListener("dragover", carried);
    window.addEventListener("drop", dropped);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("dragover", carried);
      window.removeEventListener("drop", dropped);
    };
  }, [taken]);
  return over;
}

/** Where the files of a record are out of sight: they may be let go all the same, `onFiles` then shows their place. */
export function DropAnywhere({ label = "", onFiles }) {
  const over = useDropped((files) => {
    waiting = files;
    onFiles?.();
  });
  return over ? <div className="drop-veil">{label}</div> : null;
}

// one file over HTTP; resolves to "" or to the sentence that says why not
function send(file, address, labels, onProgress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${address}?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onerror = () => resolve(labels.network);
    request.onload = () => {
      if (request.status === 201) return resolve("");
      try {
        const problem = JSON.parse(request.responseText);
        resolve(Object.values(problem.fields ?? {})[0] || problem.detail || labels.network);
      } catch {
        resolve(labels.network);
      }
    };
    request.send(file);
  });
}

/** address: where a file is POSTed; limit: bytes; labels: {drop, choose, photo, over, too_large, network, dismiss} */
export function FileDrop({ address, limit = 0, labels = {}, onDone }) {
  const [sent, setSent] = useState([]);
  const chooser = useRef(null);
  const camera = useRef(null);

  const update = (key, part) => setSent((before) => before.map((item) => (item.key === key ? { ...item, ...part } : item)));
  const drop = (key) => setSent((before) => before.filter((item) => item.key !== key));

  const take = async (files) => {
    const items = [...files].map((file) => ({ key: (count += 1), file, name: file.name, part: 0, error: "" }));
    if (!items.length) return;
    setSent((before) => [...before, ...items]);
    let stored = false;
    for (const item of items) {
      const large = limit && item.file.size > limit;
      const error = large ? labels.too_large : await send(item.file, address, labels, (part) => update(item.key, { part }));
      if (error) {
        update(item.key, { error });
      } else {
        stored = true;
        drop(item.key);
      }
    }
    if (stored) onDone?.();
  };
  const over = useDropped(take);
  const arrive = useLatest(take);
  useEffect(() => {
    const files = waiting;
    waiting = [];
    arrive.current(files);
  }, [arrive]);
  const chosen = (event) => {
    take(event.target.files);
    event.target.value = "";
  };

  return (
    <div className={`file-drop${over ? " is-over" : ""}`}>
      <div className="row">
        <button type="button" className="button button-sm" onClick={() => chooser.current.click()}>
          <Icon name="paperclip" />
          {labels.choose}
        </button>
        <button type="button" className="button button-sm touch-only" onClick={() => camera.current.click()}>
          <Icon name="smartphone" />
          {labels.photo}
        </button>
        <span className="muted hover-only">{over ? labels.over : labels.drop}</span>
      </div>
      <input ref={chooser} type="file" multiple hidden tabIndex={-1} aria-label={labels.choose} onChange={chosen} />
      <input ref={camera} type="file" accept="image/*" capture="environment" hidden tabIndex={-1} aria-label={labels.photo} onChange={chosen} />
      <ul aria-live="polite">
        {sent.map((item) => (
          <li key={item.key} className="file-sent">
            <span className="truncate" dir="auto">{item.name}</span>
            {item.error ? (
              <>
                <span className="field-error" role="alert">
                  <Icon name="circle-alert" />
                  {item.error}
                </span>
                <button
                  type="button"
                  className="button button-quiet button-icon button-sm"
                  aria-label={labels.dismiss}
                  title={labels.dismiss}
                  onClick={() => drop(item.key)}
                >
                  <Icon name="x" />
                </button>
              </>
            ) : (
              <div
                className="progress-track"
                role="progressbar"
                aria-label={item.name}
                aria-valuemin={0}
                aria-valuemax={100}
                aria-valuenow={Math.round(item.part * 100)}
              >
                <div className="progress-fill" style={{ width: `${Math.round(item.part * 100)}%` }} />
              </div>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
