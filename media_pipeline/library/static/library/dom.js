/** Finding and making elements. */
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

/** Buttons say what they do in `data-do`; the nearest one to a click decides. */
export function onClick(actions) {
  addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    const action = button && actions[button.dataset.do];
    if (action && action(event, button) !== false && button.tagName !== "FORM") event.preventDefault();
  });
}

export const csrfToken = () => $("meta[name=csrf-token]").content;
