/** Pages without a grid: albums, links. */
import { $, csrfToken, onClick, onKey, showKeys, startKeys } from "./dom.js";
import { startToasts, toast } from "./toast.js";

addEventListener("htmx:configRequest", ({ detail }) => { detail.headers["X-CSRFToken"] = csrfToken(); });
startToasts();
startKeys();

onClick({
  keys: () => { $("#account").hidePopover(); showKeys(); },
  copy: async () => {
    $("#link").select();
    await navigator.clipboard.writeText($("#link").value);
    toast("The link is copied.");
  },
});
onKey({ "/": () => $("#q").select(), "?": showKeys });

const copy = $("[data-do=copy]");
if (copy) copy.hidden = !navigator.clipboard; // only on secure pages
