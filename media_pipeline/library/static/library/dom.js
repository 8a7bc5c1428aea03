/** Elements, clicks, keys and focus. */
export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

/** An element with properties and children; text needs no escaping. */
export function el(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** A copy of the first element in the `<template id=name>` of the page. */
export const copyOf = (name) => $(`#${name}`).content.firstElementChild.cloneNode(true);

/** Add a style sheet that lies beside this module; settled when it is there, or failed to come. */
export function addStyles(name) {
  const href = new URL(name, import.meta.url).href;
  return new Promise((resolve) => {
    document.head.append(el("link", { rel: "stylesheet", href, onload: resolve, onerror: resolve }));
  });
}

/** Buttons say what they do in `data-do`; the nearest one to a click decides. */
export function onClick(actions) {
  addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    const action = button && actions[button.dataset.do];
    if (action && action(event, button) !== false && button.tagName !== "FORM") event.preventDefault();
  });
}

export const csrfToken = () => $("meta[name=csrf-token]").content;

/** Single keys: never inside fields, never with modifiers, letters not when somebody switched them off. */
export function onKey(actions, applies = () => true) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !applies()) return;
    if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    if (localStorage.keys === "off" && event.key.length === 1) return;
    const action = actions[event.key];
    if (action && action(event) !== false) event.preventDefault();
  });
}

/** The next page puts the focus on the element with this id. */
export function comeBackTo(id) {
  sessionStorage.focus = id;
  return false; // a link still leads where it leads
}

export function comeBack() {
  const id = sessionStorage.focus;
  sessionStorage.removeItem("focus");
  if (id) document.getElementById(id)?.focus({ preventScroll: true });
}

export const showKeys = () => $("#keys").showModal();
export const dialogIsOpen = () => $("dialog[open]") !== null;

export function startKeys() {
  const help = $("#keys"), off = $("#keys-off");
  help.addEventListener("click", (event) => { if (event.target === help) help.close(); });
  off.checked = localStorage.keys === "off";
  off.addEventListener("change", () => { localStorage.keys = off.checked ? "off" : "on"; });
}
