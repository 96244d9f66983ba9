// A Chinese calendar on a desk; a phone keeps its own picker, which its owner knows.
import flatpickr from 'flatpickr';
import { Mandarin } from 'flatpickr/dist/l10n/zh.js';
import { isPhone, lang, ready, words } from './js/core.js';

const isEnglish = lang === 'en';
const CHINESE_WEEK = ['周日', '周一', '周二', '周三', '周四', '周五', '周六'];
const ENGLISH_WEEK = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const TYPED = /^\s*(\d{4})[./年-](\d{1,2})[./月-](\d{1,2}).*$/;

const plain = (day) => flatpickr.formatDate(day, 'Y-m-d');

function withWeekday(day) {
  if (isEnglish) return `${plain(day)} (${ENGLISH_WEEK[day.getDay()]})`;
  return `${plain(day)}（${CHINESE_WEEK[day.getDay()]}）`;
}

// The input that people see takes over what the hidden one said to a screen reader.
function carryOver(input, shown) {
  shown.id = input.id;
  shown.placeholder = words.datePlain;
  shown.classList.add('x-input-date');
  input.removeAttribute('id');
  for (const name of ['aria-describedby', 'aria-invalid', 'required']) {
    if (input.hasAttribute(name)) shown.setAttribute(name, input.getAttribute(name));
  }
  input.required = false;
}

ready('input[data-x-date]', (input) => {
  if (input._flatpickr || isPhone()) return;
  const rest = new Set((input.dataset.xDate || '').split(' ').filter(Boolean));
  input.type = 'text';
  flatpickr(input, {
    locale: isEnglish ? undefined : { ...Mandarin, firstDayOfWeek: 1 },
    dateFormat: 'Y-m-d',
    altInput: true,
    altInputClass: input.className,
    altFormat: 'said',
    allowInput: true,
    disableMobile: true,
    minDate: input.min || null,
    maxDate: input.max || null,
    formatDate: (day, format) => (format === 'said' ? withWeekday(day) : plain(day)),
    // What was typed may carry its weekday; only the date counts.
    parseDate: (text) => flatpickr.parseDate(text.replace(TYPED, '$1-$2-$3'), 'Y-m-d'),
    onDayCreate(_chosen, _text, _picker, cell) {
      if (rest.has(plain(cell.dateObj))) cell.classList.add('is-rest');
      cell.setAttribute('aria-label', withWeekday(cell.dateObj));
    },
    onReady(_chosen, _text, picker) {
      carryOver(input, picker.altInput);
    },
  });
});
