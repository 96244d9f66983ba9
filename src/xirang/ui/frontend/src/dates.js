// A Chinese calendar on a desk; a phone keeps its own picker, which its owner knows.
import flatpickr from 'flatpickr';
import { Mandarin } from 'flatpickr/dist/l10n/zh.js';
import { isPhone, lang, ready, words } from './js/core.js';

const WEEK = lang === 'en' ? ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] : ['周日', '周一', '周二', '周三', '周四', '周五', '周六'];

ready('input[data-x-date]', (input) => {
  if (input._flatpickr || isPhone()) return;
  const rest = new Set((input.dataset.xDate || '').split(' ').filter(Boolean));
  const say = (day) => (lang === 'en' ? `${flatpickr.formatDate(day, 'Y-m-d')} (${WEEK[day.getDay()]})` : `${flatpickr.formatDate(day, 'Y-m-d')}（${WEEK[day.getDay()]}）`);
  input.type = 'text';
  flatpickr(input, {
    locale: lang === 'en' ? undefined : { ...Mandarin, firstDayOfWeek: 1 },
    dateFormat: 'Y-m-d',
    altInput: true,
    altInputClass: input.className,
    altFormat: 'said',
    allowInput: true,
    disableMobile: true,
    minDate: input.min || null,
    maxDate: input.max || null,
    formatDate: (day, format) => (format === 'said' ? say(day) : flatpickr.formatDate(day, 'Y-m-d')),
    // What was typed may carry its weekday; only the date counts.
    parseDate: (text) => flatpickr.parseDate(text.replace(/^\s*(\d{4})[./年-](\d{1,2})[./月-](\d{1,2}).*$/, '$1-$2-$3'), 'Y-m-d'),
    onDayCreate(_chosen, _text, _instance, cell) {
      if (rest.has(flatpickr.formatDate(cell.dateObj, 'Y-m-d'))) cell.classList.add('is-rest');
      cell.setAttribute('aria-label', say(cell.dateObj));
    },
    onReady(_chosen, _text, picker) {
      picker.altInput.id = input.id;
      picker.altInput.placeholder = words.datePlain;
      picker.altInput.classList.add('x-input-date');
      input.removeAttribute('id');
      for (const name of ['aria-describedby', 'aria-invalid', 'required']) {
        if (input.hasAttribute(name)) picker.altInput.setAttribute(name, input.getAttribute(name));
      }
      input.required = false;
    },
  });
});
