// Asks an address of ours for JSON with one parameter; throws where the answer is not a good one.
export async function fetchJson(url, name, value) {
  const address = new URL(url, window.location.href);
  if (value) address.searchParams.set(name, value);
  const answer = await fetch(address, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}
