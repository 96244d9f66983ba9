// Every page: htmx and our own small modules. Heavy parts are fetched by lazy.js where a page needs them.
import htmx from 'htmx.org';
import './js/net.js';
import './js/toast.js';
import './js/menu.js';
import './js/drawer.js';
import './js/keys.js';
import './js/hits.js';
import './js/bulk.js';
import './js/confirm.js';
import './js/submit.js';
import './js/fields.js';
import './js/upload.js';
import './js/draft.js';
import './js/area.js';
import './js/place.js';
import './js/why.js';
import './js/lazy.js';

window.htmx = htmx;
document.documentElement.classList.add('js');
