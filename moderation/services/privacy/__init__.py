"""Erasing what people ask to have erased, and consent to recognition."""
