// Ticked rows and the bar of what can be done with them; the bar stands in the flow and hides no row.
import { ready, words } from './core.js';

// Whether the row of this tick can take the action; an action that needs nothing can be done to every row.
function takes(tick, needs) {
  if (!needs) return true;
  return (tick.closest('tr').dataset.xBulk || '').split(' ').includes(needs);
}

function setAll(ticks, checked) {
  for (const tick of ticks) tick.checked = checked;
}

// Writes how many rows the action would take; returns the note for those it would not, '' where it takes all.
function showAction(button, chosen, unit) {
  const { xBulkAction: needs, xTitle: title } = button.dataset;
  const able = chosen.filter((tick) => takes(tick, needs)).length;
  button.disabled = !able;
  button.querySelector('span').textContent = needs ? words.bulk(title, able, unit) : title;
  return needs && able < chosen.length ? words.able(able, unit, title) : '';
}

function show({ bar, all, ticks, unit }) {
  const chosen = ticks.filter((tick) => tick.checked);
  for (const tick of ticks) tick.closest('tr').classList.toggle('is-on', tick.checked);
  all.checked = chosen.length === ticks.length;
  all.indeterminate = chosen.length > 0 && !all.checked;
  bar.hidden = !chosen.length;
  bar.querySelector('[data-x-bulk-count]').textContent = words.picked(chosen.length, unit);
  const buttons = [...bar.querySelectorAll('[data-x-bulk-action]')];
  const notes = buttons.map((button) => showAction(button, chosen, unit)).filter(Boolean);
  bar.querySelector('[data-x-bulk-note]').textContent = notes.join('，');
}

function watchTicks(table) {
  const { ticks } = table;
  let last = null;
  const ticked = (event, tick) => {
    // Shift takes everything between the last tick and this one, as in any mail program.
    if (event.shiftKey && last && last !== tick) {
      const [from, to] = [ticks.indexOf(last), ticks.indexOf(tick)].sort((a, b) => a - b);
      setAll(ticks.slice(from, to + 1), tick.checked);
    }
    last = tick;
    show(table);
  };
  for (const tick of ticks) tick.addEventListener('click', (event) => ticked(event, tick));
}

// Rows that cannot take the action are left out of what is sent: the browser reads the form right after this event.
function leaveOut(ticks, needs) {
  if (!needs) return;
  const left = ticks.filter((tick) => tick.checked && !takes(tick, needs));
  for (const tick of left) tick.disabled = true;
  setTimeout(() => {
    for (const tick of left) tick.disabled = false;
  }, 0);
}

ready('[data-x-table]', (region) => {
  const bar = document.getElementById(`${region.id}-bulk`);
  const all = region.querySelector('[data-x-tick-all]');
  const ticks = [...region.querySelectorAll('[data-x-tick]')];
  if (!bar || !ticks.length) {
    if (all) all.disabled = true;
    return;
  }
  const table = { bar, all, ticks, unit: bar.dataset.xUnit || '' };
  all.addEventListener('change', () => {
    setAll(ticks, all.checked);
    show(table);
  });
  watchTicks(table);
  bar.querySelector('[data-x-bulk-clear]').addEventListener('click', () => {
    setAll(ticks, false);
    show(table);
    all.focus();
  });
  bar.addEventListener('submit', (event) => leaveOut(ticks, event.submitter?.dataset.xBulkAction));
  window.addEventListener('pageshow', () => show(table));
  show(table);
});
