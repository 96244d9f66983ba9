// Where drafts lie on this device. Storage may be full or forbidden; then there is no draft, and nothing breaks.
const PREFIX = 'xirang-draft:';
const SENT = 'xirang-draft-sent';
const KEPT = 7 * 86400000; // Milliseconds.

// What was kept under this key, {at, values}; null where there is none or it is a week old.
export function readDraft(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + key) || 'null');
    return draft && Date.now() - draft.at < KEPT ? draft : null;
  } catch {
    return null;
  }
}

// Whether the values could be kept.
export function writeDraft(key, values) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), values }));
    return true;
  } catch {
    return false;
  }
}

export function dropDraft(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // Storage that cannot be written to holds no draft either.
  }
}

// Remembers for the next page of this window that the form with this key has been sent.
export function rememberSent(key) {
  try {
    sessionStorage.setItem(SENT, key);
  } catch {
    // Without session storage the draft simply stays until it is a week old.
  }
}

// The key that the page before has sent, told once; null where it has sent none.
export function takeSent() {
  try {
    const key = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
    return key;
  } catch {
    return null;
  }
}
