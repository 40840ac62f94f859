/**
 * `#langkah-3` is a row of the procedure table. On narrow screens the table gives way to the step
 * list, so the address leads to the list's item there.
 */
function showStep(): void {
  const row = document.getElementById(location.hash.slice(1));
  if (!row?.id.startsWith("langkah-") || row.offsetParent !== null) return;
  document.getElementById(`daftar-${row.id}`)?.scrollIntoView();
}

addEventListener("hashchange", showStep);
showStep();
