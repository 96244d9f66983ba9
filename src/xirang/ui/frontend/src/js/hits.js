// Hits of the search: ↓ leads from the box to the first one, ↑ and ↓ walk from one to the next, also across groups.
const links = () => [...document.querySelectorAll('[data-x-hit] .x-hit-title')];
const held = (event) => event.ctrlKey || event.metaKey || event.altKey;
const plain = (event) => !(event.defaultPrevented || held(event) || event.isComposing);

document.addEventListener('keydown', (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const box = event.target.closest('.x-search-box input');
  if (!by || !plain(event) || !(box || event.target.closest('[data-x-hit]'))) return;
  const all = links();
  const next = all[box ? (by === 1 ? 0 : -1) : all.indexOf(event.target) + by];
  if (next) {
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  }
});
