// Menus are <details>, so they open without script; this closes them when the reader turns elsewhere.
import { ready } from './core.js';

const openMenus = () => document.querySelectorAll('details[data-x-menu][open]');
document.addEventListener('click', (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector('summary').focus();
    event.stopPropagation();
  }
});
ready('[data-x-back]', (button) => {
  button.hidden = window.history.length < 2;
  button.addEventListener('click', () => window.history.back());
});
ready('[data-x-print]', (button) => button.addEventListener('click', () => window.print()));
ready('[data-x-known-unfold]', (button) =>
  button.addEventListener('click', () => {
    const card = button.closest('[data-x-known]');
    card.classList.add('is-unfolded');
    card.querySelector('.x-known-group').setAttribute('tabindex', '-1');
    card.querySelector('.x-known-group').focus();
  }),
);
