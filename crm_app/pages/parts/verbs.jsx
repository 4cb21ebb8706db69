// The verbs of a record: its next step as a button, the others in a menu.
import { useEffect, useRef, useState } from "react";
import { Dialog, Icon, Menu, MenuItem, MenuLine, useLatest } from "./kit.jsx";
import { Paper } from "./paper.jsx";

const RUNS_FOR = 5000;

/**
 * primary, items: {verb, label, icon, danger, final}; asking: verbs that ask something first, as those do that are final; once: the key of this showing of the page.
 * paper: the address of the PDF; pages, more, onDraw: as in Paper.
 */
export function Verbs({
  primary = {},
  items = [],
  asking = [],
  once = "",
  version = 0,
  answer = 0,
  paper = "",
  pages = [],
  more = 0,
  onDraw,
  labels = {},
  mayRemove = false,
  onRun,
  onAsk,
  onChoose,
  onRemove,
}) {
  const [running, setRunning] = useState("");
  const [previewed, setPreviewed] = useState(false);
  const waiting = useRef(null);
  const asks = [...asking, ...[primary, ...items].filter((one) => one.final).map((one) => one.verb)];
  const live = useLatest({ once, asks, onRun, onAsk, onChoose, version });

  // the page was shown anew, or the verb was refused
  useEffect(() => {
    if (!waiting.current) setRunning("");
  }, [once, answer]);

  useEffect(() => {
    if (!running) return undefined;
    const timer = setTimeout(() => setRunning(""), RUNS_FOR);
    return () => clearTimeout(timer);
  }, [running]);

  const go = (verb) => {
    if (verb.endsWith(".lines")) {
      setRunning("");
      return live.current.onChoose?.(verb);
    }
    if (live.current.asks.includes(verb)) return live.current.onAsk?.(verb);
    setRunning(verb);
    return live.current.onRun?.(verb, live.current.once);
  };

  // what was typed has been saved: now the verb; where it was refused, nothing more
  useEffect(() => {
    const verb = waiting.current?.verb;
    if (!verb || waiting.current.once === once) return;
    waiting.current = null;
    go(verb);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [once]);

  useEffect(() => {
    const timer = setTimeout(() => {
      if (waiting.current && waiting.current.version === live.current.version) {
        waiting.current = null;
        setRunning("");
      }
    }, 400);
    return () => clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [answer]);

  function start(verb) {
    if (running) return;
    const form = document.querySelector("form[data-record-form]");
    if (form?.querySelector(".unsaved")) {
      waiting.current = { verb, once, version };
      setRunning(verb);
      form.requestSubmit();
      return;
    }
    go(verb);
  }

  const calm = items.filter((item) => !item.danger);
  const harsh = items.filter((item) => item.danger);
  const item = (one) => <MenuItem key={one.verb} label={one.label} icon={one.icon} danger={one.danger} onSelect={() => start(one.verb)} />;
  const preview = (
    <Dialog open={previewed} title={labels.preview} width="960px" className="preview" closeLabel={labels.close} onClose={() => setPreviewed(false)}>
      <div className="preview-page" tabIndex={0} role="region" aria-label={labels.preview}>
        <Paper pages={pages} more={more} labels={labels} onDraw={onDraw} />
      </div>
      {paper && (
        <a className="preview-tab" href={`${paper}?inline=1`} target="_blank" rel="noopener">
          {labels.tab}
        </a>
      )}
    </Dialog>
  );
  // a document that is not made yet has no verbs
  if (onDraw && !paper)
    return (
      <div className="page-actions only-narrow-lines">
        <button type="button" className="button" onClick={() => setPreviewed(true)}>
          <Icon name="eye" />
          {labels.preview}
        </button>
        {preview}
      </div>
    );
  return (
    <div className="page-actions">
      <Menu icon="ellipsis" ariaLabel={labels.actions} align="end" className="button button-icon">
        {calm.map(item)}
        {paper && calm.length > 0 && <MenuLine />}
        {paper && <MenuItem label={labels.preview} icon="eye" onSelect={() => setPreviewed(true)} />}
        {paper && <MenuItem label="PDF" icon="download" href={paper} plain />}
        {(harsh.length > 0 || mayRemove) && <MenuLine />}
        {harsh.map(item)}
        {mayRemove && <MenuItem label={labels.remove} icon="trash-2" danger onSelect={() => onRemove?.()} />}
      </Menu>
      {primary.verb && (
        <button
          type="button"
          className="button button-primary"
          data-primary={primary.verb}
          aria-busy={running === primary.verb || undefined}
          onClick={() => start(primary.verb)}
        >
          {primary.icon && <Icon name={primary.icon} />}
          <span>{primary.label}</span>
        </button>
      )}
      {preview}
    </div>
  );
}
