// A search box over long lists; loaded by site.js where a page holds [data-x-select].
import TomSelect from 'tom-select/base';
import { make, ready, words } from './js/core.js';

// The search box is a control of its own and must say what the list under it said.
function carryOver(select, box, label) {
  const name = label ? label.textContent.trim().replace(/\s+/g, ' ') : select.getAttribute('aria-label') || '';
  select.setAttribute('aria-label', name);
  box.setAttribute('aria-label', name);
  for (const told of ['aria-describedby', 'aria-invalid']) {
    if (select.hasAttribute(told)) box.setAttribute(told, select.getAttribute(told));
  }
}

ready('select[data-x-select]', (select) => {
  if (select.tomselect) return;
  // Read before TomSelect points the label at its own input.
  const label = document.querySelector(`label[for="${select.id}"]`);
  new TomSelect(select, {
    maxOptions: 300,
    allowEmptyOption: false,
    placeholder: select.dataset.xPlaceholder || words.pick,
    hidePlaceholder: true,
    render: { no_results: () => make('div', 'no-results', words.nothingFound) },
    onInitialize() {
      carryOver(select, this.control_input, label);
    },
  });
});
