import { $ } from "./dom.js";

/** Files that are dropped on, or pasted into, the page. */
export function receiveFiles(add) {
  const shade = $("#drop");
  let depth = 0; // dragenter and dragleave come for every element on the way
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  const enter = (change) => (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = Math.max(0, depth + change);
    shade.hidden = depth === 0;
  };
  addEventListener("dragenter", enter(1));
  addEventListener("dragleave", enter(-1));
  addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    shade.hidden = true;
    add(event.dataTransfer.files);
  });
  addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) add(event.clipboardData.files);
  });
}
