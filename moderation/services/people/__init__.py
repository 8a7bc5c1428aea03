"""People and faces: named, matched, measured, shown."""
