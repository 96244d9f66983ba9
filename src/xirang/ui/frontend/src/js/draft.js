// Public forms keep a draft on this device, so that a lost network or a closed page loses no word.
import { clock, icon, make, ready, words } from './core.js';
import { dropDraft, readDraft, rememberSent, takeSent, writeDraft } from './draft-storage.js';

const PAUSE = 800; // Milliseconds without a key before the draft is written.
const NOT_KEPT = ['password', 'file', 'submit', 'button'];

const isTick = (field) => field.type === 'checkbox' || field.type === 'radio';

function belongs(field) {
  if (!field.name || field.name === 'csrfmiddlewaretoken') return false;
  if (field.tagName === 'BUTTON' || NOT_KEPT.includes(field.type)) return false;
  if (field.closest('[data-x-no-draft]')) return false;
  // The calendar and the map keep their answers in hidden inputs; those belong to the draft, tokens and keys do not.
  return field.type !== 'hidden' || field.dataset.xDate !== undefined || field.dataset.xPoint !== undefined;
}

const fieldsOf = (form) => [...form.elements].filter(belongs);

function valuesOf(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (isTick(field)) {
      if (field.checked) values[field.name] = [...(values[field.name] || []), field.value];
    } else if (field.multiple) values[field.name] = [...field.selectedOptions].map((option) => option.value);
    else values[field.name] = field.value;
  }
  return values;
}

// Puts a tick back; tells whether that changed anything.
function putTick(field, value) {
  const checked = Array.isArray(value) && value.includes(field.value);
  const changed = field.checked !== checked;
  field.checked = checked;
  return changed;
}

// Puts a value back, through the widget where one stands over the field; tells whether that changed anything.
function putValue(field, value) {
  if (value === undefined || field.value === value) return false;
  if (field.tomselect) field.tomselect.setValue(value, true);
  else if (field._flatpickr) field._flatpickr.setDate(value, false);
  else if (!field.multiple) field.value = value;
  return true;
}

function put(form, values) {
  let changed = false;
  for (const field of fieldsOf(form)) {
    const differs = (isTick(field) ? putTick : putValue)(field, values[field.name]);
    changed = changed || differs;
    field.dispatchEvent(new Event('x-restored', { bubbles: true }));
  }
  return changed;
}

function lineOf(form, key) {
  const line =
    document.querySelector(`[data-x-draft-said="${key}"]`) ||
    form.querySelector('[data-x-draft-said]') ||
    form.appendChild(make('p', 'x-draft'));
  line.classList.add('x-draft');
  line.setAttribute('role', 'status');
  return line;
}

function say(line, symbol, text, isBad = false) {
  line.innerHTML = icon(symbol);
  line.append(make('span', '', text));
  line.classList.toggle('is-bad', isBad);
}

function save(form, key, line) {
  if (writeDraft(key, valuesOf(form))) say(line, 'cloud-check', words.draftSaved(clock(new Date())));
  else say(line, 'cloud-slash', words.draftFailed, true);
}

function timeOf(stamp) {
  const at = new Date(stamp);
  if (at.toDateString() === new Date().toDateString()) return clock(at);
  return `${at.getMonth() + 1}-${String(at.getDate()).padStart(2, '0')} ${clock(at)}`;
}

function dropButton(form, key, line) {
  const button = make('button', 'x-link-button', words.draftDrop);
  button.type = 'button';
  button.addEventListener('click', () => {
    dropDraft(key);
    form.reset();
    line.replaceChildren();
  });
  return button;
}

function bringBack(form, key, line) {
  const draft = readDraft(key);
  // After a refused submission the server has given back what was sent; that is newer than any draft.
  if (!draft || form.querySelector('[data-x-errors]') || !put(form, draft.values)) return;
  say(line, 'cloud-check', words.draftFound(timeOf(draft.at)));
  line.append(dropButton(form, key, line));
}

ready('form[data-x-draft]', (form) => {
  const key = form.dataset.xDraft;
  const line = lineOf(form, key);
  let timer;
  bringBack(form, key, line);
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => save(form, key, line), PAUSE);
  };
  form.addEventListener('input', later);
  form.addEventListener('change', later);
  window.addEventListener('pagehide', () => {
    if (timer && !form.dataset.xSent) save(form, key, line);
  });
  form.addEventListener('submit', () => {
    save(form, key, line);
    clearTimeout(timer);
    timer = null;
    rememberSent(key);
  });
});

// The page that follows a submission tells whether it was taken: without the form, it was.
document.addEventListener('DOMContentLoaded', () => {
  const key = takeSent();
  if (!key || document.querySelector('.x-error-page')) return;
  if (!document.querySelector(`form[data-x-draft="${CSS.escape(key)}"]`)) dropDraft(key);
});
