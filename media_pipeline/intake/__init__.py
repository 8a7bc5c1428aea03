"""How images come in: uploads, imports, adopted buckets, and what their owners say of them."""
