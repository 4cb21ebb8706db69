// Back to the page that was asked for, as soon as the server answers again.
const EVERY_MS = 3000;

async function back() {
  try {
    const answer = await fetch("/ping", { cache: "no-store" });
    if (answer.ok) window.location.reload();
  } catch {
    // still without a connection
  }
}

window.addEventListener("online", back);
setInterval(back, EVERY_MS);
