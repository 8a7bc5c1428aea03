"""Albums, the order of what is in them, and the links by which guests see them."""
