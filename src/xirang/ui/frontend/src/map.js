// Leaflet and the point picker of place fields; pages that draw maps of their own use window.L.
import L from 'leaflet';
import { icon, ready, words } from './js/core.js';

const NEAR = 17; // Zoom at which a house can be told from its neighbour.
const WIDE = 14;

window.L = L;
document.dispatchEvent(new CustomEvent('x-map-ready'));

function mapIn(box, place, centre, zoom) {
  const map = L.map(box, { attributionControl: false, zoomAnimation: false });
  map.setView(centre, zoom);
  if (place.dataset.xTiles) L.tileLayer(place.dataset.xTiles, { maxZoom: 19 }).addTo(map);
  return map;
}

function markerAt(centre) {
  const pin = L.divIcon({ className: 'x-pin', html: icon('geo-alt'), iconSize: [32, 32], iconAnchor: [16, 32] });
  return L.marker(centre, { draggable: true, keyboard: true, alt: words.point, icon: pin });
}

ready('[data-x-place-box][data-x-open]', (box) => {
  const place = box.closest('[data-x-place]');
  const point = place.querySelector('[data-x-point]');
  const said = place.querySelector('[data-x-place-said]');
  // We write longitude first, as GeoJSON does; Leaflet wants latitude first.
  const centre = (point.value || place.dataset.xCentre || '121.0,30.0').split(',').map(Number).reverse();
  const map = mapIn(box, place, centre, point.value ? NEAR : WIDE);
  const marker = markerAt(centre);
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
    map.setView(where, NEAR);
    put(where);
  });
});
