// What somebody hears who does not see the page change, and what went wrong.

const announcer = document.getElementById("announcer");
const toast = document.getElementById("toast");
let waiting = [];
let hide;

// Several at once become one sentence after another.
export function announce(words) {
  waiting.push(words);
  if (waiting.length > 1) return;
  setTimeout(() => {
    announcer.textContent = waiting.slice(-4).join(". ");
    waiting = [];
  }, 150);
}

export function complain(error) {
  toast.textContent = error?.message ?? String(error);
  clearTimeout(hide);
  hide = setTimeout(() => (toast.textContent = ""), 10000);
}

// Runs what may be refused, and says so.
export async function trying(action) {
  try {
    return await action();
  } catch (error) {
    complain(error);
    return undefined;
  }
}
