"""The API's description of itself: schema, examples and the pages that show it."""
