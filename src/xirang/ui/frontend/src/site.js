import htmx from 'htmx.org';
window.htmx = htmx;
document.documentElement.classList.add('js');
