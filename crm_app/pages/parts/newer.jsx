// Says that the server has become a newer one than the page: Reflex's own banner knows one language and no theme of ours.
import { useEffect, useState } from "react";
import { Icon } from "./kit.jsx";

const THEIRS = "reflex-new-version-banner";
let again = () => window.location.reload();

// It stays where Reflex looks for it, so that it does not put up another one; what its button does ours does.
function take(banner) {
  const button = banner.querySelector("button");
  if (button) again = () => button.click();
  banner.replaceChildren();
  banner.removeAttribute("role");
  banner.style.display = "none";
}

export function NewVersion({ text = "", reload = "" }) {
  const [old, setOld] = useState(false);

  useEffect(() => {
    const look = () => {
      const banner = document.getElementById(THEIRS);
      if (!banner) return;
      take(banner);
      setOld(true);
    };
    look();
    const watching = new MutationObserver(look);
    watching.observe(document.body, { childList: true });
    return () => watching.disconnect();
  }, []);

  return (
    <div className="newer" role="status">
      {old && (
        <>
          <Icon name="refresh-cw" />
          <span>{text}</span>
          <button type="button" className="button button-sm" onClick={() => again()}>
            {reload}
          </button>
        </>
      )}
    </div>
  );
}
