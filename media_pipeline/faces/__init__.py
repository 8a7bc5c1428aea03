"""The vectors of faces: consent to them, their collections, and whose they are."""
