// Public forms keep a draft on this device, so that a lost network or a closed page loses no word.
import { clock, icon, make, ready, words } from './core.js';

const PREFIX = 'xirang-draft:';
const SENT = 'xirang-draft-sent';
const KEPT_DAYS = 7;

// The calendar and the map keep their answers in hidden inputs; those belong to the draft, tokens and keys do not.
const answers = (field) => field.type !== 'hidden' || field.dataset.xDate !== undefined || field.dataset.xPoint !== undefined;
const fields = (form) => [...form.elements].filter((field) => field.name && !field.closest('[data-x-no-draft]') && answers(field)
  && ![ 'password', 'file', 'submit', 'button'].includes(field.type) && field.tagName !== 'BUTTON' && field.name !== 'csrfmiddlewaretoken');
const isTick = (field) => field.type === 'checkbox' || field.type === 'radio';

function read(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + key) || 'null');
    return draft && Date.now() - draft.at < KEPT_DAYS * 86400000 ? draft : null;
  } catch (error) {
    return null;
  }
}
function drop(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch (error) {
    // Storage that cannot be written to holds no draft either.
  }
}

ready('form[data-x-draft]', (form) => {
  const key = form.dataset.xDraft;
  const said = document.querySelector(`[data-x-draft-said="${key}"]`) || form.querySelector('[data-x-draft-said]') || form.appendChild(make('p', 'x-draft'));
  said.classList.add('x-draft');
  said.setAttribute('role', 'status');
  let timer;
  const say = (symbol, text, bad) => {
    said.innerHTML = icon(symbol);
    said.append(make('span', '', text));
    said.classList.toggle('is-bad', Boolean(bad));
  };
  const save = () => {
    const values = {};
    for (const field of fields(form)) {
      if (!isTick(field)) values[field.name] = field.multiple ? [...field.selectedOptions].map((option) => option.value) : field.value;
      else if (field.checked) values[field.name] = [...(values[field.name] || []), field.value];
    }
    try {
      localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), values }));
      say('cloud-check', words.draftSaved(clock(new Date())));
    } catch (error) {
      say('cloud-slash', words.draftFailed, true);
    }
  };
  const put = (draft) => {
    let changed = false;
    for (const field of fields(form)) {
      const value = draft.values[field.name];
      if (isTick(field)) {
        const checked = Array.isArray(value) && value.includes(field.value);
        changed = changed || field.checked !== checked;
        field.checked = checked;
      } else if (value !== undefined && field.value !== value) {
        if (field.tomselect) field.tomselect.setValue(value, true);
        else if (field._flatpickr) field._flatpickr.setDate(value, false);
        else if (!field.multiple) field.value = value;
        changed = true;
      }
      field.dispatchEvent(new Event('x-restored', { bubbles: true }));
    }
    return changed;
  };
  const draft = read(key);
  // After a refused submission the server has given back what was sent; that is newer than any draft.
  if (draft && !form.querySelector('[data-x-errors]') && put(draft)) {
    const at = new Date(draft.at);
    const day = at.toDateString() === new Date().toDateString() ? '' : `${at.getMonth() + 1}-${String(at.getDate()).padStart(2, '0')} `;
    say('cloud-check', words.draftFound(day + clock(at)));
    const away = make('button', 'x-link-button', words.draftDrop);
    away.type = 'button';
    away.addEventListener('click', () => {
      drop(key);
      form.reset();
      said.replaceChildren();
    });
    said.append(away);
  }
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(save, 800);
  };
  form.addEventListener('input', later);
  form.addEventListener('change', later);
  window.addEventListener('pagehide', () => {
    if (timer && !form.dataset.xSent) save();
  });
  form.addEventListener('submit', () => {
    save();
    clearTimeout(timer);
    timer = null;
    try {
      sessionStorage.setItem(SENT, key);
    } catch (error) {
      // Without session storage the draft simply stays until it is a week old.
    }
  });
});

// The page that follows a submission tells whether it was taken: without the form, it was.
document.addEventListener('DOMContentLoaded', () => {
  try {
    const key = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
    if (key && !document.querySelector(`form[data-x-draft="${CSS.escape(key)}"]`) && !document.querySelector('.x-error-page')) drop(key);
  } catch (error) {
    // Nothing was remembered, nothing is dropped.
  }
});
