"""Scripts, materials, search, publish, import."""
