// Ticked rows and the bar of what can be done with them; the bar stands in the flow and hides no row.
import { ready, words } from './core.js';

ready('[data-x-table]', (region) => {
  const bar = document.getElementById(`${region.id}-bulk`);
  const all = region.querySelector('[data-x-tick-all]');
  const ticks = [...region.querySelectorAll('[data-x-tick]')];
  if (!bar || !ticks.length) {
    if (all) all.disabled = true;
    return;
  }
  const unit = bar.dataset.xUnit || '';
  let last = null;

  const show = () => {
    const chosen = ticks.filter((tick) => tick.checked);
    for (const tick of ticks) tick.closest('tr').classList.toggle('is-on', tick.checked);
    all.checked = chosen.length === ticks.length;
    all.indeterminate = chosen.length > 0 && !all.checked;
    bar.hidden = !chosen.length;
    bar.querySelector('[data-x-bulk-count]').textContent = words.picked(chosen.length, unit);
    const notes = [];
    for (const button of bar.querySelectorAll('[data-x-bulk-action]')) {
      const needs = button.dataset.xBulkAction;
      const title = button.dataset.xTitle;
      const able = needs ? chosen.filter((tick) => (tick.closest('tr').dataset.xBulk || '').split(' ').includes(needs)).length : chosen.length;
      button.disabled = !able;
      button.querySelector('span').textContent = needs ? words.bulk(title, able, unit) : title;
      if (needs && able < chosen.length) notes.push(words.able(able, unit, title));
    }
    bar.querySelector('[data-x-bulk-note]').textContent = notes.join('，');
  };

  all.addEventListener('change', () => {
    for (const tick of ticks) tick.checked = all.checked;
    show();
  });
  for (const tick of ticks) {
    tick.addEventListener('click', (event) => {
      // Shift takes everything between the last tick and this one, as in any mail program.
      if (event.shiftKey && last && last !== tick) {
        const [from, to] = [ticks.indexOf(last), ticks.indexOf(tick)].sort((a, b) => a - b);
        for (const between of ticks.slice(from, to + 1)) between.checked = tick.checked;
      }
      last = tick;
      show();
    });
  }
  bar.querySelector('[data-x-bulk-clear]').addEventListener('click', () => {
    for (const tick of ticks) tick.checked = false;
    show();
    all.focus();
  });
  // Rows that cannot take the action are left out of what is sent.
  bar.addEventListener('submit', (event) => {
    const needs = event.submitter?.dataset.xBulkAction;
    if (!needs) return;
    const left = ticks.filter((tick) => tick.checked && !(tick.closest('tr').dataset.xBulk || '').split(' ').includes(needs));
    for (const tick of left) tick.disabled = true;
    setTimeout(() => {
      for (const tick of left) tick.disabled = false;
    }, 0);
  });
  window.addEventListener('pageshow', show);
  show();
});
