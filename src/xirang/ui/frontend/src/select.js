// A search box over long lists; loaded by site.js where a page holds [data-x-select].
import TomSelect from 'tom-select/base';
import { ready, words } from './js/core.js';

ready('select[data-x-select]', (select) => {
  if (select.tomselect) return;
  // Read before TomSelect points the label at its own input.
  const label = document.querySelector(`label[for="${select.id}"]`);
  new TomSelect(select, {
    maxOptions: 300,
    allowEmptyOption: false,
    placeholder: select.dataset.xPlaceholder || words.pick,
    hidePlaceholder: true,
    render: {
      no_results: () => {
        const line = document.createElement('div');
        line.className = 'no-results';
        line.textContent = words.nothingFound;
        return line;
      },
    },
    onInitialize() {
      const name = label ? label.textContent.trim().replace(/\s+/g, ' ') : select.getAttribute('aria-label') || '';
      select.setAttribute('aria-label', name);
      this.control_input.setAttribute('aria-label', name);
      for (const name of ['aria-describedby', 'aria-invalid']) {
        if (select.hasAttribute(name)) this.control_input.setAttribute(name, select.getAttribute(name));
      }
    },
  });
});
