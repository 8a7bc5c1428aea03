/** The page of one photo, opened by its address. */
import { $, csrfToken, startKeys } from "./dom.js";
import { startPhoto } from "./photo.js";
import { startToasts } from "./toast.js";

const go = (address) => location.assign(address);

addEventListener("htmx:configRequest", ({ detail }) => { detail.headers["X-CSRFToken"] = csrfToken(); });
// Reloaded in a dialog's address, this page stands in for the grid's document: going back changes only the address.
addEventListener("popstate", () => location.reload());
startToasts();
startKeys();
startPhoto($("#viewer"), { close: (_, link) => go(link.href), goTo: go });
