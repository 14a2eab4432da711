"""What every package stands on: settings, clock, database, text, vectors. No business word, no import of ours."""

import gc
import os

# Set before any library with OpenMP is loaded. Its threads spin while they wait, as if they had the machine to themselves; beside threads
# of ours that costs the encoder ten times its own work (docs/decisions/0009).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# A start makes a million objects that stay: scripts, dictionaries, examples. Looked through for garbage after every 700 new ones, as is
# Python's default, they cost about a fifth of the start (docs/decisions/0009); what a message leaves behind is freed without the collector.
gc.set_threshold(100_000, 20, 20)
