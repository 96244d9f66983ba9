// Heavy parts are fetched only where a page holds something that needs them; their addresses stand in a meta element.
import { meta, ready } from './core.js';

const addresses = Object.fromEntries(
  meta('x-assets')
    .split(' ')
    .filter(Boolean)
    .map((pair) => pair.split('=')),
);
const loading = {};

export function load(part) {
  if (loading[part]) return loading[part];
  const style = addresses[`${part}.css`];
  if (style) {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = style;
    // Before ours, so that our own rules win.
    document.head.prepend(link);
  }
  loading[part] = new Promise((done, fail) => {
    const script = document.createElement('script');
    script.src = addresses[`${part}.js`];
    script.addEventListener('load', done);
    script.addEventListener('error', () => {
      delete loading[part];
      fail(new Error(part));
    });
    document.head.append(script);
  });
  return loading[part];
}
// Without the part the native control still works, so a failed fetch is no reason to bother anybody.
const quietly = (part) => load(part).catch(() => {});
ready('select[data-x-select]', () => quietly('select'));
ready('input[data-x-date]', () => quietly('dates'));
