// Small helps inside forms: the counter, the word beside the stars, and the way from an error to its field.
import { ready, words } from './core.js';

ready('[data-x-counter]', (input) => {
  const limit = Number(input.dataset.xCounter);
  const out = input.closest('[data-x-field]')?.querySelector('[data-x-counter-out]');
  if (!out || !limit) return;
  // A form sends line ends as two characters, and the server counts what was sent.
  const show = () => {
    const left = limit - [...input.value.replace(/\n/g, '\r\n')].length;
    out.textContent = left < 0 ? words.over(-left) : words.left(left);
    out.classList.toggle('is-over', left < 0);
  };
  input.addEventListener('input', show);
  window.addEventListener('pageshow', show);
  show();
});

ready('[data-x-rating]', (box) => {
  const word = box.querySelector('[data-x-rating-word]');
  const show = () => {
    word.textContent = box.querySelector('input:checked')?.dataset.word || '';
  };
  box.addEventListener('change', show);
  window.addEventListener('pageshow', show);
  show();
});

ready('[data-x-errors]', (box) => {
  if (box.closest('[data-specimen]')) return;
  box.focus({ preventScroll: true });
  box.scrollIntoView({ block: 'nearest' });
});
document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-x-focus]');
  if (!link) return;
  const field = document.querySelector(link.getAttribute('href'));
  const input =
    document.getElementById(link.dataset.xFocus) ||
    field?.querySelector('input:not([type="hidden"]), select, textarea, button');
  const shown = input?.tomselect ? input.tomselect.control_input : input;
  if (!shown) return;
  event.preventDefault();
  field?.scrollIntoView({ block: 'center' });
  shown.focus({ preventScroll: true });
});
