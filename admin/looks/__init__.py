"""What pages show: queries that read, as plain values."""
