"""The pages: one file a noun, each shows what looks/ found and calls what acts/ can do."""
