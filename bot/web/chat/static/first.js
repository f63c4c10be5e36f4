// Before the modules have come one can write already; `scripts/composer.js` takes over what is typed.

if (location.hash.startsWith("#/reflection/")) {
  document.getElementById("room").hidden = false;
  document.body.classList.add("in-room");
}
// Nothing hears a form yet, and one that is not heard leaves the page.
document.getElementById("writing").addEventListener("submit", (event) => event.preventDefault());
