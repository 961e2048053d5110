// Announcements for screen readers, and error messages.

const announcer = document.getElementById("announcer");
const toast = document.getElementById("toast");
let waiting = [];
let hide;

// Announcements in quick succession are read as one.
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

// Runs an action, and shows the error if it fails.
export async function trying(action) {
  try {
    return await action();
  } catch (error) {
    complain(error);
    return undefined;
  }
}
