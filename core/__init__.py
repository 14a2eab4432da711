"""What every package stands on: settings, clock, database, text, vectors. No business word, no import of ours."""
