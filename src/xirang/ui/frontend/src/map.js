// Leaflet and the point picker of place fields; pages that draw maps of their own use window.L.
import L from 'leaflet';
import { icon, ready, words } from './js/core.js';

window.L = L;
document.dispatchEvent(new CustomEvent('x-map-ready'));

ready('[data-x-place-box][data-x-open]', (box) => {
  const place = box.closest('[data-x-place]');
  const point = place.querySelector('[data-x-point]');
  const said = place.querySelector('[data-x-place-said]');
  const [lon, lat] = (point.value || place.dataset.xCentre || '121.0,30.0').split(',').map(Number);
  const map = L.map(box, { attributionControl: false, zoomAnimation: false }).setView([lat, lon], point.value ? 17 : 14);
  if (place.dataset.xTiles) L.tileLayer(place.dataset.xTiles, { maxZoom: 19 }).addTo(map);
  const marker = L.marker([lat, lon], {
    draggable: true,
    keyboard: true,
    alt: words.point,
    icon: L.divIcon({ className: 'x-pin', html: icon('geo-alt'), iconSize: [32, 32], iconAnchor: [16, 32] }),
  });
  const put = (where) => {
    marker.setLatLng(where).addTo(map);
    point.value = `${where.lng.toFixed(6)},${where.lat.toFixed(6)}`;
    said.textContent = words.pointSet;
    point.dispatchEvent(new Event('change', { bubbles: true }));
  };
  if (point.value) marker.addTo(map);
  map.on('click', (event) => put(event.latlng));
  marker.on('dragend', () => put(marker.getLatLng()));
  place.addEventListener('x-place-chosen', (event) => {
    const where = L.latLng(event.detail.lat, event.detail.lon);
    map.setView(where, 17);
    put(where);
  });
});
